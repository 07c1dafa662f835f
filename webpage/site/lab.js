/**
 * The temperature lab: what the network thinks of one place, and what T makes of it.
 *
 * @import { Probe } from "../static/engine/types.js"
 */
import { pictureOf } from "./cards.js";
import { byId, make } from "./dom.js";
import * as renderer from "./renderer.js";
import { listen, set, state } from "./state.js";
import { labToHex } from "./swatch.js";
import { ask } from "./work.js";

const FILM = [1, 0.75, 0.5, 0.38, 0.2, 0.09, 0]; // calm to vivid
const TOP = 6;
const LIGHTNESS = 68; // at which colours of one plane can be told apart
const LEAST = 1e-4;
const SVG = "http://www.w3.org/2000/svg";

let method = "classification";
/** In [0, 1). @type {[number, number] | null} */
let place = null;
/** @type {Probe | null} */
let found = null;
/** @type {renderer.Picture | null} */
let filmed = null;
let drawn = "";

/** @returns {HTMLDetailsElement} */
const lab = () => /** @type {HTMLDetailsElement} */ (byId("lab"));
/** @returns {HTMLInputElement} */
const unsure = () => byId("unsure");

/** @param {string} name the method that has a temperature */
export function connect(name) {
  method = name;
  lab().open = state.lab;
  lab().addEventListener("toggle", () => set({ lab: lab().open }));
  unsure().addEventListener("change", () => set({}));
  for (const T of FILM) {
    const button = make("button", { type: "button" }, [make("canvas"), make("span", {}, [`T ${T}`])]);
    button.addEventListener("click", () => set({ temperature: T }));
    byId("film").append(button);
  }
  const frame = byId("probe-frame");
  frame.addEventListener("click", (event) => {
    const box = frame.getBoundingClientRect();
    look((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  });
  frame.addEventListener("keydown", moveByKey);
  listen(draw);
}

/** Another photo: what was found in the last one goes. */
export function reset() {
  [place, found, filmed, drawn] = [null, null, null, ""];
  byId("found").hidden = true;
  cross().hidden = true;
  byId("unsureness").textContent = "Click on the photo, or focus it and use the arrow keys.";
}

const cross = () => /** @type {HTMLElement} */ (byId("probe-frame").querySelector(".cross"));

/** @param {KeyboardEvent} event */
function moveByKey(event) {
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const picture = pictureOf(method);
  if (!(event.key in steps) || !picture) return;
  event.preventDefault();
  const step = steps[/** @type {keyof typeof steps} */ (event.key)];
  const times = event.shiftKey ? 5 : 1;
  const [x, y] = (place ?? [0.5, 0.5]).map((share, i) => share + (times * step[i]) / picture.payload.cells[i]);
  look(x, y);
}

/** @param {number} x @param {number} y */
async function look(x, y) {
  const wanted = /** @type {[number, number]} */ ([x, y].map((share) => Math.min(Math.max(share, 0), 0.9999)));
  place = wanted;
  cross().hidden = false;
  [cross().style.left, cross().style.top] = wanted.map((share) => `${100 * share}%`);
  const answer = await ask({ kind: "probe", x: wanted[0], y: wanted[1] }).catch(() => null);
  if (place !== wanted || !answer) return; // another place was asked for meanwhile
  found = answer;
  drawn = "";
  draw();
}

function draw() {
  if (!lab().open) return;
  const picture = pictureOf(method);
  if (!picture) return;
  unsure().disabled = !renderer.live(); // drawn by WebGL alone
  const layer = unsure().checked ? "entropy" : "picture";
  byId("legend").hidden = layer === "picture";
  renderer.draw(picture, /** @type {HTMLCanvasElement} */ (byId("lab-picture")), {
    temperature: state.temperature, saturation: state.saturation, layer,
  });
  if (filmed !== picture) drawFilm(picture);
  for (const [i, button] of [...byId("film").children].entries())
    button.setAttribute("aria-pressed", String(FILM[i] === state.temperature));
  if (!place) look(0.5, 0.5); // something to see before the first click
  if (found) drawProbe(found);
}

/** One picture a frame, so that nothing waits. @param {renderer.Picture} picture */
async function drawFilm(picture) {
  filmed = picture;
  for (const [i, canvas] of [...byId("film").querySelectorAll("canvas")].entries()) {
    await new Promise(requestAnimationFrame);
    if (filmed !== picture) return;
    renderer.draw(picture, canvas, { temperature: FILM[i], saturation: 1 });
  }
}

/** p to the power of 1 / T, as shares: the annealed distribution. @param {number[]} probability @param {number} T */
export function anneal(probability, T) {
  const most = Math.max(...probability);
  const powers = probability.map((p) => (p / most) ** (1 / Math.max(T, 1e-3)));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** @param {string} name @param {Record<string, string | number>} attributes @param {string} [text] */
function shape(name, attributes, text = "") {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  node.textContent = text;
  return node;
}

/** @param {Probe} probe */
function drawProbe(probe) {
  const wanted = `${probe.x} ${probe.y} ${state.temperature}`;
  if (wanted === drawn) return;
  drawn = wanted;
  byId("found").hidden = false;
  const share = Math.round((100 * probe.entropy) / probe.most);
  byId("unsureness").textContent = `How unsure: ${share} %`;
  byId("unsureness").title = `entropy ${probe.entropy.toFixed(2)} of ${probe.most.toFixed(2)} bits`;
  const shares = anneal(probe.probability, state.temperature);
  const order = shares.map((_, i) => i).sort((i, j) => shares[j] - shares[i]);
  drawPlane(probe, shares, order);
  byId("likeliest").replaceChildren(...order.slice(0, TOP).map((i) => likely(probe.ab[i], shares[i])));
}

/** @param {Probe} probe @param {number[]} shares @param {number[]} order likeliest first */
function drawPlane({ ab }, shares, order) {
  const [a, b] = [0, 1].map((axis) => ab.reduce((sum, at, i) => sum + shares[i] * at[axis], 0));
  const circles = order.filter((i) => shares[i] > LEAST).map((i) => {
    const node = shape("circle", {
      cx: ab[i][0], cy: -ab[i][1], r: Math.max(1.2, 44 * Math.sqrt(shares[i])).toFixed(2),
      fill: labToHex(LIGHTNESS, ab[i][0], ab[i][1]),
    });
    node.append(shape("title", {}, `${(100 * shares[i]).toFixed(1)} %`));
    return node;
  });
  byId("plane").replaceChildren(
    shape("path", { class: "axes", d: "M-118 0H118M0 -118V118" }),
    shape("text", { x: 108, y: -4 }, "red"), shape("text", { x: -118, y: -4 }, "green"),
    shape("text", { x: 4, y: -110 }, "yellow"), shape("text", { x: 4, y: 118 }, "blue"),
    ...circles,
    shape("circle", { class: "mean", cx: a.toFixed(2), cy: (-b).toFixed(2), r: 6 }),
  );
}

/** @param {number[]} ab @param {number} share */
function likely([a, b], share) {
  const percent = `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
  const swatch = make("i", { class: "swatch" });
  swatch.style.background = labToHex(LIGHTNESS, a, b);
  const bar = make("i", { class: "share" });
  bar.style.width = `${100 * share}%`;
  return make("li", { title: `a ${a.toFixed(0)}, b ${b.toFixed(0)}` }, [swatch, make("span", { class: "track" }, [bar]), percent]);
}
