'use strict';
// What a script sees as `res` (spec 20.4). Setters return res. Whatever is called after the end is ignored.

const { kJsonType } = require('./exchange.cjs');
const { localDocument, localPage } = require('./openapi_page.cjs');
const { DataStream } = require('./datastream.cjs');

const kHtmlType = 'text/html; charset=utf-8';
const kTextType = 'text/plain; charset=utf-8';
const kBytesType = 'application/octet-stream';
const kTypes = {
  html: kHtmlType, htm: kHtmlType, text: kTextType, txt: kTextType, json: kJsonType, xml: 'application/xml', css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8', mjs: 'text/javascript; charset=utf-8', svg: 'image/svg+xml', png: 'image/png', jpg: 'image/jpeg',
  jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp', ico: 'image/x-icon', pdf: 'application/pdf', csv: 'text/csv; charset=utf-8',
  zip: 'application/zip', bin: kBytesType, form: 'application/x-www-form-urlencoded', wasm: 'application/wasm',
};
const kName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const kBadValue = /[\0-\x08\x0a-\x1f\x7f]/;

class Response {
  #exchange;
  #status = 200;
  #headers = null;  // Map: lower-case name → text or array of texts
  #events = null;
  #writable = null;

  constructor(exchange) {
    this.#exchange = exchange;
  }

  // ---- status and headers

  get statusCode() {
    return this.#status;
  }

  set statusCode(code) {
    this.status(code);
  }

  get headersSent() {
    return this.#exchange.started;
  }

  get finished() {
    return this.#exchange.ended;
  }

  get writableEnded() {
    return this.#exchange.ended;
  }

  get req() {
    return this.#exchange.req;
  }

  status(code) {
    if (this.#exchange.started || this.#exchange.ended) return this;
    const status = Number(code);
    if (!Number.isInteger(status) || status < 200 || status > 999) throw new RangeError(`Invalid status code: ${String(code)}`);
    this.#status = status;
    return this;
  }

  set(name, value) {
    if (name !== null && typeof name === 'object') {
      for (const key of Object.keys(name)) this.#put(key, name[key]);
      return this;
    }
    return this.#put(name, value);
  }

  setHeader(name, value) {
    return this.set(name, value);
  }

  header(name, value) {
    return this.set(name, value);
  }

  headers(values) {
    return this.set(values);
  }

  append(name, value) {
    const before = this.get(name);
    return this.#put(name, before === undefined ? value : [before, value].flat());
  }

  get(name) {
    return this.#headers === null ? undefined : this.#headers.get(String(name).toLowerCase());
  }

  getHeader(name) {
    return this.get(name);
  }

  hasHeader(name) {
    return this.get(name) !== undefined;
  }

  getHeaders() {
    return this.#headers === null ? {} : Object.fromEntries(this.#headers);
  }

  removeHeader(name) {
    if (this.#headers !== null && !this.#exchange.started) this.#headers.delete(String(name).toLowerCase());
    return this;
  }

  type(value) {
    const text = String(value);
    return this.#put('content-type', text.includes('/') ? text : (kTypes[text.replace(/^.*\./, '').toLowerCase()] ?? kBytesType));
  }

  contentType(value) {
    return this.type(value);
  }

  location(url) {
    return this.#put('location', String(url).replace(/[^\x21-\x7e]+/g, encodeURIComponent));
  }

  vary(name) {
    return this.append('vary', name);
  }

  cookie(name, value, options) {
    return this.append('set-cookie', cookieText(name, value, options ?? {}));
  }

  clearCookie(name, options) {
    return this.cookie(name, '', { ...options, expires: new Date(1), maxAge: undefined });
  }

  writeHead(status, ...rest) {
    this.status(status);
    const headers = rest.at(-1);
    return headers !== null && typeof headers === 'object' ? this.set(headers) : this;
  }

  // ---- whole answers

  json(value) {
    if (this.#exchange.ended) return this;
    if (value instanceof DataStream) {
      value.pipe(this);
      return this;
    }
    const { openApi } = this.#exchange.worker.manifest;
    return this.#finish(kJsonType, jsonText(openApi === null ? value : localDocument(value, this.req, openApi)));
  }

  send(value) {
    const { openApi } = this.#exchange.worker.manifest;
    if (openApi !== null && typeof value === 'string') value = localPage(value, this.req, openApi);
    return this.#value(value, kHtmlType);
  }

  end(value) {
    if (typeof value === 'function') value = undefined;
    if (value === undefined || value === null) return this.#finish(null, '');
    return this.#value(value, typeof value === 'string' && value.charCodeAt(0) === 0x3c ? kHtmlType : kTextType);
  }

  sendStatus(code) {
    const { STATUS_CODES } = require('node:http');
    return this.status(code).#finish(kTextType, STATUS_CODES[this.#status] ?? String(this.#status));
  }

  redirect(status, url) {
    if (url === undefined) [status, url] = [302, status];
    const target = url === 'back' ? (this.req.get('referer') ?? '/') : url;
    return this.status(status).location(target).#finish(kTextType, `Redirecting to ${this.get('location')}`);
  }

  render(view, context) {
    const exchange = this.#exchange;
    const { app } = exchange.worker.manifest;
    const rendered = (error, html) => {
      if (error) exchange.thrown(error);
      else this.#finish(kHtmlType, String(html));
    };
    if (typeof app?.render !== 'function') throw new Error('res.render needs app.set("view engine", …)');
    const result = app.render(view, context, rendered);
    if (typeof result?.then === 'function') result.then(undefined, rendered);
    return this;
  }

  // ---- answers in pieces

  write(data, type) {
    if (this.#exchange.ended) return this;
    this.#open().write(bytesOf(data, type));
    return this;
  }

  flushHeaders() {
    if (!this.#exchange.ended) this.#open().write(Buffer.alloc(0));
  }

  // A Node Writable whose end is the answer's end.
  get writable() {
    if (this.#writable === null) this.#writable = this.#makeWritable();
    return this.#writable;
  }

  #makeWritable() {
    const { Writable } = require('node:stream');
    const exchange = this.#exchange;
    const writable = new Writable({
      write: (chunk, encoding, done) => {
        if (exchange.ended) return done();
        const output = this.#open();
        output.write(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);
        return output.whenRoom(done);
      },
      final: (done) => {
        this.end();
        done();
      },
    });
    if (exchange.aborted) writable.destroy();
    return writable;
  }

  // For streams of ours: resolves when more may be written; false when nobody listens any more.
  async room() {
    if (this.#exchange.ended) return false;
    const output = this.#open();
    if (!output.hasRoom) await new Promise((resolve) => output.whenRoom(resolve));
    return !this.#exchange.ended;
  }

  // The answer cannot be completed.
  breakOff() {
    this.#exchange.breakOff();
  }

  #open() {
    const exchange = this.#exchange;
    return exchange.output ?? exchange.begin(this.#status, this.#headers, kTextType);
  }

  #value(value, textType) {
    if (this.#exchange.ended) return this;
    if (typeof value === 'string') return this.#finish(textType, value);
    if (value === undefined || value === null) return this.#finish(null, '');
    if (value instanceof Uint8Array) return this.#finish(kBytesType, Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    if (typeof value === 'number' || typeof value === 'bigint') return this.#finish(textType, String(value));
    return this.json(value);
  }

  #finish(type, body) {
    const exchange = this.#exchange;
    if (exchange.ended) return this;
    if (exchange.output === null && exchange.file === null) {
      exchange.whole(this.#status, this.#headers, type, body);
    } else {
      this.#open();
      exchange.ended = true;
      exchange.output.end(body.length === 0 ? undefined : bytesOf(body));
    }
    return this;
  }

  #put(name, value) {
    if (this.#exchange.started || this.#exchange.ended) return this;
    const lower = String(name).toLowerCase();
    if (!kName.test(lower)) throw new TypeError(`Header name must be a valid HTTP token ["${String(name)}"]`);
    if (value === undefined || value === null) return this;
    const texts = Array.isArray(value) ? value.map(String) : String(value);
    for (const text of Array.isArray(texts) ? texts : [texts]) {
      if (kBadValue.test(text)) throw new TypeError(`Invalid character in header content ["${String(name)}"]`);
    }
    (this.#headers ??= new Map()).set(lower, texts);
    return this;
  }

  // ---- events

  on(event, listener) {
    this.#emitter().on(event, listener);
    return this;
  }

  once(event, listener) {
    this.#emitter().once(event, listener);
    return this;
  }

  off(event, listener) {
    this.#emitter().off(event, listener);
    return this;
  }

  addListener(event, listener) {
    return this.on(event, listener);
  }

  removeListener(event, listener) {
    return this.off(event, listener);
  }

  listenerCount(event) {
    return this.#events === null ? 0 : this.#events.listenerCount(event);
  }

  // readable.pipe(res) goes through res.writable, for the sake of its back-pressure.
  emit(event, ...args) {
    if (event === 'pipe') {
      args[0].unpipe(this);
      args[0].pipe(this.writable);
      return true;
    }
    return this.#events === null ? false : this.#events.emit(event, ...args);
  }

  #emitter() {
    if (this.#events === null) {
      const { EventEmitter } = require('node:events');
      this.#events = new EventEmitter();
    }
    return this.#events;
  }

  // Called once: 'finish' when all of the answer is with the server, 'close' alone when it never will be.
  emitClosed(how) {
    if (this.#writable !== null && how === 'close') this.#writable.destroy();
    if (this.#events === null) return;
    const events = this.#events;
    process.nextTick(() => {
      if (how === 'finish') events.emit('finish');
      events.emit('close');
    });
  }
}

// JSON.stringify as spec 20.4 wants it; errors tell their message.
function jsonText(value) {
  const shown = value instanceof Error ? { message: value.message, ...value } : value;
  return JSON.stringify(shown) ?? '';
}

function bytesOf(data, type) {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  if (data instanceof Uint8Array) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer || (type === 'buffer' && Array.isArray(data))) return Buffer.from(data);
  if (data === undefined || data === null) return Buffer.alloc(0);
  return Buffer.from(typeof data === 'object' ? jsonText(data) : String(data), 'utf8');
}

function cookieText(name, value, options) {
  const text = value !== null && typeof value === 'object' ? `j:${JSON.stringify(value)}` : String(value);
  const parts = [`${name}=${encodeURIComponent(text)}`];
  if (options.maxAge !== undefined && options.maxAge !== null) {
    parts.push(`Max-Age=${Math.floor(Number(options.maxAge) / 1000)}`);
    parts.push(`Expires=${new Date(Date.now() + Number(options.maxAge)).toUTCString()}`);
  } else if (options.expires) {
    parts.push(`Expires=${new Date(options.expires).toUTCString()}`);
  }
  if (options.domain) parts.push(`Domain=${options.domain}`);
  parts.push(`Path=${options.path ?? '/'}`);
  if (options.httpOnly) parts.push('HttpOnly');
  if (options.secure) parts.push('Secure');
  if (options.partitioned) parts.push('Partitioned');
  const sameSite = options.sameSite === true ? 'strict' : options.sameSite;
  if (sameSite) parts.push(`SameSite=${String(sameSite)[0].toUpperCase()}${String(sameSite).slice(1).toLowerCase()}`);
  return parts.join('; ');
}

module.exports = { Response };
