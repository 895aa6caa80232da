import { app, Datastore } from 'codehooks-js';
import fetch from 'node-fetch';

const kProfileTtlMs = 20 * 60 * 1000;

// Who is calling: the profile behind the access token, loaded once per token and kept for twenty minutes.
// Redd has verified the token before any of this runs.
app.use(async (req, res, next) => {
  try {
    const { authorization } = req.headers;
    if (!authorization) return res.sendStatus(401);
    const token = authorization.replace(/^Bearer /i, '');

    const conn = await Datastore.open();
    const cached = await conn.get(token, { keyspace: 'sessions' });
    if (cached) {
      req.user = JSON.parse(cached);
      return next();
    }

    const response = await fetch(`https://${process.env.AUTH0_DOMAIN}/userinfo`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!response.ok) return res.sendStatus(401);
    req.user = await response.json();
    conn.set(token, JSON.stringify(req.user), { keyspace: 'sessions', ttl: kProfileTtlMs });
    next();
  } catch (error) {
    next(error);
  }
});

app.get('/hello', async (req, res) => {
  const { nickname } = req.user;
  const conn = await Datastore.open();
  const counter = await conn.incr('hello-counter', 1);
  res.json({ message: `Hello ${nickname}`, user: nickname, counter, now: new Date() });
});

export default app.init();
