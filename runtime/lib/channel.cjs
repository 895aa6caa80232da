'use strict';
// The one socket to the server. Reads into one fixed buffer; gathers what a turn of the event loop sends and writes it once, when
// the turn ends (setImmediate runs after all promise reactions of the reads before it).

const net = require('node:net');
const { FrameReader, FrameWriter, ToServer } = require('./frames.cjs');

const kReadBytes = 256 * 1024;
const setImmediateOurs = setImmediate;  // users' code may replace the global

class Channel {
  #socket;
  #writer = new FrameWriter();
  #scheduled = false;
  #turnEnd = [];
  #flush = () => this.flush();

  // onFrame(type, flags, id, buffer, start, end); onClose(error) when the server has gone or a frame was bad.
  constructor(fd, onFrame, onClose) {
    const reader = new FrameReader(onFrame);
    const buffer = Buffer.allocUnsafeSlow(kReadBytes);
    const read = (size) => {
      try {
        reader.push(buffer, size);
      } catch (error) {
        onClose(error);  // a bad frame: the script's own errors never come this way
        return false;
      }
      return true;
    };
    this.#socket = new net.Socket({ fd, readable: true, writable: true, onread: { buffer, callback: read } });
    this.#socket.on('error', onClose);
    this.#socket.on('close', () => onClose(null));
    this.#socket.on('end', () => onClose(null));
  }

  // Bytes that the server has not taken yet.
  get backlogBytes() {
    return this.#writer.bytes + this.#socket.writableLength;
  }

  text(type, id, text, flags = 0) {
    this.#writer.text(type, flags, id, text);
    this.#schedule();
  }

  bytes(type, id, bytes, flags = 0) {
    this.#writer.raw(type, flags, id, bytes);
    this.#schedule();
  }

  empty(type, id) {
    this.#writer.empty(type, id);
    this.#schedule();
  }

  answer(id, head, body) {
    this.#writer.answer(id, head, body);
    this.#schedule();
  }

  callBytes(id, text, bytes) {
    this.#writer.joined(ToServer.callBytes, id, text, bytes);
    this.#schedule();
  }

  credit(id, bytes) {
    this.#writer.credit(id, bytes);
    this.#schedule();
  }

  // Calls task.onTurnEnd() before this turn's frames are written.
  atTurnEnd(task) {
    this.#turnEnd.push(task);
    this.#schedule();
  }

  flush(done) {
    this.#scheduled = false;
    if (this.#turnEnd.length > 0) {
      const tasks = this.#turnEnd;
      this.#turnEnd = [];
      for (const task of tasks) task.onTurnEnd();
      this.#scheduled = false;
    }
    const parts = this.#writer.take();
    if (parts.length === 0) {
      if (done) done();
      return;
    }
    const socket = this.#socket;
    if (parts.length === 1) {
      socket.write(parts[0], done);
    } else {
      socket.cork();
      for (let i = 0; i < parts.length; ++i) socket.write(parts[i], i + 1 === parts.length ? done : undefined);
      socket.uncork();
    }
    this.#writer.release(socket.writableLength === 0);
  }

  // Writes what there is, then ends the process.
  exit(code) {
    const end = () => process.reallyExit(code);
    this.flush(end);
  }

  #schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediateOurs(this.#flush);
  }
}

module.exports = { Channel };
