// What surrounds an app's functions: globals, errors, the startup hook, other spaces, the log, calls back into the server.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { request, startRedd } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';

const code = `import { app, Datastore, datastore } from 'codehooks-js';
import fetch2 from 'node-fetch';
import { EventEmitter } from 'node:events';
import http from 'node:http';
import net from 'node:net';
console.log('while loading');
app.auth('/*', (req, res, next) => { console.log('in the hook'); next(); });
app.get('/globals', (req, res) => res.json({
  same: DB === globalThis.Datastore && Datastore === DB && datastore === DB, open: typeof DB.open, close: typeof DB.close,
  files: ['getFileStream', 'readFile', 'saveFile', 'deleteFile', 'list'].filter((name) => typeof _coho_fs[name] !== 'function'),
  standard: ['Buffer', 'URL', 'TextEncoder', 'setTimeout', 'fetch', 'crypto', 'AbortController', 'structuredClone', 'queueMicrotask'].filter((name) => globalThis[name] === undefined),
  scope: [typeof exports, typeof require, typeof module, typeof __filename, typeof __dirname], env: { ...process.env },
}));
app.get('/interval', (req, res) => { try { setInterval(() => {}, 1); } catch (error) { res.json({ message: error.message }); } });
app.get('/timer', (req, res) => { setTimeout(() => res.json({ fired: true }), 5); });
app.get('/throw', () => { throw new Error('thrown on purpose'); });
app.get('/reject', async () => { throw { odd: 'rejected on purpose' }; });
app.get('/started-throw', async (req, res) => { res.write('begun'); await new Promise((done) => setTimeout(done, 50)); throw new Error('after the start'); });
app.get('/ended-throw', (req, res) => { res.json({ done: true }); throw new Error('after the end'); });
app.get('/detached', (req, res) => { setTimeout(() => { throw new Error('detached on purpose'); }, 1); setTimeout(() => res.json({}), 200); });
app.get('/stray', (req, res) => { Promise.reject(new Error('stray rejection')); setTimeout(() => res.json({}), 200); });
app.get('/emitter', async (req, res) => { res.json({ ok: true }); new EventEmitter().emit('error', new Error('nobody listens')); });
app.get('/unawaited', async (req, res) => { const conn = await Datastore.open(); conn.set('late', 'kept'); res.end(); });
app.get('/late', async (req, res) => { const conn = await Datastore.open(); res.json(await conn.get('late')); });
app.get('/log', (req, res) => { console.log('one', { a: [1] }, 2); console.warn('careful'); console.error(new Error('shown')); console.debug('fine'); res.json({ id: req.headers['x-request-id'] }); });
app.get('/count', async (req, res) => { const conn = await Datastore.open(); res.json({ startups: await conn.get('startups') }); });
app.get('/put/:value', async (req, res) => { const conn = await Datastore.open(); await conn.set('which', req.params.value); await conn.insertOne('things', Array.from({ length: 250 }, (_, n) => ({ n, of: req.params.value }))); res.end(); });
app.get('/other/:space', async (req, res) => {
  const conn = await DB.open(req.params.space);
  const things = await conn.getMany('things').toArray();
  res.json({ which: await conn.get('which'), count: await conn.collection('things').count(), things: things.length, of: things[0].of, first: (await conn.findOne('things', { n: 3 })).of });
});
app.get('/other-missing', (req, res) => DB.open('nowhere').then(() => res.json({}), (error) => res.json({ message: error.message, status: error.status })));

// ---- calls back into the server
app.get('/whoami', (req, res) => res.json({ space: req.datastore, key: req.headers['x-apikey'] ?? null, host: req.headers.host, depth: req.headers['x-redd-depth'] ?? null }));
app.post('/echo', (req, res) => res.json(req.body));
app.post('/internal', async (req, res) => {
  const { url, options, how } = req.body;
  const { host, pathname, search } = new URL(url);
  if (how === 'library') { const answer = await app.internalFetch(url, options); return res.status(answer.status).json(await answer.json()); }
  if (how === 'fetch') { const answer = await fetch('http://apigateway-service:8888' + pathname + search, { ...options, headers: { ...options?.headers, host } }); return res.status(answer.status).json(await answer.json()); }
  if (how === 'node-fetch') { const answer = await fetch2('http://apigateway-service:8888' + pathname, { headers: { host } }); return res.status(answer.status).json(await answer.json()); }
  if (how === 'http') return http.get({ host: 'apigateway-service', port: 8888, path: pathname, headers: { host } }, (answer) => answer.pipe(res.type('json').writable));
  const socket = net.connect(8888, 'apigateway-service', () => socket.end('GET ' + pathname + ' HTTP/1.1\\r\\nHost: ' + host + '\\r\\nConnection: close\\r\\n\\r\\n'));
  let text = ''; for await (const piece of socket) text += piece;
  res.send(text);
});
let deepest = 0;
app.get('/again/:how', async (req, res) => {
  deepest++;
  const url = 'http://apigateway-service:8888' + req.path, headers = { host: req.headers.host, 'x-redd-depth': '0' };
  const answer = req.params.how === 'fetch' ? await fetch(url, { headers }) : await app.internalFetch('http://' + req.headers.host + req.path, { headers });
  res.status(answer.status).json(await answer.json());
});
app.get('/deepest', (req, res) => { res.json(deepest); deepest = 0; });
export default app.init(async () => { const conn = await Datastore.open(); await conn.incr('startups', 1); console.log('startup hook ran'); });
`;
const other = `import { app } from 'codehooks-js';
app.get('/whoami', (req, res) => res.json({ space: req.datastore, project: 'other', key: req.headers['x-apikey'] ?? null }));
export default app.init(() => { throw new Error('startup broke'); });
`;

describe('runtime', () => {
  let server, app, stranger;
  const ask = (path, more) => request(`${server.url}/dev${path}`, more);
  const logged = async (args = []) => (await app.good('log', '--tail', '400', '--json', ...args)).stdout;
  const until = async (check) => { for (;;) { const found = await check(); if (found) return found; } };
  before(async () => {
    server = await startRedd({ args: ['--request-timeout-ms', '20000'] });
    app = await makeApp(server, { files: { 'index.js': code } });
    await app.deploy();
    await server.api('POST', `/projects/${app.project}/spaces`, { name: 'stage' });
    await app.good('deploy', '--space', 'stage');
    stranger = await makeApp(server, { name: 'stranger', files: { 'index.js': other } });
    await stranger.deploy();
  });
  after(async () => { await server?.stop(); await app?.remove(); await stranger?.remove(); });

  test('RT-01 RT-02 globals are there before the bundle, and the space\'s variables only', async () => {
    const { json } = await ask('/globals');
    assert.deepEqual(json, { same: true, open: 'function', close: 'function', files: [], standard: [], scope: ['object', 'function', 'object', 'string', 'string'], env: { NODE_ENV: 'production', TZ: 'UTC' } });
  });

  test('RT-10 setInterval is refused, timers work', async () => {
    assert.deepEqual((await ask('/interval')).json, { message: 'setInterval is disabled, use a cron job instead' });
    assert.deepEqual((await ask('/timer')).json, { fired: true });
  });

  test('RT-09 HT-11 every row of the error table', { timeout: 60_000 }, async () => {
    const fatal = { text: 'Unhandled Codehook exception, check logs', fatal: true };
    for (const path of ['/throw', '/reject', '/detached', '/stray']) {
      const answer = await ask(path);
      assert.deepEqual([answer.status, answer.json], [500, fatal], path);
    }
    await assert.rejects(fetch(`${server.url}/dev/started-throw`).then((answer) => answer.text()));
    assert.deepEqual((await ask('/ended-throw')).json, { done: true });
    assert.deepEqual((await ask('/emitter')).json, { ok: true });
    assert.deepEqual((await ask('/globals')).status, 200);
    await until(async () => {
      const text = await logged();
      return ['thrown on purpose', 'rejected on purpose', 'after the start', 'after the end', 'detached on purpose', 'stray rejection', 'nobody listens'].every((one) => text.includes(one));
    });
    assert.match(await logged(), /index\.js:\d+:\d+/);
  });

  test('RT-09 what is not awaited still completes', async () => {
    await ask('/unawaited');
    await until(async () => (await ask('/late')).json === 'kept');
  });

  test('RT-06 the startup hook runs once per deployment, before traffic; its failure refuses nothing', { timeout: 60_000 }, async () => {
    assert.deepEqual((await ask('/count')).json, { startups: 1 });
    await app.good('set-env', 'RESTART', 'workers');
    await until(async () => (await ask('/globals')).json.env.RESTART === 'workers');
    assert.deepEqual((await ask('/count')).json, { startups: 1 });
    await app.good('remove-env', 'RESTART');
    await app.deploy();
    assert.deepEqual((await ask('/count')).json, { startups: 2 });
    assert.match((await stranger.good('log', '--tail', '50')).stdout, /startup broke/);
  });

  test('RT-11 lines of the console: format, level, context, and the request they belong to', async () => {
    // In the space that nobody polls: a busy one has no line for each plain request.
    const { json: { id } } = await request(`${server.url}/stage/log`);
    const lines = await until(async () => {
      const { lines } = await server.api('GET', `/projects/${app.project}/spaces/stage/logs?tail=400`);
      const mine = lines.filter((line) => line.requestId === id);
      return mine.length >= 5 && mine.some((line) => line.context === 'request') && mine;  // that one comes behind the answer
    });
    const of = (level, context) => lines.filter((line) => line.level === level && line.context === context).map((line) => line.text);
    assert.deepEqual(of('log', 'authhooks'), [' in the hook']);
    assert.deepEqual(of('log', 'routehooks'), [' one {\n  "a": [\n    1\n  ]\n} 2']);
    assert.deepEqual(of('warn', 'routehooks'), [' careful']);
    assert.match(of('error', 'routehooks')[0], /^ Error: shown\n {4}at .*index\.js:\d+/);
    assert.deepEqual(of('debug', 'routehooks'), [' fine']);
    assert.equal(lines.filter((line) => line.context === 'request').length, 1);
    const all = await logged(['--space', 'stage']);
    assert.match(all, /while loading/);
    assert.match(all, /startup hook ran/);
  });

  test('RT-02 DB.open(name) is another space of the project, and no other', async () => {
    await ask('/put/dev');
    await request(`${server.url}/stage/put/stage`);
    assert.deepEqual((await ask('/other/stage')).json, { which: 'stage', count: { count: 250 }, things: 250, of: 'stage', first: 'stage' });
    assert.deepEqual((await request(`${server.url}/stage/other/dev`)).json.which, 'dev');
    const missing = (await ask('/other-missing')).json;
    assert.equal(missing.status, 404);
    assert.match(missing.message, /no space nowhere/);
  });

  const internal = (how, url, options) => ask('/internal', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ how, url, options }) });

  test('RT-08 internalFetch reaches another space and another project, with their own authentication', async () => {
    for (const how of ['library', 'fetch', 'node-fetch', 'http']) {
      const { status, json } = await internal(how, `https://${app.project}.api.example.com/stage/whoami`);
      assert.deepEqual([status, json], [200, { space: 'stage', key: null, host: `${app.project}.api.example.com`, depth: null }], how);
    }
    assert.match((await internal('net', `https://${app.project}.api.example.com/stage/whoami`)).text, /"space":"stage"/);
    const posted = await internal('library', `https://${app.project}.api.example.com/stage/echo`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' });
    assert.deepEqual(posted.json, { a: 1 });
    const url = `https://${stranger.project}.api.example.com/dev/whoami`;
    const refused = await internal('library', url);
    assert.deepEqual([refused.status, refused.json.error], [403, 'Not allowed']);
    const { key } = await server.api('POST', `${stranger.space}/tokens`, { access: 'READ' });
    assert.deepEqual((await internal('fetch', url, { headers: { 'x-apikey': key } })).json, { space: 'dev', project: 'other', key });
    assert.equal((await internal('library', 'https://unknown.example.com/dev/x')).status, 421);
  });

  test('RT-08 a space that calls itself without end is stopped', { timeout: 60_000 }, async () => {
    for (const how of ['library', 'fetch']) {
      const answer = await ask(`/again/${how}`);
      assert.equal(answer.status, 508, how);
      assert.match(answer.json.error, /Loop detected: calls of spaces to each other are 11 deep, at most 10 are allowed/);
      assert.equal((await ask('/deepest')).json, 11);
    }
  });
});
