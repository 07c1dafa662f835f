/**
 * The picture of a prediction at the photo's own size, some rows at a time.
 *
 * @import { Look, Photo, Prediction, Work } from "./types.js"
 */

/**
 * @param {Photo} photo
 * @param {Prediction} prediction of that photo
 * @param {Look & Work} [options]
 * @returns {AsyncGenerator<{top: number, rows: number, rgba: Uint8ClampedArray}>}
 */
export async function* renderStrips(photo, prediction, options = {}) {
  throw new Error(`not here yet: ${photo} ${prediction} ${options}`);
}

/**
 * A picture file at the photo's own size.
 *
 * @param {Photo} photo
 * @param {Prediction} prediction of that photo
 * @param {"png" | "jpeg"} type
 * @param {Look & Work} [options]
 * @returns {Promise<Blob>}
 */
export async function renderFile(photo, prediction, type, options = {}) {
  throw new Error(`not here yet: ${photo} ${prediction} ${type} ${options}`);
}
