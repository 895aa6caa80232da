// A webhook inspector: keeps every request to a bin as it came, shows them, and sends them again to another space.
import { app, Datastore } from 'codehooks-js';

app.auth('/in/*', (req, res, next) => next());

// Five verbs, one pattern, one function.
async function keep(req, res) {
  const { bin } = req.params;
  const conn = await Datastore.open();
  const { method, headers, query, rawBody, body, ip, originalUrl } = req;
  const kept = await conn.insertOne('requests', { bin, method, headers, query, rawBody, body, ip, originalUrl, at: new Date() });
  await conn.incr(bin, 1, { keyspace: 'bins' });
  res.status(202).json({ kept: kept._id });
}
for (const verb of ['get', 'post', 'put', 'patch', 'delete']) app[verb]('/in/:bin', keep);

app.get('/bins', async (req, res) => {
  const conn = await Datastore.open();
  const bins = await conn.getAll('', { keyspace: 'bins' }).toArray();
  res.json(Object.fromEntries(bins.map(({ key, val }) => [key, val])));
});

app.get('/bins/:bin/requests', async (req, res) => {
  const conn = await Datastore.open();
  const { method } = req.query;
  conn.getMany('requests', { bin: req.params.bin, ...(method && { method }) }, { sort: { _id: -1 }, limit: 50 }).json(res);
});

// Sends a kept request again: the same method, query, body and content type, to a space of this server.
app.post('/requests/:id/replay', async (req, res) => {
  const conn = await Datastore.open();
  const { method, rawBody, query, headers } = await conn.getOne('requests', req.params.id);
  const url = new URL(req.body.to);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const answer = await app.internalFetch(url.href, {
    method,
    headers: { 'content-type': headers['content-type'] ?? 'text/plain', 'x-replay-of': req.params.id, ...(req.body.key && { 'x-apikey': req.body.key }) },
    ...(['GET', 'HEAD'].includes(method) ? {} : { body: rawBody }),
  });
  const text = await answer.text();
  await conn.updateOne('requests', req.params.id, { $push: { replays: { to: url.href, status: answer.status } } });
  res.json({ status: answer.status, text });
});

app.delete('/bins/:bin', async (req, res) => {
  const conn = await Datastore.open();
  await conn.del(req.params.bin, { keyspace: 'bins' });
  res.json(await conn.removeMany('requests', { bin: req.params.bin }));
});

export default app.init();
