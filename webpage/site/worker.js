/**
 * All the work on photos, beside the page: files, networks, pictures at full size.
 *
 * @import { Network, Photo, Prediction } from "../static/engine/types.js"
 * @import { Look, Method, News, Request, Site } from "./types.js"
 */
import { PhotoError } from "../static/engine/errors.js";
import { photoFromPixels, readPhoto } from "../static/engine/photo.js";
import { buildPayload, loadNetwork, predict, preview } from "../static/engine/predict.js";
import { probe } from "../static/engine/probe.js";
import { renderFile, renderStrips } from "../static/engine/render.js";
import { greyBitmaps } from "./grey.js";
import { ConnectionError, fetchBytes, startRuntime } from "./runtime.js";

/** @typedef {{tell: (news: News, given?: Transferable[]) => void, signal: AbortSignal}} Job */
/** @typedef {{photo: Photo, small: Photo, predictions: Map<string, Prediction>}} Opened */

/** @type {Site} */
let site;
let root = "";
/** @type {Promise<any> | null} */
let runtime = null;
/** @type {Map<string, Promise<Network>>} */
const networks = new Map();
/** @type {Opened | null} */
let current = null;
/** @type {Map<number, AbortController>} */
const running = new Map();

/** @param {string} name @returns {Method} */
const methodOf = (name) => /** @type {Method} */ (site.methods.find((one) => one.name === name));

/** One after the other: a network fills the processor, and takes one picture at a time. */
let turn = Promise.resolve();
/** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
function inTurn(work) {
  const done = turn.then(work);
  turn = done.then(() => {}, () => {});
  return done;
}

/** Who waits for networks that are being loaded. */
const loading = { tell: (/** @type {News} */ _news) => {} };

/** A network, loaded once; what failed is tried again. @param {string} name */
function network(name) {
  const { title, file, bytes } = methodOf(name);
  const first = !runtime;
  const total = bytes + (first ? site.runtime.bytes : 0);
  const got = { runtime: 0, network: 0 };
  const count = (/** @type {"runtime" | "network"} */ part) => (/** @type {number} */ size) => {
    got[part] = size;
    const share = Math.min((got.runtime + got.network) / total, 1);
    loading.tell({ kind: "progress", step: `Loading ${title}`, share });
  };
  if (!networks.has(name)) {
    runtime ??= startRuntime(site, root, count("runtime"));
    const made = Promise.all([
      fetchBytes(new URL(file, root).href, site.version, count("network")),
      runtime,
    ]).then(([content, ort]) => inTurn(() => loadNetwork(content, ort)));
    networks.set(name, made);
    made.catch(() => {
      networks.delete(name);
      runtime = null;
    });
  }
  return /** @type {Promise<Network>} */ (networks.get(name));
}

/** Lets what the page has sent meanwhile come through. */
const pause = () => new Promise((done) => setTimeout(done));

/** @param {Photo} photo @param {string} name @param {Job} job */
async function predictWith(photo, name, { tell, signal }) {
  loading.tell = tell;
  const found = await network(name);
  return inTurn(async () => {
    await pause();
    signal.throwIfAborted();
    tell({ kind: "progress", step: `${methodOf(name).title} colours`, share: 1 });
    return predict(found, photo);
  });
}

/** @param {Extract<Request, {kind: "open"}>} request @param {Job} job */
async function open({ file, name, side }, job) {
  loading.tell = job.tell;
  const photo = await readPhoto(file, name);
  job.signal.throwIfAborted();
  current?.photo.close();
  const { width, height } = photo;
  const copy = preview(photo, side);
  const small = photoFromPixels(name, copy.width, copy.height, copy.rgba);
  /** @type {Opened} */
  const mine = { photo, small, predictions: new Map() };
  current = mine;
  const greys = await greyBitmaps(copy.L, site.methods.length);
  job.tell({ kind: "photo", name, width, height, preview: copy, greys }, [...greys, copy.L.values.buffer]);
  for (const method of site.order) {
    const prediction = await predictWith(photo, method, job);
    job.signal.throwIfAborted();
    mine.predictions.set(method, prediction);
    const payload = buildPayload(prediction);
    job.tell({ kind: "prediction", method, payload, seconds: prediction.seconds });
  }
}

/** @param {Job} job */
const onProgress = ({ tell }, step = "Rendering") => (/** @type {number} */ share) =>
  tell({ kind: "progress", step, share });

/** @param {Extract<Request, {kind: "file"}>} request @param {Job} job */
function file({ method, type, look }, job) {
  const prediction = current?.predictions.get(method);
  if (!current || !prediction) throw new Error(`no prediction of ${method}`);
  return renderFile(current.photo, prediction, type, {
    ...look, signal: job.signal, onProgress: onProgress(job),
  });
}

/** The small copy in colours, for a page without WebGL. @param {Extract<Request, {kind: "draw"}>} request */
async function draw({ method, look }) {
  const prediction = current?.predictions.get(method);
  if (!current || !prediction) return null;
  const { small } = current;
  const rgba = new Uint8ClampedArray(4 * small.width * small.height);
  for await (const strip of renderStrips(small, prediction, look)) rgba.set(strip.rgba, 4 * strip.top * small.width);
  return { width: small.width, height: small.height, rgba };
}

/** A photo that is not on show. @param {Extract<Request, {kind: "other"}>} request @param {Job} job */
async function other({ file, name, method, type, look }, job) {
  const photo = await readPhoto(file, name);
  try {
    const prediction = await predictWith(photo, method, job);
    return await renderFile(photo, prediction, type, {
      ...look, signal: job.signal, onProgress: onProgress(job, `Rendering ${name}`),
    });
  } finally {
    photo.close();
  }
}

/** @param {Extract<Request, {kind: "probe"}>} request */
function ask({ x, y }) {
  const method = site.methods.find((one) => one.has_temperature && current?.predictions.has(one.name));
  const prediction = method && current?.predictions.get(method.name);
  return current && prediction ? probe(prediction, current.photo, x, y) : null;
}

/** @param {Request} request @param {Job} job @returns {Promise<any> | any} */
function answer(request, job) {
  if (request.kind === "open") return open(request, job);
  if (request.kind === "file") return file(request, job);
  if (request.kind === "other") return other(request, job);
  if (request.kind === "probe") return ask(request);
  if (request.kind === "draw") return draw(request);
  ({ site, root } = request);
  network(site.order[0]).catch(() => {}); // the download begins at once; whoever needs it, is told
}

self.addEventListener("message", async (event) => {
  const { id, request } = event.data;
  if (!request) {
    running.get(id)?.abort();
    return;
  }
  const control = new AbortController();
  running.set(id, control);
  const tell = (/** @type {News} */ news, /** @type {Transferable[]} */ given = []) =>
    control.signal.aborted || self.postMessage({ id, news }, { transfer: given });
  try {
    self.postMessage({ id, result: await answer(request, { tell, signal: control.signal }) });
  } catch (caught) {
    const error = /** @type {Error} */ (caught);
    const sentence = error instanceof PhotoError || error instanceof ConnectionError;
    if (!sentence && !control.signal.aborted) console.error(error);
    self.postMessage({ id, error: error.message, sentence, aborted: control.signal.aborted });
  } finally {
    running.delete(id);
  }
});
