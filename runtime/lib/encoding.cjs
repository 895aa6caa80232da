'use strict';
// gzip and brotli of text answers (spec 20.9): more than 1 KiB, accepted by the client, not encoded by the script, never event streams.
// Here and not in the server, so that it takes no time of the server's loop.

const kTextBytesMin = 1024;
const kSyncBytesMax = 64 * 1024;  // larger ones are compressed by Node's thread pool, in pieces
const kGzipLevel = 5;
const kBrotliQuality = 4;
const kBrotliWindowBits = 18;
const kTextType = /^\s*(text\/(?!event-stream)|application\/(json|javascript|xml|x-ndjson|graphql|manifest|wasm)\b|image\/svg|[^;]*\+(json|xml|text)\b)/i;
const kIdentity = 'identity';

// 'br' or 'gzip', whichever the client likes more; 'identity' when neither.
function acceptedCoding(header) {
  if (typeof header !== 'string') return kIdentity;
  const weights = new Map();
  for (const part of header.toLowerCase().split(',')) {
    const [name, ...parameters] = part.split(';');
    const q = parameters.map((one) => /^\s*q\s*=\s*([0-9.]+)\s*$/.exec(one)).find(Boolean);
    weights.set(name.trim(), q === undefined ? 1 : Number(q[1]));
  }
  const weightOf = (name) => weights.get(name) ?? weights.get('*') ?? 0;
  const best = weightOf('br') >= Math.max(weightOf('gzip'), weights.get('x-gzip') ?? 0) ? 'br' : 'gzip';
  return weightOf(best) > 0 && weightOf(best) >= (weights.get(kIdentity) ?? 0) ? best : kIdentity;
}

// The coding of an answer: undefined when it is none that is ever encoded, 'identity' when this client gets it as it is.
function codingFor(acceptEncoding, status, headers, type) {
  if (status < 200 || status === 204 || status === 206 || status === 304) return undefined;
  const contentType = headers?.get('content-type') ?? type;
  if (typeof contentType !== 'string' || !kTextType.test(contentType)) return undefined;
  if (headers === null) return acceptedCoding(acceptEncoding);
  if (headers.has('content-encoding') || headers.has('content-range') || Number(headers.get('content-length')) <= kTextBytesMin) return undefined;
  if (/\bno-transform\b/i.test(String(headers.get('cache-control') ?? ''))) return undefined;
  return acceptedCoding(acceptEncoding);
}

// The headers of an answer in that coding, as a new Map: a strong ETag names other bytes and becomes weak, the length is another.
function encodedHeaders(headers, coding) {
  const result = new Map(headers);
  const vary = [headers?.get('vary') ?? []].flat().join(', ');
  if (vary !== '*' && !/(^|,)\s*accept-encoding\s*(,|$)/i.test(vary)) result.set('vary', vary === '' ? 'Accept-Encoding' : `${vary}, Accept-Encoding`);
  if (coding === kIdentity) return result;
  result.set('content-encoding', coding);
  result.delete('content-length');
  const tag = result.get('etag');
  if (typeof tag === 'string' && tag.startsWith('"')) result.set('etag', `W/${tag}`);
  return result;
}

function compressed(coding, body) {
  const zlib = require('node:zlib');
  return coding === 'br' ? zlib.brotliCompressSync(body, brotliOptions(zlib)) : zlib.gzipSync(body, { level: kGzipLevel });
}

function brotliOptions({ constants }) {
  return { params: { [constants.BROTLI_PARAM_QUALITY]: kBrotliQuality, [constants.BROTLI_PARAM_LGWIN]: kBrotliWindowBits } };
}

// Compresses a body that comes in pieces. Whenever nothing is left to compress, what it holds is flushed: a slow writer's bytes do not wait.
class Encoder {
  #stream;
  #flushKind;
  ended = false;  // all bytes came out

  // onBytes(bytes); onProgress() when there is more room, and at the end.
  constructor(coding, onBytes, onProgress) {
    const zlib = require('node:zlib');
    const brotli = coding === 'br';
    this.#stream = brotli ? zlib.createBrotliCompress(brotliOptions(zlib)) : zlib.createGzip({ level: kGzipLevel });
    this.#flushKind = brotli ? zlib.constants.BROTLI_OPERATION_FLUSH : zlib.constants.Z_SYNC_FLUSH;
    this.#stream.on('data', onBytes);
    this.#stream.on('error', () => {});  // destroyed while it works
    this.#stream.on('end', () => {
      this.ended = true;
      onProgress();
    });
    this.onProgress = onProgress;
  }

  get pendingBytes() {
    return this.#stream.writableLength;
  }

  write(bytes) {
    const stream = this.#stream;
    stream.write(bytes, () => {
      if (stream.writableLength === 0 && !stream.writableEnded && !stream.destroyed) stream.flush(this.#flushKind, this.onProgress);
      else this.onProgress();
    });
  }

  end() {
    if (!this.#stream.writableEnded) this.#stream.end();
  }

  destroy() {
    this.#stream.destroy();
  }
}

module.exports = { Encoder, codingFor, acceptedCoding, encodedHeaders, compressed, kIdentity, kTextBytesMin, kSyncBytesMax };
