/**
 * Draws pictures by the engine that the page with a server uses, too (static/engine.js).
 *
 * @import { Payload, Plane } from "../static/engine/types.js"
 * @import { Preview } from "./types.js"
 */

import { ask } from "./work.js";

/** @typedef {{method: string, payload: Payload, photo: Preview}} Picture */
/** @typedef {{temperature?: number, saturation?: number, layer?: string}} Look */

/** Its scripts come after this one, so that the worker starts first. */
const engine = () => /** @type {any} */ (window).studio;
/** @type {Picture[]} */
const adopted = [];
/** Canvases of WebGL pictures can take pixels in no other way. @type {WeakMap<HTMLCanvasElement, ImageBitmapRenderingContext>} */
const contexts = new WeakMap();

/** Before, nothing can be adopted: its scripts have run, and shaders are compiled or cannot be. */
export async function ready() {
  if (!engine()?.ready) await new Promise((done) => addEventListener("DOMContentLoaded", done, { once: true }));
  await engine().ready;
}

/** Whether there is a WebGL 2 to draw with. @returns {boolean} */
export const live = () => engine().live();

/** @param {string} method @param {Payload} payload @param {Preview} photo @returns {Picture} */
export function adopt(method, payload, photo) {
  const made = engine().adopt(payload, photo.L, [photo.width, photo.height]);
  const picture = { method, payload: made, photo };
  adopted.push(picture);
  return picture;
}

/** Another photo comes: gives back what the last one's pictures hold. */
export function clear() {
  for (const { payload } of adopted.splice(0)) engine().release(payload);
}

/** @param {Picture} picture @param {HTMLCanvasElement} canvas @param {Look} look */
export function draw(picture, canvas, look) {
  if (!engine().draw(picture.payload, canvas, look)) drawSlowly(picture, canvas, look);
}

/** What is to be drawn next on a canvas by the worker, which is busy with an earlier look. @type {Map<HTMLCanvasElement, [Picture, Look] | null>} */
const next = new Map();

/** @param {Picture} picture @param {HTMLCanvasElement} canvas @param {Look} look */
async function drawSlowly(picture, canvas, { temperature, saturation }) {
  const look = { temperature, saturation };
  if (next.has(canvas)) {
    next.set(canvas, [picture, look]);
    return;
  }
  next.set(canvas, null);
  const answer = await ask({ kind: "draw", method: picture.method, look }).catch(() => null);
  if (answer && adopted.includes(picture)) await put(canvas, new ImageData(answer.rgba, answer.width, answer.height));
  const after = next.get(canvas);
  next.delete(canvas);
  if (after) drawSlowly(after[0], canvas, after[1]);
}

/** @param {HTMLCanvasElement} canvas @param {ImageData} pixels */
const put = async (canvas, pixels) => hand(canvas, await createImageBitmap(pixels));

/** @param {HTMLCanvasElement} canvas @param {ImageBitmap} bitmap */
function hand(canvas, bitmap) {
  [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
  contexts.set(canvas, contexts.get(canvas) ?? /** @type {any} */ (canvas.getContext("bitmaprenderer")));
  contexts.get(canvas)?.transferFromImageBitmap(bitmap);
}

/** The photo before any colour. @param {ImageBitmap} grey is used up @param {HTMLCanvasElement} canvas */
export const drawGrey = (grey, canvas) => hand(canvas, grey);

/** The photo as it came. @param {Picture} picture @param {HTMLCanvasElement} canvas */
export const drawOriginal = ({ photo }, canvas) =>
  put(canvas, new ImageData(/** @type {Uint8ClampedArray<ArrayBuffer>} */ (photo.rgba), photo.width, photo.height));
