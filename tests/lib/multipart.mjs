// Multipart bodies from a seed, cut at odd places, and what Busboy itself makes of them.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { once } from 'node:events';
import Busboy from 'busboy';

// A small generator of numbers that a seed decides (mulberry32).
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { below: (n) => Math.floor(next() * n), pick: (list) => list[Math.floor(next() * list.length)] };
}

const names = ['a', 'field', 'weird name', 'é', 'list[]', 'x'.repeat(90)];
const values = ['', 'text', 'å→🙂', '--', '\r\n', '--b', 'a\r\n--almost', ' '.repeat(50), 'y'.repeat(5000)];
const types = ['text/plain', 'image/png', 'application/octet-stream', 'text/plain; charset=utf-8'];

export async function generateForm(seed) {
  const { below, pick } = random(seed);
  const boundary = pick(['b', '----WebKitFormBoundaryAbC123', 'x'.repeat(70), "a'()+_,-./:=?b"]);
  const blocks = [];
  if (below(4) === 0) blocks.push(Buffer.from('a preamble nobody reads\r\n'));
  for (let n = below(6); n >= 0; n--) {
    const file = below(2) === 0;
    let head = `--${boundary}\r\nContent-Disposition: form-data; name="${pick(names)}"`;
    if (file) head += `; filename="${pick(['f.txt', 'ü.bin', 'no ext', 'a\\"b.png'])}"`;
    head += `\r\n${file ? `Content-Type: ${pick(types)}\r\n` : ''}\r\n`;
    blocks.push(Buffer.from(head), file ? bytesOf(below, pick([0, 1, 100, 65536, 200_000])) : Buffer.from(pick(values)), Buffer.from('\r\n'));
  }
  blocks.push(Buffer.from(`--${boundary}--${pick(['', '\r\n', '\r\nan epilogue'])}`));
  const body = Buffer.concat(blocks);
  const type = `multipart/form-data; boundary="${boundary}"`;
  const pieces = function* (bytes) {
    for (let at = 0, size; at < bytes.length; at += size) {
      size = pick([1, 2, 3, 7, boundary.length, 1000, 30_000, 65_536]);
      yield bytes.subarray(at, at + size);
    }
  };
  return { type, body, pieces, expected: await direct(type, body) };
}

function bytesOf(below, size) {
  const out = Buffer.alloc(size);
  for (let i = 0; i < size; i++) out[i] = below(40) === 0 ? 13 : below(40) === 0 ? 10 : below(10) === 0 ? 45 : below(256);
  return out;
}

async function direct(type, body) {
  const parts = [];
  const form = Busboy({ headers: { 'content-type': type } });
  form.on('field', (name, value, info) => parts.push({ name, value, mime: info.mimeType }));
  form.on('file', (name, file, info) => {
    const part = { name, file: info.filename, mime: info.mimeType, bytes: 0 };
    parts.push(part);
    const hash = createHash('sha256');
    file.on('data', (piece) => { hash.update(piece); part.bytes += piece.length; });
    file.on('end', () => { part.sha256 = hash.digest('hex'); });
  });
  Readable.from([body]).pipe(form);
  await once(form, 'close');
  return parts;
}
