/**
 * The studio without a server: puts the parts of the page together.
 *
 * @import { News, Site } from "./types.js"
 */
import * as cards from "./cards.js";
import { byId, complain, make, progress, save, say } from "./dom.js";
import * as input from "./input.js";
import * as lab from "./lab.js";
import * as queue from "./queue.js";
import * as stage from "./stage.js";
import { listen, read, set, state } from "./state.js";
import { ask, WorkError } from "./work.js";
import { fileNames } from "./zip.js";

/** @type {Site} */
const site = JSON.parse(byId("site").textContent || "{}");
const root = document.baseURI.split(/[?#]/)[0];
const sharp = site.methods.find((one) => one.has_temperature)?.name ?? site.methods[0].name;
const SIDES = [640, 1024]; // long side of the pictures on the page
/** What is under way and can be cancelled. @type {AbortController | null} */
let work = null;
/** Of the photo on show. */
let name = "photo";
let installed = false;

/** @param {(signal: AbortSignal) => Promise<void>} task */
async function run(task) {
  work?.abort();
  const mine = new AbortController();
  work = mine;
  byId("cancel").hidden = false;
  try {
    await task(mine.signal);
  } finally {
    if (work === mine) {
      work = null;
      byId("cancel").hidden = true;
      progress(null);
    }
  }
}

/** @param {Blob} file @param {string} called @param {string | null} [example] */
const show = (file, called, example = null) => run(async (signal) => {
  const side = innerWidth < 700 ? SIDES[0] : SIDES[1];
  say(`Reading ${called}…`);
  let known = false;
  /** @type {Promise<void>[]} */
  const shown = [];
  const tell = (/** @type {News} */ news) => {
    if (news.kind === "progress") {
      say(`${news.step}…`);
      progress(news.share);
    } else if (news.kind === "photo") {
      known = true;
      name = news.name;
      set({ example });
      complain("");
      byId("download").toggleAttribute("disabled", true);
      stage.setSize(news.width, news.height);
      cards.showPhoto(news.preview, news.greys);
      lab.reset();
    } else {
      shown.push(cards.showPrediction(news.method, news.payload, news.seconds).then(() => set({})));
    }
  };
  try {
    await ask({ kind: "open", file, name: called, side }, { tell, signal });
    await Promise.all(shown);
    say(`${called} is coloured.`);
  } catch (error) {
    if (!signal.aborted || known) say(signal.aborted ? "Cancelled." : "");
    throw error;
  }
  keepForLater();
});

/** @param {string} wanted */
async function showExample(wanted) {
  const example = site.examples.find((one) => one.name === wanted) ?? site.examples[0];
  queue.leave();
  try {
    const answer = await fetch(example.file);
    await show(await answer.blob(), example.title, example.name);
  } catch (error) {
    if (error instanceof WorkError) complain(error.message);
    else if (error instanceof TypeError) complain("The example could not be loaded; check the connection and try again.");
  }
}

/** Visits without a connection: the rest of the site is kept once the first photo stands. */
function keepForLater() {
  if (installed || !("serviceWorker" in navigator)) return;
  installed = true;
  navigator.serviceWorker.register("sw.js").catch((error) => console.info(error));
}

const look = () => ({ temperature: state.temperature, saturation: state.saturation });
/** @returns {"png" | "jpeg"} */
const type = () => (/** @type {HTMLSelectElement} */ (byId("format")).value === "png" ? "png" : "jpeg");
const ending = () => (type() === "png" ? "png" : "jpg");

/** @param {(signal: AbortSignal) => Promise<void>} task */
async function download(task) {
  try {
    await run(task);
  } catch (error) {
    if (error instanceof WorkError) complain(error.message);
    say(error instanceof WorkError ? "" : "Cancelled.");
  }
}

const downloadOne = () => download(async (signal) => {
  const tell = (/** @type {News} */ news) => news.kind === "progress" && progress(news.share);
  const method = state.method;
  say("Rendering at full size…");
  const blob = await ask({ kind: "file", method, type: type(), look: look() }, { tell, signal });
  const [stem] = fileNames([name], ending());
  save(blob, stem.replace(/(\.\w+)$/, `-${method}$1`));
  say("The picture is saved.");
});

const downloadAll = () => download((signal) =>
  queue.downloadAll({ method: state.method, type: type(), look: look() }, signal));

function connectControls() {
  /** @type {HTMLInputElement} */
  const vividness = byId("vividness");
  /** @type {HTMLInputElement} */
  const strength = byId("strength");
  /** @type {HTMLSelectElement} */
  const chosen = byId("chosen");
  vividness.addEventListener("input", () => set({ temperature: Math.round(100 - 100 * Number(vividness.value)) / 100 }));
  strength.addEventListener("input", () => set({ saturation: Number(strength.value) }));
  chosen.addEventListener("change", () => set({ method: chosen.value }));
  byId("controls").addEventListener("submit", (event) => event.preventDefault());
  byId("download").addEventListener("click", downloadOne);
  byId("download-all").addEventListener("click", downloadAll);
  byId("cancel").addEventListener("click", () => work?.abort());
  byId("problem").querySelector("button")?.addEventListener("click", () => complain(""));
  listen(() => {
    vividness.value = String(1 - state.temperature);
    vividness.setAttribute("aria-valuetext", `T ${state.temperature.toFixed(2)}`);
    byId("temperature-value").textContent = `T ${state.temperature.toFixed(2)}`;
    strength.value = String(state.saturation);
    byId("strength-value").textContent = `${Math.round(100 * state.saturation)} %`;
    chosen.value = state.method;
    byId("download").toggleAttribute("disabled", !cards.pictureOf(state.method));
    for (const button of byId("examples").children)
      button.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (button).dataset.example === state.example));
  });
}

function buildExamples() {
  for (const { name: example, title, thumb } of site.examples) {
    const button = make("button", { type: "button", title, "data-example": example }, [
      make("img", { src: thumb, alt: `Example: ${title}`, width: "44", height: "44" }),
    ]);
    button.addEventListener("click", () => showExample(example));
    byId("examples").append(button);
  }
}

read(site.examples.map((one) => one.name), site.methods.map((one) => one.name));
ask({ kind: "init", site, root });
buildExamples();
cards.build(site.methods, stage.open);
connectControls();
stage.connect(site.methods);
lab.connect(sharp);
queue.connect((file) => show(file, file.name));
input.connect(queue.add);
listen(cards.draw);
new ResizeObserver(cards.draw).observe(byId("results"));
set({});
showExample(state.example ?? "");
