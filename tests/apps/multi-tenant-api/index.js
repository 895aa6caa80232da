// One API for many tenants. Who is calling is found by auth hooks, from a key, a session cookie or a token; every query is bound to the tenant found.
import { app, Datastore } from 'codehooks-js';
import jwt from 'jsonwebtoken';
import * as cookie from 'cookie';
import { randomUUID } from 'crypto';

const kHourMs = 3600_000;
const cookieText = (name, value, options) => cookie.stringifySetCookie({ name, value, path: '/', sameSite: 'lax', ...options });

async function tenantOf(req) {
  const conn = await Datastore.open();
  const key = req.headers['x-tenant-key'];
  if (key) return conn.get(key, { keyspace: 'tenant-keys' });
  const { session } = cookie.parseCookie(req.headers.cookie ?? '');
  if (session) return (await conn.getObj(session, { keyspace: 'sessions' }))?.tenant ?? null;
  const token = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1];
  return token ? jwt.verify(token, process.env.JWT_SECRET, { algorithms: ['HS256'] }).tenant : null;
}

// The first matching hook decides: the open part stands before the rest.
app.auth('/api/public/*', (req, res, next) => next());
app.auth('/api/*', async (req, res, next) => {
  try {
    req.tenant = await tenantOf(req);
    if (req.tenant) return next();
    res.status(401).json({ error: 'Who are you?' });
  } catch (error) {
    next(error);
  }
});

// Callers with the space's own API token have passed no hook and have no tenant.
app.use(/^\/api\/(?!public\/)/, (req, res, next) => {
  delete req.headers['x-tenant'];
  if (!req.tenant) return res.status(400).json({ error: 'An operator has no tenant' });
  next();
});

app.post('/tenants/:tenant/keys', async (req, res) => {
  const conn = await Datastore.open();
  const key = randomUUID();
  await conn.set(key, req.params.tenant, { keyspace: 'tenant-keys' });
  res.status(201).json({ key });
});

app.post('/api/session', async (req, res) => {
  const conn = await Datastore.open();
  const session = randomUUID();
  await conn.setObj(session, { tenant: req.tenant, since: new Date() }, { keyspace: 'sessions', ttl: kHourMs });
  res.set('Set-Cookie', [cookieText('session', session, { httpOnly: true, maxAge: kHourMs / 1000 }), cookieText('tenant', req.tenant)]);
  res.json({ tenant: req.tenant, token: jwt.sign({ tenant: req.tenant }, process.env.JWT_SECRET, { expiresIn: '1h' }) });
});

app.delete('/api/session', async (req, res) => {
  const conn = await Datastore.open();
  await conn.del(cookie.parseCookie(req.headers.cookie ?? '').session ?? '', { keyspace: 'sessions' });
  res.set('Set-Cookie', cookieText('session', '', { maxAge: 0 })).status(204).end();
});

app.get('/api/public/about', (req, res) => res.json({ service: 'documents', tenant: req.tenant ?? null }));

app.get('/api/documents', async (req, res) => {
  const conn = await Datastore.open();
  const query = req.query.q ? JSON.parse(req.query.q) : {};
  conn.getMany('documents', { $and: [query, { tenant: req.tenant }] }, { hints: { $fields: { tenant: 0 } } }).json(res);
});

app.post('/api/documents', async (req, res) => {
  const conn = await Datastore.open();
  res.status(201).json(await conn.insertOne('documents', { ...req.body, tenant: req.tenant }));
});

const one = (req) => ({ _id: req.params.id, tenant: req.tenant });

app.get('/api/documents/:id', async (req, res) => {
  const conn = await Datastore.open();
  const found = await conn.findOneOrNull('documents', one(req));
  res.status(found ? 200 : 404).json(found ?? { error: 'No such document' });
});

app.patch('/api/documents/:id', async (req, res) => {
  const { tenant, ...change } = req.body;
  try {
    const conn = await Datastore.open();
    res.json(await conn.updateOne('documents', one(req), { $set: change }));
  } catch {
    res.status(404).json({ error: 'No such document' });
  }
});

app.delete('/api/documents', async (req, res) => {
  const conn = await Datastore.open();
  res.json(await conn.removeMany('documents', { tenant: req.tenant }));
});

export default app.init();
