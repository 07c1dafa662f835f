// What all parts of the page share: the sliders' values, and the address that reopens them.
(() => {
  const state = { temperature: 0.38, saturation: 1, version: 0 }; // version: of photo and methods
  const listeners = new Set();
  let asked = false;

  // Change the state; whoever listens hears of it once a frame.
  function set(changes) {
    if (Object.entries(changes).every(([name, value]) => state[name] === value)) return;
    Object.assign(state, changes);
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      for (const listener of listeners) listener(state);
    });
  }

  // The sliders' values once they have rested and nothing is held down; earlier promises stay
  // open and are dropped.
  let held = false;
  let resting;
  for (const name of ["pointerdown", "pointerup", "pointercancel"])
    document.addEventListener(name, () => (held = name === "pointerdown"), true);
  const settle = (...values) => new Promise((done) => {
    clearTimeout(resting);
    const wait = () => (held ? (resting = setTimeout(wait, 100)) : done(values));
    resting = setTimeout(wait, 250);
  });

  // What a picture shows goes into the address, so that a link reopens it.
  const methods = [];
  function report(node, { method, example }) {
    const column = [...document.querySelectorAll(".block.live")].findIndex((n) => n.contains(node));
    if (column >= 0) methods[column] = method;
    set({ example, methods: methods.join() });
  }

  let writing;
  listeners.add(() => {
    if (!state.methods) return; // the server has not read the address yet
    clearTimeout(writing);
    writing = setTimeout(() => {
      const { temperature, saturation, example, tab } = state;
      const address = new URL(location.href);
      const fields = { T: temperature, s: saturation, methods: state.methods, example, tab };
      for (const [name, value] of Object.entries(fields)) {
        if (value === undefined || value === null) address.searchParams.delete(name);
        else address.searchParams.set(name, value);
      }
      history.replaceState(history.state, "", address);
    }, 300);
  });

  const listen = (listener) => listeners.add(listener);
  Object.assign(window.studio, { state, set, settle, report, listen });
})();
