// The same route on Redd: the gateway has verified the token before this runs.
import { app, Datastore } from 'codehooks-js';

app.use(async (req, res, next) => {
  const token = req.headers.authorization.slice(7);
  const conn = await Datastore.open();
  let profile = await conn.get(token, { keyspace: 'sessions' });
  if (!profile) {
    profile = JSON.stringify({ nickname: 'alice' });
    conn.set(token, profile, { keyspace: 'sessions', ttl: 1200_000 });
  }
  req.user = JSON.parse(profile);
  next();
});

app.get('/hello', async (req, res) => {
  const conn = await Datastore.open();
  const counter = await conn.incr('hello', 1);
  res.json({ message: `Hello ${req.user.nickname}`, counter, now: new Date() });
});

export default app.init();
