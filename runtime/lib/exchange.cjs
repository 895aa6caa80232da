'use strict';
// One invocation from `invoke` to `settled`: which functions still run, what became of the answer, and the frames that say so.
// Everything that belongs to a request hangs here; req and res are views that the script sees.

const { ToServer } = require('./frames.cjs');
const { Output } = require('./output.cjs');
const { codingFor, compressed, encodedHeaders, kIdentity, kSyncBytesMax, kTextBytesMin } = require('./encoding.cjs');
const { fatalText } = require('./stacks.cjs');

const kFatalBody = '{"text":"Unhandled Codehook exception, check logs","fatal":true}';
const kJsonType = 'application/json; charset=utf-8';
const kAbandonMs = 10_000;
const setTimeoutOurs = setTimeout;

const heads = new Map();  // `status type` → head JSON, for answers without other headers

class Exchange {
  id;
  worker;
  context;         // of log lines: routehooks, authhooks, startup
  windowBytes;
  req = null;
  res = null;
  body = null;     // IncomingBody, when there is a request body
  output = null;   // Output, once the answer is more than one frame
  askHook = false;  // an auth hook decides
  acceptEncoding;  // as received
  depth = 0;       // calls of workers that led here
  bodyless = false;  // HEAD: the answer's body stays here
  fileStep = -1;   // which function of the chain is the library's for app.static and app.storage
  servesFiles = false;  // that one runs
  file = null;     // FileAnswer: the file it was asked for
  running = 0;     // functions that have not returned or settled
  answering = true;  // still waiting for an answer; false also for kinds that have none
  started = false; // the head is decided
  ended = false;   // the script ended the answer
  aborted = false;
  settled = false;
  onReturned = () => this.returned();
  onThrown = (error) => {
    this.thrown(error);
    this.returned();
  };

  constructor(worker, id, context) {
    this.worker = worker;
    this.id = id;
    this.context = context;
    this.windowBytes = worker.limits.bodyWindowBytes;
  }

  // Runs one function of a chain; the promise of an asynchronous one is returned, and never rejects.
  call(func, next) {
    ++this.running;
    let result;
    try {
      result = func(this.req, this.res, next);
    } catch (error) {
      this.onThrown(error);
      return undefined;
    }
    if (result !== null && typeof result === 'object' && typeof result.then === 'function') {
      return result.then(this.onReturned, this.onThrown);
    }
    this.returned();
    return undefined;
  }

  returned() {
    if (--this.running === 0 && !this.answering) this.settle();
  }

  // A function threw or its promise was rejected (spec 10.9).
  thrown(error) {
    this.worker.log(this, 'error', ` ${fatalText(error)}`);
    this.fail();
  }

  fail() {
    if (this.ended || !this.answering) return;
    if (this.started) return this.breakOff();
    this.refuse(500, kFatalBody);
  }

  // An answer of ours instead of the script's.
  refuse(status, body, type = kJsonType) {
    this.whole(status, null, type, body);
  }

  // The whole answer at once. `headers` is a Map of the script's headers, or null; `body` text or bytes.
  whole(status, headers, type, body) {
    if (this.ended) return;
    this.ended = true;
    if (this.aborted) return;
    this.started = true;
    const coding = body.length > kTextBytesMin ? codingFor(this.acceptEncoding, status, headers, type) : undefined;
    if (coding !== undefined) {
      headers = withType(headers, type);
      if (this.#encode(status, headers, coding, body)) return;
      headers = encodedHeaders(headers, kIdentity);
    }
    const unsent = this.bodyless || status === 204 || status === 304;
    const head = unsent ? headOf(status, headers, type, this.bodyless ? body : null) : plainHead(status, headers, type);
    this.#sendWhole(head, unsent ? '' : body);
  }

  // Sends the whole answer in another coding; false when this client gets it as it is.
  #encode(status, headers, coding, body) {
    if (coding === kIdentity) return false;
    const head = headOf(status, encodedHeaders(headers, coding), null, null);
    if (this.bodyless) {
      this.#sendWhole(head, '');
      return true;
    }
    const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
    if (bytes.length <= kSyncBytesMax) {
      this.#sendWhole(head, compressed(coding, bytes));
      return true;
    }
    this.output = new Output(this, () => head, { coding });
    this.output.end(bytes);
    return true;
  }

  #sendWhole(head, body) {
    if (fits(head, body, this.windowBytes)) {
      this.worker.channel.answer(this.id, head, body);
      this.answered();
      return;
    }
    this.output = new Output(this, () => head);
    this.output.end(typeof body === 'string' ? Buffer.from(body, 'utf8') : body);
  }

  // The head of an answer whose body follows in pieces.
  begin(status, headers, type) {
    this.started = true;
    if (this.file !== null) ({ status, headers } = this.file.head(status, headers));
    const bodyless = this.bodyless || status === 204 || status === 304;
    const coding = codingFor(this.acceptEncoding, status, headers, type);
    const head = (used) => {
      const sent = coding === undefined ? headers : encodedHeaders(withType(headers, type), used ?? kIdentity);
      return headOf(status, sent, type, null);
    };
    this.output = new Output(this, head, { bodyless, coding: bodyless || coding === kIdentity ? undefined : coding });
    if (this.aborted) this.output.drop();
    return this.output;
  }

  // The answer is with the server, all of it.
  answered() {
    this.answering = false;
    if (this.res !== null) this.res.emitClosed('finish');
    if (this.running === 0) this.settle();
  }

  // The answer cannot be completed: the server sees `settled` without its end, and closes the connection.
  breakOff() {
    this.ended = true;
    this.answering = false;
    if (this.output !== null) this.output.drop();
    if (this.res !== null) this.res.emitClosed('close');
    if (this.running === 0) this.settle();
  }

  noHook() {
    this.ended = true;
    this.answering = false;
    this.worker.channel.empty(ToServer.noHook, this.id);
    this.settle();
  }

  abort() {
    if (this.aborted || this.settled) return;
    this.aborted = true;
    this.answering = false;
    this.ended = true;
    if (this.output !== null) this.output.drop();
    if (this.body !== null) this.body.abort();
    if (this.res !== null) this.res.emitClosed('close');
    if (this.running === 0) return this.settle();
    // What still waits now will most likely wait for ever, for example for the rest of the request body.
    setTimeoutOurs(() => this.settle(), kAbandonMs).unref();
  }

  settle() {
    if (this.settled) return;
    this.settled = true;
    this.worker.channel.empty(ToServer.settled, this.id);
    if (this.body !== null) this.body.close();
    this.worker.forget(this);
  }
}

function withType(headers, type) {
  return headers?.has('content-type') ? headers : new Map(headers).set('content-type', type);
}

function fits(head, body, windowBytes) {
  const room = windowBytes - 3 * head.length;
  if (typeof body !== 'string') return body.length <= room;
  return 3 * body.length <= room || (body.length <= room && Buffer.byteLength(body) <= room);
}

function plainHead(status, headers, type) {
  if (headers !== null) return headOf(status, headers, type, null);
  const key = `${status} ${type}`;
  let head = heads.get(key);
  if (head === undefined) {
    head = headOf(status, null, type, null);
    if (heads.size < 64) heads.set(key, head);
  }
  return head;
}

// The JSON of a head frame. `type` is the default content type; `measured` is a body that is not sent but whose length is told.
function headOf(status, headers, type, measured) {
  const list = [];
  if (headers !== null) {
    for (const [name, value] of headers) {
      if (Array.isArray(value)) for (const one of value) list.push([name, one]);
      else list.push([name, value]);
    }
  }
  if (type !== null && (headers === null || !headers.has('content-type'))) list.push(['content-type', type]);
  if (measured !== null && (headers === null || !headers.has('content-length'))) {
    list.push(['content-length', String(Buffer.byteLength(measured))]);
  }
  return JSON.stringify({ status, headers: list });
}

module.exports = { Exchange, kJsonType };
