/**
 * Writes a baseline JPEG (ITU-T T.81) from rows as they come: quality 95, colours at full
 * resolution. A canvas would halve the colours' (4:2:0), and blur the very thing that is added here.
 */

import { jpegXmp } from "./mark.js";

const QUALITY = 95;
// prettier-ignore
const ZIGZAG = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
  13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52,
  45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];
// Annex K, tables K.1 and K.2, in rows.
// prettier-ignore
const LUMA = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
  14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
  49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];
const CHROMA = LUMA.map((_, i) => {
  const corner = [17, 18, 24, 47, 18, 21, 26, 66, 24, 26, 56, 99, 47, 66, 99, 99];
  return i % 8 < 4 && i < 32 ? corner[4 * Math.floor(i / 8) + (i % 8)] : 99;
});
/** @param {number[]} table */
const scaled = (table) =>
  table.map((value) => Math.max(1, Math.min(255, Math.floor((value * (200 - 2 * QUALITY) + 50) / 100))));

// Annex K.3: how many codes there are of each length, and what they stand for.
const DC_COUNTS = [
  [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
  [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0],
];
const DC_VALUES = Array.from({ length: 12 }, (_, i) => i);
const AC_COUNTS = [
  [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125],
  [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119],
];
const hex = (/** @type {string} */ text) => (text.match(/../g) ?? []).map((pair) => parseInt(pair, 16));
const AC_VALUES = [
  hex(
    "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25" +
    "262728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a83" +
    "8485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3" +
    "d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa",
  ),
  hex(
    "000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718" +
    "191a262728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a" +
    "82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9ca" +
    "d2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa",
  ),
];

/**
 * @param {number[]} counts
 * @param {number[]} values
 */
function codes(counts, values) {
  const code = new Uint16Array(256);
  const length = new Uint8Array(256);
  let next = 0, k = 0;
  counts.forEach((count, i) => {
    for (let j = 0; j < count; j++, k++) {
      code[values[k]] = next++;
      length[values[k]] = i + 1;
    }
    next *= 2;
  });
  return { code, length };
}
const DC = DC_COUNTS.map((counts) => codes(counts, DC_VALUES));
const AC = AC_COUNTS.map((counts, i) => codes(counts, AC_VALUES[i]));
const TABLES = [LUMA, CHROMA].map(scaled);
/** cos((2 x + 1) u π / 16), scaled: one row of the discrete cosine transform for each u. */
const AAN = [1, 1.387039845, 1.306562965, 1.175875602, 1, 0.785694958, 0.541196100, 0.275899379];
const DIVISORS = TABLES.map((table) =>
  Float64Array.from(table, (step, i) => 1 / (step * AAN[i >> 3] * AAN[i & 7] * 8)));

/** Two bytes of a number, the higher first. */
const word = (/** @type {number} */ value) => [value >> 8, value & 255];
/** @param {number} marker @param {number[]} body */
const segment = (marker, body) => [0xff, marker, ...word(body.length + 2), ...body];

export class JpegWriter {
  /**
   * @param {number} width pixels, at most 65535
   * @param {number} height
   */
  constructor(width, height) {
    this.width = width;
    this.pending = new Uint8ClampedArray(0);
    this.before = [0, 0, 0]; // of the DC coefficients
    this.bits = 0;
    this.filled = 0;
    this.out = new Uint8Array(1 << 16);
    this.used = 0;
    /** @type {Uint8Array[]} */
    this.parts = [Uint8Array.from(head(width, height))];
  }

  /** @param {Uint8ClampedArray} rgba the next rows, of any number */
  async add(rgba) {
    const stride = 4 * this.width;
    const all = new Uint8ClampedArray(this.pending.length + rgba.length);
    all.set(this.pending);
    all.set(rgba, this.pending.length);
    const whole = Math.floor(all.length / stride / 8) * 8;
    for (let y = 0; y < whole; y += 8) this.encode(all.subarray(y * stride, (y + 8) * stride));
    this.pending = all.slice(whole * stride);
  }

  /** @returns {Promise<Blob>} */
  async finish() {
    const stride = 4 * this.width;
    const rows = this.pending.length / stride;
    if (rows) {
      const band = new Uint8ClampedArray(8 * stride);
      for (let y = 0; y < 8; y++) {
        const row = Math.min(y, rows - 1) * stride; // the last one is repeated
        band.set(this.pending.subarray(row, row + stride), y * stride);
      }
      this.encode(band);
    }
    this.put(127, 7); // what is left of the last byte is ones
    this.parts.push(this.out.slice(0, this.used), Uint8Array.of(0xff, 0xd9));
    return new Blob(/** @type {BlobPart[]} */ (this.parts), { type: "image/jpeg" });
  }

  /** Gives up. */
  async stop() {
    this.parts = [];
  }

  /** Eight rows. */
  encode(/** @type {Uint8ClampedArray} */ band) {
    const blocks = [new Float64Array(64), new Float64Array(64), new Float64Array(64)];
    for (let left = 0; left < this.width; left += 8) {
      for (let i = 0; i < 64; i++) {
        const x = Math.min(this.width - 1, left + (i & 7));
        const p = 4 * ((i >> 3) * this.width + x);
        const r = band[p], g = band[p + 1], b = band[p + 2];
        blocks[0][i] = 0.299 * r + 0.587 * g + 0.114 * b - 128;
        blocks[1][i] = -0.168735892 * r - 0.331264108 * g + 0.5 * b;
        blocks[2][i] = 0.5 * r - 0.418687589 * g - 0.081312411 * b;
      }
      blocks.forEach((block, channel) => this.encodeBlock(block, channel));
    }
    if (this.used > this.out.length / 2) {
      this.parts.push(this.out.slice(0, this.used));
      this.used = 0;
    }
  }

  /**
   * @param {Float64Array} block (8, 8), used up
   * @param {number} channel
   */
  encodeBlock(block, channel) {
    const table = channel ? 1 : 0;
    for (let i = 0; i < 64; i += 8) transform(block, i, 1);
    for (let i = 0; i < 8; i++) transform(block, i, 8);
    const divisors = DIVISORS[table];
    const dc = Math.round(block[0] * divisors[0]);
    this.number(DC[table], 0, dc - this.before[channel]);
    this.before[channel] = dc;
    let zeros = 0;
    for (let k = 1; k < 64; k++) {
      const place = ZIGZAG[k];
      const value = Math.round(block[place] * divisors[place]);
      if (value === 0) {
        zeros++;
        continue;
      }
      for (; zeros > 15; zeros -= 16) this.put(AC[table].code[0xf0], AC[table].length[0xf0]);
      this.number(AC[table], zeros, value);
      zeros = 0;
    }
    if (zeros) this.put(AC[table].code[0], AC[table].length[0]);
  }

  /**
   * A number's size, with the zeros before it, by its code; then its bits.
   *
   * @param {{code: Uint16Array, length: Uint8Array}} codes
   * @param {number} zeros
   * @param {number} value
   */
  number({ code, length }, zeros, value) {
    const size = value === 0 ? 0 : 32 - Math.clz32(Math.abs(value));
    const symbol = (zeros << 4) | size;
    this.put(code[symbol], length[symbol]);
    if (size) this.put(value < 0 ? value + (1 << size) - 1 : value, size);
  }

  /** At most 16 bits. */
  put(/** @type {number} */ value, /** @type {number} */ count) {
    this.bits = (this.bits << count) | value;
    this.filled += count;
    if (this.used + 8 > this.out.length) this.grow();
    while (this.filled >= 8) {
      const byte = (this.bits >> (this.filled - 8)) & 255;
      this.out[this.used++] = byte;
      if (byte === 0xff) this.out[this.used++] = 0;
      this.filled -= 8;
    }
    this.bits &= (1 << this.filled) - 1;
  }

  grow() {
    const larger = new Uint8Array(2 * this.out.length);
    larger.set(this.out);
    this.out = larger;
  }
}

/**
 * Discrete cosine transform of eight numbers, in place, each scaled by its AAN factor and √8
 * (Arai, Agui, Nakajima 1988).
 *
 * @param {Float64Array} data
 * @param {number} at place of the first
 * @param {number} step from one to the next
 */
function transform(data, at, step) {
  const [i1, i2, i3] = [at + step, at + 2 * step, at + 3 * step];
  const [i4, i5, i6, i7] = [at + 4 * step, at + 5 * step, at + 6 * step, at + 7 * step];
  const s07 = data[at] + data[i7], d07 = data[at] - data[i7];
  const s16 = data[i1] + data[i6], d16 = data[i1] - data[i6];
  const s25 = data[i2] + data[i5], d25 = data[i2] - data[i5];
  const s34 = data[i3] + data[i4], d34 = data[i3] - data[i4];
  const outer = s07 + s34, inner = s16 + s25;
  data[at] = outer + inner;
  data[i4] = outer - inner;
  const turned = (s16 - s25 + s07 - s34) * Math.SQRT1_2;
  data[i2] = s07 - s34 + turned;
  data[i6] = s07 - s34 - turned;
  const a = d34 + d25, b = d25 + d16, c = d16 + d07;
  const common = (a - c) * 0.382683433;
  const low = 0.5411961 * a + common;
  const high = 1.306562965 * c + common;
  const middle = b * Math.SQRT1_2;
  const plus = d07 + middle, minus = d07 - middle;
  data[i5] = minus + low;
  data[i3] = minus - low;
  data[i1] = plus + high;
  data[i7] = plus - high;
}

/** Everything before the coded pixels. @param {number} width @param {number} height */
function head(width, height) {
  const components = [1, 2, 3].flatMap((id) => [id, 0x11, id > 1 ? 1 : 0]);
  const tables = TABLES.flatMap((table, i) => [i, ...ZIGZAG.map((place) => table[place])]);
  const huffman = [0, 1].flatMap((i) => [
    i, ...DC_COUNTS[i], ...DC_VALUES, 0x10 | i, ...AC_COUNTS[i], ...AC_VALUES[i],
  ]);
  return [
    0xff, 0xd8,
    ...segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]), // JFIF 1.1
    ...segment(0xe1, [...jpegXmp()]),
    ...segment(0xdb, tables),
    ...segment(0xc0, [8, ...word(height), ...word(width), 3, ...components]),
    ...segment(0xc4, huffman),
    ...segment(0xda, [3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0]),
  ];
}
