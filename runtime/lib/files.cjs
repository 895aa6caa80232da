'use strict';
// The global _coho_fs (spec 60.1): files of the space, and with {source: true} those of the deployment, which are read-only.

const { CallError, invalidArgument } = require('./calls.cjs');
const { FileAnswer, isPrivate } = require('./file_answers.cjs');

const kPieceBytes = 256 * 1024;

function missing(path) {
  return Object.assign(new Error(`File not found: ${path.startsWith('/') ? path : `/${path}`}`), { code: 'ENOENT', status: 404 });
}

function makeFiles(calls, currentExchange) {
  // F of src/wire/PROTOCOL.md
  async function open(path, options) {
    checkPath(path);
    try {
      return await calls.call('file.open', path, placeOf(options));
    } catch (error) {
      throw error.status === 404 ? missing(path) : error;
    }
  }

  async function getFileStream(path, options) {
    const exchange = currentExchange();
    const asked = exchange !== undefined && exchange.servesFiles;
    if (asked) exchange.servesFiles = false;  // what comes after is the page for a missing file
    const file = await open(path, options);
    if (asked && options?.source && isPrivate(file.path)) {
      calls.forget('file.close', file.handle);
      throw missing(path);
    }
    if (!asked) return makeStream(calls, exchange, file, rangeOf(file.size, options));
    exchange.file = new FileAnswer(exchange, file);
    return makeStream(calls, exchange, file, exchange.file.range);
  }

  async function readFile(path, options) {
    const file = await open(path, options);
    const pieces = [];
    for await (const piece of makeStream(calls, undefined, file, { start: 0, end: file.size })) pieces.push(piece);
    return Buffer.concat(pieces).toString('utf8');
  }

  async function saveFile(path, data, options) {
    checkPath(path);
    refuseSource(options);
    if (!isWhole(data) && !(data !== null && typeof data === 'object' && (data[Symbol.asyncIterator] || data.on))) {
      throw invalidArgument('a file is made of a stream, a Buffer or text');
    }
    const created = calls.call('file.create');
    const append = async (piece) => calls.callBytes('file.append', piece, await created);
    try {
      await (isWhole(data) ? appendWhole(bytesOf(data), append) : appendStream(data, append));
      const { path: stored, size, contentType, etag } = await calls.call('file.commit', await created, path, options?.contentType ?? null);
      return { path: stored, size, contentType, etag };
    } catch (error) {
      const handle = await created.catch(() => 0);
      if (handle !== 0) calls.forget('file.close', handle);
      throw error;
    }
  }

  async function deleteFile(path, options) {
    checkPath(path);
    refuseSource(options);
    try {
      return await calls.call('file.remove', path);
    } catch (error) {
      throw error.status === 404 ? missing(path) : error;
    }
  }

  async function list(path = '/', options = undefined) {
    checkPath(path);
    return calls.call('file.list', path, placeOf(options));
  }

  return Object.freeze({ getFileStream, readFile, saveFile, deleteFile, list });
}

function placeOf(options) {
  return options?.source === true ? 'source' : null;
}

function checkPath(path) {
  if (typeof path !== 'string') throw invalidArgument(`a file's path is text, not ${path === null ? 'null' : typeof path}`);
}

function refuseSource(options) {
  if (options?.source !== true) return;
  const message = '7 PERMISSION_DENIED: source files are read-only. Fix: leave out {source: true}, or change the project and deploy it';
  throw new CallError({ message, code: 7, status: 403 });
}

// `start` and `end` as in fs.createReadStream: both inclusive.
function rangeOf(size, options) {
  const { start = 0, end = size - 1 } = options ?? {};
  if (!Number.isInteger(start) || start < 0 || !Number.isInteger(end) || end < -1) {
    throw invalidArgument('start and end of a file stream are whole numbers from 0 up');
  }
  return { start, end: Math.min(size, end + 1) };
}

// The bytes from `start` up to `end`. One piece waits while the one before is used; none is fetched while the answer has no room.
function makeStream(calls, exchange, { handle }, { start, end }) {
  const { Readable } = require('node:stream');
  let at = start;
  async function pull(stream) {
    const wanted = Math.min(kPieceBytes, end - at);
    const bytes = await calls.call('file.read', handle, at, wanted);
    if (bytes.length < wanted) throw new Error('the file ended early');
    at += bytes.length;
    stream.push(bytes);
  }
  return new Readable({
    highWaterMark: kPieceBytes,
    read() {
      if (at >= end) return this.push(null);
      const begin = () => pull(this).catch((error) => this.destroy(error));
      const output = exchange?.output;
      return output ? output.whenRoom(begin) : begin();
    },
    destroy(error, done) {
      calls.forget('file.close', handle);
      done(error);
    },
  });
}

function isWhole(data) {
  return typeof data === 'string' || data instanceof Uint8Array || data instanceof ArrayBuffer;
}

async function appendWhole(bytes, append) {
  for (let at = 0; at < bytes.length; at += kPieceBytes) await append(bytes.subarray(at, at + kPieceBytes));
}

// All pieces in one block of memory, one append at a time.
function appendStream(source, append) {
  const { Readable, Writable, promises } = require('node:stream');
  const block = Buffer.allocUnsafeSlow(kPieceBytes);
  let fill = 0;
  const take = async (chunk) => {
    const bytes = bytesOf(chunk);
    for (let at = 0; at < bytes.length;) {
      const copied = bytes.copy(block, fill, at);
      at += copied;
      fill += copied;
      if (fill < kPieceBytes) return;
      await append(block);
      fill = 0;
    }
  };
  const sink = new Writable({
    objectMode: true,
    highWaterMark: 1,
    write: (chunk, encoding, done) => take(chunk).then(() => done(), done),
    final: (done) => (fill === 0 ? done() : append(block.subarray(0, fill)).then(() => done(), done)),
  });
  return promises.pipeline(typeof source.pipe === 'function' && !source[Symbol.asyncIterator] ? new Readable().wrap(source) : source, sink);
}

function bytesOf(piece) {
  if (typeof piece === 'string') return Buffer.from(piece, 'utf8');
  if (piece instanceof Uint8Array) return Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  if (piece instanceof ArrayBuffer) return Buffer.from(piece);
  throw invalidArgument(`a piece of a file is bytes or text, not ${typeof piece}`);
}

module.exports = { makeFiles };
