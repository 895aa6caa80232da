// The server's end of src/wire/PROTOCOL.md for tests and the benchmark: starts the real runtime on a socket pair, bundles apps with
// the pinned esbuild, answers host calls from memory.
import { execFileSync, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const here = path.dirname(fileURLToPath(import.meta.url));
export const runtimeDir = path.join(here, '..');
const root = path.join(runtimeDir, '..');
const esbuild = path.join(root, 'toolchain/node_modules/@esbuild/linux-x64/bin/esbuild');
const fallback = path.join(root, 'toolchain/fallback/node_modules');

export const Type = {
  hello: 1, bundle: 2, invoke: 3, body: 4, credit: 5, result: 6, abort: 7, drain: 8, ping: 9, bytes: 10,
  ready: 65, loadFailed: 66, head: 67, bodyOut: 68, answer: 69, creditOut: 70, call: 71, settled: 72, noHook: 73, log: 74, pong: 75, callBytes: 76,
};

// An app's source text → the script that a deploy would upload.
export function bundle(source, ...more) {
  return execFileSync(esbuild, ['--bundle', '--platform=node', '--format=iife', '--global-name=EntryPoint', '--sourcemap=inline',
    '--log-level=error', '--sourcefile=index.js', ...more],
  { input: source, cwd: here, env: { NODE_PATH: fallback }, encoding: 'utf8', maxBuffer: 1 << 28 });
}

export function frame(type, id, payload = '', flags = 0) {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const head = Buffer.alloc(12);
  head.writeUInt32LE(bytes.length, 0);
  head[4] = type;
  head[5] = flags;
  head.writeUInt32LE(id, 8);
  return Buffer.concat([head, bytes]);
}

class Answer {
  status = null;
  headers = [];
  chunks = [];
  ended = false;
  settledCount = 0;
  noHook = false;
  frames = [];  // names, in order
  events = new EventEmitter();

  header(name) {
    return this.headers.filter(([key]) => key === name).map(([, value]) => value).join(', ') || undefined;
  }

  get bytes() {
    return Buffer.concat(this.chunks);
  }

  get text() {
    return this.bytes.toString('utf8');
  }

  get json() {
    return JSON.parse(this.text);
  }

  async until(condition) {
    while (!condition(this)) await once(this.events, 'change');
    return this;
  }
}

export class FakeServer {
  answers = new Map();
  logs = [];
  calls = [];
  kv = new Map();
  documents = new Map();
  cursors = new Map();
  openCursors = 0;
  events = new EventEmitter().setMaxListeners(0);
  exitCode = null;
  autoCredit = true;
  onCall = null;  // (operation, args) → undefined, or {result} / {bytes} / {error}
  batchItems = 100;
  #held = Buffer.alloc(0);
  #lastId = 0;
  #lastCursor = 0;

  // Waits for `ready`; rejects with {message, stack} of `loadFailed`.
  static async start(source, { env = {}, limits = {}, flags = [], space = 'dev', processEnv = {}, greet = true } = {}) {
    const server = new FakeServer();
    server.child = spawn(process.execPath, [...flags, path.join(runtimeDir, 'main.cjs')], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], env: processEnv });
    server.socket = server.child.stdio[3];
    server.socket.on('error', () => {});
    server.stderr = '';
    server.child.stderr.on('data', (data) => (server.stderr += data));
    server.socket.on('data', (data) => server.#receive(data));
    server.exited = once(server.child, 'exit').then(([code]) => {
      server.exitCode = code;
      server.events.emit('exit');
      for (const answer of server.answers.values()) answer.events.emit('change');
      return code;
    });
    server.limits = { bufferedBodyBytesMax: 10 << 20, bodyWindowBytes: 256 << 10, ...limits };
    if (!greet) return server;
    server.send(Type.hello, 0, JSON.stringify({ protocol: 1, project: 'my-app', space, deployment: 'd1', env, limits: server.limits }));
    const bytes = Buffer.from(source);
    for (let at = 0; at < bytes.length || at === 0; at += 100_001) {
      server.send(Type.bundle, 0, bytes.subarray(at, at + 100_001), at + 100_001 >= bytes.length ? 1 : 0);
    }
    const outcome = await Promise.race([once(server.events, 'ready'), once(server.events, 'loadFailed'), server.exited.then((code) => ['exit', code])]);
    if (server.manifest === undefined) throw Object.assign(new Error('load failed'), { failure: outcome[0], server });
    return server;
  }

  send(type, id, payload, flags) {
    this.socket.write(frame(type, id, payload, flags));
  }

  // Starts an invocation; the answer fills in as frames come.
  invoke(method, apiPath, { headers = {}, body = null, open = false, auth = 'granted', query = '', kind = 'request', jwt } = {}) {
    const id = ++this.#lastId;
    const answer = new Answer();
    answer.id = id;
    answer.events.setMaxListeners(0);
    this.answers.set(id, answer);
    const hasBody = open || body !== null;
    const payload = { kind, method, target: `/dev${apiPath}${query && `?${query}`}`, path: `/dev${apiPath}`, apiPath, query,
      headers: { host: 'my-app.api.localhost', ...headers }, ip: '127.0.0.1', hostname: 'my-app.api.localhost', auth, jwt,
      bodyLength: body === null ? undefined : Buffer.byteLength(body) };
    this.send(Type.invoke, id, JSON.stringify(payload), hasBody ? 0 : 1);
    if (body !== null) this.send(Type.body, id, Buffer.from(body), 1);
    return answer;
  }

  // A whole request: waits until it is settled.
  async request(method, apiPath, options) {
    const answer = this.invoke(method, apiPath, options);
    await answer.until(() => answer.settledCount > 0 || this.exitCode !== null);
    return answer;
  }

  json(method, apiPath, value, options = {}) {
    return this.request(method, apiPath, { ...options, headers: { 'content-type': 'application/json', ...options.headers }, body: JSON.stringify(value) });
  }

  credit(answer, bytes) {
    const payload = Buffer.alloc(4);
    payload.writeUInt32LE(bytes);
    this.send(Type.credit, answer.id, payload);
  }

  async untilLog(condition) {
    while (!this.logs.some(condition)) await once(this.events, 'log');
    return this.logs.find(condition);
  }

  // Ends the worker as the server would; resolves to its exit code.
  async stop() {
    if (this.exitCode === null) this.send(Type.drain, 0);
    return this.exited;
  }

  #receive(data) {
    this.#held = this.#held.length === 0 ? data : Buffer.concat([this.#held, data]);
    let at = 0;
    while (this.#held.length - at >= 12) {
      const length = this.#held.readUInt32LE(at);
      if (this.#held.length - at - 12 < length) break;
      this.#frame(this.#held[at + 4], this.#held[at + 5], this.#held.readUInt32LE(at + 8), this.#held.subarray(at + 12, at + 12 + length));
      at += 12 + length;
    }
    this.#held = this.#held.subarray(at);
  }

  #frame(type, flags, id, payload) {
    switch (type) {
      case Type.ready:
        this.manifest = JSON.parse(payload);
        return this.events.emit('ready');
      case Type.loadFailed:
        return this.events.emit('loadFailed', JSON.parse(payload));
      case Type.log:
        this.logs.push({ id, ...JSON.parse(payload) });
        return this.events.emit('log');
      case Type.pong:
        return this.events.emit('pong', id);
      case Type.call:
        return this.#call(id, JSON.parse(payload));
      case Type.callBytes: {
        const start = 4 + payload.readUInt32LE(0);
        return this.#call(id, JSON.parse(payload.subarray(4, start)), Buffer.from(payload.subarray(start)));
      }
      default:
        return this.#answerFrame(type, flags, this.answers.get(id), payload);
    }
  }

  #answerFrame(type, flags, answer, payload) {
    const name = Object.keys(Type).find((key) => Type[key] === type);
    answer.frames.push(name);
    if (type === Type.head) Object.assign(answer, JSON.parse(payload));
    if (type === Type.answer) {
      const head = payload.readUInt32LE(0);
      Object.assign(answer, JSON.parse(payload.subarray(4, 4 + head)));
      answer.chunks.push(Buffer.from(payload.subarray(4 + head)));
      answer.ended = true;
    }
    if (type === Type.bodyOut) {
      answer.chunks.push(Buffer.from(payload));
      if (flags & 1) answer.ended = true;
      else if (this.autoCredit) this.credit(answer, payload.length);
    }
    if (type === Type.creditOut) answer.credited = (answer.credited ?? 0) + payload.readUInt32LE(0);
    if (type === Type.settled) ++answer.settledCount;
    if (type === Type.noHook) answer.noHook = true;
    answer.events.emit('change');
  }

  #call(id, [invocation, operation, ...args], bytes) {
    this.calls.push({ invocation, operation, args, ...(bytes ? { bytes } : {}) });
    const special = this.onCall?.(operation, args, id, bytes);
    if (special === 'later') return;
    if (special !== undefined) return this.result(id, special);
    try {
      const result = this.#perform(operation.replace(/Text$/, ''), args);
      this.result(id, operation.endsWith('Text') ? { bytes: pageText(result) } : { result });
    } catch (error) {
      this.result(id, { error: { message: error.message, code: error.code ?? 3, status: error.status ?? 400 } });
    }
  }

  result(id, outcome) {
    if (outcome.error !== undefined) this.send(Type.result, id, JSON.stringify(outcome.error), 2);
    else if (outcome.bytes !== undefined) this.send(Type.bytes, id, outcome.bytes);
    else this.send(Type.result, id, JSON.stringify(outcome.result ?? null));
  }

  #perform(operation, args) {
    const full = ([key, keyspace]) => `${keyspace ?? ''}\0${key}`;
    switch (operation) {
      case 'kv.get': return this.kv.get(full(args)) ?? null;
      case 'kv.set': return this.kv.set(full([args[0], args[2]]), args[1]) && null;
      case 'kv.incr': {
        const key = full([args[0], args[2]]);
        this.kv.set(key, (Number(this.kv.get(key)) || 0) + args[1]);
        return this.kv.get(key);
      }
      case 'kv.del': {
        const old = this.kv.get(full(args)) ?? null;
        this.kv.delete(full(args));
        return old;
      }
      case 'kv.getAll': return this.#batch(this.#pairs(args[0], args[1]).map(([key, val]) => (args[2].onlykeys ? { key } : { key, val })));
      case 'kv.delAll': return this.#pairs(args[0], args[1]).map(([key]) => this.kv.delete(full([key, args[1]]))).length;
      case 'doc.insert': return Array.isArray(args[1]) ? args[1].map((one) => this.#insert(args[0], one)) : this.#insert(args[0], args[1]);
      case 'doc.findOne': return this.#match(args[0], args[1])[0] ?? null;
      case 'doc.find': return this.#batch(this.#match(args[0], args[1]).slice(args[2]?.offset ?? 0).slice(0, args[2]?.limit || undefined));
      case 'doc.count': return { count: this.#match(args[0], args[1]).length };
      case 'doc.update': {
        const found = this.#match(args[0], args[1]);
        if (args[3].many) return found.forEach((one) => Object.assign(one, args[2].$set ?? args[2])) ?? { count: found.length };
        return found.length === 0 ? null : Object.assign(found[0], args[2].$set ?? args[2]);
      }
      case 'doc.remove': {
        const found = this.#match(args[0], args[1]);
        const gone = args[2]?.many ? found : found.slice(0, 1);
        this.documents.set(args[0], this.documents.get(args[0])?.filter((one) => !gone.includes(one)) ?? []);
        return args[2]?.many ? { count: gone.length } : gone.length === 0 ? null : { _id: gone[0]._id };
      }
      case 'cursor.next': {
        const rest = this.cursors.get(args[0]);
        this.cursors.delete(args[0]);
        return this.#batch(rest, args[0]);
      }
      case 'cursor.close': return this.cursors.delete(args[0]) && null;
      default: throw new Error('3 INVALID_ARGUMENT: unknown operation');
    }
  }

  #pairs(prefix, keyspace) {
    const start = `${keyspace ?? ''}\0`;
    return [...this.kv].filter(([key]) => key.startsWith(start + prefix)).map(([key, val]) => [key.slice(start.length), val]).sort();
  }

  #insert(collection, document) {
    const stored = { ...document, _id: document._id ?? String(this.#lastCursor++).padStart(24, '0') };
    if (!this.documents.has(collection)) this.documents.set(collection, []);
    this.documents.get(collection).push(stored);
    return stored;
  }

  #match(collection, query) {
    const wanted = typeof query === 'string' ? { _id: query } : query ?? {};
    return (this.documents.get(collection) ?? []).filter((one) => Object.entries(wanted).every(([key, value]) =>
      JSON.stringify(one[key]) === JSON.stringify(value) || (value?.$in ?? []).includes(one[key])));
  }

  #batch(items, cursor = 0) {
    if (items.length <= this.batchItems) return { items, cursor: 0 };
    const next = cursor || ++this.#lastCursor;
    this.cursors.set(next, items.slice(this.batchItems));
    return { items: items.slice(0, this.batchItems), cursor: next };
  }
}

function pageText({ items, cursor }) {
  const number = Buffer.alloc(8);
  number.writeBigUInt64LE(BigInt(cursor));
  return Buffer.concat([number, Buffer.from(items.map((item) => JSON.stringify(item)).join(',\n'))]);
}
