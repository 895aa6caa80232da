// index.advice: a slow query of an app asks for an index by name of its fields, and asks no more when it is there.
import test from 'node:test';
import assert from 'node:assert/strict';
import { makeApp } from './lib/app.mjs';
import { request, startRedd } from './lib/redd.mjs';

const kCode = `
import { app, Datastore } from 'codehooks-js';
app.post('/fill', async (req, res) => {
  const db = await Datastore.open();
  await db.insertOne('orders', Array.from({ length: 5000 }, (_, i) => ({ number: i, customer: 'customer-' + (i % 1000), total: i % 97 })));
  res.json({});
});
app.get('/of/:customer', async (req, res) => {
  const db = await Datastore.open();
  res.json(await db.find('orders', { customer: req.params.customer }, { sort: { number: -1 } }).toArray());
});
app.get('/number/:n', async (req, res) => {
  const db = await Datastore.open();
  res.json(await db.find('orders', { number: Number(req.params.n) }).toArray());
});
export default app.init();
`;

test('index.advice', async (t) => {
  const server = await startRedd();
  const app = await makeApp(server, { files: { 'index.js': kCode } });
  t.after(async () => { await server.stop(); await app.remove(); });
  await app.deploy();
  const { key } = await server.api('POST', `${app.space}/tokens`, { access: 'READWRITE' });
  const call = async (method, path) => {
    const answer = await request(`${app.url}${path}`, { method, headers: { 'x-apikey': key } });
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
  };
  const advice = async () => (await server.api('GET', `${app.space}/advice`)).advice;
  await call('POST', '/fill');
  assert.deepEqual(await advice(), [], 'writes are no slow queries');

  await t.test('slow finds are told by their shape, the worst first, without values', async () => {
    for (const name of ['customer-7', 'customer-8', 'nobody-at-all']) await call('GET', `/of/${name}`);
    assert.equal((await call('GET', '/number/4999')).length, 1);
    const [of, number, ...more] = await advice();
    assert.deepEqual(more, []);
    assert.deepEqual({ ...of, slowestMs: 0, lastMs: 0 }, { collection: 'orders', fields: ['customer', 'number'], queries: 3, readAverage: 5000, returnedAverage: 3.3, slowestMs: 0, lastMs: 0 });
    assert.ok(of.slowestMs > 0 && Math.abs(Date.now() - of.lastMs) < 60_000);
    assert.deepEqual([number.fields, number.queries, number.returnedAverage], [['number'], 1, 1]);
    assert.doesNotMatch(JSON.stringify(await advice()), /customer-7|nobody|4999/);
  });

  await t.test('coho names the index; with it the advice is gone', async () => {
    const { stdout } = await app.good('collections', '--advice');
    assert.match(stdout, /^COLLECTION +INDEX +QUERIES +READ EACH +RETURNED EACH +SLOWEST +LAST$/m);
    assert.match(stdout, /^orders +customer,number +3 +5,000 +3 +\d+ ms +\d{4}-/m);
    assert.deepEqual(JSON.parse((await app.good('collections', '--advice', '--json')).stdout).advice, await advice());
    await app.good('createindex', 'orders', '-i', 'customer,number');
    assert.deepEqual((await advice()).map(({ fields }) => fields), [['number']]);
    assert.equal((await call('GET', '/of/customer-7')).length, 5);
    await app.good('createindex', 'orders', '-i', 'number');
    assert.equal((await call('GET', '/number/4999')).length, 1);
    assert.deepEqual(await advice(), []);
    assert.match((await app.good('collections', '--advice')).stdout, /No query wants an index/);
  });
});
