// Key/value, documents and streams as scripts see them, and what they become on the wire (spec 40.1 to 40.6, 40.10, 40.12).
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { FakeServer, bundle } from './fake_server.mjs';

// Runs the text of a function in the worker and gives back what it returned, through JSON.
const app = `
import { app, Datastore, datastore, aggregation } from 'codehooks-js';
import { Writable } from 'node:stream';
const AsyncFunction = (async () => {}).constructor;
app.post('/run', async (req, res) => {
  const run = new AsyncFunction('conn', 'res', 'tools', req.body);
  const result = await run(await Datastore.open(), res, { Datastore, datastore, aggregation, Writable, DB });
  if (!res.headersSent) res.json(result === undefined ? null : result);
});
export default app.init();`;

let server;
before(async () => {
  server = await FakeServer.start(bundle(app));
});
after(async () => assert.equal(await server.stop(), 0));

async function run(code) {
  const answer = await server.request('POST', '/run', { headers: { 'content-type': 'text/plain' }, body: code });
  assert.equal(answer.settledCount, 1);
  assert.ok(answer.status === 200, `${answer.text}\n${server.logs.at(-1)?.text}`);
  return JSON.parse(answer.text);
}

async function sent(code) {
  server.calls.length = 0;
  await run(code);
  return server.calls.map(({ operation, args }) => [operation, ...args]);
}

test('open: one connection, cheap, without await too', async () => {
  assert.deepEqual(await run(`
    const { Datastore, datastore, DB } = tools;
    return [Datastore === DB, datastore === DB, Datastore.open() === DB.open(), (await DB.open('dev')) === conn,
      await Datastore.open().incr('n'), await DB.open('other').catch((error) => error)];`),
  [true, true, true, true, 1, { message: '3 INVALID_ARGUMENT: unknown operation', code: 3, status: 400 }]);
});

test('key/value: values and results', async () => {
  assert.deepEqual(await run(`
    const r = [];
    r.push(await conn.get('k'), await conn.set('k', 'v'), await conn.get('k'), await conn.get('k', 'junk'), await conn.get('k', { keyspace: 'other' }));
    r.push(await conn.set('o', { a: 1 }), await conn.get('o'), await conn.getObj('o'), await conn.set('n', 5), await conn.get('n'), await conn.setObj('o2', [1]), await conn.getObj('o2'));
    r.push(await conn.getObj('none'), await conn.incr('c'), await conn.incr('c', 2.5), await conn.decr('c', 1), await conn.get('c'));
    r.push(await conn.del('k'), await conn.del('k'), await conn.delAll('o*'));
    return r;`),
  [null, 'v', 'v', 'v', null, '{"a":1}', '{"a":1}', { a: 1 }, '5', '5', [1], [1], null, 1, 3.5, 2.5, 2.5, 'v', null, 2]);
  assert.deepEqual(await sent(`
    await conn.set('k', 'v', { keyspace: 's', ttl: '1000' }); await conn.set('k', true); await conn.incr('i', 2, { ttl: 5 }); await conn.decr('i', 3, { keyspace: 's' });
    await conn.getAll('pre*', { keyspace: 's', reverse: true }).toArray(); await conn.get(7);`),
  [['kv.set', 'k', 'v', 's', 1000], ['kv.set', 'k', 'true', null, null], ['kv.incr', 'i', 2, null, 5], ['kv.incr', 'i', -3, 's', null],
    ['kv.getAll', 'pre', 's', { reverse: true, onlykeys: false }], ['kv.get', '7', null]]);
  const refused = await run(`
    const refusals = [conn.get(), conn.set(null, 'x'), conn.incr('x', 'many'), conn.set('x', 'y', { ttl: 'soon' }), conn.set('x', 1n), conn.insertOne('', {}), conn.insertOne('c', 5),
      conn.insertOne('c', { n: 1n }), conn.updateOne('c', 'id', 'change'), conn.findOne('c', true), conn.enqueue('topic', {})];
    return (await Promise.allSettled(refusals)).map(({ status, reason }) => [status, reason?.code]);`);
  assert.deepEqual(refused.map(([, code]) => code), [3, 3, 3, 3, undefined, 3, 3, 3, 3, 3, 12].map((code) => code ?? null));
  assert.equal(refused[4][0], 'fulfilled');
  assert.deepEqual(await run(`await conn.set('p:1', 'a'); await conn.set('p:2', 'b'); return conn.getAll('p:').toArray();`),
    [{ key: 'p:1', val: 'a', value: 'a' }, { key: 'p:2', val: 'b', value: 'b' }]);
});

test('documents: results, and absence', async () => {
  const notFound = { message: '5 NOT_FOUND: Not found', code: 5, status: 404 };
  assert.deepEqual(await run(`
    const failed = (promise) => promise.catch((error) => (error instanceof Error ? error : 'no Error'));
    const made = await conn.insertOne('d', { a: 1, when: new Date(0), gone: undefined, n: NaN, r: /x/ });
    const id = made._id;
    return [made, await conn.getOne('d', id), await conn.findOne('d', { a: 1 }), await conn.findOneOrNull('d', 'no'), await failed(conn.getOne('d', 'no')), await failed(conn.findOne('d', {a: 2})),
      await failed(conn.updateOne('d', 'no', {})), await failed(conn.removeOne('d', 'no')), (await conn.updateOne('d', id, { $set: { a: 2 } })).a,
      await conn.count('d'), await conn.getOne('d', ['x', id]).then((one) => one.a), await conn.removeOne('d', id), await conn.collection('d').count(), await conn.collection('d').find().toArray()];`)
    .then((all) => all.map((one) => (one?._id ? { ...one, _id: 'id' } : one))),
  [{ a: 1, when: '1970-01-01T00:00:00.000Z', n: null, r: {}, _id: 'id' }, { a: 1, when: '1970-01-01T00:00:00.000Z', n: null, r: {}, _id: 'id' },
    { a: 1, when: '1970-01-01T00:00:00.000Z', n: null, r: {}, _id: 'id' }, null, notFound, notFound, notFound, notFound, 2, { count: 1 }, 2, { _id: 'id' }, { count: 0 }, []]);
});

test('documents: argument variants on the wire', async () => {
  const any = 'catch(() => {})';
  assert.deepEqual(await sent(`
    await conn.getMany('c', { filter: { a: 1 }, limit: 2, hints: { $fields: { a: 1 } } }).toArray();
    await conn.getMany('c', { limit: 2, other: 1 }).toArray();
    await conn.getMany('c', { a: 1 }, { filter: { b: 1 }, sort: 'a' }).toArray();
    await conn.find('c').sort({ a: -1 }).skip(1).limit(3).toArray();
    await conn.updateMany('c', { x: 1 }, { filter: { a: 1 } }).${any};
    await conn.updateMany('c', { a: 1 }, { x: 1 }, { upsert: true }).${any};
    await conn.updateOne('c', 'id', { $set: { a: 1 } }, {}, { upsert: true }).${any};
    await conn.updateOne('c', 'id', { $inc: { a: 1 } }, { upsert: true }).${any};
    await conn.removeMany('c', { filter: { a: 1 } });
    await conn.removeMany('c', {});
    await conn.replaceMany('c', { x: 1 }, { filter: { a: 1 } }).${any};
    await conn.find('c', { a: /x/gi, $or: [{ b: { $regex: /y/ } }, { c: { $in: [/z/m] } }, { d: { $not: /w/ } }], t: { $gt: new Date(0) } }).toArray();
    await conn.updateOne('c', 'id', { $pull: { tags: /x/i }, $set: { r: /x/ } }).${any};`),
  [['doc.find', 'c', { a: 1 }, { limit: 2, hints: { $fields: { a: 1 } } }], ['doc.find', 'c', { limit: 2, other: 1 }, {}], ['doc.find', 'c', { a: 1 }, { sort: 'a' }],
    ['doc.find', 'c', {}, { sort: { a: -1 }, offset: 1, limit: 3 }], ['doc.update', 'c', { a: 1 }, { x: 1 }, { upsert: false, many: true }],
    ['doc.update', 'c', { a: 1 }, { x: 1 }, { upsert: true, many: true }], ['doc.update', 'c', 'id', { $set: { a: 1 } }, { upsert: true }],
    ['doc.update', 'c', 'id', { $inc: { a: 1 } }, { upsert: true }], ['doc.remove', 'c', { a: 1 }, { many: true }], ['doc.remove', 'c', {}, { many: true }],
    ['doc.replace', 'c', { a: 1 }, { x: 1 }, { upsert: false, many: true }],
    ['doc.find', 'c', { a: { $regex: 'x', $options: 'i' }, $or: [{ b: { $regex: 'y', $options: '' } }, { c: { $in: [{ $regex: 'z', $options: 'm' }] } },
      { d: { $not: { $regex: 'w', $options: '' } } }], t: { $gt: '1970-01-01T00:00:00.000Z' } }, {}],
    ['doc.update', 'c', 'id', { $pull: { tags: { $regex: 'x', $options: 'i' } }, $set: { r: {} } }, { upsert: false }]]);
});

test('streams: every way to read them', async () => {
  server.batchItems = 3;
  const expected = [...Array(8).keys()];
  await run(`await conn.insertOne('s', [...Array(8).keys()].map((n) => ({ n })));`);
  assert.deepEqual(await run(`
    const r = {};
    r.array = (await conn.find('s').toArray()).map((d) => d.n);
    r.each = []; await conn.find('s').forEach(async (d) => { await null; r.each.push(d.n); });
    r.iterated = []; for await (const d of conn.find('s')) r.iterated.push(d.n);
    r.events = await new Promise((resolve) => { const seen = []; const stream = conn.find('s'); stream.on('data', (d) => { seen.push(d.n); if (d.n === 1) { stream.pause(); setTimeout(() => stream.resume(), 5); } }).on('end', () => resolve(seen)); });
    r.thenable = typeof (await conn.find('s')).then;
    r.aggregated = (await tools.aggregation(conn.find('s'), { $sum: 'n' })).n.sum;
    return r;`), { array: expected, each: expected, iterated: expected, events: expected, thenable: 'undefined', aggregated: 28 });
  server.calls.length = 0;
  assert.equal(await run(`for await (const d of conn.find('s')) if (d.n === 4) break; return null;`), null);
  assert.deepEqual(server.calls.map(({ operation }) => operation), ['doc.find', 'cursor.next', 'cursor.close']);
  assert.equal(await run(`return await new Promise((resolve) => { const s = conn.find('s'); let n = 0; s.on('data', () => { if (++n === 2) s.cancel(); }); s.on('end', () => resolve(n)); });`), 2);
  server.batchItems = 100;
});

test('streams into the response and into writables', async () => {
  const post = async (code) => server.request('POST', '/run', { headers: { 'content-type': 'text/plain' }, body: code });
  await run(`await conn.insertOne('p', [{ _id: 'a' }, { _id: 'b' }]);`);
  const text = '[\n{"_id":"a"},\n{"_id":"b"}\n]';
  for (const code of [`conn.find('p').json(res); await new Promise((go) => res.on('finish', go));`, `conn.find('p').pipe(res); await new Promise((go) => res.on('finish', go));`,
    `res.json(conn.find('p')); await new Promise((go) => res.on('finish', go));`]) {
    const answer = await post(code);
    assert.deepEqual([answer.text, answer.header('content-type')], [text, 'application/json']);
  }
  assert.deepEqual((await post(`conn.find('empty').json(res); await new Promise((go) => res.on('finish', go));`)).json, []);
  assert.equal(await run(`let t = ''; const w = new tools.Writable({ write(c, e, done) { t += c; setTimeout(done, 1); } }); conn.find('p').pipe(w);
    await new Promise((go) => w.on('finish', go)); return t;`), text);
  server.onCall = (operation) => (operation.startsWith('doc.find') ? { error: { message: '3 INVALID_ARGUMENT: Invalid query: $x', code: 3, status: 400 } } : undefined);
  const failed = await post(`conn.find('p', { $x: 1 }).json(res); await new Promise((go) => res.on('finish', go));`);
  assert.deepEqual([failed.status, failed.json], [500, { error: '3 INVALID_ARGUMENT: Invalid query: $x' }]);
  const unheard = await post(`conn.find('p').on('data', () => {}); await new Promise((go) => res.on('finish', go));`);
  assert.equal(unheard.json.fatal, true);
  server.onCall = null;
});

test('a long result is piped at the pace of its reader', async () => {
  server.autoCredit = false;
  server.batchItems = 1;
  await run(`await conn.insertOne('long', [...Array(200).keys()].map((n) => ({ n, pad: 'x'.repeat(32000) })));`);
  server.calls.length = 0;
  const answer = server.invoke('POST', '/run', { headers: { 'content-type': 'text/plain' }, body: `conn.find('long').json(res); await new Promise((go) => res.on('finish', go));` });
  await answer.until(({ bytes }) => bytes.length >= 256 << 10);
  for (let before = -1; before !== server.calls.length;) {
    before = server.calls.length;
    await run('return 1;');
  }
  assert.ok(server.calls.length < 60, `${server.calls.length} batches of 32 KB were fetched for a window of 256 KiB and a queue of 1 MiB`);
  server.autoCredit = true;
  server.credit(answer, 10_000_000);
  await answer.until((done) => done.settledCount === 1);
  assert.equal(answer.json.length, 200);
  server.batchItems = 100;
});

test('calls: the invocation they belong to, and more than may be in flight', async () => {
  server.calls.length = 0;
  assert.equal(await run(`return (await Promise.all(Array.from({ length: 2500 }, (_, i) => conn.incr('many')))).at(-1);`), 2500);
  const [first] = server.calls;
  assert.ok(first.invocation > 0 && server.calls.every((call) => call.invocation === first.invocation));
  server.calls.length = 0;
  await run(`setTimeout(() => conn.get('afterwards'), 5); return 1;`);
  while (server.calls.length === 0) await run('return 1;');
  assert.deepEqual(server.calls[0], { invocation: 0, operation: 'kv.get', args: ['afterwards', null] });
});

test('errors of the server: Error objects, own enumerable fields, a stack that names the caller', async () => {
  server.onCall = () => ({ error: { message: 'Schema validation failed', schemaError: [{ keyword: 'type' }], code: 3, status: 400 } });
  assert.deepEqual(await run(`try { await conn.insertOne('c', {}); } catch (error) { return [error instanceof Error, error, String(error), Object.keys(error)]; }`),
    [true, { message: 'Schema validation failed', schemaError: [{ keyword: 'type' }], code: 3, status: 400 }, 'Error: Schema validation failed', ['message', 'schemaError', 'code', 'status']]);
  server.onCall = null;
});
