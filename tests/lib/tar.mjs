// Tars for tests: what coho sends is read, what is to be refused is written.
const kBlock = 512;

// → [{name, type, text}], pax names applied.
export function readTar(buffer) {
  const out = [];
  let longName;
  for (let at = 0; at < buffer.length && buffer[at] !== 0;) {
    const field = (from, bytes) => buffer.subarray(at + from, at + from + bytes).toString().replace(/\0.*$/s, '');
    const type = field(156, 1), size = parseInt(field(124, 12), 8), text = buffer.subarray(at + kBlock, at + kBlock + size).toString();
    if (type === 'x') longName = text.match(/path=(.*)\n/)[1];
    else { out.push({ name: longName ?? field(0, 100), type, text }); longName = undefined; }
    at += kBlock + Math.ceil(size / kBlock) * kBlock;
  }
  return out;
}

// entries: {name, text?, type?, mode?, size?, link?}
export function writeTar(entries, { end = true } = {}) {
  const pieces = [];
  for (const { name, text = '', type = '0', mode = 0o644, size, link = '' } of entries) {
    const content = Buffer.from(text), header = Buffer.alloc(kBlock);
    const octal = (value, digits) => value.toString(8).padStart(digits, '0');
    header.write(name, 0);
    header.write(octal(mode, 7), 100);
    header.write(octal(size ?? content.length, 11), 124);
    header.write('        ', 148);
    header.write(type, 156);
    header.write(link, 157);
    header.write('ustar\x0000', 257);
    header.write(octal(header.reduce((sum, byte) => sum + byte, 0), 6) + '\0', 148);
    pieces.push(header, content, Buffer.alloc((kBlock - content.length % kBlock) % kBlock));
  }
  if (end) pieces.push(Buffer.alloc(2 * kBlock));
  return Buffer.concat(pieces);
}

export const pax = (key, value) => {
  const rest = ` ${key}=${value}\n`, bytes = Buffer.byteLength(rest);
  let length = bytes + 1;
  while (String(length).length + bytes !== length) length++;
  return { name: 'pax', type: 'x', text: length + rest };
};
