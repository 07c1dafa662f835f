/**
 * Takes grain out of what a network sees (colorize_core/image/denoise.py).
 *
 * @import { Plane } from "./types.js"
 */

const QUIET = 0.004;
/** Standard deviation of white noise of 1 behind the kernel, times the median of |normal|. */
const GAIN = 6 * 0.6745;
const TOLERANCE = 2e-4;
const MOST_STEPS = 200;

/**
 * Standard deviation of the grain, as a share of white (Immerkaer 1996, with the median).
 *
 * @param {Plane} plane
 */
export function estimateNoise({ width, height, values }) {
  const answers = new Float32Array((width - 2) * (height - 2));
  let place = 0;
  for (let y = 1; y < height - 1; y++)
    for (let x = 1, i = y * width + 1; x < width - 1; x++, i++) {
      const corners =
        values[i - width - 1] + values[i - width + 1] + values[i + width - 1] + values[i + width + 1];
      const sides = values[i - width] + values[i - 1] + values[i + 1] + values[i + width];
      answers[place++] = Math.abs(corners - 2 * sides + 4 * values[i]);
    }
  return answers.sort()[(answers.length - 1) >> 1] / GAIN;
}

/**
 * @param {Plane} plane in [0, 1]
 * @param {number} strength weight of smoothness, in multiples of the noise; 0 changes nothing
 * @returns {Plane} the same where there is hardly any noise
 */
export function denoise(plane, strength) {
  if (strength === 0) return plane;
  const noise = estimateNoise(plane);
  return noise < QUIET ? plane : smooth(plane, strength * noise);
}

/**
 * Total variation (Chambolle 2004), in the steps of scikit-image's denoise_tv_chambolle.
 *
 * @param {Plane} plane
 * @param {number} weight
 * @returns {Plane}
 */
export function smooth({ width, height, values }, weight) {
  const count = width * height;
  const down = new Float64Array(count); // the dual field
  const right = new Float64Array(count);
  const out = Float64Array.from(values);
  const share = 0.25 / weight;
  let first = 0;
  let before = 0;
  for (let step = 0; step < MOST_STEPS; step++) {
    let energy = step ? diverge(values, down, right, width, out) : 0;
    let norms = 0;
    for (let y = 0, i = 0; y < height; y++)
      for (let x = 0; x < width; x++, i++) {
        const below = y < height - 1 ? out[i + width] - out[i] : 0;
        const beside = x < width - 1 ? out[i + 1] - out[i] : 0;
        const norm = Math.sqrt(below * below + beside * beside);
        norms += norm;
        down[i] = (down[i] - 0.25 * below) / (1 + share * norm);
        right[i] = (right[i] - 0.25 * beside) / (1 + share * norm);
      }
    energy = (energy + weight * norms) / count;
    if (step === 0) first = energy;
    else if (Math.abs(before - energy) < TOLERANCE * first) break;
    before = energy;
  }
  return { width, height, values: Float32Array.from(out, (v) => Math.min(1, Math.max(0, v))) };
}

/**
 * out = values + the negative divergence of the field, whose energy comes back.
 *
 * @param {Float32Array} values
 * @param {Float64Array} down
 * @param {Float64Array} right
 * @param {number} width
 * @param {Float64Array} out
 */
function diverge(values, down, right, width, out) {
  let energy = 0;
  for (let i = 0, x = 0; i < out.length; i++, x = x + 1 === width ? 0 : x + 1) {
    const above = i >= width ? down[i - width] : 0;
    const left = x ? right[i - 1] : 0;
    const change = above + left - down[i] - right[i];
    energy += change * change;
    out[i] = values[i] + change;
  }
  return energy;
}
