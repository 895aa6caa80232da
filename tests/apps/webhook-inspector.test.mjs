// A webhook inspector: what came is kept byte for byte, and sent again to another space of the same server.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { serveApp } from '../lib/served.mjs';

const target = `import { app } from 'codehooks-js';
app.auth('/open', (req, res, next) => next());
const echo = (req, res) => res.status(201).json({ method: req.method, raw: req.rawBody, query: req.query, of: req.headers['x-replay-of'], space: req.datastore });
app.all('/open', echo);
app.all('/closed', echo);
export default app.init();`;

describe('webhook-inspector', () => {
  let hooks, other;
  const key = { key: true };
  before(async () => {
    hooks = await serveApp('webhook-inspector');
    const { app, server } = hooks;
    // The space that is called, beside dev in the same project.
    await server.api('POST', `/projects/${app.project}/spaces`, { name: 'target' });
    await app.write({ 'target/index.js': target });
    await app.good('deploy', '--dir', 'target', '--project', app.project, '--space', 'target');
    const made = await server.api('POST', `/projects/${app.project}/spaces/target/tokens`, { access: 'READWRITE' });
    other = { key: made.key, url: `http://${app.host}/target` };
  });
  after(() => hooks?.stop());
  const kept = async (bin, query = '') => (await hooks.get(`/bins/${bin}/requests${query}`, key)).json;

  test('HT-02 HT-04 HT-08 five verbs on one pattern, each kept as it came', async () => {
    const raw = '{ "amount" : 1.50,  "text":"åß☃" }\n';
    const headers = { 'content-type': 'application/json', 'X-Signature': 'sha256=abc', 'x-twice': 'one' };
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await hooks.send(method, '/in/pay?a=1&b=x%20y&b=z&empty=', raw, { headers });
      assert.equal(answer.status, 202, method);
    }
    assert.equal((await hooks.get('/in/pay?plain')).status, 202);
    const all = await kept('pay');
    assert.deepEqual(all.map((one) => one.method), ['GET', 'DELETE', 'PATCH', 'PUT', 'POST']);
    const post = all.at(-1);
    assert.deepEqual([post.rawBody, post.body], [raw, { amount: 1.5, text: 'åß☃' }]);
    assert.deepEqual(post.query, { a: '1', b: ['x y', 'z'], empty: '' });
    assert.deepEqual([post.headers['x-signature'], post.headers['content-length']], ['sha256=abc', String(Buffer.byteLength(raw))]);
    assert.equal(post.originalUrl, '/dev/in/pay?a=1&b=x%20y&b=z&empty=');
    assert.match(post.at, /^\d{4}-\d\d-\d\dT.*Z$/);
    assert.deepEqual([all[0].rawBody, all[0].body, all[0].query], ['', {}, { plain: '' }]);
    assert.deepEqual((await kept('pay', '?method=PUT')).length, 1);
  });

  test('HT-02 HT-04 forms and text, and what no pattern takes', async () => {
    const form = await hooks.post('/in/form', new URLSearchParams([['Body', 'a b&c'], ['From', '+47']]));
    assert.equal(form.status, 202);
    await hooks.post('/in/form', 'plain <b>text</b>', { headers: { 'content-type': 'text/plain' } });
    const [text, fields] = await kept('form');
    assert.deepEqual([fields.body, fields.rawBody], [{ Body: 'a b&c', From: '+47' }, 'Body=a+b%26c&From=%2B47']);
    assert.deepEqual([text.body, text.rawBody], ['plain <b>text</b>', 'plain <b>text</b>']);
    const bad = await hooks.post('/in/form', '{"a":', { headers: { 'content-type': 'application/json' } });
    assert.deepEqual([bad.status, bad.json], [400, { error: 'Invalid JSON body' }]);
    assert.equal((await hooks.send('PROPFIND', '/in/form')).status >= 400, true);
    assert.equal((await hooks.post('/in/form/more', 'x')).status, 404);
    assert.equal((await kept('form')).length, 2);
  });

  test('RT-08 a kept request is sent again to another space', async () => {
    const post = (await kept('pay')).at(-1);
    const again = await hooks.post(`/requests/${post._id}/replay`, { to: `${other.url}/open?c=3` }, key);
    assert.equal(again.status, 200, again.text);
    assert.equal(again.json.status, 201, again.text);
    const seen = JSON.parse(again.json.text);
    assert.deepEqual([seen.method, seen.raw, seen.of, seen.space], ['POST', post.rawBody, post._id, 'target']);
    assert.deepEqual([seen.query.a, seen.query.c], ['1', '3']);
    assert.equal((await kept('pay')).at(-1).replays.length, 1);
  });

  test('RT-08 AU-01 the other space asks for its own key', async () => {
    const post = (await kept('pay')).at(-1);
    const replay = async (more) => (await hooks.post(`/requests/${post._id}/replay`, { to: `${other.url}/closed`, ...more }, key)).json;
    assert.equal((await replay({})).status, 403);
    assert.equal((await replay({ key: hooks.key })).status, 403); // the key of dev opens nothing here
    assert.equal((await replay({ key: other.key })).status, 201);
  });

  test('KV-03 KV-04 DB-06 AU-03 bins are counted, emptied alone, and read with a key only', async () => {
    assert.deepEqual((await hooks.get('/bins', key)).json, { form: 2, pay: 5 });
    assert.deepEqual((await hooks.del('/bins/form', key)).json, { count: 2 });
    assert.deepEqual((await hooks.get('/bins', key)).json, { pay: 5 });
    assert.equal((await kept('pay')).length, 5);
    for (const path of ['/bins', '/bins/pay/requests', '/in']) assert.equal((await hooks.get(path)).status, 403, path);
  });
});
