// Route patterns and the order of hooks: against the package that the original used, and through the whole server.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { match } from 'node-match-path';
import { request, startRedd } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';
import { random } from './lib/multipart.mjs';

const { compilePattern } = createRequire(import.meta.url)('../runtime/lib/routes.cjs');

// Names end at "/", "." or the end in that package; where they do in ours too, both must agree in everything.
test('HT-08 patterns match as node-match-path 0.6.3 does, over 40000 generated pairs', () => {
  const { below, pick } = random(20_240_601);
  const parts = ['/', '/a', '/b', '/foo', '/Foo', '/:id', '/:name_1', '/:b', '/*', '*', '.', '.x', '/x.y', '-', '/:a/:c', 'a', '_', '/0'];
  const segments = ['/', '/a', '/b', '/foo', '/FOO', '/1', '/a.b', '/x.y', '/xzy', '/-', 'a', '/a%20b', '.x', '//', '/ab', '/0', '/%C3%A9'];
  const made = (list, most) => Array.from({ length: 1 + below(most) }, () => pick(list)).join('');
  let matches = 0;
  for (let n = 0; n < 40_000;) {
    const pattern = `/${made(parts, 4)}`.replace(/\/+/g, '/');
    const names = pattern.match(/:\w+/g) ?? [];
    if (/:\w+[^\w/.]/.test(pattern) || new Set(names).size !== names.length) continue;
    n++;
    const path = `/${made(segments, 5)}`.replace(/^\/+/, '/');
    const wanted = match(pattern, path);
    const got = compilePattern(pattern).match(path);
    assert.equal(got !== null, wanted.matches, `${pattern} on ${path}`);
    if (got === null) continue;
    matches++;
    const decoded = Object.fromEntries(Object.entries(wanted.params ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]));
    assert.deepEqual({ ...got }, decoded, `${pattern} on ${path}`);
  }
  assert.ok(matches > 1_000, `only ${matches} matched`);
});

const code = `import { app } from 'codehooks-js';
const say = (text) => (req, res) => res.json({ text, params: req.params, seen: req.seen, method: req.method });
const note = (text) => (req, res, next) => { req.seen = [...(req.seen ?? []), text]; next(); };
app.auth('/*', (req, res, next) => next());
app.get('/first/:id', say('first'));
app.get('/first/special', say('never'));
app.get('/order/special', say('special'));
app.all('/order/:id', say('all'));
app.get('/order/:id', say('never'));
app.put('/chain', note('one'), note('two'), say('chain'));
app.put('/nested', [note('in'), [note('deeper')]], say('nested'));
app.get(/^\\/shop\\/(?<=shop\\/)(?<item>\\w+)$/i, say('regex'));
app.get('/again', say('old'));
app.get('/again', say('new'));
app.get('/silent', (req, res, next) => next());
app.all('/any', say('any'));
app.get('/next/:how', (req, res, next) => { if (req.params.how === 'status') res.status(418); next(req.params.how === 'text' ? 'told' : new Error('failed')); });
app.get('/global/:how', say('global'));
app.get('/later', (req, res, next) => { setTimeout(next, 5); }, say('later'));
app.get('/returned', async (req, res, next) => { next(); }, async (req, res) => { await null; res.json({ text: 'returned' }); });
app.get('/double', (req, res, next) => { next(); next(); }, say('double'));
app.use(note('global'));
app.use('/order/*', note('path'));
app.use(/shop/, note('regex'));
app.use('/global/stop', (req, res) => res.status(202).json({ stopped: true }));
app.use('/global/text', (req, res, next) => next('no way'));
app.use('/global/status', (req, res, next) => { res.status(409); next(new Error('conflict')); });
app.all('/*', say('rest'));
export default app.init();
`;

describe('routes', () => {
  let server, app;
  const ask = (path, method = 'GET', headers = {}) => request(`${server.url}/dev${path}`, { method, headers });
  before(async () => {
    server = await startRedd();
    app = await makeApp(server, { files: { 'index.js': code } });
    await app.deploy();
  });
  after(async () => { await server?.stop(); await app?.remove(); });

  test('HT-08 the first route in order wins; all; the last registration of a key counts', async () => {
    const text = async (...args) => (await ask(...args)).json.text;
    assert.equal(await text('/first/special'), 'first');
    assert.equal(await text('/order/special'), 'special');
    assert.equal(await text('/order/other'), 'all');
    assert.equal(await text('/ORDER/Special/'), 'special');
    assert.equal(await text('/order/special', 'DELETE'), 'all');
    assert.equal(await text('/again'), 'new');
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) assert.deepEqual((await ask('/any', method)).json.method, method);
    assert.deepEqual((await ask('/first/a%2Fb')).json.params, { id: 'a/b' });
  });

  test('HT-08 HEAD is served by GET, an OPTIONS request that is no preflight by the * route', async () => {
    const head = await ask('/again', 'HEAD');
    assert.deepEqual([head.status, head.text], [200, '']);
    const options = await ask('/any', 'OPTIONS');
    assert.deepEqual([options.status, options.json.method], [200, 'OPTIONS']);
    assert.equal((await ask('/any', 'OPTIONS', { origin: 'https://a.example', 'access-control-request-method': 'PUT' })).status, 204);
  });

  test('HT-09 middleware: global, by path, by RegExp, in order, wherever it was registered', async () => {
    assert.deepEqual((await ask('/order/x')).json.seen, ['global', 'path']);
    assert.deepEqual((await ask('/shop/Hat')).json, { text: 'regex', params: { 1: 'Hat', item: 'Hat' }, seen: ['global', 'regex'], method: 'GET' });
    assert.deepEqual((await ask('/chain', 'PUT')).json.seen, ['global', 'one', 'two']);
    assert.deepEqual((await ask('/nested', 'PUT')).json.seen, ['global', 'in', 'deeper']);
    assert.deepEqual((await ask('/global/stop')).json, { stopped: true });
  });

  test('HT-09 HT-11 next(error) and its status', async () => {
    const got = async (path) => { const { status, text } = await ask(path); return [status, text]; };
    assert.deepEqual(await got('/next/text'), [500, 'told']);
    assert.deepEqual(await got('/next/error'), [500, 'failed']);
    assert.deepEqual(await got('/next/status'), [418, 'failed']);
    assert.deepEqual(await got('/global/text'), [500, 'no way']);
    assert.deepEqual(await got('/global/status'), [409, 'conflict']);
    assert.deepEqual(await got('/silent'), [200, '']);
    assert.equal((await ask('/later')).json.text, 'later');
    assert.equal((await ask('/returned')).json.text, 'returned');
    assert.equal((await ask('/double')).json.text, 'double');
  });
});
