/**
 * The visitor's photos: a strip of thumbnails, and all of them in one ZIP.
 *
 * @import { Look } from "./types.js"
 */
import { byId, complain, make, progress, say, save } from "./dom.js";
import { ask, WorkError } from "./work.js";
import { fileNames, zip } from "./zip.js";

/** @typedef {{file: File, button: HTMLButtonElement, thumb: string, refused: string}} Entry */

const THUMB = 88;
/** @type {Entry[]} */
const entries = [];
/** @type {(file: File) => Promise<void>} */
let show = async () => {};

/** @param {(file: File) => Promise<void>} onShow shows a photo; rejects with a sentence */
export function connect(onShow) {
  show = onShow;
}

/** Adds photos and shows the first of them. @param {File[]} files */
export async function add(files) {
  if (!files.length) return;
  complain("");
  const added = files.map((file) => {
    const button = make("button", { type: "button", title: file.name, "aria-label": file.name });
    /** @type {Entry} */
    const entry = { file, button, thumb: "", refused: "" };
    button.addEventListener("click", () => open(entry));
    byId("queue").append(button);
    entries.push(entry);
    return entry;
  });
  byId("uploads").hidden = false;
  await open(added[0]);
  for (const entry of added) await drawThumb(entry);
}

/** A small picture beside the buttons. @param {Entry} entry */
async function drawThumb({ file, button, refused }) {
  if (refused || button.firstChild) return;
  try {
    const bitmap = await createImageBitmap(file, { resizeHeight: THUMB, resizeQuality: "medium" });
    const canvas = make("canvas", { width: String(bitmap.width), height: String(bitmap.height) });
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
    bitmap.close();
    button.replaceChildren(canvas);
  } catch (error) {
    console.info(error);
    button.replaceChildren(make("span", {}, ["?"]));
  }
}

/** @param {Entry} entry */
async function open(entry) {
  for (const { button } of entries) button.removeAttribute("aria-current");
  entry.button.setAttribute("aria-current", "true");
  try {
    await show(entry.file);
  } catch (error) {
    if (!(error instanceof WorkError)) return; // another photo was asked for meanwhile
    refuse(entry, error.message);
    complain(error.message);
  }
}

/** @param {Entry} entry @param {string} why */
function refuse(entry, why) {
  entry.refused = why;
  entry.button.classList.add("refused");
  entry.button.title = why;
  entry.button.setAttribute("aria-label", `${entry.file.name}: refused`);
  entry.button.replaceChildren(make("span", {}, ["!"]));
}

/** No photo of the visitor's is on show. */
export function leave() {
  for (const { button } of entries) button.removeAttribute("aria-current");
}

/**
 * Colours every photo and saves them together; refused ones are named at the end.
 *
 * @param {{method: string, type: "png" | "jpeg", look: Look}} how
 * @param {AbortSignal} signal
 */
export async function downloadAll({ method, type, look }, signal) {
  const wanted = entries.filter(({ refused }) => !refused);
  const names = fileNames(wanted.map(({ file }) => file.name), type === "png" ? "png" : "jpg");
  const files = [];
  for (const [index, entry] of wanted.entries()) {
    say(`Photo ${index + 1} of ${wanted.length}: ${entry.file.name}`);
    progress(index / wanted.length);
    try {
      const request = { kind: /** @type {const} */ ("other"), file: entry.file, name: entry.file.name, method, type, look };
      files.push({ name: names[index], blob: await ask(request, { signal }) });
      entry.button.classList.add("done");
    } catch (error) {
      if (!(error instanceof WorkError)) throw error;
      refuse(entry, error.message);
    }
  }
  const refused = entries.filter((entry) => entry.refused);
  if (refused.length) complain(refused.map((entry) => entry.refused).join(" "));
  if (files.length) save(await zip(files), "coloured-photos.zip");
  say(`${files.length} of ${entries.length} photos are in the ZIP.`);
}
