// A backend for a single-page app, in front of an API of ours that records what reaches it.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import jwt from 'jsonwebtoken';
import { serveApp } from '../lib/served.mjs';
import { until } from '../lib/until.mjs';

const secret = 'between the two';
const file = Buffer.from(Array.from({ length: 3 << 20 }, (_, n) => n % 251));

// → {url, calls, close()}. Answers 401 to tokens it did not agree on, and echoes.
async function startUpstream() {
  const calls = [];
  const server = createServer(async (req, res) => {
    let body = '';
    for await (const piece of req) body += piece;
    const claims = (() => { try { return jwt.verify((req.headers.authorization ?? '').slice(7), secret); } catch { return null; } })();
    calls.push({ method: req.method, url: req.url, sub: claims?.sub, headers: req.headers });
    if (!claims) return res.writeHead(401).end('{"error":"token"}');
    if (req.url === '/files/big.bin') return res.writeHead(200, { 'content-type': 'application/x-thing' }).end(file);
    if (req.url === '/teapot') return res.writeHead(418, { 'content-type': 'application/json' }).end('{"short":"stout"}');
    if (req.url === '/cut') return res.destroy();
    res.writeHead(200, { 'content-type': 'application/json', 'set-cookie': 'upstream=1' });
    res.end(JSON.stringify({ you: claims.sub, role: claims.role, method: req.method, url: req.url, body: body === '' ? null : JSON.parse(body) }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}`, calls, close: () => { server.closeAllConnections(); server.close(); } };
}

describe('bff-for-spa', () => {
  let upstream, bff;
  before(async () => {
    upstream = await startUpstream();
    bff = await serveApp('bff-for-spa', {
      args: ['--allow-private', '127.0.0.1'], env: { UPSTREAM_URL: upstream.url }, secrets: { UPSTREAM_SECRET: secret },
    });
    for (const [email, role] of [['Kari@example.com', 'editor'], ['ola@example.com', 'reader']]) {
      assert.equal((await bff.post('/users', { email, role, password: `${role} pass wörd` }, { key: true })).status, 201);
    }
  });
  after(async () => { await bff?.stop(); upstream?.close(); });

  // What the browser keeps after signing in, and how the app's pages call.
  const signIn = async (email, role) => {
    const answer = await bff.post('/bff/login', { email, password: `${role} pass wörd` });
    assert.equal(answer.status, 200, answer.text);
    const cookies = Object.fromEntries(answer.headers['set-cookie'].map((text) => text.split(';')[0].split('=')));
    return {
      answer, page: { headers: { cookie: `sid=${cookies.sid}; csrf=${cookies.csrf}`, 'x-csrf-token': cookies.csrf } },
      other: { headers: { cookie: `sid=${cookies.sid}; csrf=${cookies.csrf}` } },
    };
  };

  test('HT-05 AU-03 signing in sets a cookie that scripts cannot read, and one that they must', async () => {
    const { answer, page } = await signIn('kari@EXAMPLE.com', 'editor');
    assert.deepEqual(answer.json, { email: 'kari@example.com', role: 'editor' });
    const [sid, csrf] = answer.headers['set-cookie'];
    assert.match(sid, /^sid=[\w-]{32}; Max-Age=1800; Expires=[^;]+GMT; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    assert.match(csrf, /^csrf=[\w-]{32}; Path=\/; Secure; SameSite=Lax$/);
    assert.deepEqual((await bff.get('/bff/me', page)).json, answer.json);
  });

  test('AU-03 wrong passwords, unknown people and odd bodies are refused alike', async () => {
    const refused = { error: 'Wrong e-mail or password' };
    for (const body of [
      { email: 'kari@example.com', password: 'x' }, { email: 'nobody@example.com', password: 'x' }, {},
      { email: { $ne: null }, password: { $ne: null } }, { email: ['kari@example.com'], password: ['editor pass wörd', 1] },
    ]) {
      const answer = await bff.post('/bff/login', body);
      assert.deepEqual([answer.status, answer.json, answer.headers['set-cookie']], [401, refused, undefined], JSON.stringify(body));
    }
  });

  test('HT-08 HT-02 calls go upstream with a token of the person who is signed in', async () => {
    const { page } = await signIn('ola@example.com', 'reader');
    const answer = await bff.get('/bff/api/things/7?sort=a&x=1%202', page);
    assert.deepEqual([answer.status, answer.json], [
      200, { you: 'ola@example.com', role: 'reader', method: 'GET', url: '/things/7?sort=a&x=1+2', body: null },
    ]);
    assert.equal(answer.headers['set-cookie'], undefined); // the upstream's cookies are not the browser's
    const put = await bff.put('/bff/api/things/7', { name: 'Blåbær' }, page);
    assert.deepEqual([put.json.method, put.json.body], ['PUT', { name: 'Blåbær' }]);
    const reached = upstream.calls.at(-1);
    assert.deepEqual([reached.sub, reached.headers.cookie, reached.headers['x-csrf-token']], ['ola@example.com', undefined, undefined]);
    const teapot = await bff.get('/bff/api/teapot', page);
    assert.deepEqual([teapot.status, teapot.json], [418, { short: 'stout' }]);
  });

  test('HT-10 a page of another origin may call with its cookies, after a preflight that needs none', async () => {
    const origin = 'https://spa.example';
    const asked = { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-type,x-csrf-token' };
    const preflight = await bff.send('OPTIONS', '/bff/api/things/7', undefined, { headers: asked });
    assert.equal(preflight.status, 204);
    const allowed = (answer) => ['origin', 'credentials'].map((name) => answer.headers[`access-control-allow-${name}`]);
    assert.deepEqual(allowed(preflight), [origin, 'true']);
    assert.match(preflight.headers['access-control-allow-methods'], /\bPUT\b/);
    assert.match(preflight.headers['access-control-allow-headers'], /x-csrf-token/);
    const { page } = await signIn('kari@example.com', 'editor');
    const answers = [
      await bff.get('/bff/me', { headers: { ...page.headers, origin } }), await bff.get('/bff/me', { headers: { origin } }),
      await bff.get('/nowhere', { headers: { origin } }),
    ];
    assert.deepEqual(answers.map((one) => one.status), [200, 401, 403]);
    for (const answer of answers) assert.deepEqual([
      ...allowed(answer), answer.headers.vary.toLowerCase().includes('origin'),
    ], [origin, 'true', true]);
    assert.deepEqual(allowed(await bff.get('/bff/me', page)), [undefined, undefined]); // without Origin nothing is said
  });

  test('HT-06 a download streams through unchanged', async () => {
    const { page } = await signIn('kari@example.com', 'editor');
    const answer = await fetch(`${bff.app.url}/bff/files/big.bin`, page);
    assert.equal(answer.headers.get('content-type'), 'application/x-thing');
    assert.ok(Buffer.from(await answer.arrayBuffer()).equals(file));
  });

  test('AU-03 without session or CSRF header nothing reaches the upstream', async () => {
    const { page, other } = await signIn('kari@example.com', 'editor');
    const before = upstream.calls.length;
    for (const as of [
      {}, { headers: { cookie: 'sid=guess; csrf=guess', 'x-csrf-token': 'guess' } }, { headers: { 'x-csrf-token': page.headers['x-csrf-token'] } },
    ]) {
      const answer = await bff.post('/bff/api/things', { a: 1 }, as);
      assert.deepEqual([answer.status, answer.json], [401, { error: 'Not signed in' }]);
    }
    const forged = await bff.post('/bff/api/things', { a: 1 }, other); // as a form of another site would send it: with the cookies
    assert.deepEqual([forged.status, forged.json], [403, { error: 'CSRF token missing or wrong' }]);
    const { page: olas } = await signIn('ola@example.com', 'reader');
    const mixed = { headers: { ...other.headers, 'x-csrf-token': olas.headers['x-csrf-token'] } };
    assert.equal((await bff.del('/bff/api/things/1', mixed)).status, 403);
    assert.equal(upstream.calls.length, before);
    assert.equal((await bff.get('/bff/api/things', other)).status, 200); // reading needs the cookie only
  });

  test('HT-11 RT-09 an upstream that breaks off or is gone is a 502 with the reason in the log', async () => {
    const { page } = await signIn('kari@example.com', 'editor');
    const cut = await bff.get('/bff/api/cut', page);
    assert.deepEqual([cut.status, cut.json], [502, { error: 'The upstream API does not answer' }]);
    upstream.close();
    await until(async () => (await bff.get('/bff/api/things', page)).status === 502);
    assert.match(await bff.log(), /Upstream: ECONNRE/);
    assert.equal((await bff.get('/bff/me', page)).status, 200);
  });

  test('KV-02 KV-01 signing out ends the session at once, and time ends it too', async () => {
    const { page } = await signIn('kari@example.com', 'editor');
    const { page: second } = await signIn('kari@example.com', 'editor');
    const out = await bff.post('/bff/logout', {}, page);
    assert.equal(out.status, 200);
    for (const text of out.headers['set-cookie']) assert.match(text, /^(sid|csrf)=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=\/$/);
    assert.equal((await bff.get('/bff/me', page)).status, 401);
    assert.equal((await bff.get('/bff/me', second)).status, 200);
    await bff.app.good('set-env', 'SESSION_MS', '1');
    await until(async () => (await bff.get('/bff/me', (await signIn('kari@example.com', 'editor')).page)).status === 401);
    assert.equal((await bff.get('/bff/me', second)).status, 200); // it was made with the longer life
  });
});
