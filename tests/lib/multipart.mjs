// Multipart bodies from a seed, cut at odd places, and what Busboy itself makes of them.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
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

export function generateForm(seed) {
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
  return { type, body, pieces };
}

function bytesOf(below, size) {
  const out = Buffer.alloc(size);
  for (let i = 0; i < size; i++) out[i] = below(40) === 0 ? 13 : below(40) === 0 ? 10 : below(10) === 0 ? 45 : below(256);
  return out;
}

// Busboy alone, as the app below uses it. The same text runs in the app and here, so that they can differ only in what reached them. Of a form
// that is broken off, bytes of files are not compared: how much of a piece is handed on before the error is Busboy's own affair.
export const readForm = `(Busboy, createHash, source, headers) => new Promise((done) => {
  const parts = [];
  let form;
  try { form = Busboy({ headers }); } catch (thrown) { source.resume(); done({ error: thrown.message }); return; }
  form.on('field', (name, value, info) => parts.push({ name, value, mime: info.mimeType }));
  form.on('file', (name, file, info) => {
    const part = { name, file: info.filename, mime: info.mimeType, bytes: 0 };
    parts.push(part);
    const hash = createHash('sha256');
    file.on('data', (piece) => { hash.update(piece); part.bytes += piece.length; });
    file.on('end', () => { part.sha256 = hash.digest('hex'); });
    file.on('error', () => {});
  });
  form.on('error', (thrown) => {
    source.unpipe(form);
    source.resume();
    done({ error: thrown.message, parts: parts.map(({ bytes, sha256, ...part }) => part) });
  });
  form.on('close', () => done({ parts }));
  source.pipe(form);
})`;
const read = (0, eval)(readForm);

export const direct = (type, body) => read(Busboy, createHash, Readable.from([body]), { 'content-type': type });

// A valid form hurt as a fuzzer would: bytes flipped, pieces cut out, doubled or swapped for delimiters, the end cut off.
export function hurt({ type, body }, seed) {
  const { below, pick } = random(seed ^ 0x5eed);
  let bytes = Buffer.from(body);
  for (let n = below(4); n >= 0; n--) {
    const at = below(bytes.length + 1), end = Math.min(bytes.length, at + below(200));
    bytes = pick([
      () => { if (at < bytes.length) bytes[at] ^= 1 << below(8); return bytes; },
      () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]),
      () => Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]),
      () => Buffer.concat([bytes.subarray(0, at), Buffer.from(pick(['\r\n', '--', '\r\n\r\n', '\0', '"', ';', '\r'])), bytes.subarray(at)]),
      () => bytes.subarray(0, at),
    ])();
  }
  return { type: below(10) === 0 ? pick(['multipart/form-data', 'multipart/form-data; boundary=', 'multipart/mixed; boundary=b', type.slice(0, -1)]) : type, body: bytes };
}
