/** Colours of CIE Lab (D65) for swatches. */

const WHITE = [0.95047, 1, 1.08883];
const RGB_FROM_XYZ = [
  [3.2404813432, -1.5371515163, -0.4985363262],
  [-0.9692549499, 1.8759900015, 0.0415559266],
  [0.0556466391, -0.2040413384, 1.0573110696],
];

/** @param {number} L @param {number} a @param {number} b @returns {number[]} linear sRGB */
function linear(L, a, b) {
  const y = (L + 16) / 116;
  const xyz = [y + a / 500, y, y - b / 200].map((f, i) =>
    WHITE[i] * (f > 0.2068966 ? f ** 3 : (f - 16 / 116) / 7.787));
  return RGB_FROM_XYZ.map((row) => row.reduce((sum, factor, i) => sum + factor * xyz[i], 0));
}

/**
 * Colours outside sRGB are pulled towards grey at the same L and hue, as in pictures.
 *
 * @param {number} L in [0, 100]
 * @param {number} a
 * @param {number} b
 * @returns {string} #rrggbb
 */
export function labToHex(L, a, b) {
  let [low, high] = [0, 1];
  const inside = (/** @type {number} */ share) =>
    linear(L, share * a, share * b).every((value) => value > -1e-5 && value < 1.00001);
  if (inside(1)) low = 1;
  else for (let i = 0; i < 12; i++) {
    const middle = (low + high) / 2;
    if (inside(middle)) low = middle;
    else high = middle;
  }
  const bytes = linear(L, low * a, low * b).map((value) => {
    const v = Math.min(Math.max(value, 0), 1);
    return Math.round(255 * (v > 0.0031308 ? 1.055 * v ** (1 / 2.4) - 0.055 : 12.92 * v));
  });
  return `#${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
