/**
 * One picture large, before and after: as the screen needs it, or pixel for pixel.
 *
 * @import { Method } from "./types.js"
 */
import { photoOf, pictureOf } from "./cards.js";
import { byId, make } from "./dom.js";
import * as renderer from "./renderer.js";
import { listen, set, state } from "./state.js";
import { ask, WorkError } from "./work.js";

const REST = 300; // milliseconds that the sliders rest before the whole photo is drawn anew
let position = 50;
/** @type {number | undefined} */
let resting;
/** @type {AbortController | null} */
let work = null;
/** Width and height of the photo itself. */
let size = [1, 1];

/** @returns {HTMLDialogElement} */
const dialog = () => byId("stage");
/** @returns {HTMLSelectElement} */
const before = () => byId("before");
/** @returns {HTMLSelectElement} */
const zoom = () => byId("zoom");

/** @param {number} width @param {number} height of the photo itself */
export function setSize(width, height) {
  size = [width, height];
}

/** @param {Method[]} methods */
export function connect(methods) {
  before().append(make("option", { value: "grey" }, ["grey photo"]));
  before().append(make("option", { value: "original" }, ["photo as it came"]));
  for (const { name, title } of methods) before().append(make("option", { value: name }, [title]));
  before().addEventListener("change", draw);
  zoom().addEventListener("change", draw);
  byId("stage-close").addEventListener("click", () => dialog().close());
  dialog().addEventListener("close", close);
  listen(() => dialog().open && draw());
  connectHandle();

  /** @param {string} name */
  const title = (name) => methods.find((one) => one.name === name)?.title ?? "";
  listen(() => (byId("stage-title").textContent = title(state.method)));
}

/** @param {string} method */
export function open(method) {
  byId("stage-title").textContent = "";
  zoom().value = "fit";
  move(50);
  byId("stage-knobs").append(...document.querySelectorAll("#controls .control:not(.download)"));
  dialog().showModal();
  byId("handle").focus();
  set({ method });
}

function close() {
  clearTimeout(resting);
  work?.abort();
  byId("controls").prepend(...byId("stage-knobs").children);
  for (const id of ["after-image", "before-image"]) forget(byId(id));
  set({});
}

/** @param {number} percent */
function move(percent) {
  position = Math.min(Math.max(percent, 0), 100);
  const handle = byId("handle");
  handle.style.left = `${position}%`;
  handle.setAttribute("aria-valuenow", String(Math.round(position)));
  handle.setAttribute("aria-valuetext", `${Math.round(position)} % before`);
  const left = /** @type {HTMLElement} */ (dialog().querySelector(".left"));
  left.style.clipPath = `inset(0 ${100 - position}% 0 0)`;
}

function connectHandle() {
  const pair = /** @type {HTMLElement} */ (dialog().querySelector(".pair"));
  const follow = (/** @type {PointerEvent} */ event) => {
    const box = pair.getBoundingClientRect();
    move((100 * (event.clientX - box.left)) / box.width);
  };
  pair.addEventListener("pointerdown", (event) => {
    if (zoom().value !== "fit" && event.target !== byId("handle")) return; // scrolls
    pair.setPointerCapture(event.pointerId);
    follow(event);
    byId("handle").focus();
    event.preventDefault();
  });
  pair.addEventListener("pointermove", (event) => {
    if (pair.hasPointerCapture(event.pointerId)) follow(event);
  });
  byId("handle").addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 10 : 2;
    const places = { ArrowLeft: position - step, ArrowRight: position + step, Home: 0, End: 100 };
    if (!(event.key in places)) return;
    event.preventDefault();
    move(places[/** @type {keyof typeof places} */ (event.key)]);
  });
}

function draw() {
  layOut();
  drawPreview(byId("after-canvas"), state.method);
  drawPreview(byId("before-canvas"), before().value);
  clearTimeout(resting);
  work?.abort();
  byId("stage-status").textContent = "";
  for (const id of ["after-image", "before-image"]) byId(id).hidden = true;
  const [width] = size;
  const shown = byId("after-canvas").getBoundingClientRect().width * devicePixelRatio;
  const preview = photoOf();
  if (preview && preview.width < width && shown > 1.05 * preview.width) resting = setTimeout(sharpen, REST);
}

/** The size on screen: the whole photo, or its own pixels. */
function layOut() {
  const pair = /** @type {HTMLElement} */ (dialog().querySelector(".pair"));
  const scroll = /** @type {HTMLElement} */ (dialog().querySelector(".scroll"));
  const [width, height] = size;
  const fits = Math.min(scroll.clientWidth / width, scroll.clientHeight / height);
  const scale = zoom().value === "fit" ? fits : Number(zoom().value) / 100 / devicePixelRatio;
  pair.style.width = `${width * scale}px`;
  pair.style.height = `${height * scale}px`;
}

/** @param {HTMLElement} canvas @param {string} what */
function drawPreview(canvas, what) {
  const target = /** @type {HTMLCanvasElement} */ (canvas);
  const preview = photoOf();
  const picture = pictureOf(what in { grey: 0, original: 0 } ? state.method : what);
  if (!preview || !picture) return;
  if (what === "original") renderer.drawOriginal(picture, target);
  else renderer.draw(picture, target, look(what));
}

/** @param {string} what */
const look = (what) =>
  ({ temperature: state.temperature, saturation: what === "grey" ? 0 : state.saturation });

/** The photo's own pixels, which take longer. */
async function sharpen() {
  work = new AbortController();
  const { signal } = work;
  byId("stage-status").textContent = "Sharpening…";
  try {
    for (const [id, what] of [["after-image", state.method], ["before-image", before().value]]) {
      if (what === "original") continue;
      const method = what === "grey" ? state.method : what;
      const blob = await ask({ kind: "file", method, type: "jpeg", look: look(what) }, { signal });
      const image = /** @type {HTMLImageElement} */ (byId(id));
      forget(image);
      image.src = URL.createObjectURL(blob);
      await image.decode();
      if (signal.aborted) return;
      image.hidden = false;
    }
    byId("stage-status").textContent = `${size[0]} × ${size[1]}`;
  } catch (error) {
    if (error instanceof WorkError) byId("stage-status").textContent = error.message;
  }
}

/** @param {HTMLElement} image */
function forget(image) {
  const picture = /** @type {HTMLImageElement} */ (image);
  if (picture.src) URL.revokeObjectURL(picture.src);
  picture.removeAttribute("src");
  picture.hidden = true;
}
