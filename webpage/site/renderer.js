/**
 * Draws pictures by the engine that the page with a server uses, too (static/engine.js).
 *
 * @import { Payload, Plane } from "../static/engine/types.js"
 * @import { Preview } from "./types.js"
 */

/** @typedef {{payload: Payload, photo: Preview}} Picture */
/** @typedef {{temperature?: number, saturation?: number, layer?: string}} Look */

/** @type {any} */
const engine = /** @type {any} */ (window).studio;
/** @type {Picture[]} */
const adopted = [];
/** Canvases of WebGL pictures can take pixels in no other way. @type {WeakMap<HTMLCanvasElement, ImageBitmapRenderingContext>} */
const contexts = new WeakMap();

/** Whether there is a WebGL 2 to draw with. @returns {boolean} */
export const live = () => engine.live();

/** @param {Payload} payload @param {Preview} photo @returns {Picture} */
export function adopt(payload, photo) {
  const made = engine.adopt(payload, photo.L, [photo.width, photo.height]);
  const picture = { payload: made, photo };
  adopted.push(picture);
  return picture;
}

/** Another photo comes: gives back what the last one's pictures hold. */
export function clear() {
  for (const { payload } of adopted.splice(0)) engine.release(payload);
}

/** @param {Picture} picture @param {HTMLCanvasElement} canvas @param {Look} look @returns {boolean} */
export const draw = ({ payload }, canvas, look) => engine.draw(payload, canvas, look);

/** @param {HTMLCanvasElement} canvas @param {ImageData} pixels */
async function put(canvas, pixels) {
  const bitmap = await createImageBitmap(pixels);
  [canvas.width, canvas.height] = [pixels.width, pixels.height];
  contexts.set(canvas, contexts.get(canvas) ?? /** @type {any} */ (canvas.getContext("bitmaprenderer")));
  contexts.get(canvas)?.transferFromImageBitmap(bitmap);
}

/** The photo before any colour. @param {Preview} photo @param {HTMLCanvasElement} canvas */
export function drawGrey({ width, height, L }, canvas) {
  const rgba = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < L.values.length; i++) rgba.fill(255 * greyOf(100 * L.values[i]), 4 * i, 4 * i + 3);
  return put(canvas, new ImageData(rgba, width, height));
}

/** @param {number} L in [0, 100] @returns {number} sRGB in [0, 1] */
function greyOf(L) {
  const f = (L + 16) / 116;
  const linear = f > 0.2068966 ? f ** 3 : (f - 16 / 116) / 7.787;
  return linear > 0.0031308 ? 1.055 * linear ** (1 / 2.4) - 0.055 : 12.92 * linear;
}

/** The photo as it came. @param {Picture} picture @param {HTMLCanvasElement} canvas */
export const drawOriginal = ({ photo }, canvas) =>
  put(canvas, new ImageData(/** @type {Uint8ClampedArray<ArrayBuffer>} */ (photo.rgba), photo.width, photo.height));
