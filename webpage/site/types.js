/**
 * What the page and its worker tell each other.
 *
 * @import { Payload, Plane, Prediction, Probe } from "../static/engine/types.js"
 *
 * @typedef {object} Method as `colorize site` describes it in index.html
 * @property {string} name such as "gan"
 * @property {string} title such as "GAN"
 * @property {string} word what it is like, such as "bold"
 * @property {string} idea
 * @property {string} why its pictures look so
 * @property {boolean} has_temperature
 * @property {string} file its network
 * @property {number} bytes of it
 *
 * @typedef {object} Site
 * @property {string} version
 * @property {Method[]} methods as they stand side by side
 * @property {string[]} order in which they are loaded
 * @property {{name: string, title: string, file: string, thumb: string}[]} examples
 * @property {{script: string, module: string, wasm: string, bytes: number}} runtime
 *
 * @typedef {object} Preview a small copy of the photo
 * @property {number} width
 * @property {number} height
 * @property {Uint8ClampedArray} rgba
 * @property {Plane} L in [0, 1]
 *
 * @typedef {{kind: "photo", name: string, width: number, height: number, preview: Preview, greys: ImageBitmap[]}} PhotoNews
 * @typedef {{kind: "prediction", method: string, payload: Payload, seconds: number}} PredictionNews
 * @typedef {{kind: "progress", step: string, share: number}} ProgressNews
 * @typedef {PhotoNews | PredictionNews | ProgressNews} News
 *
 * @typedef {{temperature: number, saturation: number}} Look
 *
 * @typedef {{kind: "init", site: Site, root: string}
 *   | {kind: "open", file: Blob, name: string, side: number}
 *   | {kind: "file", method: string, type: "png" | "jpeg", look: Look}
 *   | {kind: "other", file: Blob, name: string, method: string, type: "png" | "jpeg", look: Look}
 *   | {kind: "draw", method: string, look: Partial<Look>}
 *   | {kind: "probe", x: number, y: number}} Request
 *
 * @typedef {{id: number, news: News} | {id: number, result: any}
 *   | {id: number, error: string, sentence: boolean, aborted: boolean}} Answer
 */
export {};
