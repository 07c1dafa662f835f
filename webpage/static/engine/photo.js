/**
 * Reads a picture file as the browser decodes it: upright, sRGB, transparency over white.
 *
 * @import { Photo } from "./types.js"
 */
import { PhotoError } from "./errors.js";

export const MAX_PIXELS = 40e6;
export const MIN_SIDE = 8;

/**
 * @param {Blob} file
 * @param {string} [name] for messages
 * @returns {Promise<Photo>}
 * @throws {PhotoError}
 */
export async function readPhoto(file, name = /** @type {File} */ (file).name ?? "The picture") {
  throw new PhotoError(`${name} cannot be read yet`);
}

/**
 * A photo from pixels that are there already.
 *
 * @param {string} name
 * @param {number} width
 * @param {number} height
 * @param {Uint8ClampedArray} rgba (height, width, 4)
 * @returns {Photo}
 */
export function photoFromPixels(name, width, height, rgba) {
  const rows = (/** @type {number} */ top, /** @type {number} */ bottom) =>
    rgba.subarray(4 * width * top, 4 * width * bottom);
  return { name, width, height, rows, close() {} };
}
