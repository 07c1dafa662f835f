/**
 * The results side by side, drawn at any temperature.
 *
 * @import { Payload } from "../static/engine/types.js"
 * @import { Method, Preview } from "./types.js"
 */
import { byId, make } from "./dom.js";
import * as renderer from "./renderer.js";
import { set, state } from "./state.js";

/** @typedef {{method: Method, card: HTMLElement, canvas: HTMLCanvasElement, chip: HTMLElement, picture: renderer.Picture | null, drawn: string}} Card */

/** @type {Card[]} */
const cards = [];
/** The photo without colours, before the first network has answered. @type {Preview | null} */
let photo = null;

/** @param {Method[]} methods @param {(method: string) => void} onOpen when a picture is clicked */
export function build(methods, onOpen) {
  for (const method of methods) {
    const { name, title, word } = method;
    const canvas = make("canvas", { role: "img", "aria-label": `${title}: no picture yet` });
    const button = make("button", { type: "button", class: "picture", title: "Open large, before and after" }, [canvas]);
    button.setAttribute("aria-label", `${title}, open large, before and after`);
    button.disabled = true;
    button.addEventListener("click", () => onOpen(name));
    const heading = make("h2", {}, [title, make("small", {}, [word]), make("span", { class: "time" })]);
    const card = make("article", { class: "card waiting", "data-method": name }, [heading, button]);
    byId("results").append(card);
    const chip = make("button", { type: "button" }, [title]);
    chip.addEventListener("click", () => set({ method: name }));
    byId("chips").append(chip);
    byId("chosen").append(make("option", { value: name }, [title]));
    byId("explanations").append(make("section", {}, [
      make("h3", {}, [`${title} · ${word}`]), make("p", {}, [method.idea]), make("p", {}, [method.why]),
    ]));
    cards.push({ method, card, canvas, chip, picture: null, drawn: "" });
  }
}

/** Another photo: grey until the networks answer. @param {Preview} preview @param {ImageBitmap[]} greys one for each method */
export function showPhoto(preview, greys) {
  photo = preview;
  renderer.clear();
  byId("results").parentElement?.style.setProperty("--ratio", String(preview.width / preview.height));
  for (const [i, card] of cards.entries()) {
    Object.assign(card, { picture: null, drawn: "" });
    card.card.classList.add("waiting");
    card.canvas.parentElement?.toggleAttribute("disabled", true);
    renderer.drawGrey(greys[i], card.canvas);
    card.canvas.setAttribute("aria-label", `${card.method.title}: no colours yet`);
  }
}

/** @param {string} name @param {Payload} payload @param {number} seconds */
export async function showPrediction(name, payload, seconds) {
  const card = cards.find(({ method }) => method.name === name);
  const preview = photo;
  await renderer.ready();
  if (!card || !preview || photo !== preview) return; // another photo has come meanwhile
  card.picture = renderer.adopt(name, payload, preview);
  card.card.classList.remove("waiting");
  card.canvas.parentElement?.toggleAttribute("disabled", false);
  card.canvas.setAttribute("aria-label", `The photo as ${card.method.title} colours it`);
  const time = card.card.querySelector(".time");
  if (time) time.textContent = `${seconds.toFixed(2)} s`;
  draw();
}

/** @param {string} name @returns {renderer.Picture | null} */
export const pictureOf = (name) => cards.find(({ method }) => method.name === name)?.picture ?? null;
/** @returns {Preview | null} */
export const photoOf = () => photo;

/** Draws what the state asks for and is not drawn yet. */
export function draw() {
  for (const { method, card, chip } of cards) {
    card.classList.toggle("chosen", method.name === state.method);
    chip.setAttribute("aria-pressed", String(method.name === state.method));
  }
  for (const card of cards) {
    const look = { temperature: state.temperature, saturation: state.saturation };
    const wanted = `${card.method.has_temperature ? look.temperature : ""} ${look.saturation}`;
    if (!card.picture || wanted === card.drawn || !card.canvas.offsetParent) continue;
    renderer.draw(card.picture, card.canvas, look);
    card.drawn = wanted;
  }
}
