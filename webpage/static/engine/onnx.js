/**
 * Reads what a network says of itself, which onnxruntime-web does not hand out: the
 * `metadata_props` of an ONNX file (a ModelProto of protocol buffers).
 *
 * @import { Description } from "./types.js"
 */

const METADATA = 14;
const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5];
const WORDS = ["method", "title", "licence", "color_space"];

/**
 * The fields of a message that are bytes, texts or messages; the others are passed over.
 *
 * @param {Uint8Array} bytes
 * @returns {Generator<{field: number, value: Uint8Array}>}
 */
function* fields(bytes) {
  let place = 0;
  const varint = () => {
    for (let value = 0, factor = 1; ; factor *= 128) {
      if (place >= bytes.length) throw new Error("the network's file is cut off");
      const byte = bytes[place++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (place < bytes.length) {
    const key = varint();
    const kind = key & 7;
    if (kind === VARINT) varint();
    else if (kind === FIXED64) place += 8;
    else if (kind === FIXED32) place += 4;
    else if (kind === BYTES) {
      const length = varint();
      if (place + length > bytes.length) throw new Error("the network's file is cut off");
      yield { field: key >>> 3, value: bytes.subarray(place, place + length) };
      place += length;
    } else throw new Error("the file is no ONNX network");
  }
}

/**
 * @param {Uint8Array} bytes of a file that `colorize export` wrote
 * @returns {Description}
 */
export function describe(bytes) {
  const text = new TextDecoder();
  /** @type {Record<string, any>} */
  const found = {};
  for (const { field, value } of fields(bytes)) {
    if (field !== METADATA) continue;
    const [key, content] = [...fields(value)].map((part) => text.decode(part.value));
    found[key] = WORDS.includes(key) ? content : JSON.parse(content);
  }
  if (!found.method) throw new Error("the file is no network that `colorize export` wrote");
  if (found.color_space !== "lab")
    throw new Error(`${found.method} answers in ${found.color_space}; the browser draws Lab alone`);
  return /** @type {Description} */ (found);
}
