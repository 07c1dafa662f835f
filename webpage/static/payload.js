// Reads what payload.py sends of a photo and of a prediction.
(() => {
  async function fetchOk(url) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return answer;
  }

  async function readLightness(url) {
    const blob = await (await fetchOk(url)).blob();
    return createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  }

  async function readPayload(url) {
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
      for (let level = 0, value = 0; level < count; level++, i++) {
        value += signed(body[i], body[size + i]);
        steps[level * 2 * width * height + place] = value;
      }
    }
    const lightness = body.subarray(2 * size);
    const guide = new Float32Array(pixels);
    for (let i = 0, value = 0; i < pixels; i++) {
      value = (i % head.guide[0] ? value : 0) + signed(lightness[i], lightness[pixels + i]);
      guide[i] = value / head.guideLevels;
    }
    return { ...head, steps, pixels: guide, undecided: lightness.slice(2 * pixels) };
  }

  // Two neighbouring levels and the share of the upper one.
  function between(temperatures, T) {
    if (temperatures.length === 1) return [0, 0, 0];
    let above = temperatures.findIndex((level) => level > T);
    if (above < 0) above = temperatures.length - 1;
    const low = temperatures[above - 1];
    return [above - 1, above, (T - low) / (temperatures[above] - low)];
  }

  window.studio = { readLightness, readPayload, between };
})();
