/**
 * Reads a picture file as the browser decodes it: upright, sRGB, transparency over white, of an
 * animation the first frame.
 *
 * @import { Photo } from "./types.js"
 */
import { webpOrientation, withoutAnimation } from "./chunks.js";
import { PhotoError } from "./errors.js";
import { readHeader } from "./header.js";

export const MAX_PIXELS = 40e6;
export const MIN_SIDE = 8;
export const MAX_SIDE = 30000;
export const MAX_ASPECT = 50;

/**
 * @param {Blob} source
 * @param {string} [name] for messages
 * @returns {Promise<Photo>}
 * @throws {PhotoError}
 */
export async function readPhoto(source, name = /** @type {File} */ (source).name || "The picture") {
  const bytes = new Uint8Array(await source.arrayBuffer());
  const { kind, size } = readHeader(bytes, name);
  if (size) checkSize(...size, name);
  const webp = kind === "webp";
  const file = new Blob(kind === "png" ? withoutAnimation(bytes) : [bytes]);
  /** @type {ImageBitmapOptions} */
  const options = { imageOrientation: webp ? "none" : "from-image" };
  const bitmap = await createImageBitmap(file, options).catch(() => {
    throw new PhotoError(
      `${name} is damaged, incomplete or of an unusual kind; fetch it again, or save it anew as ` +
        "PNG or JPEG",
    );
  });
  try {
    checkSize(bitmap.width, bitmap.height, name);
  } catch (error) {
    bitmap.close();
    throw error;
  }
  return photoFromBitmap(name, bitmap, webp ? webpOrientation(bytes) : 1);
}

/**
 * Refuses what the Python program refuses, in its words.
 *
 * @param {number} width
 * @param {number} height
 * @param {string} name
 */
function checkSize(width, height, name) {
  const size = `${name} is ${width}×${height} px`;
  if (Math.min(width, height) < MIN_SIDE)
    throw new PhotoError(`${size}; use at least ${MIN_SIDE} px a side`);
  if (width * height > MAX_PIXELS)
    throw new PhotoError(
      `${size} (${((width * height) / 1e6).toFixed(1)} MP), over the limit of ` +
        `${MAX_PIXELS / 1e6} MP; make it smaller first`,
    );
  if (Math.max(width, height) > Math.min(MAX_SIDE, MAX_ASPECT * Math.min(width, height)))
    throw new PhotoError(
      `${size}; use at most ${MAX_SIDE.toLocaleString("en")} px a side and ${MAX_ASPECT}:1: ` +
        "cut a part out of it",
    );
}

/** From the pixels of a file to the upright picture, as `setTransform` takes it, of w × h pixels. */
const TURNS = /** @type {((w: number, h: number) => [number, number, number, number, number, number])[]} */ ([
  () => [1, 0, 0, 1, 0, 0],
  (w) => [-1, 0, 0, 1, w, 0],
  (w, h) => [-1, 0, 0, -1, w, h],
  (w, h) => [1, 0, 0, -1, 0, h],
  () => [0, 1, 1, 0, 0, 0],
  (w) => [0, 1, -1, 0, w, 0],
  (w, h) => [0, -1, -1, 0, w, h],
  (w, h) => [0, -1, 1, 0, 0, h],
]);

/**
 * A photo whose pixels are read some rows at a time, so that they are there once.
 *
 * @param {string} name
 * @param {ImageBitmap} bitmap closed with the photo
 * @param {number} orientation of EXIF, 1…8
 * @returns {Photo}
 */
function photoFromBitmap(name, bitmap, orientation) {
  const sides = [bitmap.width, bitmap.height];
  const [width, height] = orientation > 4 ? sides.reverse() : sides;
  const turn = TURNS[orientation - 1](width, height);
  const canvas = new OffscreenCanvas(1, 1);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
    canvas.getContext("2d", { willReadFrequently: true, alpha: false }));
  const rows = (/** @type {number} */ top, /** @type {number} */ bottom) => {
    canvas.width = width; // clears it, too
    canvas.height = bottom - top;
    context.fillStyle = "white";
    context.fillRect(0, 0, width, bottom - top);
    const [a, b, c, d, e, f] = turn;
    context.setTransform(a, b, c, d, e, f - top);
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, width, bottom - top).data;
  };
  return { name, width, height, rows, close: () => bitmap.close() };
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
