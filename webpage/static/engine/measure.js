/**
 * The numbers of the temperature lab (webpage/lab/measures.py).
 *
 * @import { Photo, Prediction, Work } from "./types.js"
 */

/**
 * What `lab.js` calls `numbers`, with pictures as pixels instead of addresses.
 *
 * @param {Photo} photo
 * @param {Prediction} sharp of a classification
 * @param {Prediction | null} pale of a method without a temperature
 * @param {Work} [work]
 * @returns {Promise<object>}
 */
export async function measureLab(photo, sharp, pale, work = {}) {
  throw new Error(`not here yet: ${photo} ${sharp} ${pale} ${work}`);
}
