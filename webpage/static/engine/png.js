/**
 * Writes an RGB PNG from rows as they come, so that a large picture is never in memory twice.
 */

import { pngSoftware, pngXmp } from "./mark.js";

const SIGNATURE = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const PAETH = 4;

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/**
 * A chunk: length, name, body, checksum.
 *
 * @param {string} name
 * @param {Uint8Array} body
 */
function chunk(name, body) {
  const bytes = new Uint8Array(12 + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, body.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = name.charCodeAt(i);
  bytes.set(body, 8);
  let value = 0xffffffff;
  for (let i = 4; i < bytes.length - 4; i++) value = CRC[(value ^ bytes[i]) & 255] ^ (value >>> 8);
  view.setUint32(bytes.length - 4, ~value);
  return bytes;
}

export class PngWriter {
  /**
   * @param {number} width pixels
   * @param {number} height
   */
  constructor(width, height) {
    this.width = width;
    const head = new Uint8Array(13);
    const view = new DataView(head.buffer);
    view.setUint32(0, width);
    view.setUint32(4, height);
    head.set([8, 2, 0, 0, 0], 8); // 8 bits, RGB
    const marks = [chunk("tEXt", pngSoftware()), chunk("iTXt", pngXmp())];
    this.parts = [SIGNATURE, chunk("IHDR", head), ...marks];
    this.above = new Uint8Array(3 * width);
    const stream = new CompressionStream("deflate");
    this.writer = stream.writable.getWriter();
    this.collected = this.collect(stream.readable.getReader());
  }

  /** @param {ReadableStreamDefaultReader<Uint8Array>} reader */
  async collect(reader) {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.parts.push(chunk("IDAT", value));
    }
  }

  /**
   * @param {Uint8ClampedArray} rgba the next rows
   */
  async add(rgba) {
    const rows = rgba.length / 4 / this.width;
    const stride = 3 * this.width;
    const filtered = new Uint8Array(rows * (1 + stride));
    let row = new Uint8Array(stride);
    for (let y = 0, p = 0, at = 0; y < rows; y++) {
      for (let i = 0; i < stride; i += 3, p += 4) {
        row[i] = rgba[p];
        row[i + 1] = rgba[p + 1];
        row[i + 2] = rgba[p + 2];
      }
      filtered[at++] = PAETH;
      at = filter(row, this.above, filtered, at);
      [this.above, row] = [row, this.above];
    }
    await this.writer.write(filtered);
  }

  /** @returns {Promise<Blob>} */
  async finish() {
    await this.writer.close();
    await this.collected;
    this.parts.push(chunk("IEND", new Uint8Array(0)));
    return new Blob(/** @type {BlobPart[]} */ (this.parts), { type: "image/png" });
  }

  /** Gives up. */
  async stop() {
    await Promise.allSettled([this.writer.abort(), this.collected]);
  }
}

/**
 * Each byte less Paeth's guess from its neighbours (PNG, filter type 4).
 *
 * @param {Uint8Array} row
 * @param {Uint8Array} above
 * @param {Uint8Array} out
 * @param {number} at where to write
 * @returns {number} where the next row goes
 */
function filter(row, above, out, at) {
  for (let i = 0; i < row.length; i++) {
    const left = i > 2 ? row[i - 3] : 0;
    const up = above[i];
    const corner = i > 2 ? above[i - 3] : 0;
    const toLeft = Math.abs(up - corner);
    const toUp = Math.abs(left - corner);
    const toCorner = Math.abs(left + up - 2 * corner);
    const guess = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    out[at++] = row[i] - guess;
  }
  return at;
}
