'use strict';
// Frames of src/wire/PROTOCOL.md, version 1: the reader and the writer. Pure bytes; a bad frame throws ProtocolError.

const kHeaderBytes = 12;
const kFrameBytesMax = 16 * 1024 * 1024;
const kChunkBytes = 128 * 1024;

const Flag = Object.freeze({ end: 1, error: 2 });

const FromServer = Object.freeze({
  hello: 1, bundle: 2, invoke: 3, body: 4, credit: 5, result: 6, abort: 7, drain: 8, ping: 9, bytes: 10,
});

const ToServer = Object.freeze({
  ready: 65, loadFailed: 66, head: 67, body: 68, answer: 69, credit: 70, call: 71, settled: 72, noHook: 73, log: 74, pong: 75, callBytes: 76,
});

class ProtocolError extends Error {
  constructor(message) {
    super(message);
    this.name = 'ProtocolError';
  }
}

// Cuts a byte stream into frames. Payloads are handed out in place, as (buffer, start, end): they are valid only during the
// call. A frame that is split over reads is gathered once, into a buffer of its own size.
class FrameReader {
  #onFrame;
  #header = Buffer.alloc(kHeaderBytes);
  #headerFill = 0;
  #payload = null;
  #payloadFill = 0;

  constructor(onFrame) {
    this.#onFrame = onFrame;
  }

  push(chunk, size) {
    let at = 0;
    if (this.#headerFill > 0) at = this.#resume(chunk, size);
    while (size - at >= kHeaderBytes) {
      const length = FrameReader.#check(chunk, at);
      const start = at + kHeaderBytes;
      if (length > size - start) break;
      at = start + length;
      this.#onFrame(chunk[start - 8], chunk[start - 7], readId(chunk, start - 4), chunk, start, at);
    }
    if (at < size) this.#hold(chunk, at, size);
  }

  // Goes on with the frame that the last chunk began; returns where the next one starts.
  #resume(chunk, size) {
    let at = 0;
    if (this.#headerFill < kHeaderBytes) {
      at = chunk.copy(this.#header, this.#headerFill, 0, Math.min(size, kHeaderBytes - this.#headerFill));
      this.#headerFill += at;
      if (this.#headerFill < kHeaderBytes) return at;
      this.#payload = Buffer.allocUnsafe(FrameReader.#check(this.#header, 0));
      this.#payloadFill = 0;
    }
    const copied = chunk.copy(this.#payload, this.#payloadFill, at, Math.min(size, at + this.#payload.length - this.#payloadFill));
    this.#payloadFill += copied;
    at += copied;
    if (this.#payloadFill === this.#payload.length) {
      const payload = this.#payload;
      this.#payload = null;
      this.#headerFill = 0;
      this.#onFrame(this.#header[4], this.#header[5], readId(this.#header, 8), payload, 0, payload.length);
    }
    return at;
  }

  #hold(chunk, at, size) {
    const header = Math.min(kHeaderBytes, size - at);
    chunk.copy(this.#header, 0, at, at + header);
    this.#headerFill = header;
    if (header < kHeaderBytes) return;
    this.#payload = Buffer.allocUnsafe(FrameReader.#check(this.#header, 0));
    this.#payloadFill = chunk.copy(this.#payload, 0, at + kHeaderBytes, size);
  }

  // The payload length of the header at `at`; refuses what version 1 does not know.
  static #check(bytes, at) {
    const length = readId(bytes, at);
    const type = bytes[at + 4];
    if (length > kFrameBytesMax) throw new ProtocolError(`frame of ${length} bytes, at most ${kFrameBytesMax} are allowed`);
    if (type < FromServer.hello || type > FromServer.bytes) throw new ProtocolError(`unknown frame type ${type}`);
    if (bytes[at + 5] > 3 || bytes[at + 6] !== 0 || bytes[at + 7] !== 0) throw new ProtocolError('reserved bits are set in a frame header');
    return length;
  }
}

function readId(bytes, at) {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}

function writeUint32(bytes, at, value) {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

// Gathers outgoing frames in one block of memory, which is used again from its start when the socket took all at once.
class FrameWriter {
  #block = Buffer.allocUnsafeSlow(kChunkBytes);
  #start = 0;  // before it: parts of earlier writes
  #fill = 0;
  #full = [];
  bytes = 0;  // waiting to be taken

  text(type, flags, id, text) {
    const room = 3 * text.length;
    if (room > kChunkBytes - kHeaderBytes) return this.raw(type, flags, id, Buffer.from(text, 'utf8'));
    const at = this.#reserve(kHeaderBytes + room);
    const length = room === 0 ? 0 : this.#block.utf8Write(text, at + kHeaderBytes);
    this.#header(at, type, flags, id, length);
    this.#advance(kHeaderBytes + length);
  }

  raw(type, flags, id, bytes) {
    if (bytes.length > kFrameBytesMax) throw new ProtocolError(`a frame of ${bytes.length} bytes cannot be sent, at most ${kFrameBytesMax}`);
    const at = this.#reserve(kHeaderBytes);
    this.#header(at, type, flags, id, bytes.length);
    this.#advance(kHeaderBytes);
    this.#append(bytes);
  }

  // Head and body in one frame; the body is text or bytes. The caller made sure that they fit the window.
  answer(id, head, body) {
    if (typeof body !== 'string' || 3 * (head.length + body.length) > kChunkBytes / 2) return this.joined(ToServer.answer, id, head, body);
    const at = this.#reserve(kHeaderBytes + 4 + 3 * (head.length + body.length));
    const start = at + kHeaderBytes + 4;
    const headLength = this.#block.utf8Write(head, start);
    const bodyLength = body.length === 0 ? 0 : this.#block.utf8Write(body, start + headLength);
    this.#header(at, ToServer.answer, 0, id, 4 + headLength + bodyLength);
    writeUint32(this.#block, at + kHeaderBytes, headLength);
    this.#advance(kHeaderBytes + 4 + headLength + bodyLength);
  }

  // A frame of a length, that much JSON, then the body: an answer or a call with bytes.
  joined(type, id, head, body) {
    const headBytes = Buffer.from(head, 'utf8');
    const bodyBytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
    const at = this.#reserve(kHeaderBytes + 4);
    this.#header(at, type, 0, id, 4 + headBytes.length + bodyBytes.length);
    writeUint32(this.#block, at + kHeaderBytes, headBytes.length);
    this.#advance(kHeaderBytes + 4);
    this.#append(headBytes);
    this.#append(bodyBytes);
  }

  credit(id, bytes) {
    const at = this.#reserve(kHeaderBytes + 4);
    this.#header(at, ToServer.credit, 0, id, 4);
    writeUint32(this.#block, at + kHeaderBytes, bytes);
    this.#advance(kHeaderBytes + 4);
  }

  empty(type, id) {
    this.#header(this.#reserve(kHeaderBytes), type, 0, id, 0);
    this.#advance(kHeaderBytes);
  }

  // All that was gathered, in order; the last part may be memory that is used again after release().
  take() {
    this.#cut();
    const parts = this.#full;
    this.#full = [];
    this.bytes = 0;
    return parts;
  }

  release(taken) {
    if (taken) this.#start = this.#fill = 0;
  }

  #append(bytes) {
    if (bytes.length <= kChunkBytes / 4) {
      const at = this.#reserve(bytes.length);
      this.#block.set(bytes, at);
      this.#advance(bytes.length);
      return;
    }
    this.#cut();
    this.#full.push(bytes);
    this.bytes += bytes.length;
  }

  #reserve(bytes) {
    if (this.#fill + bytes > kChunkBytes) {
      this.#cut();
      this.#block = Buffer.allocUnsafeSlow(kChunkBytes);
      this.#start = this.#fill = 0;
    }
    return this.#fill;
  }

  #cut() {
    if (this.#fill > this.#start) this.#full.push(this.#block.subarray(this.#start, this.#fill));
    this.#start = this.#fill;
  }

  #advance(bytes) {
    this.#fill += bytes;
    this.bytes += bytes;
  }

  #header(at, type, flags, id, length) {
    const block = this.#block;
    writeUint32(block, at, length);
    block[at + 4] = type;
    block[at + 5] = flags;
    block[at + 6] = 0;
    block[at + 7] = 0;
    writeUint32(block, at + 8, id);
  }
}

module.exports = { Flag, FromServer, ToServer, FrameReader, FrameWriter, ProtocolError, kFrameBytesMax, kHeaderBytes, readId };
