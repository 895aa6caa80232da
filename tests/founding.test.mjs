// The founding story by HTTP: the article's backend, unchanged, behind the key set of the development identity provider.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDevIdp, startRedd, request } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';

describe('the founding story', () => {
  let idp, server, app, state, data;
  const args = () => ['--allow-private', 'localhost', '--ca-file', idp.caFile];
  const hello = (token, more = {}) =>
    request(`${server.url}/dev/hello`, { ...more, headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...more.headers } });
  const invocations = async () => (await server.metrics())('redd_worker_invocations_total');

  before(async () => {
    state = await mkdtemp(join(tmpdir(), 'redd-idp-'));
    data = await mkdtemp(join(tmpdir(), 'redd-data-'));
    idp = await startDevIdp(state);
    server = await startRedd({ dataDir: data, args: args() });
    app = await makeApp(server, { name: 'mybackend', from: 'demo/backend', modules: 'demo/backend/node_modules' });
    await app.good('jwks', idp.jwks);
    await app.good('set-env', 'AUTH0_DOMAIN', `localhost:${idp.httpsPort}`);
    const deployed = await app.deploy();
    assert.match(deployed.stdout, new RegExp(`Project: ${app.project}\\s+Space: dev`));
    assert.match(deployed.stdout, /Deployed Codehook successfully! 🙌/);
  });
  after(async () => {
    await server?.stop();
    await idp?.stop();
    await app?.remove();
    for (const dir of [state, data]) if (dir) await rm(dir, { recursive: true, force: true });
  });

  test('a signed-in caller is greeted and counted', async () => {
    const token = await idp.token();
    const first = await hello(token);
    assert.equal(first.status, 200, first.text);
    assert.match(first.json.message, /^Hello alice/);
    const second = await hello(token);
    assert.equal(second.json.counter, first.json.counter + 1);
    assert.match(second.headers['content-type'], /^application\/json/);
  });

  test('AU-02 every refusal is made before a line of user code runs', async () => {
    const key = { kid: 'unknown' };
    const wishes = {
      'no token': null, 'wrong signature': { signature: 'wrong' }, expired: { expiresIn: -3600 }, 'unknown key': key, 'alg none': { alg: 'none' },
      'HS256 with the public key': { alg: 'HS256' },
    };
    await hello(await idp.token());
    const before = await invocations();
    for (const [name, wish] of Object.entries(wishes)) {
      const answer = await hello(wish ? await idp.token(wish) : null);
      assert.equal(answer.status, 401, `${name}: ${answer.status} ${answer.text}`);
      assert.deepEqual(answer.json, { error: 'Unable to verify token (JWKS)' }, name);
      assert.match(answer.headers['www-authenticate'], wish ? /^Bearer error="invalid_token", error_description="[a-z ]+"$/ : /^Bearer$/, name);
    }
    for (const path of ['/dev', '/dev/', '/dev/nowhere', '/dev/hello/', '/dev/%68ello', '/dev/../dev/hello']) {
      assert.equal((await request(`${server.url}${path}`)).status, 401, path);
    }
    assert.equal(await invocations(), before);
  });

  test('the refusal is explained in the space log, without the token', async () => {
    const token = await idp.token({ expiresIn: -3600 });
    await hello(token);
    const { stdout } = await app.good('log', '--tail', '50', '--json');
    assert.match(stdout, /expired: expected .*found/);
    assert.ok(!stdout.includes(token.split('.')[1]), 'the token stands in the log');
  });

  test('a browser on another origin may ask and read', async () => {
    const origin = 'http://localhost:5173';
    const preflight = await request(`${server.url}/dev/hello`, {
      method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
    });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers['access-control-allow-origin'], origin);
    assert.equal(preflight.headers['access-control-allow-headers'], 'authorization');
    for (const answer of [await hello(await idp.token(), { headers: { origin } }), await hello(null, { headers: { origin } })]) {
      assert.equal(answer.headers['access-control-allow-origin'], origin, String(answer.status));
      assert.equal(answer.headers['access-control-allow-credentials'], 'true');
    }
  });

  test('the space answers under its own host names, and under no foreign one', async () => {
    const token = await idp.token();
    for (const host of [app.host, `${app.project}.localhost:${server.port}`, `${app.project.toUpperCase()}.API.example.test`]) {
      assert.equal((await hello(token, { headers: { host } })).status, 200, host);
    }
    const foreign = await hello(token, { headers: { host: 'evil.test', origin: 'http://evil.test' } });
    assert.equal(foreign.status, 421);
    assert.equal(foreign.headers['access-control-allow-origin'], undefined);
    assert.equal((await hello(token, { headers: { host: 'nobody-0000.api.test' } })).status, 404);
    assert.deepEqual((await request(`${server.url}/prod/hello`)).json, { error: 'Unknown space' });
  });

  test('/userinfo is fetched once per token', async () => {
    const token = await idp.token({ user: 'bob' });
    const fetched = async () => (await (await fetch(`${idp.url}/dev/stats`)).json()).userinfo;
    const before = await fetched();
    for (let i = 0; i < 5; i++) assert.equal((await hello(token)).status, 200);
    assert.equal(await fetched(), before + 1);
  });

  test('API tokens open the door too, and a READ token only for reading', async () => {
    const { key } = await server.api('POST', `${app.space}/tokens`, { access: 'READ' });
    const post = await request(`${server.url}/dev/hello`, { method: 'POST', headers: { 'x-apikey': key } });
    assert.equal(post.status, 403);
    assert.equal((await request(`${server.url}/dev/nowhere`, { headers: { 'x-apikey': key } })).status, 404);
    assert.equal((await request(`${server.url}/dev/nowhere?apikey=${key}`)).status, 404);
    assert.equal((await request(`${server.url}/dev/nowhere?apikey=${key.replace(/.$/, 'x')}`)).status, 401);
  });

  test('counter and session cache survive a restart and a kill -9', async () => {
    const token = await idp.token({ user: 'carol' });
    let counter = (await hello(token)).json.counter;
    const fetched = async () => (await (await fetch(`${idp.url}/dev/stats`)).json()).userinfo;
    const before = await fetched();
    for (const end of ['stop', 'kill']) {
      for (let i = 0; i < 3; i++) counter = (await hello(token)).json.counter;
      await server[end]();
      server = await startRedd({ dataDir: data, args: args() });
      const answer = await hello(token);
      assert.equal(answer.json?.counter, ++counter, `after ${end}: ${answer.text}`);
    }
    assert.equal(await fetched(), before);
  });

  test('after the key was rotated old tokens stop and new ones work, without a restart', async () => {
    const old = await idp.token();
    assert.equal((await hello(old)).status, 200);
    await idp.rotate();
    const fresh = await idp.token();
    assert.equal((await hello(fresh)).status, 200);
    assert.equal((await hello(old)).status, 401);
    assert.equal((await hello(await idp.token())).status, 200);
  });
});
