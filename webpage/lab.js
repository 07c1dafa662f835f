// The temperature lab. The server sends once per photo what pictures are drawn from, then numbers
// measured on its own pictures, and answers a probe; everything that moves with T moves here.
const find = (selector) => element.querySelector(selector);
const all = (selector) => [...element.querySelectorAll(selector)];
const { words } = studio;
studio.translate(element);
const slider = find("#lab-temperature");
const stage = find(".stage");
const plates = { sharp: null, pale: null };
let layer = "picture";
let place = null; // of the probe, in [0, 1)
let answer = null;
let seen = null; // the visit's version that is on show

// --- pictures ------------------------------------------------------------------------------

// Linear interpolation in a table whose places ascend.
function interpolate(places, values, at) {
  let above = places.findIndex((p) => p >= at);
  if (above === 0) return values[0];
  if (above < 0) return values[values.length - 1];
  const share = (at - places[above - 1]) / (places[above] - places[above - 1]);
  return values[above - 1] + share * (values[above] - values[above - 1]);
}

const numbers = () => props.value?.numbers;
const measuredAt = (T, name) =>
  interpolate(numbers().temperatures, numbers().measured.map((row) => row[name]), T);

// The saturation at which the pale picture is as colourful as the other one at T; null: none is.
function gainAt(T) {
  const { gains, by_gain: byGain } = numbers() ?? {};
  if (!gains) return 1;
  const wanted = measuredAt(T, "colorfulness");
  return wanted > byGain[byGain.length - 1] ? null : interpolate(byGain, gains, wanted);
}

function paint() {
  if (!element.offsetParent || !props.value) return;
  const T = studio.state.temperature;
  slider.value = T;
  slider.setAttribute("aria-valuetext", `T = ${T.toFixed(2)}`);
  find("output").textContent = T.toFixed(2);
  for (const mark of all("[data-temperature]")) {
    const pressed = String(Number(mark.dataset.temperature) === T);
    if (mark.getAttribute("aria-pressed") !== pressed) mark.setAttribute("aria-pressed", pressed);
  }
  drawPictures(T);
  if (answer) drawMarks(T);
  if (numbers() && (rested || nearScreen(find(".bottom")))) drawNow(T);
  // Words can wait: they cost more than the picture to draw, and nobody reads them on the way.
  if (rested) explain(T);
  else rest();
}

function drawPictures(T) {
  if (!studio.live()) return askForPictures(T);
  const jobs = [
    ["sharp", plates.sharp, { temperature: T, layer }],
    ["right", plates.sharp, { temperature: T }],
    ["pale", plates.pale, { saturation: gainAt(T) ?? numbers().gains.at(-1) }],
  ];
  for (const [name, plate, options] of jobs) {
    const canvas = find(`canvas[data-show=${name}]`);
    if (name !== "sharp" && !rested && !nearScreen(canvas.parentElement)) continue;
    canvas.hidden = !plate || !studio.draw(plate, canvas, options);
  }
}

// While T moves, what is out of sight need not; it follows when T rests.
let rested = false;
let resting;
function rest() {
  clearTimeout(resting);
  resting = setTimeout(() => {
    rested = true;
    paint();
    rested = false;
  }, 300);
}
function nearScreen(node) {
  const { top, bottom } = node.getBoundingClientRect();
  return bottom > -100 && top < innerHeight + 100;
}

let asked = "";
function askForPictures(T) {
  find(".served").hidden = false;
  find(".layers").hidden = true; // drawn by WebGL alone
  const now = `${seen} ${T} ${Boolean(numbers())}`;
  if (now === asked) return;
  asked = now;
  trigger("stale", { temperature: T, gain: gainAt(T) ?? 4 });
}

function explain(T) {
  const parts = [words[`layer_${layer}`]];
  if (numbers()) {
    const rough = [...new Set([T, 1])].map((t) => `T = ${t.toFixed(2)}: ${measuredAt(t, "roughness").toFixed(2)}`);
    if (layer !== "entropy") parts.push(`${rough.join(", ")} ${words.per_pixel}`);
  } else if (layer === "picture") parts[0] = "";
  find(".explain").textContent = parts.join(layer === "picture" ? ": " : " ");
}

async function show() {
  const value = props.value;
  if (!value) return;
  find(".none").hidden = Boolean(value.sharp);
  for (const node of all(".bar, .top, .top ~ *")) node.hidden = !value.sharp;
  find(".nopale").hidden = Boolean(value.pale);
  find(".pair").hidden = !value.pale;
  for (const node of all(".measuring")) node.hidden = Boolean(value.numbers);
  if (value.numbers) {
    drawFilm();
    drawCurve();
  }
  for (const name of ["sharp", "pale"])
    plates[name] = value[name] ? await studio.load(value[name]).catch(() => null) : null;
  paint();
  if (plates.sharp && !place) ask(0.5, 0.5); // something to see before the first click
}

// --- the probe -----------------------------------------------------------------------------

const shape = (name, attributes, text = "") => {
  const list = Object.entries(attributes).map(([key, value]) => `${key}="${value}"`).join(" ");
  return `<${name} ${list}>${text}</${name}>`;
};

function ask(x, y) {
  place = [x, y].map((share) => Math.min(Math.max(share, 0), 0.9999));
  const cross = find(".cross");
  cross.hidden = false;
  [cross.style.left, cross.style.top] = place.map((share) => `${100 * share}%`);
  trigger("probe", { x: place[0], y: place[1] });
}

// Marks: mean and mode stay, the annealed mean moves with T.
function marksAt(T) {
  const at = (t) => studio.cellAb(plates.sharp, ...place, t);
  const marks = { mean: at(1), mode: at(0), annealed: at(T) };
  if (answer.truth) marks.truth = answer.truth;
  return marks;
}
const SYMBOLS = { mean: "◇", mode: "△", annealed: "◯", truth: "✚" };

function drawMarks(T) {
  if (!plates.sharp) return;
  for (const [name, [a, b]] of Object.entries(marksAt(T))) {
    const mark = find(`[data-mark=${name}]`);
    const ab = `${a},${b}`;
    if (mark.dataset.ab === ab) continue;
    mark.dataset.ab = ab;
    mark.setAttribute("x", a);
    mark.setAttribute("y", -b);
    find(`[data-value=${name}]`).textContent = `${a.toFixed(1)}, ${b.toFixed(1)}`;
  }
}

function drawProbe() {
  const { ab, probability, colors, entropy, most, top } = answer;
  find(".found").hidden = false;
  const dots = find(".dots");
  dots.setAttribute("aria-label", `${words.plane}. ${words.entropy_value} ${entropy} ${words.bits}`);
  const order = probability.map((_, i) => i).sort((i, j) => probability[j] - probability[i]);
  const circles = order.map((i) => shape("circle", {
    cx: ab[i][0], cy: -ab[i][1], r: Math.max(1.1, 44 * Math.sqrt(probability[i])).toFixed(2),
    fill: colors[i],
  }, shape("title", {}, `${(100 * probability[i]).toFixed(1)} %`)));
  dots.innerHTML = `<path class="axes" d="M-114 0H114M0 -114V114"/>
    <text class="name" x="108" y="-3">a</text><text class="name" x="4" y="-108">b</text>
    ${circles.join("")}`;
  const row = (name) => `<dt><i class="key">${SYMBOLS[name]}</i> ${words[name]}${
    name === "truth" ? ` <i class="swatch" style="background:${answer.true_color}"></i>` : ""
  }</dt><dd data-value="${name}"></dd>`;
  const names = ["annealed", "mean", "mode", ...(answer.truth ? ["truth"] : [])];
  find(".plane .marks").innerHTML = [...names].reverse().map((name) =>
    shape("text", { class: `mark ${name}`, "data-mark": name }, SYMBOLS[name])).join("");
  find(".readout").innerHTML = `<p><b>${words.entropy_value}</b>
    <span data-value="entropy">${entropy.toFixed(2)}</span> ${words.bits}
    <small>${words.of} ${most}</small></p>
    <dl><dt></dt><dd>a, b</dd>${names.map(row).join("")}</dl>
    <table><thead><tr><th>${words.color}</th><th>a, b</th><th>${words.share}</th></tr></thead>
    <tbody>${top.map((i) => `<tr><td><i class="swatch" style="background:${colors[i]}"></i></td>
      <td>${ab[i].map((v) => v.toFixed(0)).join(", ")}</td>
      <td>${(100 * probability[i]).toFixed(1)} %</td></tr>`).join("")}</tbody></table>`;
  drawMarks(studio.state.temperature);
}

window.labAnswer = (value) => {
  if (value?.kind === "probe") {
    if (place && Math.hypot(value.x - place[0], value.y - place[1]) > 1e-6) return; // an older one
    answer = value;
    drawProbe();
    element.dispatchEvent(new CustomEvent("probed", { bubbles: true }));
  }
  if (value?.kind === "pictures") {
    for (const [name, file] of [["sharp", value.sharp], ["right", value.sharp], ["pale", value.pale]]) {
      const image = find(`img[data-show=${name}]`);
      image.hidden = !file;
      if (file) image.src = file.url;
    }
  }
};

stage.addEventListener("click", (event) => {
  const box = stage.getBoundingClientRect();
  ask((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
});
stage.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!step || !plates.sharp) return;
  event.preventDefault();
  const times = event.shiftKey ? 5 : 1;
  const [x, y] = place ?? [0.5, 0.5];
  ask(...[x, y].map((share, i) => share + (place ? (times * step[i]) / plates.sharp.cells[i] : 0)));
});

// --- numbers -------------------------------------------------------------------------------

function drawFilm() {
  const { film, temperatures, measured } = numbers();
  find(".film").innerHTML = props.rungs.map((T, i) => {
    const row = measured[temperatures.indexOf(T)];
    const lines = ["colorfulness", "chroma", "difference"].map((name) => {
      const number = row[name === "difference" ? "delta_e2000" : name];
      return number === null ? "" : `<span><small>${words[name]}</small> ${number.toFixed(1)}</span>`;
    });
    return `<button type="button" data-temperature="${T}"><img src="${film[i].url}" alt="T = ${T}">
      <b>T = ${T}</b>${lines.join("")}</button>`;
  }).join("");
}

const LEFT = 34, RIGHT = 304, TOP = 26, BOTTOM = 184;
const across = (T) => LEFT + T * (RIGHT - LEFT);
let up;

function drawCurve() {
  const { temperatures, measured, truth } = numbers();
  const values = measured.map((row) => row.colorfulness);
  const most = 10 * Math.ceil(Math.max(...values, truth?.colorfulness ?? 0) / 10);
  const scale = (top) => (value) => BOTTOM - (value / top) * (BOTTOM - TOP);
  up = scale(most);
  const path = (column, height) => temperatures.map((T, i) =>
    `${i ? "L" : "M"}${across(T).toFixed(1)} ${height(column[i]).toFixed(1)}`).join("");
  const parts = [0, most / 2, most].map((value) =>
    `<path class="grid" d="M${LEFT} ${up(value)}H${RIGHT}"/>` +
    shape("text", { x: LEFT - 6, y: up(value) + 4, class: "left" }, value));
  for (const T of [0, 0.5, 1])
    parts.push(shape("text", { x: across(T), y: BOTTOM + 16, class: "mid" }, T));
  parts.push(shape("text", { x: across(0.75), y: BOTTOM + 16, class: "mid" }, "T"));
  for (const T of [0.38, 0.09]) {
    parts.push(`<path class="mark" d="M${across(T)} ${TOP}V${BOTTOM}"/>`);
    parts.push(shape("text", { x: across(T), y: BOTTOM + 16, class: "mid" }, T));
  }
  parts.push(shape("text", { x: LEFT, y: 14 }, words.colorfulness));
  if (truth) {
    const y = up(truth.colorfulness);
    parts.push(`<path class="truth" d="M${LEFT} ${y}H${RIGHT}"/>`);
    parts.push(shape("text", { x: RIGHT, y: y - 4, class: "left" }, words.true_photo));
    const differences = measured.map((row) => row.delta_e2000);
    const top = 5 * Math.ceil(Math.max(...differences) / 5);
    parts.push(`<path class="difference" d="${path(differences, scale(top))}"/>`);
    for (const value of [0, top])
      parts.push(shape("text", { x: RIGHT + 6, y: scale(top)(value) + 4, class: "blue" }, value));
    parts.push(shape("text", { x: RIGHT + 30, y: 14, class: "left blue" }, words.difference));
  }
  parts.push(`<path class="line" d="${path(values, up)}"/><circle class="now" r="5"/>`);
  const curve = find(".curve");
  curve.innerHTML = parts.join("");
  curve.removeAttribute("hidden");
  const list = temperatures.map((T, i) => `T ${T}: ${values[i].toFixed(0)}`).join("; ");
  curve.setAttribute("aria-label", `${words.curve}. ${list}`);
}

function drawNow(T) {
  const value = measuredAt(T, "colorfulness");
  const now = find(".curve .now");
  now.setAttribute("cx", across(T));
  now.setAttribute("cy", up(value));
  if (!props.value.pale) return;
  const gain = gainAt(T);
  const most = numbers().by_gain.at(-1);
  const about = (name, title, how, number) => (find(`[data-about=${name}]`).innerHTML =
    `<b>${title}</b> <span>${how}</span><br>${words.colorfulness} <span>${number}</span>`);
  about("pale", props.value.pale.title, `× ${(gain ?? 4).toFixed(2)}`,
    gain === null ? `${most.toFixed(0)} (${value.toFixed(0)}: ${words.at_most})` : value.toFixed(0));
  about("right", props.value.sharp.title, `T = ${T.toFixed(2)}`, value.toFixed(0));
}

// --- events --------------------------------------------------------------------------------

slider.addEventListener("input", () => studio.set({ temperature: Number(slider.value) }));
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-temperature]");
  if (button) studio.set({ temperature: Number(button.dataset.temperature) });
});
element.addEventListener("change", (event) => {
  if (event.target.name !== "lab-layer") return;
  layer = event.target.value;
  paint();
});

// Another photo or method since the last look: ask for it once the tab is seen.
function refresh() {
  if (!element.offsetParent) return;
  if (seen !== studio.state.visit) {
    seen = studio.state.visit;
    [answer, place] = [null, null];
    find(".found").hidden = find(".cross").hidden = true;
    trigger("opened");
  }
  paint();
}
watch("value", show);
studio.listen(refresh);
new IntersectionObserver(refresh).observe(element);
show();
refresh();
