// Sign-in for a dashboard: passwords, two cookies, roles, and auth hooks whose order decides.
import { app, Datastore } from 'codehooks-js';
import bcrypt from 'bcryptjs';
import jwt from 'jsonwebtoken';
import { randomUUID } from 'crypto';

const secret = process.env.JWT_SECRET;
const isSecure = process.env.NODE_ENV === 'production';
const cookieOf = (name, value, maxAge, path = '/') =>
  `${name}=${value}; Path=${path}; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
const open = (req, res, next) => next();

// The first hook that matches decides, so what is open comes before what is closed.
app.auth('/api/auth/*', open);
app.auth('/login', open);
app.auth('/api/admin/*', async (req, res, next) => {
  const user = await userOf(req);
  if (!user) return res.status(401).json({ error: 'not signed in' });
  if (user.role !== 'admin') return next(`${user.email} is no administrator`);
  signIn(req, user);
  next();
});
app.auth('/api/*', async (req, res, next) => {
  const user = await userOf(req);
  if (!user) {
    res.status(401).json({ error: 'not signed in' });
    return res.end();
  }
  signIn(req, user);
  next();
});
// Pages send whoever is not signed in to the sign-in page, and back afterwards.
app.auth(/^\/(dashboard|settings)(\/.*)?$/i, async (req, res, next) => {
  const user = await userOf(req);
  if (!user) return res.redirect(`login?next=${encodeURIComponent(req.originalUrl)}`);
  signIn(req, user);
  next();
});
app.auth('/maintenance', (req, res, next) => next(new Error('closed for maintenance')));
app.auth('/maintenance/teapot', (req, res, next) => { res.status(418); next('short and stout'); });
app.auth('/trap', () => { throw new Error('the hook itself fails'); });

async function userOf(req) {
  const bearer = /^Bearer (.+)$/i.exec(req.headers.authorization ?? '');
  const token = bearer?.[1] ?? req.cookies['access-token'];
  if (!token) return null;
  try {
    const claims = jwt.verify(token, secret, { algorithms: ['HS256'], audience: 'dashboard' });
    const conn = await Datastore.open();
    return (await conn.get(claims.jti, { keyspace: 'revoked' })) === null ? claims : null;
  } catch {
    return null;
  }
}

function signIn(req, user) {
  req.headers['x-user'] = user.email;
  req.user = user;
}

function sendSession(res, user) {
  const { _id, email, role } = user;
  const jwtid = randomUUID();
  const access = jwt.sign({ email, role }, secret, { subject: _id, audience: 'dashboard', expiresIn: '15m', jwtid });
  const refresh = jwt.sign({ email }, secret, { subject: _id, audience: 'refresh', expiresIn: '30d', jwtid: randomUUID() });
  res.setHeader('Set-Cookie', [cookieOf('access-token', access, 900), cookieOf('refresh-token', refresh, 2592000, `/${process.env.SPACE ?? 'dev'}/api/auth`)]);
  res.json({ email, role });
}

app.post('/api/auth/login', async (req, res) => {
  const { email, password } = req.body;
  const conn = await Datastore.open();
  const user = await conn.findOneOrNull('users', { email: String(email) });
  const right = await bcrypt.compare(String(password), user?.hash ?? '$2b$04$invalidinvalidinvalidinvalidinvalidinvalidinvalidinval');
  if (!user || !right) return res.status(401).json({ error: 'wrong address or password' });
  sendSession(res, user);
});

app.post('/api/auth/refresh', async (req, res) => {
  try {
    const { sub } = jwt.verify(req.cookies['refresh-token'], secret, { algorithms: ['HS256'], audience: 'refresh' });
    const conn = await Datastore.open();
    sendSession(res, await conn.getOne('users', sub));
  } catch {
    res.status(401).json({ error: 'sign in again' });
  }
});

app.post('/api/logout', async (req, res) => {
  const conn = await Datastore.open();
  await conn.set(req.user.jti, 'out', { keyspace: 'revoked', ttl: 15 * 60 * 1000 });
  res.set('set-cookie', [cookieOf('access-token', '', 0), cookieOf('refresh-token', '', 0)]).status(204).end();
});

app.use('/api/*', (req, res, next) => {
  req.log = [req.headers['x-user'] ?? 'nobody'];
  next();
});

app.get('/api/me', (req, res) => res.json({ user: req.headers['x-user'], role: req.user?.role, log: req.log }));

app.get('/api/admin/users', async (req, res) => {
  const conn = await Datastore.open();
  conn.getMany('users', {}, { sort: { email: 1 }, hints: { $fields: { email: 1, role: 1 } } }).json(res);
});

app.post('/api/admin/users', async (req, res) => {
  const conn = await Datastore.open();
  const { email, password, role = 'reader' } = req.body;
  if (await conn.findOneOrNull('users', { email })) return res.status(409).json({ error: 'that address has an account' });
  const { hash, ...user } = await conn.insertOne('users', { email, role, hash: await bcrypt.hash(password, 4) });
  res.status(201).json(user);
});

app.get('/login', (req, res) => res.send(`<form method="post" action="api/auth/login"><!-- next: ${encodeURIComponent(req.query.next ?? '')} --></form>`));
app.get('/dashboard', (req, res) => res.send(`<h1>Hello ${req.user.email}</h1>`));
app.get('/dashboard/:page', (req, res) => res.send(`<h1>${req.params.page} of ${req.headers['x-user']}</h1>`));
app.get('/maintenance', (req, res) => res.json({ open: true }));
app.get('/maintenance/teapot', (req, res) => res.json({ open: true }));
app.get('/trap', (req, res) => res.json({ open: true }));

// The first account, made once a deployment.
export default app.init(async () => {
  const conn = await Datastore.open();
  const email = process.env.ADMIN_EMAIL;
  if (await conn.findOneOrNull('users', { email })) return;
  await conn.insertOne('users', { email, role: 'admin', hash: await bcrypt.hash(process.env.ADMIN_PASSWORD, 4) });
});
