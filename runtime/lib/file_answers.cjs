'use strict';
// What the library's app.static and app.storage leave out (spec 60.2): ETag, Last-Modified, Range, 304 and HEAD for the file that was
// asked for. files.cjs makes one when the library opens that file; Exchange.begin() lets it write the head.

const { codingFor, encodedHeaders, kIdentity } = require('./encoding.cjs');

// Source files that app.static never serves (spec 60.3): code and settings in the project's root, dot files, packages.
const kPrivate = /^\/([^/]+\.[cm]?[jt]s|(package|tsconfig|config)[^/]*\.json)$|\/\.|\/node_modules(\/|$)/i;

function isPrivate(path) {
  return kPrivate.test(path);
}

class FileAnswer {
  range;  // {start, end} of the bytes that are sent
  #file;
  #acceptEncoding;
  #status = 200;

  constructor(exchange, file) {
    this.#file = file;
    this.#acceptEncoding = exchange.acceptEncoding;
    this.range = { start: 0, end: file.size };
    const { headers } = exchange.req;
    if (exchange.res.statusCode !== 200) return;
    if (this.#isUnchanged(headers)) this.#status = 304;
    else if (!exchange.bodyless && headers.range !== undefined && this.#rangeHolds(headers['if-range'])) this.#take(parseRange(headers.range, file.size));
    if (exchange.bodyless || this.#status === 304 || this.#status === 416) this.range = { start: 0, end: 0 };
  }

  // The head as it is sent, when the script asked for this one. Only the plain answer 200 of the file becomes another.
  head(status, given) {
    if (status !== 200) return { status, headers: given };
    let headers = new Map(given);
    const { size } = this.#file;
    if (!headers.has('etag')) headers.set('etag', this.#file.etag);
    if (!headers.has('last-modified')) headers.set('last-modified', new Date(this.#file.modified).toUTCString());
    headers.set('accept-ranges', 'bytes');
    headers.set('content-length', String(size));
    if (this.#status === 200) return { status, headers };
    const coding = codingFor(this.#acceptEncoding, 200, headers, null);
    if (coding !== undefined) headers = encodedHeaders(headers, kIdentity);  // Vary, as the whole file would have it
    headers.set('content-length', String(this.range.end - this.range.start));
    if (this.#status === 206) headers.set('content-range', `bytes ${this.range.start}-${this.range.end - 1}/${size}`);
    else if (this.#status === 416) headers.set('content-range', `bytes */${size}`);
    if (this.#status !== 206) headers.delete('content-type');
    if (this.#status === 304) headers.delete('content-length');
    return { status: this.#status, headers };
  }

  #take(range) {
    if (range === null) return;
    this.#status = range.start < range.end ? 206 : 416;
    this.range = range;
  }

  get #modifiedSeconds() {
    return Math.floor(this.#file.modified / 1000);
  }

  // Compressed answers have a weak ETag: the comparison is the weak one.
  #isUnchanged(headers) {
    const tags = headers['if-none-match'];
    if (tags !== undefined) return tags.trim() === '*' || (tags.match(/"[^"]*"/g) ?? []).includes(this.#file.etag);
    const since = Date.parse(headers['if-modified-since']);
    return this.#modifiedSeconds * 1000 <= since;
  }

  // If-Range: the strong comparison, or the very date.
  #rangeHolds(condition) {
    if (condition === undefined) return true;
    if (condition.includes('"')) return condition.trim() === this.#file.etag;
    return Date.parse(condition) === this.#modifiedSeconds * 1000;
  }
}

// One range as {start, end}, empty when the file has no such bytes; null for what is answered with the whole file.
function parseRange(text, size) {
  const found = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(text);
  if (found === null || (found[1] === '' && found[2] === '')) return null;
  if (found[1] === '') return { start: Math.max(0, size - Number(found[2])), end: size };
  const [start, last] = [Number(found[1]), found[2] === '' ? Infinity : Number(found[2])];
  if (last < start) return null;
  return start >= size ? { start: 0, end: 0 } : { start, end: Math.min(size, last + 1) };
}

module.exports = { FileAnswer, isPrivate, parseRange };
