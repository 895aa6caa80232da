// A game's leaderboard in the key/value store alone: counters, ordered keys, and windows that pass by themselves.
import { app, Datastore } from 'codehooks-js';

const windowMs = Number(process.env.WINDOW_MS ?? 60_000);
const perWindow = 5;
const rankKey = (score, player) => `${String(score).padStart(12, '0')}:${player}`;

app.auth('/boards/:board/top', (req, res, next) => next());
app.auth('/boards/:board/players', (req, res, next) => next());

app.post('/boards/:board/scores', async (req, res) => {
  const { board } = req.params;
  const { player, points } = req.body;
  if (!/^\w{1,20}$/.test(player ?? '') || !Number.isInteger(points)) return res.status(400).json({ error: 'player and points are needed' });
  const conn = await Datastore.open();
  const sent = await conn.incr(`${board}:${player}`, 1, { keyspace: 'windows', ttl: windowMs });
  if (sent > perWindow) return res.status(429).json({ error: 'too many at once' });
  const score = await conn.incr(player, points, { keyspace: `score-${board}` });
  await conn.set(rankKey(score, player), player, { keyspace: `rank-${board}` });
  await conn.del(rankKey(score - points, player), { keyspace: `rank-${board}` });
  res.json({ player, score });
});

// Best first, from the end of the ordered keys; a player who climbs just now may stand there twice, the higher place counts.
app.get('/boards/:board/top', async (req, res) => {
  const conn = await Datastore.open();
  const count = Number(req.query.count ?? 3);
  const best = new Map();
  for await (const { key, val } of conn.getAll('', { keyspace: `rank-${req.params.board}`, reverse: true })) {
    if (best.size === count) break;
    if (!best.has(val)) best.set(val, Number(key.split(':')[0]));
  }
  res.json([...best].map(([player, score], index) => ({ place: index + 1, player, score })));
});

app.get('/boards/:board/players', async (req, res) => {
  const conn = await Datastore.open();
  conn.getAll(req.query.prefix ?? '', { keyspace: `score-${req.params.board}`, onlykeys: true }).json(res);
});

app.get('/boards/:board/players/:player', async (req, res) => {
  const conn = await Datastore.open();
  const score = await conn.get(req.params.player, { keyspace: `score-${req.params.board}` });
  const profile = await conn.getObj(`profile:${req.params.player}`);
  if (score === null) return res.status(404).json({ error: 'no such player' });
  res.json({ player: req.params.player, score, profile });
});

// Reading does not keep a window open, as another score does.
app.get('/boards/:board/windows/:player', async (req, res) => {
  const conn = await Datastore.open();
  res.json({ sent: await conn.get(`${req.params.board}:${req.params.player}`, { keyspace: 'windows' }) });
});

app.put('/players/:player/profile', async (req, res) => {
  const conn = await Datastore.open();
  res.json(await conn.setObj(`profile:${req.params.player}`, req.body, { ttl: req.query.ttl }));
});

app.post('/boards/:board/penalties', async (req, res) => {
  const conn = await Datastore.open();
  res.json({ score: await conn.decr(req.body.player, req.body.points, { keyspace: `score-${req.params.board}` }) });
});

app.delete('/boards/:board', async (req, res) => {
  const conn = await Datastore.open();
  const { board } = req.params;
  const players = await conn.delAll('', { keyspace: `score-${board}` });
  res.json({ players, ranks: await conn.delAll('', { keyspace: `rank-${board}` }), windows: await conn.delAll(`${board}:`, { keyspace: 'windows' }) });
});

export default app.init();
