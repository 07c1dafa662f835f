/**
 * Puts right what browsers make of two rare files: a WebP that says how it is to be turned, which
 * they ignore, and an animated PNG whose first frame is not its picture.
 */

const ORIENTATION = 0x0112;
const ANIMATION = ["acTL", "fcTL", "fdAT"];

/**
 * The parts of a RIFF or PNG file.
 *
 * @param {Uint8Array} bytes
 * @param {boolean} png
 * @returns {Generator<{name: string, start: number, end: number, body: Uint8Array}>}
 */
function* chunks(bytes, png) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let start = png ? 8 : 12; start + 8 <= bytes.length; ) {
    const length = view.getUint32(start + (png ? 0 : 4), !png);
    const name = String.fromCharCode(...bytes.subarray(start + (png ? 4 : 0), start + (png ? 8 : 4)));
    const end = start + length + (png ? 12 : 8 + (length % 2));
    yield { name, start, end, body: bytes.subarray(start + 8, start + 8 + length) };
    start = end;
  }
}

/**
 * EXIF orientation of a WebP: 1 to 8; 1 where it says nothing that can be read.
 *
 * @param {Uint8Array} bytes
 */
export function webpOrientation(bytes) {
  for (const { name, body } of chunks(bytes, false))
    if (name === "EXIF") return exifOrientation(body);
  return 1;
}

function exifOrientation(/** @type {Uint8Array} */ block) {
  try {
    const skip = String.fromCharCode(...block.subarray(0, 4)) === "Exif" ? 6 : 0;
    const view = new DataView(block.buffer, block.byteOffset + skip, block.length - skip);
    const little = view.getUint16(0) === 0x4949;
    const first = view.getUint32(4, little);
    for (let i = 0; i < view.getUint16(first, little); i++) {
      const entry = first + 2 + 12 * i;
      if (view.getUint16(entry, little) !== ORIENTATION) continue;
      const value = view.getUint16(entry + 8, little);
      return value >= 1 && value <= 8 ? value : 1;
    }
  } catch {
    // a damaged block is no reason to refuse a photo
  }
  return 1;
}

/**
 * A PNG without its animation: what is left is the picture that every program shows.
 *
 * @param {Uint8Array} bytes
 * @returns {BlobPart[]}
 */
export function withoutAnimation(bytes) {
  const parts = [...chunks(bytes, true)];
  if (!parts.some(({ name }) => name === ANIMATION[0])) return [/** @type {BlobPart} */ (bytes)];
  const kept = parts.filter(({ name }) => !ANIMATION.includes(name));
  const slice = (/** @type {number} */ start, /** @type {number} */ end) =>
    /** @type {BlobPart} */ (bytes.subarray(start, end));
  return [slice(0, 8), ...kept.map(({ start, end }) => slice(start, end))];
}
