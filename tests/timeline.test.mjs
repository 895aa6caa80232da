// Where the time of a request went, as its line in the space's log tells it, and what space.activity says of the same requests.
import test from 'node:test';
import assert from 'node:assert/strict';
import { makeApp } from './lib/app.mjs';
import { request, startRedd } from './lib/redd.mjs';
import { until } from './lib/until.mjs';

const kCode = `
import { app, datastore } from 'codehooks-js';
app.get('/work', async (req, res) => {
  const db = await datastore.open();
  await db.insertOne('todos', { text: 'private words' });
  await db.find('todos', { text: 'private words' }).toArray();
  await db.set('private key', 'private value', { keyspace: 'visits' });
  res.json({});
});
app.get('/many', async (req, res) => {
  const db = await datastore.open();
  for (let i = 0; i < 70; i++) await db.get('k' + i);
  res.json({});
});
app.get('/early', async (req, res) => {
  const db = await datastore.open();
  const later = db.incr('later', 1);
  res.json({});
  await later;
  await db.incr('later', 1);
});
app.get('/broken', (req, res) => { throw new Error('on purpose'); });
export default app.init();
`;

const kStages = ['gateway', 'auth', 'queue', 'worker'];
const endOf = (entry) => entry.startUs + entry.durationUs;

async function setUp(t) {
  const server = await startRedd();
  const app = await makeApp(server, { files: { 'index.js': kCode } });
  t.after(async () => { await app.remove(); await server.stop(); });
  await app.deploy();
  const { key } = await server.api('POST', `${app.space}/tokens`, { access: 'READWRITE' });
  const get = async (path, headers = { 'x-apikey': key }) => (await request(app.url + path, { headers })).status;
  // The line is written when the answer has left, which may be a moment after it arrived.
  const fieldsOf = (path) => until(async () => {
    const { lines } = await server.api('GET', `${app.space}/logs?context=request`);
    return lines.map((line) => line.fields).find((fields) => fields.path === `/dev${path}`);
  });
  return { server, app, get, fieldsOf };
}

test('the line of a request tells where its time went', async (t) => {
  const { get, fieldsOf } = await setUp(t);

  await t.test('stages follow each other, and calls lie inside the worker', async () => {
    assert.equal(await get('/work'), 200);
    const { timeline, durationMs } = await fieldsOf('/work');
    const stages = timeline.slice(0, 4);
    const calls = timeline.slice(4);
    assert.deepEqual(stages.map((stage) => stage.name), kStages);
    assert.deepEqual(calls.map((call) => [call.name, call.detail]), [['db.insert', 'todos'], ['db.find', 'todos'], ['kv.set', 'visits']]);
    assert.equal(stages[0].startUs, 0);
    for (const [i, stage] of stages.slice(1).entries()) assert.equal(stage.startUs, endOf(stages[i]), `${stage.name} begins where ${stages[i].name} ends`);
    const worker = stages[3];
    for (const [i, call] of calls.entries()) {
      assert.ok(call.startUs >= (i ? endOf(calls[i - 1]) : worker.startUs) && endOf(call) <= endOf(worker), JSON.stringify(timeline));
    }
    assert.ok(calls[0].durationUs > 0, 'a write that is on disk took some time');
    const sum = stages.reduce((all, stage) => all + stage.durationUs, 0);
    assert.equal(sum, endOf(worker));
    assert.ok(sum <= durationMs * 1000 + 100, `${sum} µs of ${durationMs} ms`);
    assert.doesNotMatch(JSON.stringify(timeline), /private/);
  });

  await t.test('64 calls are kept, and the rest is counted', async () => {
    assert.equal(await get('/many'), 200);
    const { timeline } = await fieldsOf('/many');
    assert.equal(timeline.length, 4 + 64 + 1);
    assert.ok(timeline.slice(4, 68).every((call) => call.name === 'kv.get' && call.detail === undefined));
    assert.deepEqual(timeline.at(-1), { name: 'more', detail: '6 further calls' });
  });

  await t.test('what a script does after its answer is not the time of the request', async () => {
    assert.equal(await get('/early'), 200);
    const { timeline } = await fieldsOf('/early');
    const worker = timeline.find((entry) => entry.name === 'worker');
    const calls = timeline.slice(4);
    assert.deepEqual(calls.map((call) => call.name), ['kv.incr'], 'the second one began after the answer');
    assert.ok(endOf(calls[0]) <= endOf(worker), JSON.stringify(timeline));
  });

  await t.test('a refused request never came to a worker', async () => {
    assert.equal(await get('/work?refused', {}), 403);
    const { timeline, reason } = await fieldsOf('/work?refused');
    assert.ok(reason);
    assert.deepEqual(timeline.map((entry) => entry.name), ['gateway', 'auth']);
  });
});

test('the activity of a space counts what its log tells', async (t) => {
  const { server, app, get } = await setUp(t);
  for (const path of ['/work', '/many']) assert.equal(await get(path), 200);
  assert.equal(await get('/broken'), 500);
  assert.equal(await get('/work', {}), 403);
  const activity = await until(async () => {
    const now = await server.api('GET', `${app.space}/activity`);
    return now.requestsTotal >= 4 && now;
  });
  const sum = (name) => activity.points.reduce((all, point) => all + point[name], 0);
  assert.equal(activity.stepMs, 10_000);
  assert.equal(sum('requests'), 4);
  assert.equal(activity.requestsTotal, 4);
  assert.equal(sum('failures'), 1);
  assert.equal(sum('refusals'), 1);
  assert.equal(activity.refusalsTotal, 1);
  for (const point of activity.points) {
    assert.equal(point.timeMs % 10_000, 0);
    assert.ok(point.timeMs > activity.startedMs - 10_000 && point.timeMs <= Date.now());
    assert.ok(point.requests === point.refusals ? point.p50Ms === null : point.p50Ms > 0 && point.p50Ms <= point.p99Ms);
  }
  assert.equal(activity.documents, 1);
  assert.ok(activity.bytes > 0);
  const [worker] = activity.workers;
  assert.equal(worker.state, 'ready');
  assert.ok(worker.memoryBytes > 10 << 20, 'a Node process uses more than 10 MiB');

  // A space of the same name that follows a removed one begins anew.
  await server.api('DELETE', `${app.space}?confirm=dev`);
  await server.api('POST', app.space.replace(/\/dev$/, ''), { name: 'dev' });
  const fresh = await server.api('GET', `${app.space}/activity`);
  assert.deepEqual([fresh.points, fresh.requestsTotal, fresh.workers], [[], 0, []]);
});
