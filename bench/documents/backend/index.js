// The same routes on Redd.
import { app, Datastore } from 'codehooks-js';

app.auth('/*', (req, res, next) => next());
app.get('/hello', (req, res) => res.json({ hello: true }));
app.get('/doc/:id', async (req, res) => {
  const conn = await Datastore.open();
  const document = await conn.findOneOrNull('docs', req.params.id);
  if (document === null) return res.status(404).json({ error: 'not found' });
  res.json(document);
});
app.get('/of/:customer', async (req, res) => {
  const conn = await Datastore.open();
  conn.getMany('docs', { customer: req.params.customer }).json(res);
});
app.post('/doc', async (req, res) => {
  const conn = await Datastore.open();
  res.status(201).json(await conn.insertOne('made', req.body));
});
app.get('/scan', async (req, res) => {
  const conn = await Datastore.open();
  res.json((await conn.getMany('docs', { note: { $regex: 'needle' }, amount: { $gt: 1e9 } }, { explain: true }).toArray())[0]);
});
export default app.init();
