import assert from 'node:assert/strict';
import test from 'node:test';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import {
  authorizeQuery, exchange, fullSignIn, getAuthorize, getUserinfo, kApp, kAudience, kClient, makePkce, postLogin,
  postToken, signIn, startProcess,
} from './harness.mjs';

const keySet = (base) => createRemoteJWKSet(new URL(`${base}/.well-known/jwks.json`));

test('code with PKCE gives verified tokens that say what was asked', async (t) => {
  const { base } = await startProcess(t);
  const pkce = makePkce();
  const query = authorizeQuery(pkce);
  const shown = await getAuthorize(base, query);
  assert.equal(shown.status, 200);
  const page = await shown.text();
  for (const name of ['Alice Andersson', 'Bob Baker', 'Carol Castillo', 'name="claims"']) assert.ok(page.includes(name), name);
  assert.ok(!/(src|href|action|url)[=(]["']?(https?:|\/\/)/i.test(page), 'the page loads or leads elsewhere');

  const { code, callback } = await signIn(base, query);
  assert.equal(callback.origin, kApp);
  assert.equal(callback.searchParams.get('state'), 'state-1');
  const { status, body } = await exchange(base, code, pkce.verifier);
  assert.equal(status, 200);
  assert.equal(body.token_type, 'Bearer');
  assert.equal(body.expires_in, 86400);

  const issuer = `${base}/`;
  const access = await jwtVerify(body.access_token, keySet(base), { issuer, audience: kAudience, algorithms: ['RS256'] });
  assert.equal(access.protectedHeader.typ, 'at+jwt');
  assert.deepEqual(access.payload.aud, [kAudience, `${issuer}userinfo`]);
  assert.equal(access.payload.sub, 'auth0|alice');
  assert.equal(access.payload.azp, kClient);
  assert.equal(access.payload.scope, 'openid profile email offline_access');
  assert.equal(access.payload.exp - access.payload.iat, 86400);
  const id = await jwtVerify(body.id_token, keySet(base), { issuer, audience: kClient, algorithms: ['RS256'] });
  assert.equal(id.payload.nonce, 'nonce-1');
  assert.equal(id.payload.nickname, 'alice');
  assert.match(id.payload.picture, /^data:image\/svg\+xml,/);
});

test('a code works once, with its own verifier, client and redirect_uri', async (t) => {
  const { base } = await startProcess(t);
  const pkce = makePkce();
  const freshCode = async () => (await signIn(base, authorizeQuery(pkce))).code;
  const refused = async (code, verifier, fields) => {
    const { status, body } = await exchange(base, code, verifier, fields);
    assert.equal(status, 403);
    assert.equal(body.error, 'invalid_grant');
    assert.equal(body.access_token, undefined);
  };
  const code = await freshCode();
  assert.equal((await exchange(base, code, pkce.verifier)).status, 200);
  await refused(code, pkce.verifier);
  await refused(await freshCode(), makePkce().verifier);
  await refused(await freshCode(), '');
  await refused(await freshCode(), pkce.verifier, { client_id: 'another' });
  await refused(await freshCode(), pkce.verifier, { redirect_uri: 'http://localhost:3001' });
  await refused('made-up', pkce.verifier);
});

test('PKCE S256 is demanded, errors go back to the application', async (t) => {
  const { base } = await startProcess(t);
  const errorOf = async (overrides) => {
    const answer = await getAuthorize(base, authorizeQuery(makePkce(), overrides));
    assert.equal(answer.status, 302);
    const { searchParams } = new URL(answer.headers.get('location'));
    assert.equal(searchParams.get('state'), 'state-1');
    return searchParams.get('error');
  };
  assert.equal(await errorOf({ code_challenge: null }), 'invalid_request');
  assert.equal(await errorOf({ code_challenge_method: 'plain' }), 'invalid_request');
  assert.equal(await errorOf({ code_challenge_method: null }), 'invalid_request');
  assert.equal(await errorOf({ code_challenge: 'short' }), 'invalid_request');
  assert.equal(await errorOf({ response_type: 'token' }), 'unsupported_response_type');
  assert.equal(await errorOf({ response_mode: 'form_post' }), 'invalid_request');
  const posted = await postLogin(base, authorizeQuery(makePkce(), { code_challenge: null }));
  assert.equal(new URL(posted.headers.get('location')).searchParams.get('error'), 'invalid_request');
});

test('a redirect_uri off this machine is refused, not followed', async (t) => {
  const { base } = await startProcess(t);
  const bad = [
    'https://evil.test/', 'http://localhost.evil.test/', 'http://localhost@evil.test/', 'javascript:alert(1)', '',
    'http://10.0.0.1/', '//evil.test', 'http://u:p@localhost/', 'http://localhost:3000/#f', "http://a;script-src *'.localhost/",
  ];
  for (const redirect_uri of bad) {
    const query = authorizeQuery(makePkce(), { redirect_uri });
    for (const answer of [await getAuthorize(base, query), await postLogin(base, query)]) {
      assert.equal(answer.status, 400, redirect_uri);
      assert.equal(answer.headers.get('location'), null);
    }
  }
  for (const redirect_uri of ['http://127.0.0.1:5/x', 'http://[::1]:5/x', 'https://app.localhost/x?a=b']) {
    assert.equal((await getAuthorize(base, authorizeQuery(makePkce(), { redirect_uri }))).status, 200, redirect_uri);
  }
});

test('prompt: none needs a session, login ignores it', async (t) => {
  const { base } = await startProcess(t);
  const query = (overrides) => authorizeQuery(makePkce(), overrides);
  const silent = async (cookie) => {
    const answer = await getAuthorize(base, query({ prompt: 'none' }), cookie);
    return new URL(answer.headers.get('location')).searchParams;
  };
  assert.equal((await silent('')).get('error'), 'login_required');
  const { cookie } = await signIn(base, query());
  assert.ok((await silent(cookie)).get('code'));
  assert.equal((await getAuthorize(base, query(), cookie)).status, 302);
  assert.equal((await getAuthorize(base, query({ prompt: 'login' }), cookie)).status, 200);
  assert.equal((await getAuthorize(base, query({ prompt: 'none login' }), cookie)).status, 302);

  const out = await fetch(`${base}/v2/logout?returnTo=${encodeURIComponent(kApp)}`, { redirect: 'manual', headers: { cookie } });
  assert.equal(out.status, 302);
  assert.equal(out.headers.get('location'), `${kApp}/`);
  assert.equal((await silent(cookie)).get('error'), 'login_required');
});

test('web_message posts to the application alone and may be framed by it alone', async (t) => {
  const { base } = await startProcess(t);
  const pkce = makePkce();
  const overrides = { prompt: 'none', response_mode: 'web_message', state: '</script><script>alert(1)//' };
  const without = await getAuthorize(base, authorizeQuery(pkce, overrides));
  assert.equal(without.status, 200);
  assert.match(await without.text(), /"error":"login_required"/);

  const { cookie } = await signIn(base, authorizeQuery(pkce));
  const answer = await getAuthorize(base, authorizeQuery(pkce, overrides), cookie);
  const policy = answer.headers.get('content-security-policy');
  assert.ok(policy.includes(`frame-ancestors ${kApp};`), policy);
  assert.ok(!policy.includes('unsafe'));
  assert.equal(answer.headers.get('x-frame-options'), null);
  const text = await answer.text();
  assert.equal(text.split('</script>').length, 2, 'state broke out of the script');
  const { targetOrigin, message } = JSON.parse(/= (\{.*\});\n/.exec(text)[1]);
  assert.equal(targetOrigin, kApp);
  assert.equal(message.type, 'authorization_response');
  assert.equal(message.response.state, overrides.state);
  assert.equal((await exchange(base, message.response.code, pkce.verifier)).status, 200);
});

test('refresh tokens rotate; a used one ends its family', async (t) => {
  const { base } = await startProcess(t);
  const first = await fullSignIn(base);
  const refresh = async (refresh_token, type = 'form') => {
    const fields = { grant_type: 'refresh_token', client_id: kClient, refresh_token };
    if (type === 'form') return postToken(base, fields);
    const headers = { 'content-type': 'application/json' };
    return fetch(`${base}/oauth/token`, { method: 'POST', headers, body: JSON.stringify(fields) });
  };
  const second = await (await refresh(first.refresh_token)).json();
  assert.notEqual(second.refresh_token, first.refresh_token);
  assert.equal(decodeJwt(second.access_token).sub, 'auth0|alice');
  assert.ok(second.id_token);
  const third = await (await refresh(second.refresh_token, 'json')).json();
  assert.ok(third.refresh_token);
  const replayed = await refresh(first.refresh_token);
  assert.equal(replayed.status, 403);
  assert.equal((await replayed.json()).error, 'invalid_grant');
  assert.equal((await refresh(third.refresh_token)).status, 403, 'the family lives on');
});

test('no offline_access, no refresh token; no openid, no id token and no userinfo audience', async (t) => {
  const { base } = await startProcess(t);
  const pkce = makePkce();
  const { code } = await signIn(base, authorizeQuery(pkce, { scope: 'read:things' }));
  const { body } = await exchange(base, code, pkce.verifier);
  assert.equal(body.refresh_token, undefined);
  assert.equal(body.id_token, undefined);
  assert.equal(decodeJwt(body.access_token).aud, kAudience);
});

test('free claims reach both tokens and userinfo, never the protocol; bad JSON is explained', async (t) => {
  const { base } = await startProcess(t);
  const claims = JSON.stringify({ 'https://x.test/roles': ['editor'], nickname: '<b>Al</b>', iss: 'https://evil.test/', sub: 'x' });
  const tokens = await fullSignIn(base, { user: 'bob', claims });
  for (const token of [tokens.access_token, tokens.id_token]) {
    const said = decodeJwt(token);
    assert.deepEqual(said['https://x.test/roles'], ['editor']);
    assert.equal(said.iss, `${base}/`);
    assert.equal(said.sub, 'auth0|bob');
  }
  const { body } = await getUserinfo(base, tokens.access_token);
  assert.equal(body.nickname, '<b>Al</b>');
  assert.equal(body.email, 'bob@example.test');
  assert.ok(!(await (await fetch(base)).text()).includes('<b>Al</b>'), 'the start page does not escape');

  const answer = await postLogin(base, authorizeQuery(makePkce()), { claims: '{"a": <i>' });
  assert.equal(answer.status, 400);
  const page = await answer.text();
  assert.match(page, /not JSON/);
  assert.ok(page.includes('{&quot;a&quot;: &lt;i&gt;'), 'what was typed is lost');
});

test('tokens carry the header a verifier chooses its key by', async (t) => {
  const { base } = await startProcess(t);
  const { keys } = await (await fetch(`${base}/.well-known/jwks.json`)).json();
  const { access_token } = await fullSignIn(base);
  assert.equal(keys.length, 1);
  assert.deepEqual(Object.keys(keys[0]).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);
  assert.equal(decodeProtectedHeader(access_token).kid, keys[0].kid);
  const discovery = await (await fetch(`${base}/.well-known/openid-configuration`)).json();
  assert.equal(discovery.issuer, `${base}/`);
  assert.equal(discovery.jwks_uri, `${base}/.well-known/jwks.json`);
});
