/**
 * Resizes without aliasing: widths first, then heights, each output the weighted mean of the inputs
 * below a kernel that is as wide as the step from one output to the next (as Pillow and torch do).
 *
 * @import { Plane } from "./types.js"
 */

/** @typedef {{first: number, weights: Float64Array}} Tap inputs of one output */
/** @typedef {{reach: number, at: (x: number) => number}} Kernel */

/** @type {Kernel} torch's "bilinear" with antialias */
export const TRIANGLE = { reach: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) };
const sinc = (/** @type {number} */ x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
/** @type {Kernel} */
export const LANCZOS = { reach: 3, at: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) };

/**
 * @param {number} from inputs
 * @param {number} to outputs
 * @param {Kernel} kernel
 * @returns {Tap[]}
 */
export function taps(from, to, kernel) {
  const step = from / to;
  const wide = Math.max(step, 1);
  return Array.from({ length: to }, (_, i) => {
    const centre = step * (i + 0.5);
    const first = Math.max(0, Math.trunc(centre - kernel.reach * wide + 0.5));
    const end = Math.min(from, Math.trunc(centre + kernel.reach * wide + 0.5));
    const weights = new Float64Array(end - first);
    for (let j = first; j < end; j++) weights[j - first] = kernel.at((j - centre + 0.5) / wide);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: weights.map((weight) => weight / total) };
  });
}

/**
 * Makes rows of another width.
 *
 * @param {Float32Array} source (rows, width)
 * @param {number} width
 * @param {Tap[]} across of the new width
 * @param {Float32Array} target (rows, new width)
 * @param {number} [offset] where in `target` to begin
 */
export function narrow(source, width, across, target, offset = 0) {
  for (let start = 0, place = offset; start < source.length; start += width)
    for (const { first, weights } of across) {
      let sum = 0;
      for (let j = 0, at = start + first; j < weights.length; j++) sum += weights[j] * source[at + j];
      target[place++] = sum;
    }
}

/**
 * Makes another height.
 *
 * @param {Plane} plane
 * @param {number} height
 * @param {Kernel} kernel
 * @returns {Plane}
 */
export function flatten(plane, height, kernel) {
  const { width } = plane;
  const values = new Float32Array(width * height);
  const sum = new Float64Array(width);
  taps(plane.height, height, kernel).forEach(({ first, weights }, row) => {
    sum.fill(0);
    weights.forEach((weight, j) => {
      for (let x = 0, at = (first + j) * width; x < width; x++, at++)
        sum[x] += weight * plane.values[at];
    });
    values.set(sum, row * width);
  });
  return { width, height, values };
}
