// The founding shape on the published packages, and what each release of codehooks-js records (spec 10, 20.6, 30.5).
import test from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { FakeServer, bundle } from './fake_server.mjs';

async function withApp(source, work, options) {
  const server = await FakeServer.start(bundle(source), options);
  try {
    await work(server);
    for (const answer of server.answers.values()) assert.ok(answer.settledCount <= 1, 'settled more than once');
  } finally {
    assert.equal(await server.stop(), 0, server.stderr);
  }
  for (const answer of server.answers.values()) assert.equal(answer.settledCount, 1, 'settled exactly once');
}

const founding = (library, fetchPackage) => `
import { app, Datastore } from '${library}';
import fetch from '${fetchPackage}';
app.use(async (req, res, next) => {
  try {
    const { authorization } = req.headers;
    if (!authorization) return res.sendStatus(401);
    const token = authorization.replace(/^Bearer /i, '');
    const conn = await Datastore.open();
    const cached = await conn.get(token, { keyspace: 'sessions' });
    if (cached) {
      req.user = JSON.parse(cached);
      return next();
    }
    const response = await fetch(process.env.USERINFO, { headers: { authorization } });
    if (!response.ok) return next(new Error('no profile'));
    req.user = await response.json();
    conn.set(token, JSON.stringify(req.user), { keyspace: 'sessions', ttl: 1200000 });
    next();
  } catch (error) {
    next(error);
  }
});
app.get('/hello', async (req, res) => {
  const { nickname } = req.user;
  const conn = await Datastore.open();
  const counter = await conn.incr('hello-counter', 1);
  res.json({ message: 'Hello ' + nickname, counter });
});
export default app.init();`;

for (const [library, fetchPackage] of [['codehooks-js', 'node-fetch'], ['codehooks-js', 'node-fetch-2'], ['codehooks-js-1.0', 'node-fetch-2'],
  ['codehooks-js-1.2', 'node-fetch'], ['codehooks-js-1.3', 'node-fetch']]) {
  test(`founding app on ${library} with ${fetchPackage}`, async () => {
    let fetched = 0;
    const userinfo = createServer((req, res) => {
      ++fetched;
      if (req.headers.authorization !== 'Bearer good') res.statusCode = 403;
      res.end('{"nickname":"ann"}');
    }).listen(0, '127.0.0.1');
    await once(userinfo, 'listening');
    try {
      await withApp(founding(library, fetchPackage), async (server) => {
        assert.deepEqual(server.manifest.routes, ['GET /hello']);
        assert.equal(server.manifest.globals, 1);
        const headers = { authorization: 'Bearer good' };
        assert.deepEqual((await server.request('GET', '/hello', { headers })).json, { message: 'Hello ann', counter: 1 });
        const second = await server.request('GET', '/hello', { headers });
        assert.deepEqual(second.json, { message: 'Hello ann', counter: 2 });
        assert.deepEqual(second.frames, ['answer', 'settled']);
        assert.equal(second.header('content-type'), 'application/json; charset=utf-8');
        assert.equal(fetched, 1);
        assert.deepEqual(server.calls.find((call) => call.operation === 'kv.set').args, ['good', '{"nickname":"ann"}', 'sessions', 1200000]);
        const nobody = await server.request('GET', '/hello');
        assert.deepEqual([nobody.status, nobody.text], [401, 'Unauthorized']);
        const refused = await server.request('GET', '/hello', { headers: { authorization: 'Bearer bad' } });
        assert.deepEqual([refused.status, refused.text], [500, 'no profile']);
      }, { env: { USERINFO: `http://127.0.0.1:${userinfo.address().port}/` } });
    } finally {
      userinfo.close();
    }
  });
}

test('order: auth hook, globals (plain, by path, by RegExp), route functions; one req for all', async () => {
  await withApp(`
    import { app } from 'codehooks-js';
    const mark = (name) => (req, res, next) => { (req.seen ??= []).push(name); next(); };
    app.auth('/x/*', mark('auth1'), mark('auth2'));
    app.auth('/*', mark('never'));
    app.use('/x', mark('not this path'));
    app.use(mark('plain'), async (req, res, next) => { await null; req.seen.push('async'); next(); });
    app.use('/x/*', mark('path'));
    app.use(/^\\/X\\/y$/i, mark('regex'));
    app.use(/nothing/g, mark('other regex'));
    app.get('/x/:id', [mark('nested')], mark('route1'), (req, res) => res.json([req.seen, req.params]));
    app.all('/stop', (req, res) => res.json('a'), () => { throw new Error('not reached'); });
    export default app.init();`, async (server) => {
    assert.deepEqual(server.manifest.auth, ['/x/*', '/*']);
    const hooked = await server.request('GET', '/x/y', { auth: 'hook' });
    assert.deepEqual(hooked.json, [['auth1', 'auth2', 'plain', 'async', 'path', 'regex', 'nested', 'route1'], { id: 'y' }]);
    assert.deepEqual((await server.request('GET', '/x/z')).json[0], ['plain', 'async', 'path', 'nested', 'route1']);
    assert.equal((await server.request('PATCH', '/stop')).text, '"a"');
    const missing = await server.request('GET', '/none');
    assert.deepEqual([missing.status, missing.json, missing.header('content-type')],
      [404, { error: 'No route matching GET /none' }, 'application/json; charset=utf-8']);
  });
});

test('auth hooks: end, next(error), throw, async next, no match', async () => {
  await withApp(`
    import { app } from 'codehooks-js';
    app.auth('/deny', (req, res) => res.status(402).end('pay'));
    app.auth('/error', (req, res, next) => next(new Error('go away')));
    app.auth('/text', (req, res, next) => { res.status(401); next('who?'); });
    app.auth('/throw', () => { throw new Error('secret'); });
    app.auth(/^\\/late$/, (req, res, next) => { setTimeout(() => { req.user = 'u'; next(); next(); }, 1); });
    app.get(/.*/, (req, res) => res.end('open ' + req.user));
    export default app.init();`, async (server) => {
    const ask = async (path) => {
      const { status, text } = await server.request('GET', path, { auth: 'hook' });
      return [status, text];
    };
    assert.deepEqual(await ask('/deny'), [402, 'pay']);
    assert.deepEqual(await ask('/error'), [403, 'go away']);
    assert.deepEqual(await ask('/text'), [401, 'who?']);
    assert.deepEqual(await ask('/throw'), [500, '{"text":"Unhandled Codehook exception, check logs","fatal":true}']);
    assert.deepEqual(await ask('/late'), [200, 'open u']);
    const none = await server.request('GET', '/other', { auth: 'hook' });
    assert.deepEqual([none.frames, none.noHook], [['noHook', 'settled'], true]);
    assert.equal((await server.request('GET', '/deny')).text, 'open undefined');
    assert.ok(server.logs.some((line) => line.context === 'authhooks' && line.text.includes('secret')));
  });
});

test('manifest: what ready tells', async () => {
  await withApp(`
    import { app, realtime, schedule } from 'codehooks-js';
    app.get(/^\\/a(.*)$/i, () => {}); app.post('/b', () => {}); app.auth(/x/, () => {}); app.use(() => {});
    app.queue('old', () => {}); app.worker('new', () => {}, { workers: 2 }); app.job('*/5 * * * *', () => {});
    realtime.createChannel('/chan');
    app.set('views', '/v'); app.set('circular', app);
    export default app.init(async () => { console.log('started'); });`, async (server) => {
    const { node, ...rest } = server.manifest;
    assert.match(node, /^v\d+/);
    assert.deepEqual(rest, { protocol: 1, routes: ['GET {"$regex":"/^\\\\/a(.*)$/i"}', 'POST /b', 'GET /chan/:clientID'], auth: ['{"$regex":"/x/"}'],
      globals: 1, queues: ['old', 'new'], workers: ['new'], jobs: ['*/5 * * * *'], realtime: ['/chan'], settings: { 'queue_worker:new': { workers: 2 } },
      startup: true });
    const startup = await server.request('', '', { kind: 'startup' });
    assert.deepEqual(startup.frames, ['settled']);
    assert.deepEqual(server.logs.map(({ context, text, id }) => [context, text, id]), [['startup', ' started', startup.id]]);
    assert.deepEqual((await server.request('', '', { kind: 'tomorrow' })).frames, ['settled']);
  });
});

test('crudlify of the library works over the datastore', async () => {
  await withApp(`
    import { app } from 'codehooks-js';
    app.crudlify({}, {});
    export default app.init();`, async (server) => {
    const made = await server.json('POST', '/pets', { name: 'Rex' });
    assert.equal(made.status, 201);
    const { _id } = made.json;
    assert.deepEqual((await server.request('GET', `/pets/${_id}`)).json, { name: 'Rex', _id });
    assert.deepEqual((await server.request('GET', '/pets')).json, [{ name: 'Rex', _id }]);
    assert.equal((await server.request('GET', '/pets/nothing')).status, 404);
    assert.deepEqual((await server.request('DELETE', `/pets/${_id}`)).json, { _id });
  });
});
