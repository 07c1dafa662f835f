// The server's way from ab on the network's grid to a picture, pass by pass: decode between two
// levels of temperature, joint bilateral, guided filter, join with L, pull into sRGB. The constants
// are those of colorize_core (inference/upsampling.py, color/); a test holds the pictures together.
(() => {
  const HEAD = `#version 300 es
    precision highp float; precision highp int;
    precision highp sampler2D; precision highp isampler2DArray;`;
  const VERTEX = `#version 300 es
    void main() { gl_Position = vec4(4 * (gl_VertexID & 1) - 1, 2 * (gl_VertexID & 2) - 1, 0, 1); }`;

  // L in [0, 1] from the two parts that payload.pack_lightness makes of it.
  const DECODE = `${HEAD}
    uniform sampler2D packed; uniform ivec2 size;
    out vec4 L;
    void main() {
      ivec2 at = ivec2(gl_FragCoord.xy);
      int high = int(255.0 * texelFetch(packed, at, 0).r + 0.5);
      int two = int(255.0 * texelFetch(packed, ivec2(at.x, size.y + at.y / 2), 0).r + 0.5);
      L = vec4(float(16 * high + (two >> (4 * (at.y % 2)) & 15)) / 4095.0, 0, 0, 1);
    }`;

  // a, b and mean L of a cell: (w, h).
  const MIX = `${HEAD}
    uniform isampler2DArray steps; uniform sampler2D guide;
    uniform float scale, share; uniform int below, above;
    out vec4 cell;
    void main() {
      ivec2 at = ivec2(gl_FragCoord.xy);
      vec2 low = vec2(texelFetch(steps, ivec3(at, below), 0).xy);
      vec2 high = vec2(texelFetch(steps, ivec3(at, above), 0).xy);
      ivec2 stride = textureSize(guide, 0) / textureSize(steps, 0).xy;
      float sum = 0.0;
      for (int y = 0; y < stride.y; y++) for (int x = 0; x < stride.x; x++)
        sum += texelFetch(guide, at * stride + ivec2(x, y), 0).r;
      cell = vec4(scale * mix(low, high, share), sum / float(stride.x * stride.y), 1);
    }`;

  // Kopf et al. 2007, equation 3: ab at the size that the network saw.
  const BILATERAL = `${HEAD}
    uniform sampler2D cells, guide;
    out vec4 ab;
    void main() {
      ivec2 at = ivec2(gl_FragCoord.xy), size = textureSize(cells, 0);
      vec2 centre = (vec2(at) + 0.5) * vec2(size) / vec2(textureSize(guide, 0)) - 0.5;
      vec2 nearest = roundEven(centre);
      float L = texelFetch(guide, at, 0).r;
      vec3 total = vec3(0);
      for (int y = -1; y <= 1; y++) for (int x = -1; x <= 1; x++) {
        vec2 place = nearest + vec2(x, y);
        vec4 cell = texelFetch(cells, clamp(ivec2(place), ivec2(0), size - 1), 0);
        vec2 far = place - centre;
        float unlike = cell.z - L;
        float weight = (exp(unlike * unlike / (-2.0 * 0.05 * 0.05)) + 1e-6)
          * exp(dot(far, far) / (-2.0 * 0.6 * 0.6));
        total += weight * vec3(cell.xy, 1);
      }
      ab = vec4(total.xy / total.z, L, 1);
    }`;

  // He, Sun, Tang 2013, equations 5 and 6: ab = slope * L + offset in windows of 3 x 3.
  const LINES = `${HEAD}
    uniform sampler2D ab;
    out vec4 line;
    void main() {
      ivec2 at = ivec2(gl_FragCoord.xy), last = textureSize(ab, 0) - 1;
      float count = 0.0, L1 = 0.0, L2 = 0.0;
      vec2 ab1 = vec2(0), product = vec2(0);
      for (int y = max(at.y - 1, 0); y <= min(at.y + 1, last.y); y++)
        for (int x = max(at.x - 1, 0); x <= min(at.x + 1, last.x); x++) {
          vec3 here = texelFetch(ab, ivec2(x, y), 0).xyz;
          count += 1.0; L1 += here.z; L2 += here.z * here.z;
          ab1 += here.xy; product += here.z * here.xy;
        }
      float mean = L1 / count;
      vec2 meanAb = ab1 / count;
      vec2 slope = (product / count - mean * meanAb) / (max(L2 / count - mean * mean, 0.0) + 1e-4);
      line = vec4(slope, meanAb - slope * mean);
    }`;
  const SMOOTH = `${HEAD}
    uniform sampler2D lines;
    out vec4 line;
    void main() {
      ivec2 at = ivec2(gl_FragCoord.xy), last = textureSize(lines, 0) - 1;
      vec4 total = vec4(0);
      float count = 0.0;
      for (int y = max(at.y - 1, 0); y <= min(at.y + 1, last.y); y++)
        for (int x = max(at.x - 1, 0); x <= min(at.x + 1, last.x); x++) {
          total += texelFetch(lines, ivec2(x, y), 0);
          count += 1.0;
        }
      line = total / count;
    }`;

  // The picture at the preview's size. `plain`: ab has that size already. `layer`: 0 the picture,
  // 1 entropy, 2 restlessness of ab, both over the grey photo.
  const JOIN = `${HEAD}
    uniform sampler2D lines, ab, lightness, entropy;
    uniform ivec2 size; uniform int layer; uniform bool plain; uniform float saturation;
    out vec4 color;
    // To linear sRGB from X / Xn, Y / Yn and Z / Zn, D65.
    const mat3 RGB_FROM_XYZ = mat3(3.0799801, -0.9212477, 0.0528905, -1.5371516, 1.8759900,
      -0.2040413, -0.5428213, 0.0452473, 1.1512320);
    // The lightness part, and what a and b add to the first and the last.
    vec3 linearRgb(float y, vec2 chroma) {
      vec3 f = vec3(y + chroma.x / 500.0, y, y - chroma.y / 200.0);
      vec3 cubes = f * f * f;
      if (min(f.x, min(y, f.z)) < 0.2068966)
        cubes = mix((f - 16.0 / 116.0) / 7.787, cubes, greaterThan(f, vec3(0.2068966)));
      return RGB_FROM_XYZ * cubes;
    }
    bool inside(vec3 rgb) {
      return all(greaterThanEqual(rgb, vec3(-1e-5))) && all(lessThanEqual(rgb, vec3(1.00001)));
    }
    // Towards grey at the same L and hue, by bisection, as color.lab_to_gamut.
    vec3 fit(float y, vec2 chroma) {
      vec3 rgb = linearRgb(y, chroma);
      if (inside(rgb)) return rgb;
      float low = 0.0, high = 1.0;
      for (int i = 0; i < 12; i++) {
        float middle = (low + high) / 2.0;
        if (inside(linearRgb(y, middle * chroma))) low = middle; else high = middle;
      }
      return linearRgb(y, low * chroma);
    }
    vec3 encode(vec3 rgb) {
      rgb = clamp(rgb, 0.0, 1.0);
      return mix(rgb * 12.92, 1.055 * pow(rgb, vec3(1.0 / 2.4)) - 0.055,
        greaterThan(rgb, vec3(0.0031308)));
    }
    vec3 heat(float v) {
      vec3 cold = vec3(0.05, 0.03, 0.30), warm = vec3(0.85, 0.25, 0.30), hot = vec3(1.0, 0.95, 0.55);
      return v < 0.5 ? mix(cold, warm, 2.0 * v) : mix(warm, hot, 2.0 * v - 1.0);
    }
    void main() {
      ivec2 at = ivec2(gl_FragCoord.x, size.y - 1 - int(gl_FragCoord.y));
      float L = texelFetch(lightness, at, 0).r, y = (100.0 * L + 16.0) / 116.0;
      vec2 place = (vec2(at) + 0.5) / vec2(size);
      if (layer > 0) {
        float value = texture(entropy, place).r;
        if (layer == 2) {
          ivec2 last = textureSize(ab, 0) - 1, here = min(ivec2(place * vec2(last + 1)), last);
          vec2 own = texelFetch(ab, here, 0).xy;
          value = (distance(own, texelFetch(ab, min(here + ivec2(1, 0), last), 0).xy)
            + distance(own, texelFetch(ab, min(here + ivec2(0, 1), last), 0).xy)) / 16.0;
        }
        vec3 grey = encode(linearRgb(y, vec2(0)));
        color = vec4(mix(grey, heat(clamp(value, 0.0, 1.0)), 0.7), 1);
        return;
      }
      vec2 chroma;
      if (plain) chroma = texelFetch(ab, at, 0).xy;
      else {
        ivec2 last = textureSize(lines, 0) - 1;
        vec2 from = clamp(place * vec2(last + 1) - 0.5, vec2(0), vec2(last));
        ivec2 a = ivec2(from), b = min(a + 1, last);
        vec2 part = from - vec2(a);
        vec4 line = mix(
          mix(texelFetch(lines, a, 0), texelFetch(lines, ivec2(b.x, a.y), 0), part.x),
          mix(texelFetch(lines, ivec2(a.x, b.y), 0), texelFetch(lines, b, 0), part.x), part.y);
        chroma = line.xy * L + line.zw;
      }
      color = vec4(encode(fit(y, saturation * chroma)), 1);
    }`;

  // Between the pictures of two levels.
  const BLEND = `${HEAD}
    uniform sampler2D first, second; uniform float share;
    out vec4 color;
    void main() {
      ivec2 at = ivec2(gl_FragCoord.xy);
      color = mix(texelFetch(first, at, 0), texelFetch(second, at, 0), share);
    }`;

  window.studioShaders = { VERTEX, DECODE, MIX, BILATERAL, LINES, SMOOTH, JOIN, BLEND };
})();
