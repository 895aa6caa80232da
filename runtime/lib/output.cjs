'use strict';
// A response body that goes out in pieces, within the credit that the server gives. Frames are made when the turn ends, so a body
// that is written and ended in one turn is still one `answer`.

const { Flag, ToServer } = require('./frames.cjs');

const kQueueBytesMax = 1024 * 1024;  // above this, sources pause (spec 20.4)
const kPieceBytesMax = 64 * 1024;

class Output {
  #exchange;
  #head;  // JSON text, null once sent
  #queue = [];
  #queuedBytes = 0;
  #windowBytes;
  #bodyless;
  #ending = false;
  #waiting = [];   // called when there is room again
  #planned = false;
  #dropped = false;

  constructor(exchange, head, bodyless = false) {
    this.#exchange = exchange;
    this.#head = head;
    this.#bodyless = bodyless;
    this.#windowBytes = exchange.windowBytes;
  }

  get hasRoom() {
    return this.#queuedBytes < kQueueBytesMax;
  }

  write(bytes) {
    if (this.#dropped || this.#ending) return;
    if (!this.#bodyless && bytes.length > 0) {
      this.#queue.push(bytes);
      this.#queuedBytes += bytes.length;
    }
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
    this.#wake();
  }

  onTurnEnd() {
    this.#planned = false;
    if (!this.#dropped) this.#exchange.worker.within(this.#exchange, () => this.#pump());
  }

  #pump() {
    const { channel } = this.#exchange.worker;
    const { id } = this.#exchange;
    if (this.#head !== null) {
      if (this.#ending && this.#queuedBytes + 3 * this.#head.length <= this.#windowBytes) return this.#sendWhole(channel, id);
      channel.text(ToServer.head, id, this.#head);
      this.#head = null;
    }
    while (this.#queue.length > 0 && this.#windowBytes > 0) this.#sendPiece(channel, id);
    if (this.#dropped) return;
    if (this.#queue.length === 0 && this.#ending) this.#finish(channel, id);
    else if (this.hasRoom) this.#wake();
  }

  #sendWhole(channel, id) {
    channel.answer(id, this.#head, this.#queue.length === 1 ? this.#queue[0] : Buffer.concat(this.#queue));
    this.#done();
  }

  #sendPiece(channel, id) {
    const first = this.#queue[0];
    const size = Math.min(first.length, this.#windowBytes, kPieceBytesMax);
    const last = this.#ending && this.#queue.length === 1 && size === first.length;
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
