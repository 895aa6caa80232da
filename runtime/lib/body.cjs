'use strict';
// The request body. Parsed kinds are gathered under a limit before the first hook runs; others wait, unread beyond the window,
// until the script reads them as a stream (spec 20.3). The kind is decided by the content type.

const { parseQuery } = require('./query.cjs');

const kCreditEveryBytes = 64 * 1024;

const Kind = Object.freeze({ json: 1, form: 2, text: 3, stream: 4 });

function kindOf(contentType) {
  if (typeof contentType !== 'string') return Kind.stream;
  const cut = contentType.indexOf(';');
  const type = (cut < 0 ? contentType : contentType.slice(0, cut)).trim().toLowerCase();
  if (type === 'application/json' || type.endsWith('+json')) return Kind.json;
  if (type === 'application/x-www-form-urlencoded') return Kind.form;
  if (type.startsWith('text/') || type === 'application/xml') return Kind.text;
  return Kind.stream;
}

// Sets req.body and req.rawBody. Throws SyntaxError for bad JSON.
function parseInto(req, kind, text) {
  req.rawBody = text;
  if (text === '') return;
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (kind === Kind.json) req.body = plain.trim() === '' ? {} : JSON.parse(plain);
  else if (kind === Kind.form) req.body = parseQuery(plain);
  else req.body = text;
}

class IncomingBody {
  #exchange;
  #chunks = [];
  #unreadBytes = 0;    // received and not yet given back as credit
  #consumedBytes = 0;  // to be given back with the next credit
  #complete = false;   // all of it was received
  #ended = false;      // and the stream was told
  #aborted = false;
  #stream = null;
  #wanted = false;     // the stream asked for more, and was not told that it is enough
  #gather = null;      // {bytesMax, bytes, done, over} while a parsed kind is gathered

  constructor(exchange) {
    this.#exchange = exchange;
  }

  // Gathers up to bytesMax, then calls done(buffer), or over() as soon as it is more.
  gather(bytesMax, done, over) {
    this.#gather = { bytesMax, bytes: 0, done, over };
  }

  // Bytes in the channel's buffer are copied here. Returns false when the server sent beyond the window.
  receive(buffer, start, end, last) {
    if (this.#complete || this.#aborted) return true;
    if (end > start) {
      const chunk = Buffer.from(buffer.subarray(start, end));
      this.#unreadBytes += chunk.length;
      if (this.#unreadBytes > this.#exchange.windowBytes) return false;
      if (this.#gather !== null) this.#gathered(chunk);
      else this.#chunks.push(chunk);
    }
    if (last) this.#complete = true;
    if (this.#gather !== null) {
      if (last) this.#finishGathering();
    } else if (this.#stream !== null) {
      this.#feed();
    }
    return true;
  }

  // The stream that a script reads: what was parsed is replayed.
  get stream() {
    if (this.#stream === null) {
      const { Readable } = require('node:stream');
      this.#stream = new Readable({ read: () => this.#read() });
      if (this.#aborted) this.#stream.destroy();
    }
    return this.#stream;
  }

  abort() {
    this.#aborted = true;
    this.#chunks = [];
    this.#gather = null;
    const stream = this.#stream;
    if (stream === null || stream.destroyed) return;
    stream.emit('aborted');
    if (stream.listenerCount('error') > 0) stream.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
    else stream.destroy();
  }

  close() {
    this.#aborted = true;
    this.#chunks = [];
    if (this.#stream !== null) this.#stream.destroy();
  }

  #gathered(chunk) {
    const gather = this.#gather;
    this.#chunks.push(chunk);
    gather.bytes += chunk.length;
    this.#consumed(chunk.length);
    if (gather.bytes <= gather.bytesMax) return;
    this.#gather = null;
    this.#chunks = [];
    this.#aborted = true;
    gather.over();
  }

  #finishGathering() {
    const { done } = this.#gather;
    this.#gather = null;
    const whole = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    this.#chunks = whole.length === 0 ? [] : [whole];
    done(whole);
  }

  #read() {
    this.#wanted = true;
    this.#feed();
  }

  // What the stream does not ask for stays here, without credit: a slow reader holds the client back.
  #feed() {
    const stream = this.#stream;
    while (this.#wanted && this.#chunks.length > 0) {
      const chunk = this.#chunks.shift();
      this.#wanted = stream.push(chunk);
      this.#consumed(chunk.length);
    }
    if (this.#chunks.length > 0) return;
    if (this.#complete && !this.#ended) {
      this.#ended = true;
      stream.push(null);
    }
  }

  #consumed(bytes) {
    const back = Math.min(bytes, this.#unreadBytes);
    this.#unreadBytes -= back;
    this.#consumedBytes += back;
    if (this.#complete || this.#consumedBytes === 0) return;
    if (this.#consumedBytes < kCreditEveryBytes && this.#consumedBytes < this.#exchange.windowBytes / 4) return;
    this.#exchange.worker.channel.credit(this.#exchange.id, this.#consumedBytes);
    this.#consumedBytes = 0;
  }
}

module.exports = { Kind, kindOf, parseInto, IncomingBody };
