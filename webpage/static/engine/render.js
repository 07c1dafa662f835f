/**
 * The picture of a prediction at the photo's own size, some rows at a time
 * (colorize_core/inference/lightness.py, `merge`).
 *
 * @import { Look, Photo, Prediction, Work } from "./types.js"
 */
import { decode } from "./classes.js";
import { lightnessCurve, writeColor } from "./color.js";
import { JpegWriter } from "./jpeg.js";
import { PngWriter } from "./png.js";
import { strips } from "./predict.js";
import { between, guidedCoefficients, jointBilateral } from "./upsampling.js";

/** Milliseconds of work after which messages are let in. */
const TURN = 30;

/**
 * Lines ab = slope · L + offset at the size that the network saw.
 *
 * @param {Prediction} prediction
 * @param {Look} look
 * @returns {Float64Array[]} slope of a, offset of a, slope of b, offset of b
 */
function lines({ guide, cells, ...prediction }, { temperature, saturation = 1 }) {
  const T = temperature ?? prediction.description.temperature;
  if (!(T >= 0 && T <= 1)) throw new RangeError(`temperature must lie in [0, 1], got ${T}`);
  if (!(saturation >= 0 && saturation <= 4))
    throw new RangeError(`saturation must lie in [0, 4], got ${saturation}`);
  const coarse = decode({ guide, cells, ...prediction }, T).map((value) => value * saturation);
  const same = cells[0] === guide.width && cells[1] === guide.height;
  return guidedCoefficients(guide, same ? coarse : jointBilateral(coarse, cells, guide));
}

/**
 * Yields the picture from top to bottom; every yielded array is a new one.
 *
 * @param {Photo} photo
 * @param {Prediction} prediction of that photo
 * @param {Look & Work} [options]
 * @returns {AsyncGenerator<{top: number, rows: number, rgba: Uint8ClampedArray}>}
 * @throws {DOMException} AbortError, once the signal is given
 */
export async function* renderStrips(photo, prediction, options = {}) {
  const { onProgress, signal } = options;
  const { guide } = prediction;
  const found = lines(prediction, options);
  const across = between(guide.width, photo.width);
  const along = between(guide.height, photo.height);
  const row = found.map(() => new Float64Array(guide.width + 1));
  let since = performance.now();
  for (const { top, bottom, rgba } of strips(photo)) {
    const picture = new Uint8ClampedArray(rgba.length).fill(255);
    for (let y = top; y < bottom; y++) {
      blendRows(found, row, along.low[y], along.share[y], guide.height);
      joinRow(rgba, picture, 4 * (y - top) * photo.width, row, across);
    }
    yield { top, rows: bottom - top, rgba: picture };
    onProgress?.(bottom / photo.height);
    if (performance.now() - since > TURN) {
      await new Promise((done) => setTimeout(done));
      since = performance.now();
    }
    signal?.throwIfAborted();
  }
}

/**
 * One row of the lines, between two of their rows; the last column comes twice.
 *
 * @param {Float64Array[]} found
 * @param {Float64Array[]} row
 * @param {number} low
 * @param {number} share
 * @param {number} height
 */
function blendRows(found, row, low, share, height) {
  const width = row[0].length - 1;
  const above = low * width;
  const below = Math.min(height - 1, low + 1) * width;
  found.forEach((plane, k) => {
    for (let x = 0; x < width; x++)
      row[k][x] = plane[above + x] + share * (plane[below + x] - plane[above + x]);
    row[k][width] = row[k][width - 1];
  });
}

/**
 * The photo's L of one row with the colours of its lines.
 *
 * @param {Uint8ClampedArray} rgba of the photo
 * @param {Uint8ClampedArray} picture
 * @param {number} start place of the row in both
 * @param {Float64Array[]} row
 * @param {{low: Int32Array, share: Float64Array}} across
 */
function joinRow(rgba, picture, start, [slopeA, offsetA, slopeB, offsetB], { low, share }) {
  for (let x = 0, p = start; x < low.length; x++, p += 4) {
    const f = lightnessCurve(rgba[p], rgba[p + 1], rgba[p + 2]);
    const L = 1.16 * f - 0.16;
    const i = low[x];
    const right = share[x];
    const left = 1 - right;
    const a =
      left * (slopeA[i] * L + offsetA[i]) + right * (slopeA[i + 1] * L + offsetA[i + 1]);
    const b =
      left * (slopeB[i] * L + offsetB[i]) + right * (slopeB[i + 1] * L + offsetB[i + 1]);
    writeColor(f, a, b, picture, p);
  }
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
  const Writer = type === "png" ? PngWriter : JpegWriter;
  const writer = new Writer(photo.width, photo.height);
  try {
    for await (const { rgba } of renderStrips(photo, prediction, options)) await writer.add(rgba);
    return await writer.finish();
  } catch (error) {
    await writer.stop();
    throw error;
  }
}
