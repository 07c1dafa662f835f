/**
 * From a photo to a prediction.
 *
 * @import { Network, Payload, Photo, Plane, Prediction } from "./types.js"
 */

/**
 * Opens a network that `colorize export` has written; it describes itself.
 *
 * @param {Uint8Array} bytes the file
 * @param {any} ort onnxruntime-web
 * @returns {Promise<Network>}
 */
export async function loadNetwork(bytes, ort) {
  throw new Error(`not here yet: ${bytes.length} ${ort}`);
}

/**
 * @param {Network} network
 * @param {Photo} photo
 * @returns {Promise<Prediction>}
 */
export async function predict(network, photo) {
  throw new Error(`not here yet: ${network} ${photo}`);
}

/**
 * What the renderer draws a prediction from, at any temperature.
 *
 * @param {Prediction} prediction
 * @returns {Payload}
 */
export function buildPayload(prediction) {
  throw new Error(`not here yet: ${prediction}`);
}

/**
 * A small copy for the screen: its colours, and its L in [0, 1] for the renderer.
 *
 * @param {Photo} photo
 * @param {number} side long side, pixels; smaller photos keep their size
 * @returns {{width: number, height: number, rgba: Uint8ClampedArray, L: Plane}}
 */
export function preview(photo, side) {
  throw new Error(`not here yet: ${photo} ${side}`);
}
