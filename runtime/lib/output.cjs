'use strict';
// A response body that goes out in pieces, within the credit that the server gives. Frames are made when the turn ends, so a body
// that is written and ended in one turn is still one `answer`.

const { Encoder, compressed, kSyncBytesMax, kTextBytesMin } = require('./encoding.cjs');
const { Flag, ToServer } = require('./frames.cjs');

const kQueueBytesMax = 1024 * 1024;  // above this, sources pause (spec 20.4)
const kPieceBytesMax = 64 * 1024;

class Output {
  #exchange;
  #headOf;  // makes the head's JSON text for a coding (undefined: as it is); null once sent
  #coding;  // 'gzip', 'br', undefined
  #encoder = null;
  #queue = [];
  #queuedBytes = 0;
  #windowBytes;
  #bodyless;
  #ending = false;
  #waiting = [];   // called when there is room again
  #planned = false;
  #dropped = false;

  constructor(exchange, headOf, { bodyless = false, coding } = {}) {
    this.#exchange = exchange;
    this.#headOf = headOf;
    this.#bodyless = bodyless;
    this.#coding = coding;
    this.#windowBytes = exchange.windowBytes;
  }

  get hasRoom() {
    return this.#queuedBytes + (this.#encoder === null ? 0 : this.#encoder.pendingBytes) < kQueueBytesMax;
  }

  write(bytes) {
    if (this.#dropped || this.#ending) return;
    if (!this.#bodyless && bytes.length > 0) {
      if (this.#encoder === null) this.#enqueue(bytes);
      else this.#encoder.write(bytes);
    }
    this.#plan();
  }

  #enqueue(bytes) {
    if (this.#dropped) return;
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    this.#plan();
  }

  end(bytes) {
    if (bytes !== undefined) this.write(bytes);
    this.#ending = true;
    this.#plan();
  }

  // Calls back when more may be queued, at once if it may now. Also after an abort, so that nobody waits for ever.
  whenRoom(callback) {
    if (this.hasRoom || this.#dropped) callback();
    else this.#waiting.push(callback);
  }

  credit(bytes) {
    this.#windowBytes += bytes;
    this.#plan();
  }

  drop() {
    this.#dropped = true;
    this.#queue = [];
    this.#queuedBytes = 0;
    if (this.#encoder !== null) this.#encoder.destroy();
    this.#wake();
  }

  onTurnEnd() {
    this.#planned = false;
    if (!this.#dropped) this.#exchange.worker.within(this.#exchange, () => this.#pump());
  }

  #pump() {
    const { channel } = this.#exchange.worker;
    const { id } = this.#exchange;
    if (this.#headOf !== null && this.#sendHead(channel, id)) return;
    if (this.#ending && this.#encoder !== null) this.#encoder.end();
    while (this.#queue.length > 0 && this.#windowBytes > 0) this.#sendPiece(channel, id);
    if (this.#dropped) return;
    if (this.#queue.length === 0 && this.#complete) this.#finish(channel, id);
    else if (this.hasRoom) this.#wake();
  }

  // Nothing comes to the queue any more.
  get #complete() {
    return this.#ending && (this.#encoder === null || this.#encoder.ended);
  }

  // The head, or with true the whole answer: what is short enough when the first turn ends needs no pieces.
  #sendHead(channel, id) {
    if (this.#ending && this.#queuedBytes <= kTextBytesMin) this.#coding = undefined;
    if (this.#coding !== undefined && this.#ending && this.#queuedBytes <= kSyncBytesMax) {
      const bytes = compressed(this.#coding, Buffer.concat(this.#queue));
      this.#queue = [bytes];
      this.#queuedBytes = bytes.length;
    } else if (this.#coding !== undefined) {
      this.#startEncoder();
    }
    const head = this.#headOf(this.#coding);
    this.#headOf = null;
    if (this.#complete && this.#queuedBytes + 3 * head.length <= this.#windowBytes) {
      this.#sendWhole(channel, id, head);
      return true;
    }
    channel.text(ToServer.head, id, head);
    return false;
  }

  #startEncoder() {
    this.#encoder = new Encoder(this.#coding, (bytes) => this.#enqueue(bytes), () => this.#plan());
    for (const bytes of this.#queue) this.#encoder.write(bytes);
    this.#queue = [];
    this.#queuedBytes = 0;
  }

  #sendWhole(channel, id, head) {
    channel.answer(id, head, this.#queue.length === 1 ? this.#queue[0] : Buffer.concat(this.#queue));
    this.#done();
  }

  #sendPiece(channel, id) {
    const first = this.#queue[0];
    const size = Math.min(first.length, this.#windowBytes, kPieceBytesMax);
    const last = this.#complete && this.#queue.length === 1 && size === first.length;
    if (last) return this.#finish(channel, id);
    channel.bytes(ToServer.body, id, size === first.length ? first : first.subarray(0, size));
    if (size === first.length) this.#queue.shift();
    else this.#queue[0] = first.subarray(size);
    this.#windowBytes -= size;
    this.#queuedBytes -= size;
  }

  #finish(channel, id) {
    channel.bytes(ToServer.body, id, this.#queue.length === 0 ? Buffer.alloc(0) : this.#queue[0], Flag.end);
    this.#done();
  }

  #done() {
    this.drop();
    this.#exchange.answered();
  }

  #plan() {
    if (this.#planned || this.#dropped) return;
    this.#planned = true;
    this.#exchange.worker.channel.atTurnEnd(this);
  }

  #wake() {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const callback of waiting) callback();
  }
}

module.exports = { Output };
