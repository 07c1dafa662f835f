/**
 * What a classification says of one place (colorize_core/inference/probe.py, lab/handlers.py).
 *
 * @import { Photo, Prediction, Probe } from "./types.js"
 */
import { entropyBits, scores, softmax } from "./classes.js";
import { rgbToLab, writeColor } from "./color.js";

/** The likeliest colours that a probe lists. */
const TOP = 5;

/**
 * @param {Prediction} prediction of a classification
 * @param {Photo} photo
 * @param {number} x share of the width, in [0, 1)
 * @param {number} y share of the height, in [0, 1)
 * @returns {Probe}
 */
export function probe({ output, cells, description }, photo, x, y) {
  const { centres } = description;
  if (!centres) throw new RangeError(`${description.title} predicts no distribution; probe a classifier`);
  if (!(x >= 0 && x < 1 && y >= 0 && y < 1))
    throw new RangeError(`the place must lie in [0, 1) × [0, 1), got (${x}, ${y})`);
  const [w, h] = cells;
  const shifted = new Float64Array(centres.length);
  scores(output, w * h, Math.floor(y * h) * w + Math.floor(x * w), shifted);
  const probability = [...softmax(shifted)];
  const row = Math.floor(y * photo.height);
  const pixel = [...photo.rows(row, row + 1).subarray(4 * Math.floor(x * photo.width)).subarray(0, 3)];
  const [L, a, b] = rgbToLab(pixel);
  const order = probability.map((_, q) => q).sort((p, q) => probability[q] - probability[p]);
  const colored = Math.max(...pixel) > Math.min(...pixel);
  return {
    x,
    y,
    ab: centres,
    probability,
    colors: centres.map((centre) => hex(L, centre)),
    entropy: entropyBits(Float64Array.from(probability)),
    most: Math.log2(centres.length),
    top: order.slice(0, TOP),
    truth: colored ? [a, b] : null,
    true_color: colored ? toHex(pixel) : null,
  };
}

function hex(/** @type {number} */ L, /** @type {number[]} */ [a, b]) {
  const rgb = new Uint8ClampedArray(4);
  writeColor((L + 16) / 116, a, b, rgb, 0);
  return toHex([...rgb.subarray(0, 3)]);
}

const toHex = (/** @type {number[]} */ rgb) =>
  `#${rgb.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
