/**
 * 8-bit sRGB to L and back, by tables (colorize_core/color/tables8.py and conversions.py).
 */

export const LEVELS = 65535;
/** Shares of linear R, G and B in the luminance Y. */
const LUMINANCE = [0.212671, 0.71516, 0.072169];
/** X / Xn, Y / Yn, Z / Zn -> linear sRGB, D65, row by row. */
const [RX, RY, RZ] = [3.079980302271805, -1.537151516271318, -0.5428213080224701];
const [GX, GY, GZ] = [-0.9212477523232383, 1.8759900014898907, 0.04524733951446599];
const [BX, BY, BZ] = [0.052890461098811827, -0.20404133836651123, 1.1512320119619401];
const GAMUT_TOLERANCE = 1e-5;
const GAMUT_STEPS = 12;

const srgbToLinear = (/** @type {number} */ v) =>
  v > 0.04045 ? ((v + 0.055) / 1.055) ** 2.4 : v / 12.92;
const linearToSrgb = (/** @type {number} */ v) =>
  v > 0.0031308 ? 1.055 * v ** (1 / 2.4) - 0.055 : 12.92 * v;
/** CIE 15:2004: Y / Yn -> (L + 16) / 116. */
const curve = (/** @type {number} */ t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
const inverse = (/** @type {number} */ f) => (f > 0.2068966 ? f * f * f : (f - 16 / 116) / 7.787);

/** What each 8-bit value adds to Y, in LEVELS steps. */
const [RED, GREEN, BLUE] = LUMINANCE.map((share) =>
  Float32Array.from({ length: 256 }, (_, i) => LEVELS * share * srgbToLinear(i / 255)));
/** `curve` at every level of Y; what lies between is interpolated, within 2e-8. */
const CURVE = Float64Array.from({ length: LEVELS + 2 }, (_, i) => curve(i / LEVELS));
/** Linear light in LEVELS steps -> 8-bit sRGB. */
const ENCODED = Uint8Array.from({ length: LEVELS + 1 }, (_, i) =>
  Math.round(255 * linearToSrgb(i / LEVELS)));

/**
 * (L + 16) / 116 of a pixel.
 *
 * @param {number} red 0…255, as green and blue
 * @param {number} green
 * @param {number} blue
 */
export function lightnessCurve(red, green, blue) {
  const y = RED[red] + GREEN[green] + BLUE[blue];
  const low = y | 0;
  return CURVE[low] + (y - low) * (CURVE[low + 1] - CURVE[low]);
}

/**
 * L of some pixels, in [0, 1].
 *
 * @param {Uint8ClampedArray} rgba
 * @param {Float32Array} out one for each pixel
 */
export function lightness(rgba, out) {
  for (let i = 0, p = 0; i < out.length; i++, p += 4)
    out[i] = 1.16 * lightnessCurve(rgba[p], rgba[p + 1], rgba[p + 2]) - 0.16;
  return out;
}

const outside = (/** @type {number} */ v) => v < -GAMUT_TOLERANCE || v > 1 + GAMUT_TOLERANCE;
const level = (/** @type {number} */ v) =>
  ENCODED[v <= 0 ? 0 : v >= 1 ? LEVELS : (v * LEVELS + 0.5) | 0];

/**
 * Writes a colour as 8-bit sRGB; what sRGB cannot show goes towards grey at the same L and hue
 * (conversions.lab_to_gamut).
 *
 * @param {number} f (L + 16) / 116
 * @param {number} a Lab units
 * @param {number} b Lab units
 * @param {Uint8ClampedArray} out
 * @param {number} at place of red in `out`; alpha is left alone
 */
export function writeColor(f, a, b, out, at) {
  const y = inverse(f);
  let high = 1;
  let low = 0;
  let share = 1;
  let red = 0, green = 0, blue = 0;
  for (let step = 0; ; step++) {
    const x = inverse(f + (share * a) / 500);
    const z = inverse(f - (share * b) / 200);
    red = RX * x + RY * y + RZ * z;
    green = GX * x + GY * y + GZ * z;
    blue = BX * x + BY * y + BZ * z;
    if (step > GAMUT_STEPS) break; // `share` was the answer
    if (outside(red) || outside(green) || outside(blue)) high = share;
    else if (step === 0) break;
    else low = share;
    share = step === GAMUT_STEPS ? low : (low + high) / 2;
  }
  out[at] = level(red);
  out[at + 1] = level(green);
  out[at + 2] = level(blue);
}

/**
 * @param {number[]} rgb 0…255
 * @returns {[number, number, number]} L, a and b
 */
export function rgbToLab([red, green, blue]) {
  const [r, g, b] = [red, green, blue].map((v) => srgbToLinear(v / 255));
  const x = curve((0.412453 * r + 0.35758 * g + 0.180423 * b) / 0.95047);
  const y = curve(LUMINANCE[0] * r + LUMINANCE[1] * g + LUMINANCE[2] * b);
  const z = curve((0.019334 * r + 0.119193 * g + 0.950227 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
