/**
 * Enlarges ab along the edges of L (colorize_core/inference/upsampling.py).
 *
 * @import { Plane } from "./types.js"
 */

const SPATIAL_SIGMA = 0.6;
const RANGE_SIGMA = 0.05;
const EPSILON = 1e-4;

/**
 * Mean L of every cell of a grid.
 *
 * @param {Plane} plane its sides are multiples of the grid's
 * @param {[number, number]} cells w and h
 */
export function cellMeans({ width, height, values }, [w, h]) {
  const [wide, tall] = [width / w, height / h];
  const means = new Float64Array(w * h);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++)
      means[Math.floor(y / tall) * w + Math.floor(x / wide)] += values[i] / (wide * tall);
  return means;
}

/** The three nearest cells of every pixel along one axis: places, and weights by distance. */
function nearCells(/** @type {number} */ pixels, /** @type {number} */ cells) {
  const places = new Int32Array(3 * pixels);
  const weights = new Float64Array(3 * pixels);
  for (let i = 0; i < pixels; i++) {
    const centre = ((i + 0.5) * cells) / pixels - 0.5;
    for (let k = 0; k < 3; k++) {
      const near = Math.round(centre) + k - 1;
      places[3 * i + k] = Math.min(cells - 1, Math.max(0, near));
      weights[3 * i + k] = Math.exp((near - centre) ** 2 / (-2 * SPATIAL_SIGMA ** 2));
    }
  }
  return { places, weights };
}

/**
 * Joint bilateral upsampling (Kopf et al. 2007, equation 3) to the size of the guide.
 *
 * @param {Float32Array} ab (2, h, w)
 * @param {[number, number]} cells w and h
 * @param {Plane} guide
 * @returns {Float32Array} (2, H, W)
 */
export function jointBilateral(ab, cells, guide) {
  const { width, height, values } = guide;
  const [w, h] = cells;
  const means = cellMeans(guide, cells);
  const across = nearCells(width, w);
  const along = nearCells(height, h);
  const wide = new Float32Array(2 * width * height);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      let total = 0, sumA = 0, sumB = 0;
      for (let row = 3 * y; row < 3 * y + 3; row++)
        for (let column = 3 * x; column < 3 * x + 3; column++) {
          const cell = along.places[row] * w + across.places[column];
          const unlike = means[cell] - values[i];
          const alike = Math.exp((unlike * unlike) / (-2 * RANGE_SIGMA ** 2)) + 1e-6;
          const weight = alike * along.weights[row] * across.weights[column];
          total += weight;
          sumA += weight * ab[cell];
          sumB += weight * ab[w * h + cell];
        }
      wide[i] = sumA / total;
      wide[width * height + i] = sumB / total;
    }
  return wide;
}

/**
 * Mean over windows of 3 × 3; at the border over what lies inside.
 *
 * @param {Float64Array} values
 * @param {number} width
 */
function box(values, width) {
  const height = values.length / width;
  const rows = new Float64Array(values.length);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++)
      rows[i] = values[i] + (x ? values[i - 1] : 0) + (x < width - 1 ? values[i + 1] : 0);
  const means = new Float64Array(values.length);
  for (let y = 0, i = 0; y < height; y++) {
    const tall = 1 + Number(y > 0) + Number(y < height - 1);
    for (let x = 0; x < width; x++, i++) {
      const sum = rows[i] + (y ? rows[i - width] : 0) + (y < height - 1 ? rows[i + width] : 0);
      means[i] = sum / (tall * (1 + Number(x > 0) + Number(x < width - 1)));
    }
  }
  return means;
}

/**
 * Lines ab = slope · L + offset in windows of 3 × 3 (He, Sun, Tang 2013, equations 5 and 6).
 *
 * @param {Plane} guide
 * @param {Float32Array} ab (2, H, W)
 * @returns {Float64Array[]} slope of a, offset of a, slope of b, offset of b; (H, W) each
 */
export function guidedCoefficients({ width, values }, ab) {
  const L = Float64Array.from(values);
  const meanL = box(L, width);
  const variance = box(L.map((v) => v * v), width).map((v, i) => Math.max(0, v - meanL[i] ** 2));
  return [0, 1].flatMap((channel) => {
    const own = Float64Array.from(ab.subarray(channel * L.length, (channel + 1) * L.length));
    const mean = box(own, width);
    const product = box(own.map((v, i) => v * L[i]), width);
    const slope = product.map((v, i) => (v - mean[i] * meanL[i]) / (variance[i] + EPSILON));
    const offset = mean.map((v, i) => v - slope[i] * meanL[i]);
    return [box(slope, width), box(offset, width)];
  });
}

/**
 * Where the outputs of a bilinear enlargement lie between the inputs of one axis.
 *
 * @param {number} from inputs
 * @param {number} to outputs
 */
export function between(from, to) {
  const low = new Int32Array(to);
  const share = new Float64Array(to);
  for (let i = 0; i < to; i++) {
    const place = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    low[i] = Math.floor(place);
    share[i] = place - low[i];
  }
  return { low, share };
}
