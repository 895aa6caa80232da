'use strict';
// Calls to the server: numbering, the table of those in flight, and how their errors become JavaScript errors (spec 40.12).

const { ToServer, kFrameBytesMax } = require('./frames.cjs');

const kInFlightMax = 1000;

// Errors that the server or this runtime made for a call: own enumerable message, code, status.
class CallError extends Error {
  constructor(fields) {
    super();
    Object.defineProperty(this, 'name', { value: 'Error', configurable: true, writable: true });
    Object.defineProperty(this, 'message', { value: String(fields.message), enumerable: true, configurable: true, writable: true });
    for (const key of Object.keys(fields)) if (key !== 'message') this[key] = fields[key];
  }
}

function notFound() {
  return new CallError({ message: '5 NOT_FOUND: Not found', code: 5, status: 404 });
}

function invalidArgument(detail) {
  return new CallError({ message: `3 INVALID_ARGUMENT: ${detail}`, code: 3, status: 400 });
}

function unavailable(what) {
  return new CallError({ message: `12 UNIMPLEMENTED: ${what} is not available in this version of the server`, code: 12, status: 501 });
}

class PendingCall {
  constructor(resolve, reject) {
    this.resolve = resolve;
    this.reject = reject;
  }
}

class Calls {
  #channel;
  #currentInvocation;
  #pending = new Map();
  #lastId = 0;
  #prefix = '';    // "prod/" while work for another space of the project is started
  #overflow = [];  // {id, text, bytes}: calls beyond kInFlightMax wait here

  constructor(channel, currentInvocation) {
    this.#channel = channel;
    this.#currentInvocation = currentInvocation;
  }

  get inFlight() {
    return this.#pending.size;
  }

  // The space that calls go to now: '' for the script's own.
  get space() {
    return this.#prefix.slice(0, -1);
  }

  // Runs `work`; the calls that it makes before it returns go to that space of the project.
  inSpace(space, work) {
    const before = this.#prefix;
    this.#prefix = space === '' ? '' : `${space}/`;
    try {
      return work();
    } finally {
      this.#prefix = before;
    }
  }

  // The promise of the call's result. Arguments are JSON values.
  call(operation, ...args) {
    return this.send(operation, JSON.stringify(args).slice(1));
  }

  // The same with bytes beside the arguments; they must not change before the result comes.
  callBytes(operation, bytes, ...args) {
    return this.send(operation, JSON.stringify(args).slice(1), bytes);
  }

  // The same with the arguments as JSON text that ends in "]".
  send(operation, argumentsText, bytes) {
    const text = `[${this.#currentInvocation()},"${this.#prefix}${operation}"${argumentsText === ']' ? '' : ','}${argumentsText}`;
    if (text.length > kFrameBytesMax / 4 && Buffer.byteLength(text) > kFrameBytesMax) {
      return Promise.reject(invalidArgument(`${operation} was given ${Buffer.byteLength(text)} bytes, at most ${kFrameBytesMax} are allowed`));
    }
    return new Promise((resolve, reject) => {
      const id = this.#nextId();
      this.#pending.set(id, new PendingCall(resolve, reject));
      if (this.#pending.size > kInFlightMax) this.#overflow.push({ id, text, bytes });
      else this.#write(id, text, bytes);
    });
  }

  // A call whose result nobody wants.
  forget(operation, ...args) {
    this.call(operation, ...args).catch(() => {});
  }

  #write(id, text, bytes) {
    if (bytes === undefined) this.#channel.text(ToServer.call, id, text);
    else this.#channel.callBytes(id, text, bytes);
  }

  // The result of call `id` came: JSON text, or bytes. False when there is no such call.
  result(id, failed, value) {
    const call = this.#pending.get(id);
    if (call === undefined) return false;
    this.#pending.delete(id);
    if (this.#overflow.length > 0) {
      const next = this.#overflow.shift();
      this.#write(next.id, next.text, next.bytes);
    }
    if (failed) call.reject(new CallError(JSON.parse(value)));
    else call.resolve(typeof value === 'string' ? JSON.parse(value) : value);
    return true;
  }

  #nextId() {
    do {
      this.#lastId = this.#lastId === 0xffffffff ? 1 : this.#lastId + 1;
    } while (this.#pending.has(this.#lastId) && this.#lastId !== 0);
    return this.#lastId;
  }
}

module.exports = { Calls, CallError, notFound, invalidArgument, unavailable };
