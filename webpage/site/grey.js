/**
 * The photo without colours, while the networks think.
 *
 * @import { Plane } from "../static/engine/types.js"
 */

/** sRGB of L, in 255 steps. */
const GREYS = Uint8Array.from({ length: 1024 }, (_, i) => Math.round(255 * greyOf((100 * i) / 1023)));

/** @param {number} L in [0, 100] @returns {number} sRGB in [0, 1] */
function greyOf(L) {
  const f = (L + 16) / 116;
  const linear = f > 0.2068966 ? f ** 3 : (f - 16 / 116) / 7.787;
  return linear > 0.0031308 ? 1.055 * linear ** (1 / 2.4) - 0.055 : 12.92 * linear;
}

/**
 * @param {Plane} L in [0, 1]
 * @param {number} count of canvases; each uses one up
 * @returns {Promise<ImageBitmap[]>}
 */
export function greyBitmaps({ width, height, values }, count) {
  const rgba = new Uint8ClampedArray(4 * width * height);
  const words = new Uint32Array(rgba.buffer);
  for (let i = 0; i < words.length; i++)
    words[i] = 0xff000000 | (0x010101 * GREYS[Math.round(values[i] * (GREYS.length - 1))]);
  const pixels = new ImageData(rgba, width, height);
  return Promise.all(Array.from({ length: count }, () => createImageBitmap(pixels)));
}
