// Who may come in: API tokens, auth hooks, allowed hosts, variables, and the control plane's own door.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request, startDevIdp, startRedd } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';

const code = `import { app } from 'codehooks-js';
app.auth('/pub/exact', (req, res) => res.status(401).json({ first: true }));
app.auth('/pub/*', (req, res, next) => { req.user = { by: 'hook' }; req.headers['x-user'] = 'hook'; next(); });
app.auth('/chain', (req, res, next) => { req.links = 1; next(); }, (req, res, next) => { req.links++; next(); });
app.auth('/deny/:how', (req, res, next) => {
  if (req.params.how) throw new Error('params are the route\\'s');
  if (req.apiPath === '/deny/text') return next('no entry');
  if (req.apiPath === '/deny/status') { res.status(402); return next(new Error('pay first')); }
  if (req.apiPath === '/deny/throw') throw new Error('broken hook');
  if (req.apiPath === '/deny/redirect') return res.redirect('/login');
  return next(new Error('closed'));
});
app.auth(/^\\/(?=re)[a-z]+$/, (req, res, next) => next());
const show = (req, res) => res.json({ user: req.user, header: req.headers['x-user'], links: req.links, query: req.query, apikey: req.headers['x-apikey'] !== undefined, sub: req.jwt?.sub });
for (const path of ['/pub/exact', '/pub/x', '/pub', '/chain', '/deny/:how', '/regex', '/closed']) app.all(path, show);
app.get('/pub/env', (req, res) => res.json({ plain: process.env.PLAIN, secret: process.env.SECRET, node: process.env.NODE_ENV, tz: process.env.TZ, names: Object.keys(process.env), at: globalThis.startedAt ??= Math.random() }));
export default app.init();
`;

describe('access', () => {
  let server, app;
  const ask = (path, more) => request(`${server.url}/dev${path}`, more);
  const token = async (access) => (await server.api('POST', `${app.space}/tokens`, { access })).key;
  before(async () => {
    server = await startRedd({ args: ['--allow-private', 'localhost', '--allow-private', '127.0.0.0/8'] });
    app = await makeApp(server, { files: { 'index.js': code } });
    await app.deploy();
  });
  after(async () => { await server?.stop(); await app?.remove(); });

  test('AU-01 tokens as header and as query, READ reads only', async () => {
    const full = await token('READWRITE'), read = await token('READ');
    const byHeader = await ask('/closed?x=1', { method: 'POST', headers: { 'x-apikey': full } });
    assert.deepEqual(byHeader.json, { query: { x: '1' }, apikey: true });
    assert.deepEqual((await ask(`/closed?apikey=${full}&x=1`)).json, { query: { x: '1' }, apikey: false });
    assert.equal((await ask('/closed', { headers: { 'x-apikey': read } })).status, 200);
    assert.equal((await ask('/closed', { method: 'HEAD', headers: { 'x-apikey': read } })).status, 200);
    const refused = await ask('/closed', { method: 'POST', headers: { 'x-apikey': read } });
    assert.deepEqual([refused.status, refused.json.error], [403, 'Token is read only']);
    const none = await ask('/closed');
    assert.deepEqual([none.status, none.json.error], [403, 'Not allowed']);
    assert.equal((await ask('/closed', { headers: { 'x-apikey': `${full.slice(0, -1)}x` } })).status, 403);
    await server.api('DELETE', `${app.space}/tokens/${full}`);
    assert.equal((await ask('/closed', { headers: { 'x-apikey': full } })).status, 403);
  });

  test('AU-03 the first matching hook decides, and shares the request', async () => {
    assert.deepEqual((await ask('/pub/exact')).json, { first: true });
    assert.deepEqual((await ask('/pub/x')).json, { user: { by: 'hook' }, header: 'hook', query: {}, apikey: false });
    assert.equal((await ask('/pub')).status, 403);  // /pub/* does not cover it
    assert.equal((await ask('/chain')).json.links, 2);
    assert.equal((await ask('/regex')).status, 200);
    assert.equal((await ask('/closed', { headers: { 'x-apikey': 'wrong' } })).status, 403);
    assert.equal((await ask('/pub/x', { headers: { 'x-apikey': 'wrong', authorization: 'Bearer own' } })).status, 200);
    const keyed = await ask('/pub/x', { headers: { 'x-apikey': await token('READWRITE') } });
    assert.equal(keyed.json.user, undefined);  // a valid token: no hook runs
  });

  test('AU-03 a hook refuses by next(error), by answering, by throwing', async () => {
    const got = async (path) => { const { status, text, headers } = await ask(path); return [status, text, headers.location]; };
    assert.deepEqual(await got('/deny/text'), [403, 'no entry', undefined]);
    assert.deepEqual(await got('/deny/error'), [403, 'closed', undefined]);
    assert.deepEqual(await got('/deny/status'), [402, 'pay first', undefined]);
    assert.deepEqual((await got('/deny/redirect')).filter((_, i) => i !== 1), [302, '/login']);
    assert.deepEqual((await got('/deny/throw')).slice(0, 2), [500, '{"text":"Unhandled Codehook exception, check logs","fatal":true}']);
  });

  test('AU-02 AU-03 with a key set: the bearer token opens, a hook still decides without one', { timeout: 60_000 }, async () => {
    const state = await mkdtemp(join(tmpdir(), 'redd-idp-'));
    const idp = await startDevIdp(state);
    try {
      await app.good('jwks', idp.jwks);
      const jwt = await idp.token();
      const accepted = await ask('/closed', { headers: { authorization: `Bearer ${jwt}` } });
      assert.equal(accepted.status, 200, accepted.text);
      assert.ok(accepted.json.sub);
      const refused = await ask('/closed', { headers: { authorization: `Bearer ${jwt.slice(0, -6)}AAAAAA` } });
      assert.deepEqual([refused.status, refused.json.error], [401, 'Unable to verify token (JWKS)']);
      assert.match(refused.headers['www-authenticate'], /^Bearer/);
      assert.equal((await ask('/pub/x')).status, 200);
      assert.equal((await ask('/pub/x', { headers: { authorization: 'Bearer own.app.token' } })).status, 200);
      // AU-05: the space's tokens open nothing of the control plane.
      const control = await fetch(`${server.url}/_/api/v1/me`, { headers: { authorization: `Bearer ${jwt}` } });
      assert.equal(control.status, 401);
      await app.good('jwks', '');
      assert.equal((await ask('/closed', { headers: { authorization: `Bearer ${jwt}` } })).status, 403);
    } finally {
      await idp.stop();
      await rm(state, { recursive: true, force: true });
    }
  });

  test('AU-05 administration takes the owner\'s token, as Bearer or x-admintoken, and no other', async () => {
    const key = await token('READWRITE');
    const me = (headers) => fetch(`${server.url}/_/api/v1/me`, { headers }).then((answer) => answer.status);
    assert.equal(await me({ authorization: `Bearer ${server.token}` }), 200);
    assert.equal(await me({ 'x-admintoken': server.token }), 200);
    assert.equal(await me({}), 401);
    assert.equal(await me({ 'x-admintoken': `${server.token}x` }), 401);
    assert.equal(await me({ 'x-apikey': key }), 401);
    assert.equal(await me({ authorization: `Bearer ${key}` }), 401);
    assert.equal(await me({ 'x-admintoken': key }), 401);
  });

  test('AU-04 only allowed hosts come in, with coho whitelist', async () => {
    assert.match((await app.good('whitelist')).stdout, /none/);
    assert.match((await app.coho(['whitelist', 'example.com'])).stderr, /'example\.com' is no address/);
    await app.good('whitelist', '203.0.113.7');
    const refused = await ask('/pub/x');
    assert.deepEqual([refused.status, refused.json], [403, { error: 'Host not allowed' }]);
    await app.good('whitelist', '127.0.0.0/8');
    assert.equal((await ask('/pub/x')).status, 200);
    assert.match((await app.good('info')).stdout, /203\.0\.113\.7|127\.0\.0\.0\/8|whitelist|info/i);
    await app.good('whitelist-remove', '127.0.0.0/8');
    assert.equal((await ask('/pub/x')).status, 403);
    assert.equal((await app.coho(['whitelist-remove', '10.9.8.7'])).code, 1);
    await app.good('whitelist-remove', '203.0.113.7');
    assert.equal((await ask('/pub/x')).status, 200);
  });

  test('AU-04 people who add to a list at the same time lose nothing', async () => {
    const mine = Array.from({ length: 6 }, (_, i) => `203.0.113.${i}`);
    await Promise.all(mine.map((one) => app.good('whitelist', one)));
    assert.deepEqual((await server.api('GET', app.space)).allowedHosts.toSorted(), mine);
    await Promise.all(mine.map((one) => app.good('whitelist-remove', one)));
    assert.deepEqual((await server.api('GET', app.space)).allowedHosts, []);
    assert.equal((await ask('/pub/x')).status, 200);
  });

  test('AU-06 variables reach the code without a deploy, encrypted ones are never listed', async () => {
    const before = (await ask('/pub/env')).json;
    assert.deepEqual([before.node, before.tz], ['production', 'UTC']);
    assert.deepEqual(before.names.sort(), ['NODE_ENV', 'TZ']);
    await app.good('set-env', 'PLAIN', 'seen');
    await app.good('set-env', 'SECRET', 'top-secret-value', '--encrypted');
    let after;
    do after = (await ask('/pub/env')).json; while (after.secret === undefined);
    assert.deepEqual([after.plain, after.secret], ['seen', 'top-secret-value']);
    assert.notEqual(after.at, before.at);  // another process
    const space = await server.api('GET', app.space);
    assert.equal(space.env.find((one) => one.name === 'PLAIN').value, 'seen');
    assert.equal(JSON.stringify(space).includes('top-secret-value'), false);
    assert.equal((await app.good('info', '--show')).stdout.includes('top-secret-value'), false);
    for (const name of ['REDD_X', 'NODE_OPTIONS', 'LD_PRELOAD', '1X', 'A-B']) {
      const result = await app.coho(['set-env', name, 'x']);
      assert.equal(result.code, 1, name);
    }
    await app.good('remove-env', 'PLAIN');
    do after = (await ask('/pub/env')).json; while (after.plain !== undefined);
    assert.equal(after.secret, 'top-secret-value');
  });
});
