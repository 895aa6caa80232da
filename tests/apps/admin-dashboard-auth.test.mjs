// A dashboard's sign-in: which hook decides, what it hands on, and that a closed door stays closed however it is knocked at.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import jwt from 'jsonwebtoken';
import { serveApp } from '../lib/served.mjs';

const kSecret = 'a secret of the space, not of the code';

describe('admin-dashboard-auth', () => {
  let site;
  before(async () => {
    site = await serveApp('admin-dashboard-auth', { env: { ADMIN_EMAIL: 'root@example.com' }, secrets: { JWT_SECRET: kSecret, ADMIN_PASSWORD: 'very long' } });
  });
  after(() => site?.stop());
  const login = (email, password) => site.post('/api/auth/login', { email, password });
  const cookies = (answer) => answer.headers['set-cookie'].map((line) => line.split(';')[0]).join('; ');
  const as = (cookie) => ({ headers: { cookie } });
  const root = async () => as(cookies(await login('root@example.com', 'very long')));

  test('RT-06 HT-05 AU-06 the startup hook made the first account; two cookies come as two headers', async () => {
    const answer = await login('root@example.com', 'very long');
    assert.deepEqual([answer.status, answer.json], [200, { email: 'root@example.com', role: 'admin' }]);
    const [access, refresh, ...more] = answer.headers['set-cookie'];
    assert.deepEqual(more, []);
    assert.match(access, /^access-token=[\w-]+\.[\w-]+\.[\w-]+; Path=\/; Max-Age=900; HttpOnly; SameSite=Lax; Secure$/);
    assert.match(refresh, /^refresh-token=\S+; Path=\/dev\/api\/auth; Max-Age=2592000; /);
    for (const [email, password] of [['root@example.com', 'wrong'], ['nobody@example.com', 'very long'], [{ $ne: null }, 'very long'], ['', '']]) {
      const wrong = await login(email, password);
      assert.deepEqual([wrong.status, wrong.headers['set-cookie']], [401, undefined], JSON.stringify(email));
    }
  });

  test('AU-03 the hook hands the user on: through req and through req.headers', async () => {
    const me = await site.get('/api/me', await root());
    assert.deepEqual(me.json, { user: 'root@example.com', role: 'admin', log: ['root@example.com'] });
    const forged = await site.get('/api/me', { headers: { 'x-user': 'root@example.com' } });
    assert.deepEqual([forged.status, forged.json], [401, { error: 'not signed in' }]);
    const bearer = (await root()).headers.cookie.match(/access-token=([^;]+)/)[1];
    assert.equal((await site.get('/api/me', { headers: { authorization: `Bearer ${bearer}` } })).status, 200);
    const key = await site.get('/api/me', { key: true }); // a key of the space comes in by itself: no hook ran
    assert.deepEqual([key.status, key.json.user, key.json.log], [200, undefined, ['nobody']]);
  });

  test('AU-03 HT-08 the first hook that matches decides: administrators before everybody', async () => {
    const admin = await root();
    const made = await site.post('/api/admin/users', { email: 'ann@example.com', password: 'also long' }, admin);
    assert.deepEqual([made.status, Object.keys(made.json), made.json.role], [201, ['email', 'role', '_id'], 'reader']);
    const ann = as(cookies(await login('ann@example.com', 'also long')));
    assert.equal((await site.get('/api/me', ann)).json.user, 'ann@example.com');
    const refused = await site.get('/api/admin/users', ann);
    assert.deepEqual([refused.status, refused.text], [403, 'ann@example.com is no administrator']);
    assert.equal((await site.post('/api/admin/users', { email: 'x', password: 'y' }, ann)).status, 403);
    const users = (await site.get('/api/admin/users', admin)).json;
    assert.deepEqual(users.map((one) => [one.email, one.role, one.hash]), [['ann@example.com', 'reader', undefined], ['root@example.com', 'admin', undefined]]);
    assert.equal((await site.get('/API/ADMIN/users', ann)).status, 403); // patterns do not mind the case, so neither does the door
    assert.equal((await site.get('/api/auth/../admin/users', ann)).status, 403);
    assert.notEqual((await site.get('/api/auth/%2e%2e/admin/users')).status, 200);
  });

  test('AU-03 RT-05 a regular expression guards the pages and sends strangers to the sign-in', async () => {
    for (const [path, next] of [['/dashboard', '/dev/dashboard'], ['/Dashboard/sales?year=1', '/dev/Dashboard/sales?year=1']]) {
      const away = await site.get(path);
      assert.deepEqual([away.status, away.headers.location], [302, `login?next=${encodeURIComponent(next)}`]);
    }
    assert.match((await site.get('/login?next=%2Fdev%2Fdashboard')).text, /next: %2Fdev%2Fdashboard/);
    const admin = await root();
    assert.equal((await site.get('/dashboard', admin)).text, '<h1>Hello root@example.com</h1>');
    assert.equal((await site.get('/dashboard/sales', admin)).text, '<h1>sales of root@example.com</h1>');
    assert.equal((await site.get('/dashboards')).status, 403); // no hook matches, no key
  });

  test('AU-03 HT-11 a refusal carries its text, a status set before stays, a hook that fails opens nothing', async () => {
    const closed = await site.get('/maintenance');
    assert.deepEqual([closed.status, closed.text], [403, 'closed for maintenance']);
    const teapot = await site.get('/maintenance/teapot');
    assert.deepEqual([teapot.status, teapot.text], [418, 'short and stout']);
    const trap = await site.get('/trap');
    assert.deepEqual([trap.status, trap.json], [500, { text: 'Unhandled Codehook exception, check logs', fatal: true }]);
    assert.match(await site.log(), /the hook itself fails/);
  });

  test('AU-03 tokens of another maker, another purpose or another age are nobody\'s', async () => {
    const claims = { email: 'root@example.com', role: 'admin', jti: 'x' };
    const sign = (secret, options) => jwt.sign(claims, secret, { audience: 'dashboard', ...options });
    const tokens = [sign('guessed'), sign(kSecret, { audience: 'refresh' }), sign(kSecret, { expiresIn: -60 }), sign(kSecret, { algorithm: 'HS512' }),
      `${btoa('{"alg":"none","typ":"JWT"}')}.${btoa(JSON.stringify(claims))}.`, 'garbage', ''];
    for (const token of tokens) assert.equal((await site.get('/api/admin/users', as(`access-token=${token}`))).status, 401, token);
    assert.equal((await site.get('/api/me', as(`access-token=${sign(kSecret)}`))).status, 200);
  });

  test('AU-03 KV-01 sessions are renewed, and end when they are ended', async () => {
    const first = await root();
    const renewed = await site.post('/api/auth/refresh', {}, first);
    assert.equal(renewed.status, 200);
    assert.equal((await site.post('/api/auth/refresh', {}, as('refresh-token=nothing'))).status, 401);
    assert.equal((await site.post('/api/auth/refresh', {})).status, 401);
    const out = await site.post('/api/logout', {}, first);
    assert.deepEqual([out.status, out.text, out.headers['set-cookie'].length], [204, '', 2]);
    assert.equal((await site.get('/api/me', first)).status, 401);
    assert.equal((await site.get('/api/me', as(cookies(renewed)))).status, 200);
  });
});
