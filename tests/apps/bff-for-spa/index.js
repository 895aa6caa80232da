// The backend of a single-page app: people sign in with a password, the browser keeps only a session cookie, and calls to the upstream API
// go through here with a token that the browser never sees.
import { app, Datastore } from 'codehooks-js';
import axios from 'axios';
import bcrypt from 'bcryptjs';
import jwt from 'jsonwebtoken';
import { randomBytes } from 'node:crypto';

const kSessions = { keyspace: 'bff-sessions' };
const sessionMs = Number(process.env.SESSION_MS ?? 30 * 60_000);

app.auth('/bff/login', (req, res, next) => next());

// Everything else under /bff needs the session; what changes something also needs the CSRF header, which only the app's own pages can set.
app.auth('/bff/*', async (req, res, next) => {
  const conn = await Datastore.open();
  const session = req.cookies.sid ? await conn.getObj(req.cookies.sid, kSessions) : null;
  if (!session) return res.status(401).json({ error: 'Not signed in' });
  const changes = !['GET', 'HEAD'].includes(req.method);
  if (changes && req.headers['x-csrf-token'] !== session.csrf) return res.status(403).json({ error: 'CSRF token missing or wrong' });
  req.session = session;
  next();
});

app.post('/users', async (req, res) => {
  const { email, password, role } = req.body;
  const conn = await Datastore.open();
  const user = await conn.insertOne('users', { _id: email.toLowerCase(), role, hash: await bcrypt.hash(password, 4) });
  res.status(201).json({ email: user._id });
});

app.post('/bff/login', async (req, res) => {
  const { email = '', password = '' } = req.body;
  const conn = await Datastore.open();
  const user = await conn.findOneOrNull('users', String(email).toLowerCase());
  const known = await bcrypt.compare(String(password), user?.hash ?? '$2b$04$abcdefghijklmnopqrstuuJ8qVvFqDZ6jgQ0z4yQhC1hQ3n9q3q3q');
  if (!user || !known) return res.status(401).json({ error: 'Wrong e-mail or password' });

  const sid = randomBytes(24).toString('base64url');
  const csrf = randomBytes(24).toString('base64url');
  await conn.setObj(sid, { email: user._id, role: user.role, csrf }, { ...kSessions, ttl: sessionMs });
  res.cookie('sid', sid, { httpOnly: true, secure: true, sameSite: 'lax', maxAge: sessionMs });
  res.cookie('csrf', csrf, { secure: true, sameSite: 'lax' });
  res.json({ email: user._id, role: user.role });
});

app.post('/bff/logout', async (req, res) => {
  const conn = await Datastore.open();
  await conn.del(req.cookies.sid, kSessions);
  res.clearCookie('sid').clearCookie('csrf').sendStatus(200);
});

app.get('/bff/me', (req, res) => res.json({ email: req.session.email, role: req.session.role }));

const tokenFor = ({ email, role }) => jwt.sign({ sub: email, role }, process.env.UPSTREAM_SECRET, { expiresIn: '1m' });

// A download comes with fetch and is passed on as it arrives.
app.get('/bff/files/:name', async (req, res) => {
  const url = `${process.env.UPSTREAM_URL}/files/${encodeURIComponent(req.params.name)}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${tokenFor(req.session)}` } });
  if (!answer.ok) return res.status(answer.status).end();
  res.set('content-type', answer.headers.get('content-type'));
  for await (const piece of answer.body) res.write(piece, 'buffer');
  res.end();
});

// The rest is JSON, in and out, whatever the method.
app.all('/bff/api/*', async (req, res) => {
  try {
    const answer = await axios.request({
      method: req.method,
      url: process.env.UPSTREAM_URL + req.apiPath.slice('/bff/api'.length),
      params: req.query,
      data: req.method === 'GET' ? undefined : req.body,
      headers: { authorization: `Bearer ${tokenFor(req.session)}` },
      timeout: 5000,
      validateStatus: () => true,
    });
    res.status(answer.status).json(answer.data);
  } catch (error) {
    console.error('Upstream:', error.code);
    res.status(502).json({ error: 'The upstream API does not answer' });
  }
});

export default app.init();
