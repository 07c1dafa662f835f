/** Small helpers for the document. */

/** The element of an id, which index.html has. @template {HTMLElement} [T=HTMLElement] @param {string} id @returns {T} */
export const byId = (id) => /** @type {T} */ (document.getElementById(id));

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} [children]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(name, attributes = {}, children = []) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** Gives a file to the visitor. @param {Blob} blob @param {string} name */
export function save(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const status = () => byId("status");

/** Says in a live region what goes on. @param {string} text */
export function say(text) {
  if (status().textContent !== text) status().textContent = text;
}

/** How far the work is, from 0 to 1; null hides the bar. @param {number | null} share */
export function progress(share) {
  byId("bar").hidden = share === null;
  /** @type {HTMLElement} */ (byId("bar").firstElementChild).style.width = `${100 * (share ?? 0)}%`;
}

/** Says what went wrong, until it is closed or something else works. @param {string} text */
export function complain(text) {
  const box = byId("problem");
  box.hidden = !text;
  /** @type {HTMLElement} */ (box.querySelector("p")).textContent = text;
}
