// Tenants by key, cookie and token; and everything one tenant might try to reach another's documents.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import jwt from 'jsonwebtoken';
import { serveApp } from '../lib/served.mjs';

const secret = 'of both';

describe('multi-tenant-api', () => {
  let api, acme, umbrella;
  before(async () => {
    api = await serveApp('multi-tenant-api', { secrets: { JWT_SECRET: secret } });
    const keyOf = async (tenant) => ({ headers: { 'x-tenant-key': (await api.post(`/tenants/${tenant}/keys`, {}, { key: true })).json.key } });
    [acme, umbrella] = [await keyOf('acme'), await keyOf('umbrella')];
    for (const [tenant, title] of [[acme, 'plan'], [acme, 'budget'], [umbrella, 'virus']]) await api.post('/api/documents', { title }, tenant);
  });
  after(() => api?.stop());
  const titles = async (as, query = '') => (await api.get(`/api/documents${query}`, as)).json.map((one) => one.title).join();
  const bearer = (token) => ({ headers: { authorization: `Bearer ${token}` } });

  test('AU-03 HT-02 a key, a cookie and a token each name the tenant', async () => {
    assert.equal(await titles(acme), 'plan,budget');
    assert.equal(await titles(umbrella), 'virus');
    const login = await api.post('/api/session', {}, acme);
    const [session, tenant] = login.headers['set-cookie'];
    assert.match(session, /^session=[0-9a-f-]{36}; Max-Age=3600; Path=\/; HttpOnly; SameSite=Lax$/);
    assert.match(tenant, /^tenant=acme; Path=\/; SameSite=Lax$/);
    const pair = session.split(';')[0];
    assert.equal(await titles({ headers: { cookie: `theme=dark; ${pair}; other="x y"` } }), 'plan,budget');
    assert.equal(await titles(bearer(login.json.token)), 'plan,budget');
  });

  test('KV-02 HT-05 a session ends where it is ended, and an unknown one is none', async () => {
    const login = await api.post('/api/session', {}, umbrella);
    const as = { headers: { cookie: login.headers['set-cookie'][0].split(';')[0] } };
    assert.equal(await titles(as), 'virus');
    const logout = await api.del('/api/session', as);
    assert.deepEqual([logout.status, logout.headers['set-cookie']], [204, ['session=; Max-Age=0; Path=/; SameSite=Lax']]);
    for (const cookie of [as.headers.cookie, 'session=acme', 'session=', 'tenant=umbrella']) {
      const answer = await api.get('/api/documents', { headers: { cookie } });
      assert.deepEqual([answer.status, answer.json], [401, { error: 'Who are you?' }], cookie);
    }
  });

  test('AU-03 what tokens must not do', async () => {
    const forged = (claims, key = secret, options = {}) => bearer(jwt.sign(claims, key, options));
    assert.equal(await titles(forged({ tenant: 'umbrella' })), 'virus');
    for (const [as, text] of [
      [forged({ tenant: 'umbrella' }, 'another'), 'invalid signature'],
      [forged({ tenant: 'umbrella' }, secret, { expiresIn: -10 }), 'jwt expired'],
      [forged({ tenant: 'umbrella' }, secret, { algorithm: 'HS512' }), 'invalid algorithm'],
      [forged({ tenant: 'umbrella' }, '', { algorithm: 'none' }), 'jwt signature is required'],
      [bearer('x.y.z'), 'invalid token'],
    ]) {
      const answer = await api.get('/api/documents', as);
      assert.deepEqual([answer.status, answer.text], [403, text]);
    }
    assert.equal((await api.get('/api/documents', forged({ sub: 'x' }))).status, 401);
  });

  test('AU-03 HT-09 one tenant sees, changes and removes nothing of another', async () => {
    const [virus] = (await api.get('/api/documents', umbrella)).json;
    assert.equal(virus.tenant, undefined);
    for (const answer of [
      await api.get(`/api/documents/${virus._id}`, acme), await api.patch(`/api/documents/${virus._id}`, { title: 'mine' }, acme),
    ]) {
      assert.deepEqual([answer.status, answer.json], [404, { error: 'No such document' }]);
    }
    const q = (filter) => `?q=${encodeURIComponent(JSON.stringify(filter))}`;
    for (const filter of [
      { tenant: 'umbrella' }, { $or: [{ tenant: 'umbrella' }, { title: 'virus' }] }, { tenant: { $ne: 'acme' } }, { _id: virus._id },
      { $nor: [{ tenant: 'acme' }] },
    ]) {
      assert.equal(await titles(acme, q(filter)), '', JSON.stringify(filter));
    }
    assert.equal(await titles(acme, q({ title: { $regex: '.' } })), 'plan,budget');
    const planted = await api.post('/api/documents', { title: 'planted', tenant: 'umbrella' }, acme);
    assert.equal(planted.json.tenant, 'acme');
    await api.patch(`/api/documents/${planted.json._id}`, { tenant: 'umbrella', colour: 'red' }, acme);
    assert.equal(await titles(umbrella), 'virus');
    assert.equal(await titles({ headers: { ...acme.headers, 'x-tenant': 'umbrella' } }), 'plan,budget,planted');
    assert.deepEqual((await api.del('/api/documents', acme)).json, { count: 3 });
    assert.equal(await titles(umbrella), 'virus');
  });

  test('AU-01 AU-03 HT-09 the open part is open, the operator has no tenant, the rest is closed', async () => {
    assert.deepEqual((await api.get('/api/public/about')).json, { service: 'documents', tenant: null });
    assert.equal((await api.get('/api/public')).status, 401); // '/api/public/*' does not cover it, '/api/*' does
    assert.deepEqual((await api.get('/api/documents', { key: true })).json, { error: 'An operator has no tenant' });
    assert.equal((await api.get('/api/documents')).status, 401);
    assert.equal((await api.post('/tenants/umbrella/keys', {})).status, 403);
    assert.equal((await api.post('/tenants/umbrella/keys', {}, acme)).status, 403);
  });

  test('KV-01 values kept by many at once stay apart', async () => {
    const tenants = Array.from({ length: 12 }, (_, n) => `tenant-${n}`);
    const keys = await Promise.all(tenants.map(async (tenant) => (await api.post(`/tenants/${tenant}/keys`, {}, { key: true })).json.key));
    await Promise.all(keys.map((key, n) => api.post('/api/documents', { title: `of ${n}` }, { headers: { 'x-tenant-key': key } })));
    const seen = await Promise.all(keys.map((key) => titles({ headers: { 'x-tenant-key': key } })));
    assert.deepEqual(seen, tenants.map((_, n) => `of ${n}`));
  });
});
