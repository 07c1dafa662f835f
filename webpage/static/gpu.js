// One WebGL 2 context that runs the shaders, from textures to textures.
(() => {
  const { VERTEX, ...FRAGMENTS } = window.studioShaders;

  // Begins it; it goes on beside the page.
  function link(gl, fragment) {
    const program = gl.createProgram();
    for (const [type, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, fragment]]) {
      const shader = gl.createShader(type);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    return program;
  }

  const pause = () => new Promise((done) => setTimeout(done, 10));

  // A linked program, with the places of its uniforms. To ask a program that is not done yet stops
  // the page, as it must where browsers do not tell when one is.
  async function linked(gl, program) {
    const done = gl.getExtension("KHR_parallel_shader_compile")?.COMPLETION_STATUS_KHR;
    do await pause();
    while (done && gl.getProgramParameter(program, done) === false);
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
      this.programs = {};
      this.buffer = gl.createFramebuffer();
      this.canvas.addEventListener("webglcontextlost", () => (this.lost = true));
    }

    // Nothing can be run before.
    async compile() {
      const { gl } = this;
      const programs = Object.entries(FRAGMENTS).map(([name, source]) => [name, link(gl, source)]);
      for (const [name, program] of programs) this.programs[name] = await linked(gl, program);
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

    // L in [0, 1] of the picture to be drawn: packed as PNG (payload.py), or as it is.
    lightness(size, given) {
      const { gl } = this;
      if (given.values)
        return this.texture(gl.TEXTURE_2D, gl.NEAREST, () =>
          gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, ...size, 0, gl.RED, gl.FLOAT, given.values));
      const packed = this.texture(gl.TEXTURE_2D, gl.NEAREST, () =>
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, gl.RED, gl.UNSIGNED_BYTE, given));
      const L = this.target(size, this.float === gl.RGBA32F ? gl.R32F : gl.R16F);
      this.run("DECODE", L, size, { packed, size });
      gl.deleteTexture(packed);
      return L;
    }

    upload(payload, lightness) {
      const { gl } = this;
      const [width, height] = payload.cells;
      const steps = this.texture(gl.TEXTURE_2D_ARRAY, gl.NEAREST, () =>
        gl.texImage3D(gl.TEXTURE_2D_ARRAY, 0, gl.RG16I, width, height, payload.temperatures.length, 0,
          gl.RG_INTEGER, gl.SHORT, payload.steps));
      const L = this.lightness(payload.size, lightness);
      const entropy = payload.entropy
        ? this.grey(payload.cells, payload.undecided)
        : this.grey([1, 1], new Uint8Array(1));
      const guide = this.texture(gl.TEXTURE_2D, gl.NEAREST, () =>
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, ...payload.guide, 0, gl.RED, gl.FLOAT, payload.pixels));
      const [cells, ab, lines, smooth] = [payload.cells, payload.guide, payload.guide, payload.guide].map(
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

  window.studio.Gpu = Gpu;
})();
