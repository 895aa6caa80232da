// A chat's history: thousands of messages, sent as streams in every way that a program may read them.
import { app, Datastore } from 'codehooks-js';

app.auth('/*', (req, res, next) => next());

app.post('/rooms/:room/import', async (req, res) => {
  const conn = await Datastore.open();
  const messages = req.body.map((message, n) => ({ room: req.params.room, n, ...message }));
  const stored = await conn.insertOne('messages', messages);
  res.status(201).json({ stored: stored.length });
});

app.post('/rooms/:room/messages', async (req, res) => {
  const conn = await Datastore.open();
  res.status(201).json(await conn.insertOne('messages', { room: req.params.room, ...req.body, at: new Date() }));
});

const history = async (req) => (await Datastore.open()).getMany('messages', { room: req.params.room }, { sort: { n: 1 } });

app.get('/rooms/:room/history', async (req, res) => (await history(req)).json(res));
app.get('/rooms/:room/history.old', async (req, res) => res.json(await history(req)));

// One JSON line a message, at the reader's pace.
app.get('/rooms/:room/history.ndjson', async (req, res) => {
  res.set('content-type', 'application/x-ndjson');
  for await (const message of await history(req)) {
    if (!res.writable.write(JSON.stringify(message) + '\n')) await new Promise((drained) => res.writable.once('drain', drained));
  }
  res.end();
});

app.get('/rooms/:room/latest/:count', async (req, res) => {
  const conn = await Datastore.open();
  const latest = [];
  for await (const message of conn.find('messages', { room: req.params.room }, { sort: { n: -1 } })) {
    latest.unshift(message.text);
    if (latest.length === Number(req.params.count)) break;
  }
  res.json(latest);
});

// Stops after each tenth for a moment; nothing may arrive meanwhile.
app.get('/rooms/:room/slowly', async (req, res) => {
  const stream = (await history(req)).limit(200);
  let seen = 0, pauses = 0, whilePaused = 0, paused = false;
  stream
    .on('data', () => {
      if (paused) whilePaused++;
      if (++seen % 10 !== 0) return;
      paused = true;
      pauses++;
      stream.pause();
      setTimeout(() => { paused = false; stream.resume(); }, 2);
    })
    .on('end', () => res.json({ seen, pauses, whilePaused }))
    .on('error', (error) => res.status(500).json(error));
});

app.get('/rooms/:room/until/:text', async (req, res) => {
  const stream = await history(req);
  let read = 0;
  stream
    .on('data', (message) => {
      read++;
      if (message.text === req.params.text) stream.cancel();
    })
    .on('end', () => res.json({ read }));
});

// forEach waits for each message's promise, so the order holds and the sum is complete.
app.get('/rooms/:room/authors', async (req, res) => {
  const conn = await Datastore.open();
  const authors = {};
  let inside = 0, mostInside = 0;
  await conn.getMany('messages', { room: req.params.room }, { sort: { n: 1 }, limit: 300 }).forEach(async ({ from }) => {
    mostInside = Math.max(mostInside, ++inside);
    await null;
    authors[from] = (authors[from] ?? 0) + 1;
    inside--;
  });
  res.json({ authors, mostInside });
});

app.get('/rooms/:room/broken', async (req, res) => {
  const conn = await Datastore.open();
  conn.getMany('messages', { text: { $nonsense: 1 } }).json(res);
});

app.get('/rooms/:room/count', async (req, res) => {
  const conn = await Datastore.open();
  res.json(await conn.count('messages', { room: req.params.room }));
});

app.delete('/rooms/:room', async (req, res) => {
  const conn = await Datastore.open();
  res.json(await conn.removeMany('messages', { room: req.params.room }));
});

export default app.init();
