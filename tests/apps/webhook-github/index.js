// Takes GitHub's webhook: HMAC-SHA256 of the raw body compared in constant time, each delivery stored once, pushes counted per repository.
import { app, Datastore } from 'codehooks-js';
import { createHmac, timingSafeEqual } from 'crypto';

app.auth('/github', (req, res, next) => next());

function isFromGitHub(req) {
  const given = Buffer.from(String(req.headers['x-hub-signature-256'] ?? ''));
  const expected = Buffer.from('sha256=' + createHmac('sha256', process.env.GITHUB_WEBHOOK_SECRET).update(req.rawBody).digest('hex'));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

app.post('/github', async (req, res) => {
  if (!isFromGitHub(req)) return res.status(401).send('Invalid signature');
  const event = req.headers['x-github-event'];
  const delivery = req.headers['x-github-delivery'];
  if (!delivery) return res.status(400).send('No delivery id');
  if (event === 'ping') return res.send(req.body.zen ?? 'pong');

  // A hook may be set up to post application/x-www-form-urlencoded: then the JSON is in a field.
  const payload = typeof req.body.payload === 'string' ? JSON.parse(req.body.payload) : req.body;
  const conn = await Datastore.open();
  try {
    await conn.insertOne('deliveries', {
      _id: delivery, event, repository: payload.repository?.full_name, action: payload.action ?? null, at: new Date(),
    });
  } catch (error) {
    if (error.code !== 6) throw error;
    return res.status(200).send('Seen before');
  }
  if (event === 'push') await conn.incr(payload.repository.full_name, payload.commits.length, { keyspace: 'commits' });
  res.status(202).send('Accepted');
});

app.get('/repositories/:owner/:name/commits', async (req, res) => {
  const conn = await Datastore.open();
  const repository = `${req.params.owner}/${req.params.name}`;
  res.json({ repository, commits: (await conn.get(repository, { keyspace: 'commits' })) ?? 0 });
});

app.get('/deliveries', async (req, res) => {
  const conn = await Datastore.open();
  const filter = req.query.event ? { event: { $in: [req.query.event].flat() } } : {};
  conn.getMany('deliveries', filter, { sort: { _id: 1 } }).json(res);
});

export default app.init();
