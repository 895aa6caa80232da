'use strict';
// What a script sees as `req` (spec 20.2). Data fields are its own properties, so that printing and res.json(req) show them;
// methods and the raw stream stand on the prototype.

const { parseQuery, parseCookies } = require('./query.cjs');
const { IncomingBody } = require('./body.cjs');

class Request {
  #exchange;

  constructor(exchange, invoke, space) {
    this.#exchange = exchange;
    this.method = invoke.method;
    this.url = invoke.target;
    this.originalUrl = invoke.target;
    this.path = invoke.path;
    this.apiPath = invoke.apiPath === '' ? '/' : invoke.apiPath;
    this.hostname = invoke.hostname;
    this.ip = invoke.ip;
    this.headers = invoke.headers;
    this.query = invoke.query ? parseQuery(invoke.query) : {};
    this.params = {};
    this.cookies = invoke.headers.cookie === undefined ? {} : parseCookies(invoke.headers.cookie);
    this.body = {};
    this.rawBody = '';
    this.datastore = space;
    if (invoke.jwt !== undefined && invoke.jwt !== null) this.jwt = invoke.jwt;
    if (this.query.apikey !== undefined) delete this.query.apikey;  // or crudlify would filter by it
  }

  get connection() {
    return { remoteAddress: this.ip };
  }

  get socket() {
    return { remoteAddress: this.ip };
  }

  get protocol() {
    return String(this.headers['x-forwarded-proto'] ?? 'http').split(',', 1)[0].trim();
  }

  get secure() {
    return this.protocol === 'https';
  }

  get(name) {
    const lower = String(name).toLowerCase();
    if (lower === 'referer' || lower === 'referrer') return this.headers.referer ?? this.headers.referrer;
    return this.headers[lower];
  }

  header(name) {
    return this.get(name);
  }

  pipe(destination, options) {
    return this.#stream.pipe(destination, options);
  }

  read(size) {
    return this.#stream.read(size);
  }

  listenerCount(event) {
    return this.#stream.listenerCount(event);
  }

  get readable() {
    return this.#stream.readable;
  }

  get readableEnded() {
    return this.#stream.readableEnded;
  }

  get destroyed() {
    return this.#stream.destroyed;
  }

  get aborted() {
    return this.#exchange.aborted;
  }

  get _readableState() {
    return this.#stream._readableState;
  }

  [Symbol.asyncIterator]() {
    return this.#stream[Symbol.asyncIterator]();
  }

  get #stream() {
    const exchange = this.#exchange;
    if (exchange.body === null) {
      exchange.body = new IncomingBody(exchange);
      exchange.body.receive(Buffer.alloc(0), 0, 0, true);
      if (exchange.aborted || exchange.settled) exchange.body.close();
    }
    return exchange.body.stream;
  }

  static {
    const chained = ['on', 'once', 'off', 'addListener', 'removeListener', 'removeAllListeners', 'prependListener', 'emit', 'pause',
      'resume', 'unpipe', 'setEncoding', 'destroy'];
    for (const name of chained) {
      const forward = {
        [name](...args) {
          const stream = this.#stream;
          const result = stream[name](...args);
          return result === stream ? this : result;
        },
      };
      Object.defineProperty(this.prototype, name, { value: forward[name], writable: true, configurable: true });
    }
  }
}

module.exports = { Request };
