/**
 * From a photo to a prediction (colorize_core/inference/colorizer.py, `Colorizer.predict`).
 *
 * @import { Hint, Network, Photo, Plane, Prediction } from "./types.js"
 */
import { halve } from "./classes.js";
import { lightness, rgbToLab } from "./color.js";
import { denoise } from "./denoise.js";
import { describe } from "./onnx.js";
import { LANCZOS, TRIANGLE, flatten, narrow, taps } from "./resize.js";

export { buildPayload } from "./classes.js";

/** Divides ab for the networks (conversions.AB_SCALE). */
const AB_SCALE = 110;
/** Pixels handled at once at full size. */
export const STRIP_PIXELS = 1 << 18;

/**
 * Opens a network that `colorize export` has written; it describes itself.
 *
 * @param {Uint8Array} bytes the file
 * @param {any} ort onnxruntime-web
 * @returns {Promise<Network>}
 */
export async function loadNetwork(bytes, ort) {
  const description = describe(bytes);
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
  return {
    description,
    async run({ width, height, values }, hints) {
      const grey = new ort.Tensor("float32", values, [1, 1, height, width]);
      const [h, w] = [height / description.stride, width / description.stride];
      const given = hints && { hints: new ort.Tensor("float32", hints, [1, 3, h, w]) };
      const { output } = await session.run({ grey, ...given });
      const answer = output.data.slice();
      output.dispose();
      return answer;
    },
    close: () => session.release(),
  };
}

/**
 * The resized grey copy that a network sees.
 *
 * @param {Photo} photo
 * @param {number} side long side, pixels
 * @param {number} sizeDivisor
 * @returns {Plane} L in [0, 1]
 */
export function networkInput(photo, side, sizeDivisor) {
  const scale = side / Math.max(photo.width, photo.height);
  const [width, height] = [photo.width, photo.height].map(
    (length) => Math.max(1, roundEven((length * scale) / sizeDivisor)) * sizeDivisor,
  );
  const across = taps(photo.width, width, TRIANGLE);
  const values = new Float32Array(width * photo.height);
  for (const { top, rgba } of strips(photo)) {
    const L = lightness(rgba, new Float32Array(rgba.length / 4));
    narrow(L, photo.width, across, values, top * width);
  }
  const plane = flatten({ width, height: photo.height, values }, height, TRIANGLE);
  for (let i = 0; i < plane.values.length; i++)
    plane.values[i] = Math.min(1, Math.max(0, plane.values[i]));
  return plane;
}

/** Half to even, as Python rounds. */
function roundEven(/** @type {number} */ value) {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 ? below + 1 : below;
}

/**
 * A photo some rows at a time.
 *
 * @param {Photo} photo
 * @returns {Generator<{top: number, bottom: number, rgba: Uint8ClampedArray}>}
 */
export function* strips(photo) {
  const step = Math.max(1, Math.floor(STRIP_PIXELS / photo.width));
  for (let top = 0; top < photo.height; top += step) {
    const bottom = Math.min(photo.height, top + step);
    yield { top, bottom, rgba: photo.rows(top, bottom) };
  }
}

/**
 * Hints on the grid of a network's answer; where several meet, their mean counts.
 *
 * @param {Hint[]} hints
 * @param {Photo} photo
 * @param {[number, number]} cells w and h
 * @returns {Float32Array} (3, h, w): a and b, as networks give them, and 1 where there is a hint
 * @throws {RangeError} a hint outside the photo
 */
export function placeHints(hints, photo, [w, h]) {
  const map = new Float32Array(3 * w * h);
  const count = new Float32Array(w * h);
  for (const { x, y, rgb } of hints) {
    if (!(x >= 0 && y >= 0 && x < photo.width && y < photo.height))
      throw new RangeError(
        `the hint at (${x}, ${y}) lies outside the photo of ${photo.width} × ${photo.height} pixels`,
      );
    const cell = Math.floor((y * h) / photo.height) * w + Math.floor((x * w) / photo.width);
    const [, a, b] = rgbToLab(rgb);
    map[cell] += a / AB_SCALE;
    map[w * h + cell] += b / AB_SCALE;
    map[2 * w * h + cell] = 1;
    count[cell]++;
  }
  for (let i = 0; i < 2 * w * h; i++) map[i] /= Math.max(1, count[i % (w * h)]);
  return map;
}

/**
 * @param {Network} network
 * @param {Photo} photo
 * @param {Hint[]} [hints] colours that are known at some places; the answer is given them
 * @returns {Promise<Prediction>}
 * @throws {RangeError} a hint outside the photo, or a network that takes none
 */
export async function predict(network, photo, hints = []) {
  const { description } = network;
  const { side, size_divisor: sizeDivisor, stride, centres } = description;
  if (hints.length && !description.hints) throw new RangeError(`${description.title} takes no hints`);
  const guide = denoise(networkInput(photo, side, sizeDivisor), description.denoise);
  /** @type {[number, number]} */
  const cells = [guide.width / stride, guide.height / stride];
  const started = performance.now();
  const output = await network.run(guide, description.hints ? placeHints(hints, photo, cells) : null);
  const seconds = (performance.now() - started) / 1000;
  if (centres) halve(output);
  return { description, output, cells, guide, seconds };
}

/**
 * A small copy for the screen: its colours, and its L in [0, 1] for the renderer.
 *
 * @param {Photo} photo
 * @param {number} side long side, pixels; smaller photos keep their size
 * @returns {{width: number, height: number, rgba: Uint8ClampedArray, L: Plane}}
 */
export function preview(photo, side) {
  const scale = Math.min(1, side / Math.max(photo.width, photo.height));
  const [width, height] = [photo.width, photo.height].map((length) =>
    Math.max(1, roundEven(length * scale)));
  const across = taps(photo.width, width, LANCZOS);
  const rgba = new Uint8ClampedArray(4 * width * height).fill(255);
  const planes = [0, 1, 2].map(() => new Float32Array(width * photo.height));
  for (const strip of strips(photo)) {
    const channel = new Float32Array(strip.rgba.length / 4);
    planes.forEach((plane, c) => {
      for (let i = 0; i < channel.length; i++) channel[i] = strip.rgba[4 * i + c];
      narrow(channel, photo.width, across, plane, strip.top * width);
    });
  }
  planes.forEach((values, c) => {
    const small = flatten({ width, height: photo.height, values }, height, LANCZOS).values;
    for (let i = 0; i < small.length; i++) rgba[4 * i + c] = small[i];
  });
  const L = { width, height, values: lightness(rgba, new Float32Array(width * height)) };
  return { width, height, rgba, L };
}
