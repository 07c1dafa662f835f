/**
 * One colour out of a distribution over classes (colorize_core/color/classes.py).
 *
 * @import { Payload, Prediction } from "./types.js"
 */

/** Levels of a temperature table (colorize_core/inference/temperature_table.py). */
export const TEMPERATURES = [
  ...Array.from({ length: 16 }, (_, i) => i / 100),
  ...Array.from({ length: 22 }, (_, i) => Math.round(16 + 4 * i) / 100),
];
const STEPS = 4095;
/** Scores further below the likeliest weigh nothing: e^-16. */
const NEGLIGIBLE = -16;
/** e^-x at every 1/256 of 0…16; what lies between is interpolated, within 2e-6 of itself. */
const PER_UNIT = 256;
const LAST = -NEGLIGIBLE * PER_UNIT;
const EXP = Float64Array.from({ length: LAST + 1 }, (_, i) => Math.exp(-i / PER_UNIT));

/**
 * Logits to half precision, as Python keeps them: at T = 0 the last bits decide between two colours
 * that are equally likely. (Veltkamp's splitting, at 11 bits.)
 *
 * @param {Float32Array} values changed in place
 */
export function halve(values) {
  for (let i = 0; i < values.length; i++) {
    const wide = Math.fround(values[i] * 8193);
    values[i] = wide - Math.fround(wide - values[i]);
  }
  return values;
}

/**
 * Scores of one cell less their maximum, with the likeliest class.
 *
 * @param {Float32Array} output (Q, cells)
 * @param {number} cells
 * @param {number} cell
 * @param {Float64Array} into (Q,)
 */
export function scores(output, cells, cell, into) {
  let best = 0;
  for (let q = 0, at = cell; q < into.length; q++, at += cells) {
    into[q] = output[at];
    if (into[q] > into[best]) best = q;
  }
  const most = into[best];
  for (let q = 0; q < into.length; q++) into[q] -= most;
  return best;
}

/**
 * Annealed mean of one cell (Zhang et al. 2016, equation 5).
 *
 * @param {Float64Array} shifted scores less their maximum
 * @param {number} best the likeliest class
 * @param {number[][]} centres
 * @param {number} T in [0, 1]
 * @returns {[number, number]} ab
 */
export function annealedMean(shifted, best, centres, T) {
  if (T === 0) return [centres[best][0], centres[best][1]];
  let total = 0, sumA = 0, sumB = 0;
  for (let q = 0; q < shifted.length; q++) {
    const score = shifted[q] / T;
    if (score < NEGLIGIBLE) continue;
    const weight = Math.exp(score);
    total += weight;
    sumA += weight * centres[q][0];
    sumB += weight * centres[q][1];
  }
  return [sumA / total, sumB / total];
}

/** Probabilities of scores less their maximum. */
export function softmax(/** @type {Float64Array} */ shifted) {
  const weights = shifted.map(Math.exp);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Shannon's entropy in bits. */
export const entropyBits = (/** @type {Float64Array} */ probability) =>
  -probability.reduce((sum, p) => sum + (p ? p * Math.log2(p) : 0), 0);

/**
 * Calls `each` with every cell, its scores less their maximum, and its likeliest class.
 *
 * @param {Prediction} prediction of a method with classes
 * @param {(cell: number, shifted: Float64Array, best: number) => void} each
 */
function forEachCell({ output, cells, description }, each) {
  const shifted = new Float64Array(description.centres?.length ?? 0);
  for (let cell = 0; cell < cells[0] * cells[1]; cell++)
    each(cell, shifted, scores(output, cells[0] * cells[1], cell, shifted));
}

/**
 * A prediction's colours at one temperature.
 *
 * @param {Prediction} prediction
 * @param {number} T in [0, 1]
 * @returns {Float32Array} (2, h, w), in Lab units
 */
export function decode(prediction, T) {
  const { output, cells, description } = prediction;
  const { centres, scale } = description;
  if (!centres) return output.map((value) => value * scale);
  const count = cells[0] * cells[1];
  const ab = new Float32Array(2 * count);
  forEachCell(prediction, (cell, shifted, best) => {
    [ab[cell], ab[count + cell]] = annealedMean(shifted, best, centres, T);
  });
  return ab;
}

/**
 * ab of one cell at all temperatures. Towards T = 0 ever fewer classes have a share, so it goes
 * down from T = 1 and drops those that no longer count.
 *
 * @param {Float64Array} shifted scores less their maximum
 * @param {number} best
 * @param {Float64Array} centres a and b of every class
 * @param {Float32Array} ab (levels, cells, 2)
 * @param {number} place of the cell's a at the first level
 * @param {number} stride from one level to the next
 */
function annealAll(shifted, best, centres, ab, place, stride) {
  const live = Uint16Array.from(shifted, (_, q) => q);
  let count = live.length;
  for (let level = TEMPERATURES.length - 1; level > 0; level--) {
    const factor = -PER_UNIT / TEMPERATURES[level];
    let total = 0, sumA = 0, sumB = 0, kept = 0;
    for (let k = 0; k < count; k++) {
      const q = live[k];
      const at = shifted[q] * factor;
      if (at >= LAST) continue;
      live[kept++] = q;
      const low = at | 0;
      const weight = EXP[low] + (at - low) * (EXP[low + 1] - EXP[low]);
      total += weight;
      sumA += weight * centres[2 * q];
      sumB += weight * centres[2 * q + 1];
    }
    count = kept;
    ab[place + level * stride] = sumA / total;
    ab[place + level * stride + 1] = sumB / total;
  }
  ab[place] = centres[2 * best];
  ab[place + 1] = centres[2 * best + 1];
}

/**
 * What the renderer draws a prediction from, at any temperature.
 *
 * @param {Prediction} prediction
 * @returns {Payload}
 */
export function buildPayload(prediction) {
  const { cells, guide, description } = prediction;
  const { centres } = description;
  const count = cells[0] * cells[1];
  const temperatures = centres ? TEMPERATURES : [1];
  const ab = new Float32Array(2 * count * temperatures.length); // (N, h, w, 2)
  const undecided = new Uint8Array(centres ? count : 0);
  if (centres) {
    const flat = Float64Array.from(centres.flat());
    forEachCell(prediction, (cell, shifted, best) => {
      annealAll(shifted, best, flat, ab, 2 * cell, 2 * count);
      undecided[cell] = Math.round((255 * entropyBits(softmax(shifted))) / Math.log2(centres.length));
    });
  } else {
    const planes = decode(prediction, 1);
    for (let i = 0; i < count; i++) ab.set([planes[i], planes[count + i]], 2 * i);
  }
  let most = 1e-3;
  for (const value of ab) most = Math.max(most, Math.abs(value));
  const scale = most / STEPS;
  return {
    temperatures,
    scale,
    cells,
    guide: [guide.width, guide.height],
    entropy: Boolean(centres),
    steps: new Int16Array(ab.map((value) => Math.round(value / scale))),
    pixels: guide.values,
    undecided,
  };
}
