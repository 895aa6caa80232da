import assert from 'node:assert/strict';
import { createHmac, createPublicKey } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import {
  authorizeQuery, fullSignIn, getAuthorize, getUserinfo, kApp, kClient, makeDevToken, makePkce, makeStateDir,
  postLogin, postToken, rawRequest, runMain, startProcess,
} from './harness.mjs';

test('tokens on request: good ones work, each wrong one is refused for its own reason', async (t) => {
  const { base } = await startProcess(t);
  const good = await makeDevToken(base, { user: 'carol', audience: 'https://other.test' });
  assert.equal(good.status, 200);
  assert.equal((await getUserinfo(base, good.access_token)).body.nickname, 'carol');

  const refusals = [
    [{ expiresIn: -60 }, /exp/],
    [{ kid: 'unknown' }, /key set/],
    [{ signature: 'wrong' }, /signature/],
    [{ alg: 'none' }, /./],
    [{ alg: 'HS256' }, /alg/],
    [{ claims: { iss: 'https://evil.test/' } }, /iss/],
    [{ claims: { exp: null } }, /exp/],
  ];
  for (const [wish, reason] of refusals) {
    const { access_token } = await makeDevToken(base, wish);
    const answer = await getUserinfo(base, access_token);
    assert.equal(answer.status, 401, JSON.stringify(wish));
    assert.match(answer.reason, /^Bearer error="invalid_token"/);
    assert.match(answer.body.error_description, reason, JSON.stringify(wish));
  }
  assert.equal((await getUserinfo(base, (await fullSignIn(base)).id_token)).status, 401, 'an id token opens userinfo');
  assert.equal((await getUserinfo(base, null)).reason, 'Bearer');
});

test('the wrong tokens are wrong in the way asked for and right in all else', async (t) => {
  const { base } = await startProcess(t);
  const { keys } = await (await fetch(`${base}/.well-known/jwks.json`)).json();
  const none = (await makeDevToken(base, { alg: 'none' })).access_token;
  assert.equal(decodeProtectedHeader(none).alg, 'none');
  assert.ok(none.endsWith('.'));
  const hmac = (await makeDevToken(base, { alg: 'HS256' })).access_token;
  assert.equal(decodeProtectedHeader(hmac).kid, keys[0].kid);
  const pem = createPublicKey({ key: keys[0], format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  const at = hmac.lastIndexOf('.');
  assert.equal(createHmac('sha256', pem).update(hmac.slice(0, at)).digest('base64url'), hmac.slice(at + 1));
  assert.equal(decodeProtectedHeader((await makeDevToken(base, { kid: 'unknown' })).access_token).kid, 'unknown');
  const expired = decodeJwt((await makeDevToken(base, { expiresIn: -5 })).access_token);
  assert.equal(expired.exp, expired.iat - 5);
  const bare = await fetch(`${base}/dev/token`, { method: 'POST', headers: { accept: 'text/plain' }, body: '{"user":"bob"}' });
  assert.equal(decodeJwt(await bare.text()).sub, 'auth0|bob');
});

test('stats count what others may have cached', async (t) => {
  const { base } = await startProcess(t);
  const stats = async () => (await fetch(`${base}/dev/stats`)).json();
  assert.deepEqual(await stats(), { userinfo: 0, jwks: 0 });
  await getUserinfo(base, (await makeDevToken(base, {})).access_token);
  await getUserinfo(base, null);
  await fetch(`${base}/.well-known/jwks.json`);
  assert.deepEqual(await stats(), { userinfo: 2, jwks: 1 });
});

test('a token request that makes no sense is explained', async (t) => {
  const { base } = await startProcess(t);
  const wishes = [{ user: 'mallory' }, { expiresIn: '5' }, { claims: [] }, { alg: 'RS1' }, { signature: 'right' }, { issuer: 'x' }, { kid: 5 }];
  for (const wish of wishes) assert.equal((await makeDevToken(base, wish)).status, 400, JSON.stringify(wish));
  const answer = await fetch(`${base}/dev/token`, { method: 'POST', body: 'x'.repeat(70_000) });
  assert.equal(answer.status, 413);
});

test('rotation retires the old key and its tokens at once', async (t) => {
  const { base } = await startProcess(t);
  const kids = async () => (await (await fetch(`${base}/.well-known/jwks.json`)).json()).keys.map((key) => key.kid);
  const [before] = await kids();
  const { access_token } = await makeDevToken(base, {});
  const rotated = await (await fetch(`${base}/dev/rotate`, { method: 'POST' })).json();
  assert.equal(rotated.retired, before);
  assert.deepEqual(await kids(), [rotated.kid]);
  assert.notEqual(rotated.kid, before);
  assert.equal((await getUserinfo(base, access_token)).status, 401);
  assert.equal((await getUserinfo(base, (await makeDevToken(base, {})).access_token)).status, 200);
});

test('https: a certificate its authority vouches for, the same users and keys, its own issuer', async (t) => {
  const { base, secureBase, ready } = await startProcess(t);
  const { access_token } = await makeDevToken(base, { user: 'bob' });
  const asBearer = { headers: { authorization: `Bearer ${access_token}` }, caFile: ready.caFile };
  const answer = await rawRequest(`${secureBase}/userinfo`, asBearer);
  assert.equal(JSON.parse(answer.body).nickname, 'bob');
  await rawRequest(`https://127.0.0.1:${ready.httpsPort}/userinfo`, asBearer);
  await assert.rejects(rawRequest(`${secureBase}/userinfo`), /certificate/);
  const discovery = await rawRequest(`${secureBase}/.well-known/openid-configuration`, { caFile: ready.caFile });
  assert.equal(JSON.parse(discovery.body).issuer, `${secureBase}/`);
});

test('a restart forgets nothing that a person would notice', async (t) => {
  const stateDir = makeStateDir(t);
  const first = await startProcess(t, stateDir);
  const tokens = await fullSignIn(first.base);
  assert.equal(await first.stop(), 0);
  const second = await startProcess(t, stateDir);
  assert.equal((await getUserinfo(second.base, tokens.access_token)).status, 200);
  const fields = { grant_type: 'refresh_token', client_id: kClient, refresh_token: tokens.refresh_token };
  assert.equal((await postToken(second.base, fields)).status, 200);
  const asBearer = { headers: { authorization: `Bearer ${tokens.access_token}` }, caFile: first.ready.caFile };
  assert.equal((await rawRequest(`${second.secureBase}/userinfo`, asBearer)).status, 200);
  for (const name of ['state.json', 'localhost-key.pem']) {
    assert.equal(statSync(join(stateDir, name)).mode & 0o777, 0o600, name);
  }
});

test('DNS rebinding and foreign pages reach nothing', async (t) => {
  const { base } = await startProcess(t);
  for (const host of ['evil.test', 'localhost.evil.test', '10.0.0.1:4010', 'localhost:1@evil.test', 'a b']) {
    assert.equal((await rawRequest(`${base}/.well-known/jwks.json`, { headers: { host } })).status, 421, host);
  }
  for (const host of ['localhost:4010', '127.0.0.1', '[::1]:4010', 'idp.localhost']) {
    assert.equal((await rawRequest(`${base}/.well-known/jwks.json`, { headers: { host } })).status, 200, host);
  }
  const origin = 'https://evil.test';
  for (const path of ['/dev/rotate', '/dev/token']) {
    assert.equal((await fetch(base + path, { method: 'POST', headers: { origin }, body: '{}' })).status, 403, path);
  }
  const posted = await postLogin(base, authorizeQuery(makePkce()), { headers: { origin } });
  assert.equal(posted.status, 403);
  const jwks = await fetch(`${base}/.well-known/jwks.json`, { headers: { origin } });
  assert.equal(jwks.headers.get('access-control-allow-origin'), null);
});

test('CORS: what a browser application of this machine needs', async (t) => {
  const { base } = await startProcess(t);
  for (const path of ['/oauth/token', '/userinfo']) {
    const headers = { origin: kApp, 'access-control-request-method': 'POST', 'access-control-request-headers': 'auth0-client' };
    const answer = await fetch(base + path, { method: 'OPTIONS', headers });
    assert.equal(answer.status, 204);
    assert.equal(answer.headers.get('access-control-allow-origin'), kApp);
    assert.match(answer.headers.get('access-control-allow-headers'), /auth0-client/);
  }
  const refused = await fetch(`${base}/oauth/token`, { method: 'POST', headers: { origin: kApp }, body: new URLSearchParams() });
  assert.equal(refused.status, 400);
  assert.equal(refused.headers.get('access-control-allow-origin'), kApp);
});

test('CORS: the admin UI finds out who is here and asks for a token; pages from elsewhere may not', async (t) => {
  const { base } = await startProcess(t);
  const asAdmin = { origin: 'http://localhost:4000', 'content-type': 'application/json' };
  const stats = await fetch(`${base}/dev/stats`, { headers: asAdmin });
  assert.equal(stats.headers.get('access-control-allow-origin'), asAdmin.origin);
  const preflight = { origin: asAdmin.origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' };
  const asked = await fetch(`${base}/dev/token`, { method: 'OPTIONS', headers: preflight });
  assert.equal(asked.headers.get('access-control-allow-origin'), asAdmin.origin);
  assert.match(asked.headers.get('access-control-allow-headers'), /content-type/);
  const made = await fetch(`${base}/dev/token`, { method: 'POST', headers: asAdmin, body: '{"user":"carol"}' });
  assert.equal(made.headers.get('access-control-allow-origin'), asAdmin.origin);
  assert.equal(decodeJwt((await made.json()).access_token).sub, 'auth0|carol');
  const foreign = await fetch(`${base}/dev/stats`, { headers: { origin: 'https://evil.test' } });
  assert.equal(foreign.headers.get('access-control-allow-origin'), null);
});

test('logout leads to loopback only; the OpenID form carries state', async (t) => {
  const { base } = await startProcess(t);
  const get = (path) => fetch(base + path, { redirect: 'manual' });
  assert.equal((await get('/v2/logout?returnTo=https://evil.test/')).status, 400);
  assert.equal((await get('/oidc/logout?post_logout_redirect_uri=//evil.test')).status, 400);
  const answer = await get('/oidc/logout?post_logout_redirect_uri=http://localhost:3000/bye&state=s1');
  assert.equal(answer.headers.get('location'), 'http://localhost:3000/bye?state=s1');
  assert.equal((await get('/v2/logout')).status, 200);
});

test('pages cannot be framed and run no script', async (t) => {
  const { base } = await startProcess(t);
  const answers = [await fetch(base), await getAuthorize(base, authorizeQuery(makePkce())), await getAuthorize(base, '')];
  for (const answer of answers) {
    const policy = answer.headers.get('content-security-policy');
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.ok(!policy.includes('script-src'));
  }
});

test('the program: refuses what is not loopback, says why it cannot start, ends with its parent', async (t) => {
  const stateDir = makeStateDir(t);
  const refusals = [
    [['--state', stateDir, '--host', '0.0.0.0'], /loopback only/],
    [['--state', stateDir, '--host', 'example.test'], /loopback only/],
    [['--state', stateDir, '--http-port', 'x'], /--http-port x is no whole number/],
    [['--state', stateDir, '--bogus'], /bogus/],
    [[], /--state DIR is missing/],
  ];
  for (const [args, reason] of refusals) {
    const { code, stderr } = await runMain(args);
    assert.equal(code, 1);
    assert.match(stderr, reason);
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
  }
  const running = await startProcess(t, stateDir);
  const { code, stderr } = await runMain(['--state', makeStateDir(t), '--http-port', `${running.ready.httpPort}`, '--https-port', '0']);
  assert.equal(code, 1);
  assert.match(stderr, /the port is in use/);
  assert.equal(await running.stop(), 0);
  const again = await startProcess(t, stateDir);
  again.child.kill('SIGTERM');
  assert.equal(await again.exited, 0);
});
