/** What the whole page shows, and the address that shows it again. */

/** @type {{temperature: number, saturation: number, method: string, example: string | null, lab: boolean}} */
export const state = {
  temperature: 0.38, saturation: 1, method: "classification", example: null, lab: false,
};
/** @type {Set<() => void>} */
const listeners = new Set();
let asked = false;
/** @type {number | undefined} */
let writing;

/** Hears of changes, once a frame. @param {() => void} listener */
export const listen = (listener) => listeners.add(listener);

/** @param {Partial<typeof state>} changes */
export function set(changes) {
  Object.assign(state, changes);
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    for (const listener of listeners) listener();
    clearTimeout(writing);
    writing = setTimeout(write, 300);
  });
}

function write() {
  const fields = new URLSearchParams();
  if (state.example) fields.set("example", state.example);
  fields.set("T", String(state.temperature));
  fields.set("s", String(state.saturation));
  fields.set("method", state.method);
  if (state.lab) fields.set("lab", "1");
  history.replaceState(history.state, "", `#${fields}`);
}

/** @param {string | null} text @param {number} most @param {number} otherwise */
function number(text, most, otherwise) {
  const value = text === null || text.trim() === "" ? NaN : Number(text);
  return value >= 0 && value <= most ? Math.round(100 * value) / 100 : otherwise;
}

/**
 * Reads the address; what is wrong in it is left out.
 *
 * @param {string[]} examples
 * @param {string[]} methods
 */
export function read(examples, methods) {
  const fields = new URLSearchParams(location.hash.slice(1));
  const example = fields.get("example");
  const method = fields.get("method");
  Object.assign(state, {
    temperature: number(fields.get("T"), 1, state.temperature),
    saturation: number(fields.get("s"), 2, state.saturation),
    example: example && examples.includes(example) ? example : examples[0],
    method: method && methods.includes(method) ? method : state.method,
    lab: fields.get("lab") === "1",
  });
}
