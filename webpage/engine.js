// Colours a photo at any temperature in the browser, from what plate.py sent once. One WebGL 2
// context serves the whole page and hands its pictures to the canvases, as many as there are.
(() => {
  // Kept on the GPU; what was not drawn for longest makes room. A moving slider comes by the same
  // rungs again and again: their pictures are kept, and those in between are blended.
  const PLATES = 12;
  const FRAMES = 90;
  const PHOTOS = 3;
  const { VERTEX, ...FRAGMENTS } = window.studioShaders;

  // --- reading -------------------------------------------------------------------------------

  async function fetchOk(url) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return answer;
  }

  async function readLightness(url) {
    const blob = await (await fetchOk(url)).blob();
    return createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  }

  async function readPlate(url) {
    const bytes = new Uint8Array(await (await fetchOk(url)).arrayBuffer());
    const start = 4 + new DataView(bytes.buffer).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, start)));
    const stream = new Blob([bytes.subarray(start)]).stream();
    const body = new Response(stream.pipeThrough(new DecompressionStream("deflate")));
    return unpack(head, new Uint8Array(await body.arrayBuffer()));
  }

  function unpack(head, body) {
    const [width, height] = head.cells;
    const count = head.temperatures.length;
    const pixels = head.guide[0] * head.guide[1];
    const size = 2 * width * height * count;
    const signed = (low, high) => (low | (high << 8)) << 16 >> 16;
    const steps = new Int16Array(size); // (N, h, w, 2)
    for (let place = 0, i = 0; place < 2 * width * height; place++) {
      for (let rung = 0, value = 0; rung < count; rung++, i++) {
        value += signed(body[i], body[size + i]);
        steps[rung * 2 * width * height + place] = value;
      }
    }
    const levels = body.subarray(2 * size);
    const guide = new Float32Array(pixels);
    for (let i = 0, value = 0; i < pixels; i++) {
      value = (i % head.guide[0] ? value : 0) + signed(levels[i], levels[pixels + i]);
      guide[i] = value / head.guideLevels;
    }
    return { ...head, steps, pixels: guide, undecided: levels.slice(2 * pixels) };
  }

  // Two neighbouring rungs and the share of the upper one.
  function between(temperatures, T) {
    if (temperatures.length === 1) return [0, 0, 0];
    let above = temperatures.findIndex((rung) => rung > T);
    if (above < 0) above = temperatures.length - 1;
    const low = temperatures[above - 1];
    return [above - 1, above, (T - low) / (temperatures[above] - low)];
  }

  // --- the GPU -------------------------------------------------------------------------------

  function link(gl, fragment) {
    const program = gl.createProgram();
    for (const [type, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, fragment]]) {
      const shader = gl.createShader(type);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
      const logs = gl.getAttachedShaders(program).map((shader) => gl.getShaderInfoLog(shader));
      throw new Error(`shader: ${logs.join(" ")} ${gl.getProgramInfoLog(program)}`);
    }
    const places = {};
    for (let i = 0; i < gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS); i++) {
      const { name, type } = gl.getActiveUniform(program, i);
      places[name] = { place: gl.getUniformLocation(program, name), type };
    }
    return { program, places };
  }

  class Gpu {
    constructor() {
      this.canvas = new OffscreenCanvas(1, 1);
      const gl = this.canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false });
      if (!gl) throw new Error("no WebGL 2");
      // Floats to render to: 32 bits, or 16 where a phone has no more.
      this.float = gl.getExtension("EXT_color_buffer_float") ? gl.RGBA32F : gl.RGBA16F;
      if (this.float === gl.RGBA16F && !gl.getExtension("EXT_color_buffer_half_float"))
        throw new Error("no float buffers");
      this.gl = gl;
      this.programs = Object.fromEntries(
        Object.entries(FRAGMENTS).map(([name, source]) => [name, link(gl, source)]),
      );
      this.buffer = gl.createFramebuffer();
      this.canvas.addEventListener("webglcontextlost", () => (this.lost = true));
    }

    texture(target, filter, fill) {
      const { gl } = this;
      const texture = gl.createTexture();
      gl.bindTexture(target, texture);
      for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
        gl.texParameteri(target, name, filter);
      for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T])
        gl.texParameteri(target, name, gl.CLAMP_TO_EDGE);
      gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
      gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
      gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
      fill(gl);
      return texture;
    }

    grey([width, height], values) {
      return this.texture(this.gl.TEXTURE_2D, this.gl.LINEAR, (gl) =>
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, width, height, 0, gl.RED, gl.UNSIGNED_BYTE, values));
    }

    target([width, height], format = this.float) {
      return this.texture(this.gl.TEXTURE_2D, this.gl.NEAREST, (gl) =>
        gl.texStorage2D(gl.TEXTURE_2D, 1, format, width, height));
    }

    upload(plate, lightness) {
      const { gl } = this;
      const [width, height] = plate.cells;
      const steps = this.texture(gl.TEXTURE_2D_ARRAY, gl.NEAREST, () =>
        gl.texImage3D(gl.TEXTURE_2D_ARRAY, 0, gl.RG16I, width, height, plate.temperatures.length, 0,
          gl.RG_INTEGER, gl.SHORT, plate.steps));
      const packed = this.texture(gl.TEXTURE_2D, gl.NEAREST, () =>
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, gl.RED, gl.UNSIGNED_BYTE, lightness));
      const L = this.target(plate.size, this.float === gl.RGBA32F ? gl.R32F : gl.R16F);
      this.run("DECODE", L, plate.size, { packed, size: plate.size });
      gl.deleteTexture(packed);
      const entropy = plate.entropy
        ? this.grey(plate.cells, plate.undecided)
        : this.grey([1, 1], new Uint8Array(1));
      const guide = this.texture(gl.TEXTURE_2D, gl.NEAREST, () =>
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, ...plate.guide, 0, gl.RED, gl.FLOAT, plate.pixels));
      const [cells, ab, lines, smooth] = [plate.cells, plate.guide, plate.guide, plate.guide].map(
        (size) => this.target(size),
      );
      return { steps, guide, lightness: L, entropy, cells, ab, lines, smooth };
    }

    free(textures) {
      for (const texture of Object.values(textures)) this.gl.deleteTexture(texture);
    }

    // Runs one program over a target of a size; null is the canvas.
    run(name, target, [width, height], values) {
      const { gl } = this;
      const { program, places } = this.programs[name];
      gl.useProgram(program);
      gl.bindFramebuffer(gl.FRAMEBUFFER, target ? this.buffer : null);
      if (target)
        gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, target, 0);
      gl.viewport(0, 0, width, height);
      let unit = 0;
      for (const [key, { place, type }] of Object.entries(places)) {
        const value = values[key];
        if (type === gl.SAMPLER_2D || type === gl.INT_SAMPLER_2D_ARRAY) {
          gl.activeTexture(gl.TEXTURE0 + unit);
          gl.bindTexture(type === gl.SAMPLER_2D ? gl.TEXTURE_2D : gl.TEXTURE_2D_ARRAY, value);
          gl.uniform1i(place, unit++);
        } else if (type === gl.FLOAT) gl.uniform1f(place, value);
        else if (type === gl.INT_VEC2) gl.uniform2i(place, ...value);
        else gl.uniform1i(place, value);
      }
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
  }

  // --- plates --------------------------------------------------------------------------------

  let gpu = null;
  try {
    if (!window.DecompressionStream) throw new Error("no DecompressionStream");
    gpu = new Gpu();
  } catch (error) {
    console.info(`pictures come from the server: ${error.message}`);
  }
  // A map that forgets the longest unused.
  class Recent extends Map {
    constructor(size, forget) {
      super();
      Object.assign(this, { limit: size, forget });
    }

    use(key, make) {
      const found = this.has(key) ? this.get(key) : make();
      this.delete(key);
      this.set(key, found);
      if (this.size > this.limit) {
        const [oldest, value] = this.entries().next().value;
        this.delete(oldest);
        this.forget(value);
      }
      return found;
    }
  }
  const frames = new Recent(FRAMES, (frame) => gpu.free({ frame }));
  const plates = new Recent(PLATES, (promise) =>
    promise.then((plate) => {
      if (plate.textures) gpu.free(plate.textures);
      plate.freed = true;
    }, () => {}));
  // The methods of a page colour the same photo: its lightness is fetched once for all.
  const photos = new Recent(PHOTOS, (promise) => promise.then((photo) => photo.close(), () => {}));
  const live = () => Boolean(gpu && !gpu.lost && !gpu.gl.isContextLost());
  const looks = new WeakMap(); // canvas -> all but the temperature of what it shows
  let plateCount = 0;

  async function build(files) {
    const [lightness, plate] = await Promise.all([
      gpu && photos.use(files.lightness.url, () => readLightness(files.lightness.url)),
      readPlate(files.plate.url),
    ]);
    if (!gpu) return plate;
    const [width, height] = [lightness.width, Math.floor((lightness.height * 2) / 3)];
    plate.size = [width, height];
    plate.name = plateCount++;
    plate.textures = gpu.upload(plate, lightness);
    return plate;
  }

  // The plate of a picture's files, read once.
  function load(files) {
    const key = `${files.lightness.url} ${files.plate.url}`;
    const found = plates.use(key, () => build(files));
    found.catch(() => plates.delete(key) && photos.delete(files.lightness.url));
    return found;
  }

  const LAYERS = { picture: 0, entropy: 1, blotches: 2 };

  // One picture, by the whole way, into a texture or (null) the context's own canvas.
  function render(plate, [below, above, share], saturation, layer, target) {
    const { textures: t, size } = plate;
    gpu.run("MIX", t.cells, plate.cells, { ...t, scale: plate.scale, below, above, share });
    const sameGrid = String(plate.cells) === String(plate.guide);
    if (!sameGrid) gpu.run("BILATERAL", t.ab, plate.guide, t);
    const ab = sameGrid ? t.cells : t.ab;
    const plain = sameGrid && String(plate.guide) === String(size);
    if (!plain) {
      gpu.run("LINES", t.lines, plate.guide, { ab });
      gpu.run("SMOOTH", t.smooth, plate.guide, { lines: t.lines });
    }
    const values = { ...t, lines: t.smooth, ab, size, layer: LAYERS[layer], plain, saturation };
    gpu.run("JOIN", target, size, values);
  }

  const key = (plate, ...rest) => [plate.name, ...rest].join();

  function frame(plate, rung, saturation, layer) {
    return frames.use(key(plate, rung, saturation, layer), () => {
      const texture = gpu.target(plate.size, gpu.gl.RGBA8);
      render(plate, [rung, rung, 0], saturation, layer, texture);
      return texture;
    });
  }

  // Rungs that a slider will come by are drawn while nothing else is to do, the newest look
  // first, so that its first move is as smooth as the next.
  const idle = window.requestIdleCallback ?? ((work) => setTimeout(work, 30));
  const LOOKS = 2;
  const waiting = new Map(); // look -> what `frame` asks for beside the rung
  let preparing;
  const missing = ([plate, ...rest]) =>
    plate.freed ? -1 : plate.temperatures.findLastIndex((_, i) => !frames.has(key(plate, i, ...rest)));

  function prepare(...look) {
    if (missing(look) < 0) return;
    waiting.delete(key(...look));
    waiting.set(key(...look), look);
    if (waiting.size > LOOKS) waiting.delete(waiting.keys().next().value);
    clearTimeout(preparing); // whatever moves comes first
    preparing = setTimeout(() => idle(drawWaiting), 400);
  }

  // One at a time: commands are only queued, and a full queue would hold up what moves next.
  function afterDrawing(next) {
    const { gl } = gpu;
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    const look = () => {
      if (!live()) return;
      if (gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.SIGNALED) {
        preparing = setTimeout(look, 15);
        return;
      }
      gl.deleteSync(fence);
      idle(next);
    };
    preparing = setTimeout(look, 5);
  }

  function drawWaiting() {
    const newest = [...waiting].at(-1);
    if (!newest || !live()) return;
    const [name, [plate, ...rest]] = newest;
    const rung = missing([plate, ...rest]);
    if (rung >= 0) frame(plate, rung, ...rest);
    else {
      waiting.delete(name);
      if (!plate.freed) warmBlend(plate, ...rest);
    }
    afterDrawing(drawWaiting);
  }

  // Drivers compile a program at its first use.
  function warmBlend(plate, ...rest) {
    const spare = gpu.target([1, 1], gpu.gl.RGBA8);
    blend(plate, [0, 1, 0.5], ...rest, spare, [1, 1]);
    gpu.free({ spare });
  }

  function blend(plate, place, saturation, layer, target, size) {
    const [first, second] = place.slice(0, 2).map((rung) => frame(plate, rung, saturation, layer));
    gpu.run("BLEND", target, size, { first, second, share: place[2] });
  }

  // Draw to a canvas. False: there is no GPU to draw with.
  function draw(plate, canvas, { temperature = 1, saturation = 1, layer = "picture" } = {}) {
    if (!live()) return false;
    const { size } = plate;
    if (gpu.canvas.width !== size[0]) gpu.canvas.width = size[0];
    if (gpu.canvas.height !== size[1]) gpu.canvas.height = size[1];
    const place = between(plate.temperatures, temperature);
    const look = key(plate, saturation, layer);
    if (place[1] && looks.get(canvas) === look) {
      blend(plate, place, saturation, layer, null, size);
    } else render(plate, place, saturation, layer, null);
    looks.set(canvas, look);
    if (place[1]) prepare(plate, saturation, layer);
    if (canvas.width !== size[0]) canvas.width = size[0];
    if (canvas.height !== size[1]) canvas.height = size[1];
    // Handed over, not copied: without a graphics card a copy costs as much as the drawing.
    canvas.getContext("bitmaprenderer").transferFromImageBitmap(gpu.canvas.transferToImageBitmap());
    return true;
  }

  // ab of the cell that a place of the picture falls into; x and y in [0, 1).
  function cellAb(plate, x, y, temperature) {
    const [width, height] = plate.cells;
    const place = 2 * (Math.floor(y * height) * width + Math.floor(x * width));
    const [below, above, share] = between(plate.temperatures, temperature);
    return [0, 1].map((channel) => {
      const at = (rung) => plate.steps[rung * 2 * width * height + place + channel];
      return plate.scale * (at(below) * (1 - share) + at(above) * share);
    });
  }

  // --- what all parts of the page share ------------------------------------------------------

  const state = { temperature: 0.38, saturation: 1, visit: 0 };
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

  // The table of the browser's language, English where there is none.
  const words = window.studioWords[navigator.language.slice(0, 2)] ?? window.studioWords.en;

  // Fill in words: data-word is a text, data-label what a screen reader says.
  function translate(root) {
    for (const node of root.querySelectorAll("[data-word]")) {
      const text = words[node.dataset.word];
      if (node.textContent !== text) node.textContent = text;
    }
    for (const node of root.querySelectorAll("[data-label]")) {
      const text = words[node.dataset.label];
      if (node.getAttribute("aria-label") !== text) node.setAttribute("aria-label", text);
    }
  }
  // What the server writes later is English as well.
  if (words !== window.studioWords.en)
    new MutationObserver(() => translate(document)).observe(document, { childList: true, subtree: true });

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

  window.studio = {
    settle, report, words, translate,
    live, load, draw, cellAb, state, set,
    listen: (listener) => listeners.add(listener),
  };
})();
