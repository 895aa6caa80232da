// A URL shortener: own or random names as document ids, redirects for everybody, counters in the key/value store.
import { app, datastore } from 'codehooks-js';
import { customAlphabet } from 'nanoid';

const randomName = customAlphabet('23456789abcdefghjkmnpqrstuvwxyz', 7);

app.auth('/r/:name', (req, res, next) => next());

const targetOf = (text) => {
  if (typeof text !== 'string') return null;
  try {
    const url = new URL(text);
    return ['http:', 'https:'].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
};

app.post('/links', async (req, res) => {
  const { url, name = randomName() } = req.body;
  const target = targetOf(url);
  if (target === null) return res.status(400).json({ error: 'url must be an http or https address' });
  if (!/^[\w-]{1,40}$/.test(name)) return res.status(400).json({ error: 'name may hold letters, digits, - and _' });
  const conn = await datastore.open();
  try {
    const link = await conn.insertOne('links', { _id: name, target, created: new Date() });
    res.status(201).set('location', `/r/${name}`).json(link);
  } catch (error) {
    res.status(error.status ?? 500).json({ error: error.status === 409 ? `The name ${name} is taken` : error.message });
  }
});

// A + after the name shows where a link leads instead of going there; before '/r/:name', which takes any name.
const preview = /^\/r\/(?<name>[\w-]+)\+$/;
app.auth(preview, (req, res, next) => next());
app.get(preview, async (req, res) => {
  const conn = await datastore.open();
  const link = await conn.findOneOrNull('links', { _id: req.params.name });
  res.status(link ? 200 : 404).type('text').send(link?.target ?? 'There is no such link');
});

app.get('/r/:name', async (req, res) => {
  const { name } = req.params;
  const conn = await datastore.open();
  const link = await conn.findOneOrNull('links', name);
  if (link === null) return res.status(404).send('<h1>There is no such link</h1>');
  res.redirect(req.query.permanent === undefined ? 302 : 301, link.target);
  // Counting does not keep the visitor waiting.
  await conn.incr(`${name}:hits`, 1, { keyspace: 'stats' });
  await conn.incr(`${name}:day:${new Date().toISOString().slice(0, 10)}`, 1, { keyspace: 'stats' });
});

app.get('/links/:name/stats', async (req, res) => {
  const { name } = req.params;
  const conn = await datastore.open();
  const days = {};
  await conn.getAll(`${name}:day:`, { keyspace: 'stats' }).forEach(({ key, val }) => {
    days[key.slice(`${name}:day:`.length)] = val;
  });
  res.json({ name, hits: (await conn.get(`${name}:hits`, { keyspace: 'stats' })) ?? 0, days });
});

app.get('/links', async (req, res) => {
  const conn = await datastore.open();
  conn.getMany('links', {}, { sort: { created: -1 }, limit: req.query.limit, offset: req.query.offset }).json(res);
});

app.delete('/links/:name', async (req, res) => {
  const conn = await datastore.open();
  try {
    const removed = await conn.removeOne('links', req.params.name);
    await conn.delAll(`${req.params.name}:`, { keyspace: 'stats' });
    res.json(removed);
  } catch (error) {
    res.status(404).json(error);
  }
});

export default app.init();
