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
    const pieces = piecesOf(data);
    let next = pieces.next();  // at once: the stream may fail before there is a handle
    next.catch(() => {});
    let handle = 0;
    try {
      handle = await calls.call('file.create');
      for (let step = await next; !step.done; step = await next) {
        await calls.callBytes('file.append', step.value, handle);
        next = pieces.next();
      }
      const { path: stored, size, contentType, etag } = await calls.call('file.commit', handle, path, options?.contentType ?? null);
      return { path: stored, size, contentType, etag };
    } catch (error) {
      if (handle !== 0) calls.forget('file.close', handle);
      pieces.return().catch(() => {});
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

// An iterator over what saveFile() was given, in pieces; each is valid until the next is asked for.
function piecesOf(data) {
  if (typeof data === 'string' || data instanceof Uint8Array || data instanceof ArrayBuffer) return cut(bytesOf(data));
  if (data !== null && typeof data === 'object') {
    if (typeof data[Symbol.asyncIterator] === 'function') return gathered(data);
    if (typeof data.on === 'function') return gathered(new (require('node:stream').Readable)().wrap(data));
  }
  throw invalidArgument('a file is made of a stream, a Buffer or text');
}

async function* cut(bytes) {
  for (let at = 0; at < bytes.length; at += kPieceBytes) yield bytes.subarray(at, at + kPieceBytes);
}

// All pieces in one block of memory: large uploads leave little for the collector.
async function* gathered(stream) {
  const block = Buffer.allocUnsafeSlow(kPieceBytes);
  let fill = 0;
  for await (const chunk of stream) {
    const bytes = bytesOf(chunk);
    for (let at = 0; at < bytes.length;) {
      const copied = bytes.copy(block, fill, at);
      at += copied;
      fill += copied;
      if (fill < kPieceBytes) continue;
      yield block;
      fill = 0;
    }
  }
  if (fill > 0) yield block.subarray(0, fill);
}

function bytesOf(piece) {
  if (typeof piece === 'string') return Buffer.from(piece, 'utf8');
  if (piece instanceof Uint8Array) return Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  if (piece instanceof ArrayBuffer) return Buffer.from(piece);
  throw invalidArgument(`a piece of a file is bytes or text, not ${typeof piece}`);
}

module.exports = { makeFiles };
