"""What is kept of a photo's metadata, and the mark of machine-made colours.

Kept is what EXIF says about the shot: date, place, camera, exposure, author. What describes the
old file is not: its thumbnail (grey as the photo was), its layout, and the camera maker's notes,
whose places in the file no longer hold. Of a colour profile only its being there is: pictures are
sRGB by then, so that the old one would be wrong; an sRGB profile takes its place.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from PIL import ExifTags, Image, ImageCms, PngImagePlugin

SOFTWARE = "Colorize Studio (colours guessed by a neural network)"
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
"""IPTC's word for a photo that a trained model has changed a part of: here its colours."""
MAX_EXIF = 65_000
"""Bytes; a JPEG holds no more in its segment."""
_XMP = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    Iptc4xmpExt:DigitalSourceType="{SOURCE_TYPE}"
    xmp:CreatorTool="{SOFTWARE}"/>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""
_SHOT = frozenset(
    getattr(ExifTags.Base, name).value
    for name in (
        *("DocumentName", "ImageDescription", "Make", "Model", "XResolution", "YResolution"),
        *("ResolutionUnit", "Software", "DateTime", "Artist", "HostComputer", "Copyright"),
        *("Rating", "XPTitle", "XPComment", "XPAuthor", "XPKeywords", "XPSubject"),
    )
)
_OF_THE_FILE = frozenset(
    (
        *(ExifTags.Base.MakerNote, ExifTags.IFD.Interop, ExifTags.Base.ComponentsConfiguration),
        ExifTags.Base.CompressedBitsPerPixel,
    )
)


@dataclass(frozen=True)
class Metadata:
    """What a picture takes over from its photo's file."""

    exif: bytes = b""
    """As in a JPEG's segment, with its head; may be empty."""
    profile: bool = False
    """The file held a colour profile."""


def read_metadata(image: Image.Image, size: tuple[int, int]) -> Metadata:
    """What is kept of an opened file's metadata.

    Args:
        image: as Pillow opened it; a TIFF after it was loaded, which turns it.
        size: width and height of the upright picture.
    """
    return Metadata(_kept_exif(image, size), bool(image.info.get("icc_profile")))


def _kept_exif(image: Image.Image, size: tuple[int, int]) -> bytes:
    try:
        found, kept = image.getexif(), Image.Exif()
        for tag, value in found.items():
            if tag in _SHOT:
                kept[tag] = value
        details = found.get_ifd(ExifTags.IFD.Exif)
        place = found.get_ifd(ExifTags.IFD.GPSInfo)
        if not (kept or details or place):
            return b""
        kept[ExifTags.Base.Orientation] = 1
        kept[ExifTags.IFD.Exif] = {
            **{tag: value for tag, value in details.items() if tag not in _OF_THE_FILE},
            ExifTags.Base.ColorSpace.value: 1,  # sRGB
            ExifTags.Base.ExifImageWidth.value: size[0],
            ExifTags.Base.ExifImageHeight.value: size[1],
        }
        if place:
            kept[ExifTags.IFD.GPSInfo] = dict(place)
        content = kept.tobytes()
    except Exception:  # corrupt EXIF raises nearly anything, and is no reason to refuse a photo
        return b""
    return content if len(content) <= MAX_EXIF else b""


def save_options(format: str, metadata: Metadata, mark: bool) -> dict[str, Any]:
    """Arguments of Pillow's `save` that write the metadata.

    Args:
        format: png, jpg or webp.
        metadata: of the photo.
        mark: say that the colours are machine-made, by XMP's DigitalSourceType (IPTC Photo
            Metadata 2023.1), EXIF's Software and, in a PNG, its text Software.
    """
    options: dict[str, Any] = {}
    if exif := _marked(metadata.exif) if mark else metadata.exif:
        options["exif"] = exif
    if metadata.profile:
        options["icc_profile"] = _srgb_profile()
    if mark and format == "png":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Software", SOFTWARE)
        texts.add_itxt("XML:com.adobe.xmp", _XMP)
        options["pnginfo"] = texts
    elif mark:
        options["xmp"] = _XMP.encode()
    return options


def _marked(exif: bytes) -> bytes:
    """EXIF whose Software is this one."""
    tags = Image.Exif()
    if exif:
        tags.load(exif)
    tags[ExifTags.Base.Software] = SOFTWARE
    content = tags.tobytes()
    return content if len(content) <= MAX_EXIF else exif


@cache
def _srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
