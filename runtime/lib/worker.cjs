'use strict';
// The worker's end of the protocol: hello, the bundle, then invocations until drain. One per process.

const { AsyncLocalStorage } = require('node:async_hooks');
const { Channel } = require('./channel.cjs');
const { Calls, CallError } = require('./calls.cjs');
const { Exchange } = require('./exchange.cjs');
const { Flag, FromServer, ProtocolError, ToServer, readId } = require('./frames.cjs');
const { IncomingBody, Kind, kindOf, parseInto } = require('./body.cjs');
const { Manifest } = require('./manifest.cjs');
const { Request } = require('./request.cjs');
const { Response } = require('./response.cjs');
const { boundedLine, captureConsole } = require('./console.cjs');
const { fatalText, placeOf } = require('./stacks.cjs');
const { nameGateway } = require('./gateway_name.cjs');
const { loadScript } = require('./loader.cjs');
const { makeDatastore } = require('./datastore.cjs');
const { makeFiles } = require('./files.cjs');
const { startRequest } = require('./chain.cjs');

const kProtocol = 1;
const kBundleBytesMax = 64 * 1024 * 1024;
const kLogBacklogBytesMax = 4 * 1024 * 1024;
const kBadFrameExit = 70;  // EX_SOFTWARE

class Worker {
  channel;
  manifest = null;
  limits = { bufferedBodyBytesMax: 10 << 20, bodyWindowBytes: 256 << 10 };
  #current = new AsyncLocalStorage();  // the Exchange whose work is running
  #calls;
  #hello = null;
  #bundle = [];
  #bundleBytes = 0;
  #exchanges = new Map();
  #draining = false;
  #droppedLines = 0;

  static start(fd) {
    return new Worker(fd);
  }

  constructor(fd) {
    const onFrame = (type, flags, id, buffer, start, end) => this.#onFrame(type, flags, id, buffer, start, end);
    this.channel = new Channel(fd, onFrame, (error) => this.#onClose(error));
    this.#calls = new Calls(this.channel, () => {
      const exchange = this.#current.getStore();
      return exchange === undefined || exchange.settled ? 0 : exchange.id;
    });
  }

  // A line for the space's log, said by `exchange` (undefined: by nobody's work).
  log(exchange, level, text) {
    if (this.channel.backlogBytes > kLogBacklogBytesMax) {
      ++this.#droppedLines;
      return;
    }
    if (this.#droppedLines > 0) {
      const lost = this.#droppedLines;
      this.#droppedLines = 0;
      this.log(undefined, 'warn', ` ${lost} lines were dropped: they came faster than the server takes them`);
    }
    const context = exchange === undefined ? (this.manifest === null ? 'load' : 'detached') : exchange.context;
    const id = exchange === undefined || exchange.settled ? 0 : exchange.id;
    this.channel.text(ToServer.log, id, JSON.stringify({ level, context, text: boundedLine(text) }));
  }

  forget(exchange) {
    this.#exchanges.delete(exchange.id);
    if (this.#draining && this.#exchanges.size === 0) this.channel.exit(0);
  }

  // ---- frames

  // Runs `work` as part of an invocation. What the script's listeners throw in it belongs to that invocation.
  within(exchange, work) {
    this.#current.run(exchange, () => {
      try {
        work();
      } catch (error) {
        if (error instanceof ProtocolError) throw error;
        this.#onStray(error, 'uncaught exception');
      }
    });
  }

  #onFrame(type, flags, id, buffer, start, end) {
    switch (type) {
      case FromServer.result:
        if (this.#calls.result(id, (flags & Flag.error) !== 0, buffer.utf8Slice(start, end))) return;
        throw new ProtocolError(`result of the unknown call ${id}`);
      case FromServer.bytes:
        if (this.#calls.result(id, false, Buffer.from(buffer.subarray(start, end)))) return;
        throw new ProtocolError(`bytes of the unknown call ${id}`);
      case FromServer.invoke:
        return this.#onInvoke(id, flags, parse(buffer, start, end));
      case FromServer.body:
        return this.#onBody(id, flags, buffer, start, end);
      case FromServer.credit:
        if (end - start !== 4) throw new ProtocolError('a credit frame is 4 bytes');
        return this.#exchanges.get(id)?.output?.credit(readId(buffer, start));
      case FromServer.abort:
        return this.#onAbort(id);
      case FromServer.ping:
        return this.channel.empty(ToServer.pong, id);
      case FromServer.drain:
        return this.#onDrain();
      case FromServer.hello:
        return this.#onHello(parse(buffer, start, end));
      default:
        return this.#onBundle(flags, buffer.subarray(start, end));
    }
  }

  #onHello(hello) {
    if (this.#hello !== null) throw new ProtocolError('a second hello');
    if (hello.protocol !== kProtocol) throw new ProtocolError(`protocol ${hello.protocol}, this runtime speaks ${kProtocol}`);
    this.#hello = hello;
    Object.assign(this.limits, hello.limits);
    replaceEnvironment(hello.env ?? {});
  }

  #onBundle(flags, piece) {
    if (this.#hello === null || this.#bundle === null) throw new ProtocolError('a bundle out of turn');
    this.#bundleBytes += piece.length;
    if (this.#bundleBytes > kBundleBytesMax) throw new ProtocolError('the bundle is too large');
    this.#bundle.push(Buffer.from(piece));
    if ((flags & Flag.end) === 0) return;
    const script = Buffer.concat(this.#bundle);
    this.#bundle = null;
    this.#load(script);
  }

  #load(script) {
    process.noDeprecation = true;  // old dependencies of published packages; nothing an author could do
    captureConsole((level, text) => this.log(this.#current.getStore(), level, text));
    if (this.#hello.gateway?.port) nameGateway(this.#hello.gateway, () => this.#current.getStore()?.depth ?? 0);
    defineGlobals(makeDatastore(this.#calls, this.#hello.space), makeFiles(this.#calls, () => this.#current.getStore()));
    process.on('exit', () => this.channel.flush());
    process.on('uncaughtException', (error) => this.#onStray(error, 'uncaught exception'));
    process.on('unhandledRejection', (error) => this.#onStray(error, 'unhandled rejection'));
    try {
      const manifest = new Manifest(loadScript(script), (text) => this.log(undefined, 'warn', ` ${text}`));
      this.channel.text(ToServer.ready, 0, JSON.stringify(manifest.summary()));
      this.manifest = manifest;
    } catch (error) {
      this.#onLoadFailed(error);
    }
  }

  #onLoadFailed(error) {
    const place = placeOf(error);
    const name = error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${String(error)}`;
    const message = error instanceof TypeError && place === null ? error.message : name;
    const failure = { message: place === null ? message : `${message} (${place})`, stack: boundedLine(fatalText(error)) };
    this.channel.text(ToServer.loadFailed, 0, JSON.stringify(failure));
    this.channel.exit(1);
  }

  #onInvoke(id, flags, invoke) {
    if (this.manifest === null) throw new ProtocolError('invoke before ready');
    if (id === 0 || this.#exchanges.has(id)) throw new ProtocolError(`invocation ${id} is taken`);
    const exchange = new Exchange(this, id, invoke.kind === 'request' ? 'routehooks' : invoke.kind);
    this.#exchanges.set(id, exchange);
    if (invoke.kind === 'request') return this.#startRequest(exchange, invoke, (flags & Flag.end) !== 0);
    exchange.answering = false;
    if (invoke.kind === 'startup' && this.manifest.startup !== null) {
      this.#current.run(exchange, () => exchange.call(() => this.manifest.startup()));
      return undefined;
    }
    if (invoke.kind !== 'startup') this.log(exchange, 'error', `events of kind ${invoke.kind} are not known to this runtime`);
    return exchange.settle();
  }

  #startRequest(exchange, invoke, bodyless) {
    exchange.askHook = invoke.auth === 'hook';
    exchange.acceptEncoding = invoke.headers['accept-encoding'];
    exchange.depth = invoke.depth ?? 0;
    exchange.bodyless = invoke.method === 'HEAD';
    exchange.req = new Request(exchange, invoke, this.#hello.space);
    exchange.res = new Response(exchange);
    if (bodyless) return this.#run(exchange);
    const body = (exchange.body = new IncomingBody(exchange));
    const kind = kindOf(invoke.headers['content-type']);
    if (kind === Kind.stream) {
      exchange.req.rawBody = undefined;
      return this.#run(exchange);
    }
    const tooLarge = () => exchange.refuse(413, '{"error":"Payload too large"}');
    if (invoke.bodyLength > this.limits.bufferedBodyBytesMax) return tooLarge();
    body.gather(this.limits.bufferedBodyBytesMax, (bytes) => this.#onWholeBody(exchange, kind, bytes), tooLarge);
    return undefined;
  }

  #onWholeBody(exchange, kind, bytes) {
    try {
      parseInto(exchange.req, kind, bytes.toString('utf8'));
    } catch {
      return exchange.refuse(400, '{"error":"Invalid JSON body"}');
    }
    return this.#run(exchange);
  }

  #run(exchange) {
    this.#current.run(exchange, startRequest, exchange);
  }

  #onBody(id, flags, buffer, start, end) {
    const exchange = this.#exchanges.get(id);
    if (exchange === undefined) return;  // settled while it was on its way
    if (exchange.body === null) throw new ProtocolError(`invocation ${id} has no body`);
    this.within(exchange, () => {
      if (exchange.body.receive(buffer, start, end, (flags & Flag.end) !== 0)) return;
      throw new ProtocolError(`invocation ${id}: more body than the window allows`);
    });
  }

  #onAbort(id) {
    const exchange = this.#exchanges.get(id);
    if (exchange !== undefined) this.within(exchange, () => exchange.abort());
  }

  #onDrain() {
    this.#draining = true;
    if (this.#exchanges.size === 0) this.channel.exit(0);
  }

  #onClose(error) {
    if (error === null || error.code !== undefined) process.reallyExit(this.#draining ? 0 : 1);
    require('node:fs').writeSync(2, `redd worker: ${error.message}\n`);
    process.reallyExit(kBadFrameExit);
  }

  // What nobody caught (spec 10.9). It fails the event it belongs to; a call to the server that nobody waited for only leaves a line.
  #onStray(error, what) {
    const exchange = this.#current.getStore();
    this.log(exchange, 'error', ` ${what}: ${fatalText(error)}`);
    if (this.manifest === null && what === 'uncaught exception') return this.#onLoadFailed(error);
    if (exchange !== undefined && !exchange.settled && !(error instanceof CallError)) exchange.fail();
    return undefined;
  }
}

function parse(buffer, start, end) {
  let value;
  try {
    value = JSON.parse(buffer.utf8Slice(start, end));
  } catch {
    throw new ProtocolError('a frame is not JSON');
  }
  if (value === null || typeof value !== 'object') throw new ProtocolError('a frame is not a JSON object');
  return value;
}

function replaceEnvironment(values) {
  const { env } = process;
  const wanted = { NODE_ENV: 'production', TZ: 'UTC', ...values };
  for (const name of Object.keys(env)) if (!Object.hasOwn(wanted, name)) delete env[name];
  for (const [name, value] of Object.entries(wanted)) if (env[name] !== String(value)) env[name] = String(value);
}

function defineGlobals(datastore, files) {
  const hidden = (name, value) => Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  hidden('DB', datastore);
  hidden('Datastore', datastore);
  hidden('_coho_fs', files);
  globalThis.setInterval = function setInterval() {
    throw new Error('setInterval is disabled, use a cron job instead');
  };
}

module.exports = { Worker };
