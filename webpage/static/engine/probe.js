/**
 * What a classification says of one place.
 *
 * @import { Photo, Prediction, Probe } from "./types.js"
 */

/**
 * @param {Prediction} prediction
 * @param {Photo} photo
 * @param {number} x share of the width, in [0, 1)
 * @param {number} y share of the height, in [0, 1)
 * @returns {Probe}
 */
export function probe(prediction, photo, x, y) {
  throw new Error(`not here yet: ${prediction} ${photo} ${x} ${y}`);
}
