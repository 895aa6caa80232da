// A blog whose posts must fit a JSON Schema, with a log that keeps its newest lines and drafts that pass.
import { app, datastore } from 'codehooks-js';
import postSchema from './post.schema.json' with { type: 'json' };

app.auth('/posts', (req, res, next) => (req.method === 'GET' ? next() : next('only with a key')));
app.auth('/posts/:id', (req, res, next) => (req.method === 'GET' ? next() : next('only with a key')));

// Runs a change, tells a bad document apart from a missing one, and writes the log.
const changing = (what, change) => async (req, res) => {
  const conn = await datastore.open();
  try {
    const result = await change(conn, req);
    await conn.insertOne('log', { what, id: result._id, at: new Date() });
    res.status(what === 'post' ? 201 : 200).json(result);
  } catch (error) {
    if (error.schemaError) return res.status(400).json({ error: error.message, problems: error.schemaError.map(({ instancePath, message }) => `${instancePath} ${message}`.trim()) });
    res.status(error.status ?? 500).json({ error: error.message });
  }
};

app.post('/posts', changing('post', (conn, { body }) => conn.insertOne('posts', { published: new Date(), tags: [], ...body })));
app.put('/posts/:id', changing('put', (conn, { params, body }) => conn.replaceOne('posts', params.id, body)));
app.patch('/posts/:id', changing('patch', (conn, { params, body }) => conn.updateOne('posts', params.id, body)));
app.post('/posts/:id/tags', changing('tag', (conn, { params, body }) => conn.updateOne('posts', params.id, { $addToSet: { tags: body.tag } })));
app.delete('/posts/:id', changing('delete', (conn, { params }) => conn.removeOne('posts', params.id)));

app.get('/posts', async (req, res) => {
  const conn = await datastore.open();
  conn.getMany('posts', {}, { sort: { published: -1 }, hints: { $fields: { text: 0 } } }).json(res);
});
app.get('/posts/:id', async (req, res) => {
  const conn = await datastore.open();
  const post = await conn.findOneOrNull('posts', req.params.id);
  res.status(post ? 200 : 404).json(post);
});

// A draft passes by itself.
app.post('/drafts', async (req, res) => {
  const conn = await datastore.open();
  res.status(201).json(await conn.insertOne('drafts', { ...req.body, _ttl: Number(req.query.ttl) }));
});
app.get('/drafts', async (req, res) => res.json(await (await datastore.open()).getMany('drafts').toArray()));

app.get('/log', async (req, res) => (await datastore.open()).getMany('log', {}, { sort: { _id: 1 } }).json(res));
app.get('/schema', async (req, res) => res.json(await (await datastore.open()).getSchema('posts')));
app.delete('/schema', async (req, res) => res.json(await (await datastore.open()).removeSchema('posts')));

export default app.init(async () => {
  const conn = await datastore.open();
  await conn.createCollection('posts', { schema: postSchema });
  await conn.createCollection('log', { cap: 5 });
});
