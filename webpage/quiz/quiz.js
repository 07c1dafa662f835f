// "Real or colorized?": shows what the server sends, and tells it which picture was chosen.
const find = (selector) => element.querySelector(selector);
const HEADS = ["Coloured by", "Pairs", "Taken for true", "Fooling rate", "95 % interval"];
const percent = (share) => `${Math.round(100 * share)} %`;
let waiting = false;

function verdict({ verdict: last }) {
  if (!last) return "";
  return last.fooled
    ? `Fooled: that one was coloured by ${last.by}.`
    : `Right: that was the true photo. The other was coloured by ${last.by}.`;
}

function showResult({ result, csv }) {
  const lines = result.map((row) => [
    row.title, row.pairs, row.fooled, percent(row.rate),
    `${Math.round(100 * row.low)} – ${percent(row.high)}`,
  ]);
  const cells = (tag, line) => `<tr>${line.map((cell) => `<${tag}>${cell}</${tag}>`).join("")}</tr>`;
  find("table").innerHTML = `<thead>${cells("th", HEADS)}</thead>
    <tbody>${lines.map((line) => cells("td", line)).join("")}</tbody>`;
  find(".csv").href = URL.createObjectURL(new Blob([csv], { type: "text/csv" }));
}

function show() {
  const value = props.value;
  if (!value) return;
  waiting = false;
  element.removeAttribute("aria-busy");
  const playing = Boolean(value.left);
  find(".pairs").hidden = !playing;
  find(".begin").hidden = playing;
  find(".begin").textContent = "Play again";
  find(".outcome").hidden = !value.result;
  find(".verdict").textContent = verdict(value);
  if (value.result) {
    showResult(value);
    find(".outcome h2").focus();
  }
  if (!playing) return;
  find(".count").textContent = `Round ${value.round + 1} / ${value.rounds}`;
  for (const side of ["left", "right"]) find(`[data-side=${side}] img`).src = value[side].url;
}

function send(event, data) {
  if (waiting) return;
  waiting = true;
  element.setAttribute("aria-busy", "true");
  setTimeout(() => (waiting = false), 20000); // a failure must not end the game
  trigger(event, data);
}
const choose = (side) => send("choose", { side, round: props.value.round });

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.matches(".begin")) send("begin");
  if (button?.dataset.side) choose(button.dataset.side);
});
document.addEventListener("keydown", (event) => {
  const side = { ArrowLeft: "left", ArrowRight: "right", 1: "left", 2: "right" }[event.key];
  if (!side || !element.offsetParent || find(".pairs").hidden || event.repeat) return;
  if (event.target.matches("input, textarea, [role=tab]") || event.ctrlKey || event.altKey) return;
  event.preventDefault();
  choose(side);
});
watch("value", show);
show();
