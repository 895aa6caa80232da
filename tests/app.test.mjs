// What an app may do and what may befall it, through the whole server: streams, faults, deadlines, hooks, data.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { once } from 'node:events';
import { request, startRedd } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';

const code = `import { app, Datastore } from 'codehooks-js';
app.auth('/open/*', (req, res, next) => next());
app.auth('/closed/*', (req, res, next) => next('not for you'));
app.auth(/^\\/pattern\\/[a-z]+$/, (req, res, next) => next());
app.use('/with*', (req, res, next) => { req.seen = (req.seen ?? '') + 'm'; next(); });

app.get('/open/ok', (req, res) => res.json({ ok: true }));
app.post('/open/echo', (req, res) => { res.type('application/octet-stream'); req.pipe(res.writable); });
app.post('/open/json', (req, res) => res.json({ body: req.body, raw: req.rawBody }));
app.get('/open/big', async (req, res) => {
  const piece = Buffer.alloc(65536, 'x');
  for (let i = 0; i < 256; i++) if (!res.writable.write(piece)) await new Promise((done) => res.writable.once('drain', done));
  res.end();
});
app.get('/open/exit', () => process.exit(3));
app.get('/open/loop', () => { for (;;); });
app.get('/open/silent', () => new Promise(() => {}));
app.get('/open/throw', () => { throw new Error('on purpose'); });
app.get('/open/split', (req, res) => res.set('x-a', 'b\\r\\nset-cookie: c=d').json({}));
app.get('/pattern/abc', (req, res) => res.json({ pattern: true }));
app.get('/pattern/ABC1', (req, res) => res.json({ pattern: true }));
app.get('/closed/x', (req, res) => res.json({}));
app.all('/with/all', (req, res) => res.json({ method: req.method, seen: req.seen, query: req.query, apiPath: req.apiPath }));

app.get('/open/data', async (req, res) => {
  const conn = await Datastore.open();
  const first = await conn.insertOne('people', { name: 'Åsa', age: 40 });
  await conn.insertOne('people', [{ _id: 'own', name: 'Bo', age: 20 }, { name: 'Åsa', age: 10 }]);
  const out = {
    first, get: await conn.getOne('people', first._id), find: await conn.findOne('people', { name: 'Bo' }), none: await conn.findOneOrNull('people', { name: 'Nobody' }),
    many: await conn.getMany('people', { name: 'Åsa' }).toArray(), updated: await conn.updateOne('people', 'own', { $inc: { age: 1 }, town: 'Oslo' }),
    removed: await conn.removeOne('people', first._id), count: await conn.count('people'),
  };
  out.missing = await conn.getOne('people', 'nowhere').catch((error) => ({ message: error.message, status: error.status }));
  out.duplicate = await conn.insertOne('people', { _id: 'own' }).catch((error) => ({ message: error.message, status: error.status }));
  res.json(out);
});
app.get('/open/keys', async (req, res) => {
  const conn = await Datastore.open();
  await conn.set('a', 'text', { keyspace: 'k' });
  await conn.set('gone', 'soon', { keyspace: 'k', ttl: 1 });
  await conn.incr('n', 5, { keyspace: 'k' });
  await conn.decr('n', 2, { keyspace: 'k' });
  let seen; do seen = await conn.get('gone', { keyspace: 'k' }); while (seen !== null);
  res.json({ a: await conn.get('a', { keyspace: 'k' }), other: await conn.get('a'), n: await conn.get('n', { keyspace: 'k' }), all: await conn.getAll('', { keyspace: 'k' }).toArray(),
    deleted: await conn.delAll('', { keyspace: 'k' }), after: await conn.get('a', { keyspace: 'k' }) });
});
export default app.init();
`;

describe('an app', () => {
  let server, app, other, otherUrl;
  const get = (path, more) => request(`${server.url}/dev${path}`, more);
  before(async () => {
    server = await startRedd({ args: ['--request-timeout-ms', '1500'] });
    app = await makeApp(server, { files: { 'index.js': code } });
    await app.deploy();
    other = await makeApp(server, { name: 'other', files: { 'index.js': code } });
    await other.deploy();
    otherUrl = (path) => request(`${server.url}/dev${path}`, { headers: { host: other.host } });
  });
  after(async () => { await server?.stop(); await app?.remove(); await other?.remove(); });

  test('HT-03 HT-06 a body streams in and out at the same time', { timeout: 60_000 }, async () => {
    const body = randomBytes(8 << 20);
    const answer = await fetch(`${server.url}/dev/open/echo`, { method: 'POST', body, headers: { 'content-type': 'application/octet-stream' } });
    assert.equal(answer.status, 200);
    const echoed = Buffer.from(await answer.arrayBuffer());
    assert.equal(createHash('sha256').update(echoed).digest('hex'), createHash('sha256').update(body).digest('hex'));
  });

  test('HT-06 a large answer arrives whole, and a client that leaves harms nobody', { timeout: 60_000 }, async () => {
    const whole = await (await fetch(`${server.url}/dev/open/big`)).arrayBuffer();
    assert.equal(whole.byteLength, 16 << 20);
    const leaver = connect(server.port, '127.0.0.1');
    leaver.write(`GET /dev/open/big HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await once(leaver, 'data');
    leaver.destroy();
    assert.equal((await get('/open/ok')).status, 200);
  });

  test('HT-04 bodies are parsed, and kept as they came', async () => {
    const text = '{ "a": [1, 2.50, "å"] }';
    const answer = await get('/open/json', { method: 'POST', body: text, headers: { 'content-type': 'application/json' } });
    assert.deepEqual(answer.json, { body: { a: [1, 2.5, 'å'] }, raw: text });
    const bad = await get('/open/json', { method: 'POST', body: '{"a":', headers: { 'content-type': 'application/json' } });
    assert.deepEqual([bad.status, bad.json], [400, { error: 'Invalid JSON body' }]);
  });

  test('RT-09 a worker that dies takes only what is inside it along', { timeout: 60_000 }, async () => {
    const deaths = await (await server.metrics())('redd_worker_deaths_total');
    const [crashed, inside, elsewhere] = await Promise.all([get('/open/exit'), get('/open/silent'), otherUrl('/open/ok')]);
    assert.deepEqual([crashed.status, crashed.json], [502, { error: 'Function crashed' }]);
    assert.equal(inside.status, 502);
    assert.equal(elsewhere.status, 200);
    assert.equal((await get('/open/ok')).status, 200);
    assert.equal((await server.metrics())('redd_worker_deaths_total'), deaths + 1);
  });

  test('RT-10 code that never answers and code that never ends are stopped at the deadline', { timeout: 60_000 }, async () => {
    const silent = await get('/open/silent');
    assert.deepEqual([silent.status, silent.json], [504, { error: 'Function timeout' }]);
    const [loop, elsewhere] = await Promise.all([get('/open/loop'), otherUrl('/open/ok')]);
    assert.ok([502, 504].includes(loop.status), String(loop.status));
    assert.equal(elsewhere.status, 200);
    assert.equal((await get('/open/ok')).status, 200);
  });

  test('HT-11 an error of the script is its own, with the reason in the log', async () => {
    const answer = await get('/open/throw');
    assert.deepEqual([answer.status, answer.json], [500, { text: 'Unhandled Codehook exception, check logs', fatal: true }]);
    assert.match((await app.good('log', '--tail', '30')).stdout, /on purpose/);
    const split = await get('/open/split');
    assert.equal(split.status, 500);
    assert.equal(split.headers['set-cookie'], undefined);
  });

  test('AU-03 auth hooks open, refuse, and match as JavaScript does', async () => {
    assert.equal((await get('/pattern/abc')).status, 200);
    assert.equal((await get('/pattern/ABC1')).status, 403);  // no hook matches: no route is reached
    const closed = await get('/closed/x');
    assert.deepEqual([closed.status, closed.text], [403, 'not for you']);
    assert.equal((await get('/with/all')).status, 403);
  });

  test('HT-08 HT-09 routes, middleware and queries', async () => {
    const { key } = await server.api('POST', `${app.space}/tokens`, { access: 'READWRITE' });
    const answer = await get(`/with/all?x=1&x=2&apikey=${key}`, { method: 'PATCH' });
    assert.deepEqual(answer.json, { method: 'PATCH', seen: 'm', query: { x: ['1', '2'] }, apiPath: '/with/all' });
    const head = await request(`${server.url}/dev/open/ok`, { method: 'HEAD' });
    assert.deepEqual([head.status, head.text], [200, '']);
    assert.deepEqual((await get('/open/nothing')).json, { error: 'No route matching GET /open/nothing' });
    assert.equal((await get('/health')).text, 'Alive');
  });

  test('DB-01 to DB-07 documents', async () => {
    const { json } = await get('/open/data');
    assert.match(json.first._id, /^[0-9a-f]{24}$/);
    assert.deepEqual(Object.keys(json.first), ['name', 'age', '_id']);
    assert.deepEqual(json.get, json.first);
    assert.equal(json.find._id, 'own');
    assert.equal(json.none, null);
    assert.deepEqual(json.many.map((one) => one.age), [40, 10]);
    assert.deepEqual(json.updated, { _id: 'own', name: 'Bo', age: 21, town: 'Oslo' });
    assert.deepEqual(json.removed, { _id: json.first._id });
    assert.deepEqual(json.count, { count: 2 });
    assert.deepEqual(json.missing, { message: '5 NOT_FOUND: Not found', status: 404 });
    assert.deepEqual(json.duplicate, { message: '6 ALREADY_EXISTS: duplicate _id', status: 409 });
  });

  test('KV-01 to KV-04 keys', async () => {
    const { json } = await get('/open/keys');
    assert.equal(json.a, 'text');
    assert.equal(json.other, null);
    assert.equal(json.n, 3);
    assert.deepEqual(json.all.map(({ key, val }) => [key, val]), [['a', 'text'], ['n', 3]]);
    assert.equal(json.deleted, 2);
    assert.equal(json.after, null);
  });
});
