/**
 * What the first bytes of a picture file say, before anything is decoded: kind, size and how to set
 * it upright.
 */
import { PhotoError } from "./errors.js";

export const SUPPORTED = "JPEG, PNG, WebP, GIF, BMP or AVIF";

/**
 * @typedef {object} Header
 * @property {string} kind
 * @property {[number, number] | null} size as it lies in the file; null where only a decoder knows
 */

const SIGNATURES = /** @type {[RegExp, string][]} */ ([
  [/^\xff\xd8\xff/, "jpeg"],
  [/^\x89PNG\r\n\x1a\n/, "png"],
  [/^RIFF[^]{4}WEBP/, "webp"],
  [/^GIF8[79]a/, "gif"],
  [/^BM/, "bmp"],
  [/^[^]{4}ftyp(avi[fs]|m[is]f1[^]{0,48}avi[fs])/, "avif"],
]);
/** Files that the Python program reads and a browser does not. */
const ELSEWHERE = /** @type {[RegExp, string][]} */ ([
  [/^(II[*+]\0|MM\0[*+])/, "a TIFF"],
  [/^[^]{4}ftyp(hei[cmsx]|hev[cmsx]|m[is]f1)/, "a HEIC"],
  [/^P[1-6f]\s/, "a PPM"],
]);

/**
 * @param {Uint8Array} bytes of the whole file
 * @param {string} name for the message
 * @returns {Header}
 * @throws {PhotoError} nothing that can be read here
 */
export function readHeader(bytes, name) {
  if (!bytes.length) throw new PhotoError(`${name} is empty (0 bytes); fetch it again`);
  const start = String.fromCharCode(...bytes.subarray(0, 4096));
  for (const [signature, kind] of SIGNATURES)
    if (signature.test(start)) return { kind, size: SIZES[kind]?.(bytes) ?? null };
  for (const [signature, what] of ELSEWHERE)
    if (signature.test(start))
      throw new PhotoError(`${name} is ${what}, which browsers do not read; save it as JPEG or PNG`);
  if (/^(\xef\xbb\xbf)?\s*(<\?xml|<!--|<!doctype svg|<svg)[^]*<svg|^\s*<svg/i.test(start))
    throw new PhotoError(`${name} is an SVG drawing, not a photo; export it as PNG first`);
  throw new PhotoError(`${name} is not a picture that can be read here; use ${SUPPORTED}`);
}

/** @type {Record<string, (bytes: Uint8Array) => [number, number] | null>} */
const SIZES = {
  png: (bytes) => big(bytes, 16, 4),
  gif: (bytes) => little(bytes, 6, 2),
  bmp(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    if (bytes.length < 26) return null;
    if (view.getUint32(14, true) === 12) return little(bytes, 18, 2);
    return [Math.abs(view.getInt32(18, true)), Math.abs(view.getInt32(22, true))];
  },
  webp(bytes) {
    const kind = String.fromCharCode(...bytes.subarray(12, 16));
    const at = (/** @type {number} */ place) => bytes[place] | (bytes[place + 1] << 8);
    if (kind === "VP8X")
      return [1 + at(24) + (bytes[26] << 16), 1 + at(27) + (bytes[29] << 16)];
    if (kind === "VP8L") return [1 + (at(21) & 0x3fff), 1 + ((at(22) >> 6) | ((bytes[24] & 15) << 10))];
    return [at(26) & 0x3fff, at(28) & 0x3fff];
  },
  jpeg(bytes) {
    for (let place = 2; place + 9 < bytes.length && bytes[place] === 0xff; ) {
      const marker = bytes[place + 1];
      if (marker === 0xff) place++;
      else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
        const [height, width] = big(bytes, place + 5, 2);
        return [width, height];
      } else place += 2 + ((bytes[place + 2] << 8) | bytes[place + 3]);
    }
    return null;
  },
};

/**
 * Two whole numbers of a length, the first byte the highest.
 *
 * @param {Uint8Array} bytes
 * @param {number} place
 * @param {number} length
 * @returns {[number, number]}
 */
function big(bytes, place, length) {
  const read = (/** @type {number} */ at) =>
    bytes.subarray(at, at + length).reduce((value, byte) => 256 * value + byte, 0);
  return [read(place), read(place + length)];
}

/**
 * The same, the first byte the lowest.
 *
 * @param {Uint8Array} bytes
 * @param {number} place
 * @param {number} length
 * @returns {[number, number]}
 */
function little(bytes, place, length) {
  const read = (/** @type {number} */ at) =>
    bytes.subarray(at, at + length).reduceRight((value, byte) => 256 * value + byte, 0);
  return [read(place), read(place + length)];
}
