// Published versions of codehooks-js, the oldest that matter to the newest: the same app deploys and runs on each.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { request, startRedd } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';

const code = (name) => `import app, { datastore } from '${name}';
import { app as named, Datastore } from '${name}';
app.auth('/*', (req, res, next) => next());
app.use((req, res, next) => { req.seen = true; next(); });
app.get('/hello/:who', async (req, res) => {
  const conn = await (datastore ?? Datastore).open();
  const n = await conn.incr('n', 1);
  const made = await conn.insertOne('notes', { text: req.params.who });
  res.json({ n, seen: req.seen, same: named === app || named === undefined, text: (await conn.getOne('notes', made._id)).text, many: (await conn.getMany('notes').toArray()).length });
});
app.get(/^\\/re\\/(\\d+)$/, (req, res) => res.json({ digits: req.params[1] }));
app.post('/body', (req, res) => res.status(201).json(req.body));
app.job('0 0 1 1 *', (req, res) => res.end());
app.queue('topic', (req, res) => res.end());
export default app.init();
`;
const crudlify = `import app from 'codehooks-js-1.0';
import crudlify from 'codehooks-crudlify';
import { object, string, number } from 'yup';
app.auth('/*', (req, res, next) => next());
crudlify(app, { customer: object({ name: string().required(), age: number() }) });
export default app.init();
`;

describe('library versions', () => {
  let server;
  const apps = [];
  before(async () => { server = await startRedd(); });
  after(async () => { await server?.stop(); for (const app of apps) await app.remove(); });
  const start = async (name, source) => {
    const app = await makeApp(server, { name, files: { 'index.js': source } });
    apps.push(app);
    await app.deploy();
    return (path, more = {}) => request(`${server.url}/dev${path}`, { ...more, headers: { host: app.host, ...more.headers } });
  };

  for (const [version, name] of [['1.0.11', 'codehooks-js-1.0'], ['1.2.18', 'codehooks-js-1.2'], ['1.3.14', 'codehooks-js-1.3'], ['1.4.3', 'codehooks-js']]) {
    test(`RT-01 RT-07 codehooks-js ${version}`, { timeout: 60_000 }, async () => {
      const ask = await start(`lib${version.replaceAll('.', '')}`, code(name));
      assert.deepEqual((await ask('/hello/you')).json, { n: 1, seen: true, same: true, text: 'you', many: 1 });
      assert.deepEqual((await ask('/hello/me')).json.many, 2);
        if (version !== '1.0.11') assert.deepEqual((await ask('/re/42')).json, { digits: '42' });  // came later
      const posted = await ask('/body', { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } });
      assert.deepEqual([posted.status, posted.json], [201, { a: 1 }]);
    });
  }

  test('RT-07 codehooks-crudlify with the old library', { timeout: 60_000 }, async () => {
    const ask = await start('crudlify', crudlify);
    const json = { 'content-type': 'application/json' };
    const made = await ask('/customer', { method: 'POST', body: '{"name":"Jane","age":42}', headers: json });
    assert.equal(made.status, 201, made.text);
    assert.deepEqual((await ask(`/customer/${made.json._id}`)).json, { name: 'Jane', age: 42, _id: made.json._id });
    assert.equal((await ask('/customer', { method: 'POST', body: '{"age":1}', headers: json })).status, 400);
    assert.equal((await ask('/customer?name=Jane')).json.length, 1);
    assert.equal((await ask(`/customer/${made.json._id}`, { method: 'DELETE' })).status, 200);
    assert.deepEqual((await ask('/customer')).json, []);
  });
});
