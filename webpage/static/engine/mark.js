/**
 * What a picture's metadata say of its colours: machine-made (IPTC Photo Metadata 2023.1,
 * DigitalSourceType), word for word as `colorize_core.image.metadata` does.
 */

const SOFTWARE = "Colorize Studio (colours guessed by a neural network)";
const SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia";
const XMP = `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    Iptc4xmpExt:DigitalSourceType="${SOURCE_TYPE}"
    xmp:CreatorTool="${SOFTWARE}"/>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>`;
const encoder = new TextEncoder();

/** Body of a PNG's iTXt chunk. */
export const pngXmp = () => encoder.encode(`XML:com.adobe.xmp\0\0\0\0\0${XMP}`);

/** Body of a PNG's tEXt chunk. */
export const pngSoftware = () => encoder.encode(`Software\0${SOFTWARE}`);

/** Body of a JPEG's APP1 segment. */
export const jpegXmp = () => encoder.encode(`http://ns.adobe.com/xap/1.0/\0${XMP}`);
