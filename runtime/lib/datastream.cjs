'use strict';
// What find, getMany and getAll return (spec 40.4): a stream of documents that fetches a batch when the one before is used up.
// Not thenable. Nothing is asked of the server before somebody consumes.

const { EventEmitter } = require('node:events');

const kStarters = new Set(['data', 'end', 'error']);

class DataStream extends EventEmitter {
  #open;       // () → promise of {items, cursor}
  #calls;
  #space;      // where calls.inSpace() stood when it was made
  #options;
  #map;        // what becomes of an item
  #openText;   // () → promise of bytes as doc.findText answers, or null: a response then gets the documents as they are stored
  #cursor = 0;
  #first = true;
  #cancelled = false;
  #started = false;
  #paused = null;  // {promise, resolve} while paused

  constructor(calls, options, open, { map = null, openText = null } = {}) {
    super();
    this.#calls = calls;
    this.#space = calls.space;
    this.#options = options;
    this.#open = open;
    this.#map = map;
    this.#openText = openText;
  }

  // ---- before the start

  sort(order) {
    return this.#option('sort', order);
  }

  limit(count) {
    return this.#option('limit', count);
  }

  skip(count) {
    return this.#option('offset', count);
  }

  offset(count) {
    return this.#option('offset', count);
  }

  project(fields) {
    return this.#option('fields', fields);
  }

  #option(name, value) {
    if (this.#started) throw new Error(`${name} must be set before the stream is read`);
    this.#options = { ...this.#options, [name]: value };
    return this;
  }

  // ---- ways to read

  on(event, listener) {
    super.on(event, listener);
    if (kStarters.has(event)) this.#startFlowing();
    return this;
  }

  addListener(event, listener) {
    return this.on(event, listener);
  }

  once(event, listener) {
    super.once(event, listener);
    if (kStarters.has(event)) this.#startFlowing();
    return this;
  }

  async toArray() {
    this.#start();
    const all = [];
    for (let batch = await this.#next(); batch !== null; batch = await this.#next()) {
      if (all.length === 0 && this.#cursor === 0) return batch;
      for (const item of batch) all.push(item);
    }
    return all;
  }

  // Each call is awaited before the next (spec 40.4).
  async forEach(visit) {
    this.#start();
    let index = 0;
    for (let batch = await this.#next(); batch !== null; batch = await this.#next()) {
      for (const item of batch) await visit(item, index++);
    }
  }

  async *[Symbol.asyncIterator]() {
    this.#start();
    try {
      for (let batch = await this.#next(); batch !== null; batch = await this.#next()) yield* batch;
    } finally {
      this.cancel();
    }
  }

  json(res) {
    return this.pipe(res);
  }

  // A JSON array into a response or any Writable, at the pace of its reader.
  pipe(target) {
    this.#start();
    const response = typeof target.room === 'function';
    (response ? this.#pipeToResponse(target) : this.#pipeToWritable(target)).catch((error) => this.#failPipe(target, response, error));
    return this;
  }

  // ---- flow

  pause() {
    this.#paused ??= Promise.withResolvers();
    return this;
  }

  resume() {
    const paused = this.#paused;
    this.#paused = null;
    if (paused !== null) paused.resolve();
    if (!this.#started) this.#startFlowing();
    return this;
  }

  cancel() {
    if (this.#cancelled) return this;
    this.#cancelled = true;
    if (this.#cursor !== 0) this.#close(this.#cursor);
    this.#cursor = 0;
    if (this.#paused !== null) this.resume();
    return this;
  }

  end() {
    return this.cancel();
  }

  destroy() {
    return this.cancel();
  }

  // ---- inside

  #start() {
    if (this.#started) throw new Error('The stream is being read already');
    this.#started = true;
  }

  #startFlowing() {
    if (this.#started) return;
    this.#started = true;
    process.nextTick(() => this.#flow());
  }

  async #flow() {
    try {
      for (let batch = await this.#next(); batch !== null; batch = await this.#next()) {
        for (const item of batch) {
          if (this.#paused !== null) await this.#paused.promise;
          if (this.#cancelled) break;
          this.emit('data', item);
        }
      }
      if (this.#paused !== null) await this.#paused.promise;
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.emit('end');
    this.emit('close');
  }

  #fail(error) {
    if (this.listenerCount('error') > 0) this.emit('error', error);
    else throw new Error(error.message, { cause: error });  // fails the request: nobody else would end it
  }

  async #next() {
    const page = await this.#fetch(this.#open, 'cursor.next');
    if (page === null || !this.#proceed(page.cursor ?? 0)) return null;
    return this.#map === null ? page.items : page.items.map(this.#map);
  }

  // What the server answers for the next batch; null after the last.
  async #fetch(open, next) {
    const first = this.#first;
    this.#first = false;
    if (this.#cancelled || (!first && this.#cursor === 0)) return null;
    return this.#calls.inSpace(this.#space, () => (first ? open(this.#options) : this.#calls.call(next, this.#cursor)));
  }

  // False when nobody wants the batch any more that came with this cursor.
  #proceed(cursor) {
    if (this.#cancelled) {
      if (cursor !== 0) this.#close(cursor);
      return false;
    }
    this.#cursor = cursor;
    return true;
  }

  #close(cursor) {
    this.#calls.inSpace(this.#space, () => this.#calls.forget('cursor.close', cursor));
  }

  async #pipeToResponse(res) {
    let piece = await this.#nextText();  // before the head is decided: an error can still be told
    if (!res.headersSent && res.get('content-type') === undefined) res.type('application/json');
    let open = '[\n';
    for (; piece !== null && this.#cursor !== 0; piece = await this.#nextText()) {
      if (piece.length > 0) {
        res.write(Buffer.concat([Buffer.from(open), piece]));
        open = ',\n';
      }
      if (!(await res.room())) return this.cancel();
    }
    piece ??= Buffer.alloc(0);
    if (piece.length === 0 && open === ',\n') open = '';
    return res.end(Buffer.concat([Buffer.from(open), piece, Buffer.from('\n]')]));
  }

  // The next batch as bytes: its items' JSON joined by ",\n".
  async #nextText() {
    if (this.#openText === null) {
      const batch = await this.#next();
      return batch === null ? null : Buffer.from(batch.map((item) => JSON.stringify(item)).join(',\n'));
    }
    const bytes = await this.#fetch(this.#openText, 'cursor.nextText');
    if (bytes === null || !this.#proceed(Number(bytes.readBigUInt64LE(0)))) return null;
    return bytes.subarray(8);
  }

  async #pipeToWritable(target) {
    let separator = '[\n';
    let batch = await this.#next();
    for (; batch !== null; batch = await this.#next()) {
      if (batch.length === 0) continue;
      const more = target.write(separator + batch.map((item) => JSON.stringify(item)).join(',\n'));
      separator = ',\n';
      if (more === false) await drained(target);
      if (target.destroyed) return this.cancel();
    }
    return target.end(separator === '[\n' ? '[\n\n]' : '\n]');
  }

  #failPipe(target, response, error) {
    this.cancel();
    if (!response) target.destroy?.(error);
    else if (!target.headersSent) target.status(500).json({ error: error.message });
    else target.breakOff();
    if (this.listenerCount('error') > 0) this.emit('error', error);
  }
}

function drained(target) {
  return new Promise((resolve) => {
    const done = () => {
      target.removeListener('drain', done);
      target.removeListener('close', done);
      resolve();
    };
    target.on('drain', done);
    target.on('close', done);
  });
}

module.exports = { DataStream };
