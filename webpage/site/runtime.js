/**
 * Fetches the large files, with progress, and starts onnxruntime-web.
 *
 * @import { Site } from "./types.js"
 */

/** The server or the connection fails. */
export class ConnectionError extends Error {}

/** @param {string} version @returns {Promise<Cache | null>} where there is one: not over plain http */
const openCache = async (version) =>
  "caches" in self ? caches.open(`colorize-studio-${version}`).catch(() => null) : null;

/**
 * A file of the site, kept for visits without a connection.
 *
 * @param {string} url
 * @param {string} version
 * @param {(bytes: number) => void} onProgress bytes so far
 * @returns {Promise<Uint8Array>}
 */
export async function fetchBytes(url, version, onProgress) {
  const cache = await openCache(version);
  const kept = await cache?.match(url);
  if (kept) return new Uint8Array(await kept.arrayBuffer());
  const bytes = await download(url, onProgress);
  // Without room only the visit without a connection is lost.
  await cache?.put(url, new Response(/** @type {BodyInit} */ (bytes))).catch(() => {});
  return bytes;
}

/** @param {string} url @param {(bytes: number) => void} onProgress */
async function download(url, onProgress) {
  try {
    const answer = await fetch(url);
    if (!answer.ok || !answer.body) throw new ConnectionError(`${url}: ${answer.status}`);
    const parts = [];
    let size = 0;
    const reader = answer.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value);
      size += part.value.length;
      onProgress(size);
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  } catch (error) {
    const name = url.split("/").pop();
    throw new ConnectionError(`${name} could not be loaded; check the connection and reload.`, { cause: error });
  }
}

/** @param {Uint8Array} bytes gzip, or what a server has unpacked by itself */
async function unpack(bytes) {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([/** @type {BlobPart} */ (bytes)]).stream();
  const body = new Response(stream.pipeThrough(new DecompressionStream("gzip")));
  return new Uint8Array(await body.arrayBuffer());
}

/**
 * @param {Site} site
 * @param {string} root address of the site
 * @param {(bytes: number) => void} onProgress
 * @returns {Promise<any>} onnxruntime-web
 */
export async function startRuntime({ runtime, version }, root, onProgress) {
  const address = (/** @type {string} */ path) => new URL(path, root).href;
  const [ort, packed] = await Promise.all([
    import(address(runtime.script)),
    fetchBytes(address(runtime.wasm), version, onProgress),
  ]);
  ort.env.wasm.wasmBinary = await unpack(packed);
  ort.env.wasm.wasmPaths = { mjs: address(runtime.module) };
  // Threads share memory, which browsers allow to isolated pages only.
  ort.env.wasm.numThreads = self.crossOriginIsolated ? Math.min(4, navigator.hardwareConcurrency) : 1;
  return ort;
}
