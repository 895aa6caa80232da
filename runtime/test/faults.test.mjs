// What goes wrong: exceptions, detached code, load failures, hostile frames, exits (spec 10.2, 10.9, 20.8, SEC-27).
import test from 'node:test';
import assert from 'node:assert/strict';
import { FakeServer, Type, bundle, frame } from './fake_server.mjs';

const kFatal = '{"text":"Unhandled Codehook exception, check logs","fatal":true}';

test('exceptions, wherever they come from, fail their own request only', async () => {
  const server = await FakeServer.start(bundle(`
    import { app, Datastore } from 'codehooks-js';
    import { EventEmitter } from 'node:events';

    app.get('/throw', () => { throw new Error('thrown here'); });
    app.get('/reject', async () => { await null; throw new TypeError('rejected here'); });
    app.get('/text', () => { throw 'just text'; });
    app.get('/timer', () => { setTimeout(() => { throw new Error('in a timer'); }, 1); });
    app.get('/floating', () => { Promise.reject(new Error('floating')); });
    app.get('/after', (req, res) => { res.end('ok'); throw new Error('after the end'); });
    app.get('/started', async (req, res) => { res.write('a'); await new Promise((go) => setTimeout(go, 5)); throw new Error('half way'); });
    app.post('/listener', (req) => { req.on('data', () => { throw new Error('in a listener'); }); });
    app.get('/emitter', (req, res) => { res.end('sent'); setTimeout(() => new EventEmitter().emit('error', new Error('no listener')), 1); });
    app.get('/next', (req, res, next) => { res.status(418); next({ error: 'teapot' }); });
    app.get('/unawaited', async (req, res) => {
      const conn = await Datastore.open();
      conn.set('refused', 'x');
      await conn.get('x');
      await new Promise((go) => setTimeout(go, 5));
      res.end('served');
    });
    app.get('/interval', (req, res) => { try { setInterval(() => {}, 1); } catch (error) { res.end(error.message); } });
    app.get('/fine', (req, res) => res.end('fine'));
    export default app.init();`));
  server.onCall = (operation) => (operation === 'kv.set' ? { error: { message: '3 INVALID_ARGUMENT: no', code: 3, status: 400 } } : undefined);
  const logged = (part) => server.untilLog((line) => line.level === 'error' && line.text.includes(part));
  for (const [path, text] of [['/throw', 'thrown here'], ['/reject', 'rejected here'], ['/text', 'just text'], ['/timer', 'in a timer'], ['/floating', 'floating']]) {
    const answer = await server.request('GET', path);
    assert.deepEqual([answer.status, answer.text, answer.frames], [500, kFatal, ['answer', 'settled']], path);
    assert.equal((await logged(text)).id, answer.id, path);
  }
  assert.match((await logged('thrown here')).text, /^ Error: thrown here\n {4}at index\.js:5:/);
  assert.doesNotMatch((await logged('rejected here')).text, /runtime|\/lib\//);
  const listener = await server.request('POST', '/listener', { headers: { 'content-type': 'x/y' }, body: 'abc' });
  assert.equal(listener.text, kFatal);
  assert.equal((await server.request('GET', '/after')).text, 'ok');
  const started = await server.request('GET', '/started');
  assert.deepEqual([started.ended, started.frames], [false, ['head', 'bodyOut', 'settled']]);
  assert.equal((await server.request('GET', '/emitter')).text, 'sent');
  await logged('no listener');
  const next = await server.request('GET', '/next');
  assert.deepEqual([next.status, next.text], [418, '{"error":"teapot"}']);
  assert.equal((await server.request('GET', '/unawaited')).text, 'served');
  await logged('3 INVALID_ARGUMENT: no');
  assert.equal((await server.request('GET', '/interval')).text, 'setInterval is disabled, use a cron job instead');
  assert.equal((await server.request('GET', '/fine')).text, 'fine');
  for (const answer of server.answers.values()) assert.equal(answer.settledCount, 1);
  assert.equal(await server.stop(), 0);
});

async function failureOf(source) {
  const error = await FakeServer.start(source).then(() => assert.fail('it loaded'), (failed) => failed);
  assert.equal(await error.server.exited, 1);
  return error.failure;
}

test('load failures name file and line', async () => {
  const thrown = await failureOf(bundle('import { app } from "codehooks-js";\n\nconst nothing = undefined;\nnothing.x();\nexport default app.init();'));
  assert.match(thrown.message, /^TypeError: Cannot read properties of undefined \(reading 'x'\) \(index\.js:4:9\)$/);
  assert.match(thrown.stack, /at index\.js:4:9/);
  const syntax = await failureOf('var EntryPoint = 1;\nlet a = ;\n');
  assert.match(syntax.message, /^SyntaxError: Unexpected token ';' \(bundle\.js:2:9\)$/);
  const none = await failureOf(bundle('export const x = 1;'));
  assert.match(none.message, /exports no manifest\. Fix: end index\.js with "export default app\.init\(\);"/);
  const missing = await failureOf(bundle('const x = require("not-there"); export default x;', '--external:not-there'));
  assert.match(missing.message, /Cannot find module 'not-there'.*npm install not-there.*\(index\.js:1:11\)/);
  const pattern = await failureOf(bundle('export default { routehooks: { \'GET {"$regex":"/(/"}\': [] }, authhooks: {} };'));
  assert.match(pattern.message, /Invalid regular expression/);
});

test('require knows built-ins and provided modules, and no file of the server', async () => {
  const server = await FakeServer.start(`
    var path = require('path'), fs = require('node:fs'), _ = require('lodash'), Ajv = require('ajv'), fetch = require('node-fetch');
    var seen = {};
    for (const name of ['./lib/worker.cjs', '../main.cjs', __filename, __dirname + 'main.cjs', 'file:///etc/passwd', 'lodash/../../../main.cjs', 'typescript', 'codehooks-js']) {
      try { require(name); seen[name] = 'loaded'; } catch (error) { seen[name] = error.code; }
    }
    var EntryPoint = { default: { routehooks: { 'GET /': [async (req, res) => {
      res.json({ seen, join: path.join('a', 'b'), chunk: _.chunk([1, 2], 1), ajv: typeof (Ajv.default ?? Ajv), fetch: typeof fetch, fetchDefault: typeof fetch.default,
        imported: typeof (await import('node:zlib')).gzipSync, sloppy: (function () { return this === globalThis; })(), db: DB === Datastore, fs: typeof _coho_fs.readFile });
    }] }, authhooks: {}, globalhooks: [] } };`);
  const { seen, ...rest } = (await server.request('GET', '/')).json;
  assert.deepEqual(new Set(Object.values(seen)), new Set(['MODULE_NOT_FOUND']));
  assert.deepEqual(rest, { join: 'a/b', chunk: [[1], [2]], ajv: 'function', fetch: 'function', fetchDefault: 'function', imported: 'function', sloppy: true, db: true, fs: 'function' });
  assert.equal(await server.stop(), 0);
});

test('process.env is exactly what the server says', async () => {
  const server = await FakeServer.start(bundle(`
    import { app } from 'codehooks-js';
    const early = process.env.A;
    app.get('/', (req, res) => { process.env.B = 5; res.json({ early, ...process.env, argv: process.argv.length, date: new Date(0).getHours() }); });
    export default app.init();`), { env: { A: 'a', NODE_ENV: 'test' }, processEnv: { SECRET: 's', TZ: 'Asia/Tokyo' } });
  assert.deepEqual((await server.request('GET', '/')).json, { early: 'a', A: 'a', NODE_ENV: 'test', TZ: 'UTC', B: '5', argv: 2, date: 0 });
  assert.equal(await server.stop(), 0);
});

const hello = JSON.stringify({ protocol: 1, project: 'p', space: 'dev', deployment: 'd', env: {}, limits: {} });
const hostile = {
  'unknown type': frame(200, 0),
  'type of the other direction': frame(Type.ready, 0, '{}'),
  'unknown flag': frame(Type.ping, 0, '', 8),
  'reserved bytes': Buffer.concat([Buffer.from([0, 0, 0, 0, Type.ping, 0, 1, 0]), Buffer.alloc(4)]),
  'a frame that is too long': Buffer.concat([Buffer.from([1, 0, 0, 1, Type.bundle, 0, 0, 0]), Buffer.alloc(4)]),
  'text that is not JSON': frame(Type.hello, 0, '{'),
  'JSON that is no object': frame(Type.hello, 0, '5'),
  'another protocol': frame(Type.hello, 0, '{"protocol":2}'),
  'invoke before ready': frame(Type.invoke, 1, '{}', 1),
  'bundle before hello': frame(Type.bundle, 0, 'x', 1),
  'a second hello': Buffer.concat([frame(Type.hello, 0, hello), frame(Type.hello, 0, hello)]),
  'result of an unknown call': frame(Type.result, 9, '1'),
};
for (const [name, bytes] of Object.entries(hostile)) {
  test(`hostile: ${name} ends the process`, async () => {
    const server = await FakeServer.start(null, { greet: false });
    server.socket.write(bytes);
    assert.equal(await server.exited, 70);
    assert.match(server.stderr, /^redd worker: .+\n$/);
  });
}

test('hostile: more body than the window, an invocation twice, a body for none, a result that is not JSON', async () => {
  const source = bundle('import { app } from "codehooks-js"; app.post("/", () => {}); app.get("/", () => {}); app.get("/get", () => DB.open().get("k")); export default app.init();');
  const attacks = [
    (server) => {
      const { id } = server.invoke('POST', '/', { open: true });
      server.send(Type.body, id, Buffer.alloc(200));
    },
    (server) => {
      const { id } = server.invoke('GET', '/');
      server.send(Type.invoke, id, '{}', 1);
    },
    (server) => server.send(Type.body, server.invoke('GET', '/').id, 'x', 1),
    (server) => server.send(Type.invoke, 1, '{"kind":"request"}', 1),
    (server) => {
      server.onCall = (operation, args, id) => server.send(Type.result, id, 'not JSON') ?? 'later';
      server.invoke('GET', '/get');
    },
  ];
  for (const attack of attacks) {
    const server = await FakeServer.start(source, { limits: { bodyWindowBytes: 100 } });
    attack(server);
    assert.equal(await server.exited, 70);
  }
});

test('frames in any pieces are the same frames', async () => {
  const server = await FakeServer.start(bundle(`
    import { app } from 'codehooks-js';
    app.post('/', (req, res) => res.json([req.body.length, req.query]));
    export default app.init();`));
  const payload = JSON.stringify({ kind: 'request', method: 'POST', target: '/dev/?x=é', path: '/dev/', apiPath: '/', query: 'x=é', headers: { 'content-type': 'text/plain' },
    ip: '::1', hostname: 'h', auth: 'granted' });
  const answer = server.invoke('GET', '/none');
  await answer.until((done) => done.settledCount === 1);
  const bytes = Buffer.concat([frame(Type.ping, 1), frame(Type.invoke, 1000, payload), frame(Type.body, 1000, Buffer.alloc(40)), frame(Type.body, 1000, '', 1), frame(Type.ping, 2)]);
  for (const size of [1, 5, 13, 100]) {
    const second = Object.assign(Object.create(Object.getPrototypeOf(answer)), { chunks: [], headers: [], frames: [], events: answer.events, settledCount: 0 });
    server.answers.set(1000, second);
    for (let at = 0; at < bytes.length; at += size) {
      server.socket.write(bytes.subarray(at, at + size));
      if (at % 20 === 0) await new Promise(setImmediate);
    }
    await second.until((done) => done.settledCount === 1);
    assert.deepEqual(second.json, [40, { x: 'é' }]);
    server.answers.delete(1000);
  }
  assert.equal(await server.stop(), 0);
});

test('drain waits for what runs; process.exit and a closed socket end the process', async () => {
  const source = bundle(`
    import { app } from 'codehooks-js';
    app.get('/slow', async (req, res) => { console.log('in'); await new Promise((go) => setTimeout(go, 30)); res.end('done'); });
    app.get('/exit', () => { console.log('last words'); process.exit(3); });
    export default app.init();`);
  const draining = await FakeServer.start(source);
  const answer = draining.invoke('GET', '/slow');
  await draining.untilLog((line) => line.text === ' in');
  assert.equal(await draining.stop(), 0);
  assert.deepEqual([answer.text, answer.settledCount], ['done', 1]);
  const exiting = await FakeServer.start(source);
  exiting.invoke('GET', '/exit');
  assert.equal(await exiting.exited, 3);
  await exiting.untilLog((line) => line.text === ' last words');
  const orphan = await FakeServer.start(source);
  orphan.socket.destroy();
  assert.equal(await orphan.exited, 1);
});

test('console: format, levels, bound, detached lines', async () => {
  const server = await FakeServer.start(bundle(`
    import { app } from 'codehooks-js';
    console.log('loading');
    app.get('/', (req, res) => {
      const circle = { a: 1 }; circle.circle = circle;
      console.log('a', 1, { b: [2] }, null, undefined, true);
      console.warn(new Map([[1, 2]]));
      console.error(new Error('shown'));
      console.debug(circle);
      console.info('x'.repeat(100000));
      console.info('é'.repeat(100000));
      console.log('%s', 'literal');
      console.table([{ q: 1 }]);
      console.group('g'); console.count(); console.groupEnd();
      process.stdout.write('raw\\nline\\n');
      res.end();
      setTimeout(() => console.log('later'), 20);
    });
    export default app.init();`));
  const { id } = await server.request('GET', '/');
  await server.untilLog((line) => line.text === ' later');
  const texts = server.logs.map((line) => line.text);
  assert.equal(texts[0], ' loading');
  assert.deepEqual(server.logs[0], { id: 0, level: 'log', context: 'load', text: ' loading' });
  assert.equal(texts[1], ' a 1 {\n  "b": [\n    2\n  ]\n} null undefined true');
  assert.deepEqual([server.logs[1].id, server.logs[1].context, server.logs[2].level, texts[2]], [id, 'routehooks', 'warn', ' Map(1) { 1 => 2 }']);
  assert.match(texts[3], /^ Error: shown\n {4}at index\.js:8:21/);
  assert.equal(server.logs[3].level, 'error');
  assert.match(texts[4], /^ <ref \*1> \{/);
  for (const line of [texts[5], texts[6]]) assert.ok(Buffer.byteLength(line) <= 16384 && Buffer.byteLength(line) > 16000, String(Buffer.byteLength(line)));
  assert.equal(texts[7], ' %s literal');
  assert.ok(texts.includes(' raw') && texts.includes(' line'));
  assert.equal(server.logs.at(-1).id, 0);
  assert.equal(await server.stop(), 0);
});
