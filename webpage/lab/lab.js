// The temperature lab. The server sends once per photo what pictures are drawn from, then numbers
// measured on its own pictures, and answers a probe; everything that moves with T moves here.
const find = (selector) => element.querySelector(selector);
const all = (selector) => [...element.querySelectorAll(selector)];
const { charts } = studio;
const slider = find("#lab-temperature");
const stage = find(".stage");
const payloads = { sharp: null, pale: null };
const LAYERS = {
  picture: "Restlessness of the colours:",
  entropy: "Bright: many colours are likely (entropy, 0 to its maximum).",
  blotches: "Bright: the colour jumps to the next pixel's. Lower T and watch the blotches grow.",
};
let layer = "picture";
let place = null; // of the probe, in [0, 1)
let answer = null;
let curve = null;
let seen = null; // the version of photo and methods that is on show

// --- pictures ------------------------------------------------------------------------------

const numbers = () => props.value?.numbers;
const measuredAt = (T, name) =>
  charts.interpolate(numbers().temperatures, numbers().measured.map((row) => row[name]), T);

// The saturation at which the pale picture is as colourful as the other one at T; null: none is.
function gainAt(T) {
  const { gains, by_gain: byGain } = numbers() ?? {};
  if (!gains) return 1;
  const wanted = measuredAt(T, "colorfulness");
  return wanted > byGain.at(-1) ? null : charts.interpolate(byGain, gains, wanted);
}
const mostGain = () => numbers().gains.at(-1);

function paint() {
  if (!element.offsetParent || !props.value) return;
  const T = studio.state.temperature;
  slider.value = T;
  slider.setAttribute("aria-valuetext", `T = ${T.toFixed(2)}`);
  find("output").textContent = T.toFixed(2);
  for (const mark of all("[data-temperature]"))
    mark.setAttribute("aria-pressed", Number(mark.dataset.temperature) === T);
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
    ["sharp", payloads.sharp, { temperature: T, layer }],
    ["right", payloads.sharp, { temperature: T }],
    ["pale", payloads.pale, { saturation: gainAt(T) ?? mostGain() }],
  ];
  for (const [name, payload, options] of jobs) {
    const canvas = find(`canvas[data-show=${name}]`);
    if (name !== "sharp" && !rested && !nearScreen(canvas.parentElement)) continue;
    canvas.hidden = !payload || !studio.draw(payload, canvas, options);
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
  trigger("stale", { temperature: T, gain: gainAt(T) ?? mostGain() });
}

function explain(T) {
  const rough = () => [...new Set([T, 1])].map((t) =>
    `T = ${t.toFixed(2)}: ${measuredAt(t, "roughness").toFixed(2)}`).join(", ");
  const parts = numbers() || layer !== "picture" ? [LAYERS[layer]] : [];
  if (numbers() && layer !== "entropy") parts.push(`${rough()} ab units per pixel`);
  find(".explain").textContent = parts.join(" ");
}

async function show() {
  const value = props.value;
  if (!value) return;
  find(".none").hidden = Boolean(value.sharp);
  for (const node of all(".bar, .top, .top ~ *")) node.hidden = !value.sharp;
  find(".nopale").hidden = Boolean(value.pale);
  find(".pair").hidden = !value.pale;
  for (const node of all(".measuring")) node.hidden = Boolean(value.numbers);
  if (value.numbers) drawNumbers(value.numbers);
  for (const name of ["sharp", "pale"])
    payloads[name] = value[name] ? await studio.load(value[name]).catch(() => null) : null;
  paint();
  if (payloads.sharp && !place) ask(0.5, 0.5); // something to see before the first click
}

// --- the probe -----------------------------------------------------------------------------

function ask(x, y) {
  place = [x, y].map((share) => Math.min(Math.max(share, 0), 0.9999));
  const cross = find(".cross");
  cross.hidden = false;
  [cross.style.left, cross.style.top] = place.map((share) => `${100 * share}%`);
  trigger("probe", { x: place[0], y: place[1] });
}

// Mean and mode stay, the annealed mean moves with T.
function drawMarks(T) {
  if (!payloads.sharp) return;
  const at = (t) => studio.cellAb(payloads.sharp, ...place, t);
  const marks = { mean: at(1), mode: at(0), annealed: at(T) };
  if (answer.truth) marks.truth = answer.truth;
  for (const [name, [a, b]] of Object.entries(marks)) {
    const mark = find(`[data-mark=${name}]`);
    mark.setAttribute("x", a);
    mark.setAttribute("y", -b);
    find(`[data-value=${name}]`).textContent = `${a.toFixed(1)}, ${b.toFixed(1)}`;
  }
}

function drawProbe() {
  find(".found").hidden = false;
  find(".dots").innerHTML = charts.plane(answer);
  find(".dots").setAttribute("aria-label",
    `Colours on the ab plane; larger means likelier. Entropy ${answer.entropy} bits`);
  find(".plane .marks").innerHTML = charts.marks(answer);
  find(".readout").innerHTML = charts.readout(answer);
  drawMarks(studio.state.temperature);
}

window.labAnswer = (value) => {
  if (value?.kind === "probe") {
    if (place && Math.hypot(value.x - place[0], value.y - place[1]) > 1e-6) return; // an older one
    answer = value;
    drawProbe();
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
  if (!step || !place || !payloads.sharp) return;
  event.preventDefault();
  const times = event.shiftKey ? 5 : 1;
  ask(...place.map((share, i) => share + (times * step[i]) / payloads.sharp.cells[i]));
});

// --- numbers -------------------------------------------------------------------------------

function drawNumbers(found) {
  find(".film").innerHTML = charts.film(found, props.levels);
  curve = charts.curve(found);
  find(".curve").innerHTML = curve.svg;
  find(".curve").removeAttribute("hidden");
  find(".curve").setAttribute("aria-label", curve.label);
}

function drawNow(T) {
  const [x, y] = curve.place(T);
  find(".curve .now").setAttribute("cx", x);
  find(".curve .now").setAttribute("cy", y);
  if (!props.value.pale) return;
  const value = measuredAt(T, "colorfulness").toFixed(0);
  const gain = gainAt(T);
  const most = numbers().by_gain.at(-1).toFixed(0);
  const about = (name, title, how, number) => (find(`[data-about=${name}]`).innerHTML =
    `<b>${title}</b> <span>${how}</span><br>Colourfulness <span>${number}</span>`);
  about("pale", props.value.pale.title, `× ${(gain ?? mostGain()).toFixed(2)}`,
    gain === null ? `${most} (${value}: more than saturation can give)` : value);
  about("right", props.value.sharp.title, `T = ${T.toFixed(2)}`, value);
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
  if (seen !== studio.state.version) {
    seen = studio.state.version;
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
