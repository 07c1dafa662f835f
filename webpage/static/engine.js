// Colours a photo at any temperature in the browser. One WebGL 2 context serves the whole page and
// hands its pictures to the canvases, as many as there are.
(() => {
  const { Gpu, between, readLightness, readPayload } = window.studio;
  // Kept on the GPU; what was not used for longest makes room. A moving slider comes by the same
  // levels again and again: without a graphics card, blending their kept pictures is three times
  // as fast as drawing those in between.
  const PAYLOADS = 12;
  const FRAMES = 90;
  const PHOTOS = 3;
  const LAYERS = { picture: 0, entropy: 1, blotches: 2 };

  let gpu = null;
  // Fulfilled when it is known whether there is a GPU to draw with; until then `live` hopes so.
  const ready = start();
  async function start() {
    try {
      if (!window.DecompressionStream) throw new Error("no DecompressionStream");
      gpu = new Gpu();
      await gpu.compile();
    } catch (error) {
      gpu = null;
      console.info(`no pictures by WebGL: ${error.message}`);
    }
  }
  const live = () => Boolean(gpu && !gpu.lost && !gpu.gl.isContextLost());

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
  const payloads = new Recent(PAYLOADS, (promise) =>
    promise.then((payload) => payload.textures && gpu.free(payload.textures), () => {}));
  // The methods of a page colour the same photo: its lightness is fetched once for all.
  const photos = new Recent(PHOTOS, (promise) => promise.then((photo) => photo.close(), () => {}));
  const looks = new WeakMap(); // canvas -> all but the temperature of what it shows
  let count = 0;

  async function build(files) {
    const [lightness, payload] = await Promise.all([
      gpu && photos.use(files.lightness.url, () => readLightness(files.lightness.url)),
      readPayload(files.payload.url),
      ready,
    ]);
    if (!gpu) return payload;
    return adopt(payload, lightness, [lightness.width, Math.floor((lightness.height * 2) / 3)]);
  }

  // Makes a payload ready to be drawn at a size, with L of that size.
  function adopt(payload, lightness, size) {
    const textures = live() ? gpu.upload({ ...payload, size }, lightness) : null;
    return Object.assign(payload, { size, name: count++, textures });
  }

  // Gives back what an adopted payload holds.
  function release(payload) {
    for (const key of [...frames.keys()].filter((key) => key.startsWith(`${payload.name},`))) {
      gpu.free({ frame: frames.get(key) });
      frames.delete(key);
    }
    if (payload.textures) gpu.free(payload.textures);
  }

  // The payload of a picture's files, read once.
  function load(files) {
    const key = `${files.lightness.url} ${files.payload.url}`;
    const found = payloads.use(key, () => build(files));
    found.catch(() => payloads.delete(key) && photos.delete(files.lightness.url));
    return found;
  }

  // One picture, by the whole way, into a texture or (null) the context's own canvas.
  function render(payload, [below, above, share], saturation, layer, target) {
    const { textures: t, size, scale } = payload;
    gpu.run("MIX", t.cells, payload.cells, { ...t, scale, below, above, share });
    const sameGrid = String(payload.cells) === String(payload.guide);
    if (!sameGrid) gpu.run("BILATERAL", t.ab, payload.guide, t);
    const ab = sameGrid ? t.cells : t.ab;
    const plain = sameGrid && String(payload.guide) === String(size);
    if (!plain) {
      gpu.run("LINES", t.lines, payload.guide, { ab });
      gpu.run("SMOOTH", t.smooth, payload.guide, { lines: t.lines });
    }
    const values = { ...t, lines: t.smooth, ab, size, layer: LAYERS[layer], plain, saturation };
    gpu.run("JOIN", target, size, values);
  }

  // The picture at one level.
  function frame(payload, level, saturation, layer) {
    return frames.use([payload.name, level, saturation, layer].join(), () => {
      const texture = gpu.target(payload.size, gpu.gl.RGBA8);
      render(payload, [level, level, 0], saturation, layer, texture);
      return texture;
    });
  }

  // Draw to a canvas. False: there is no GPU to draw with.
  function draw(payload, canvas, { temperature = 1, saturation = 1, layer = "picture" } = {}) {
    if (!live()) return false;
    const { size } = payload;
    const [below, above, share] = between(payload.temperatures, temperature);
    for (const one of [gpu.canvas, canvas]) {
      if (one.width !== size[0]) one.width = size[0];
      if (one.height !== size[1]) one.height = size[1];
    }
    const look = [payload.name, saturation, layer].join();
    if (above && looks.get(canvas) === look) {
      const [first, second] = [below, above].map((level) => frame(payload, level, saturation, layer));
      gpu.run("BLEND", null, size, { first, second, share });
    } else render(payload, [below, above, share], saturation, layer, null);
    looks.set(canvas, look);
    // Handed over, not copied: without a graphics card a copy costs as much as the drawing.
    canvas.getContext("bitmaprenderer").transferFromImageBitmap(gpu.canvas.transferToImageBitmap());
    return true;
  }

  // ab of the cell that a place of the picture falls into; x and y in [0, 1).
  function cellAb(payload, x, y, temperature) {
    const [width, height] = payload.cells;
    const place = 2 * (Math.floor(y * height) * width + Math.floor(x * width));
    const [below, above, share] = between(payload.temperatures, temperature);
    return [0, 1].map((channel) => {
      const at = (level) => payload.steps[level * 2 * width * height + place + channel];
      return payload.scale * (at(below) * (1 - share) + at(above) * share);
    });
  }

  Object.assign(window.studio, { ready, live, load, adopt, release, draw, cellAb });
})();
