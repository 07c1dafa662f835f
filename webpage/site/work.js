/**
 * The page's side of the worker.
 *
 * @import { Answer, News, Request } from "./types.js"
 */

/** Work has failed; the message is a sentence for the visitor. */
export class WorkError extends Error {}
const FAILED = "This went wrong in the browser; try again, or another photo.";

/** @typedef {{resolve: (value: any) => void, reject: (error: Error) => void, tell: (news: News) => void}} Waiting */

const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
/** @type {Map<number, Waiting>} */
const waiting = new Map();
let count = 0;

worker.addEventListener("message", (event) => {
  /** @type {Answer} */
  const answer = event.data;
  const found = waiting.get(answer.id);
  if (!found) return;
  if ("news" in answer) return found.tell(answer.news);
  waiting.delete(answer.id);
  if ("result" in answer) found.resolve(answer.result);
  else if (answer.aborted) found.reject(new DOMException("cancelled", "AbortError"));
  else found.reject(new WorkError(answer.sentence ? answer.error : FAILED));
});
worker.addEventListener("error", () => {
  for (const { reject } of waiting.values()) reject(new WorkError(FAILED));
  waiting.clear();
});

/**
 * @param {Request} request
 * @param {{tell?: (news: News) => void, signal?: AbortSignal}} [options]
 * @returns {Promise<any>} rejects with a WorkError, or an AbortError
 */
export function ask(request, { tell = () => {}, signal } = {}) {
  const id = count++;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new DOMException("cancelled", "AbortError"));
    waiting.set(id, { resolve, reject, tell });
    worker.postMessage({ id, request });
    signal?.addEventListener("abort", () => worker.postMessage({ id }));
  });
}
