/** Writes a ZIP of files that are compressed already: stored, names in UTF-8, under 4 GB. */

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** @param {Blob} blob @returns {Promise<number>} CRC-32, piece by piece: a picture may be large */
async function checksum(blob) {
  let crc = 0xffffffff;
  const reader = blob.stream().getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read())
    for (const byte of part.value) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** @param {[number, number][]} fields value and bytes, little-endian */
function pack(fields) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [, size]) => sum + size, 0)));
  let at = 0;
  for (const [value, size] of fields) {
    if (size === 4) view.setUint32(at, value, true);
    else view.setUint16(at, value, true);
    at += size;
  }
  return view;
}

const UTF8 = 0x0800;
const NEEDS = 20;

/**
 * @param {{name: string, blob: Blob}[]} files
 * @param {Date} [now]
 * @returns {Promise<Blob>}
 */
export async function zip(files, now = new Date()) {
  const time = (now.getHours() << 11) | (now.getMinutes() << 5) | (now.getSeconds() >> 1);
  const date = ((now.getFullYear() - 1980) << 9) | ((now.getMonth() + 1) << 5) | now.getDate();
  const parts = [];
  const list = [];
  let place = 0;
  for (const { name, blob } of files) {
    const bytes = new TextEncoder().encode(name);
    /** @type {[number, number][]} */
    const common = [
      [NEEDS, 2], [UTF8, 2], [0, 2], [time, 2], [date, 2],
      [await checksum(blob), 4], [blob.size, 4], [blob.size, 4], [bytes.length, 2], [0, 2],
    ];
    const head = pack([[0x04034b50, 4], ...common]);
    parts.push(head, bytes, blob);
    list.push(pack([[0x02014b50, 4], [NEEDS, 2], ...common, [0, 2], [0, 2], [0, 2], [0, 4], [place, 4]]), bytes);
    place += head.byteLength + bytes.length + blob.size;
  }
  const size = list.reduce((sum, part) => sum + part.byteLength, 0);
  const count = files.length;
  const end = pack([[0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [size, 4], [place, 4], [0, 2]]);
  return new Blob([...parts, ...list, end], { type: "application/zip" });
}

/**
 * Names that differ, for what is saved together.
 *
 * @param {string[]} names
 * @param {string} ending
 */
export function fileNames(names, ending) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return names.map((name) => {
    const stem = name.replace(/\.[^.]*$/, "").replace(/[/\\:*?"<>|\p{Cc}]/gu, "_") || "photo";
    const count = (seen.get(stem.toLowerCase()) ?? 0) + 1;
    seen.set(stem.toLowerCase(), count);
    return `${stem}${count > 1 ? `-${count}` : ""}.${ending}`;
  });
}
