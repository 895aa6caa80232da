// Quotes of the day, written years ago: library 1.0.11, the separate crudlify package, the argument orders of then, the global Datastore.
import app from 'codehooks-js';
import crudlify from 'codehooks-crudlify';
import { object, string, number } from 'yup';

app.auth('/today', (req, res, next) => {
  next();
});

// Answers in pieces: the old way to read a stream.
app.get('/today', async (req, res) => {
  const conn = await Datastore.open();
  const day = Number(req.query.day);
  const found = [];
  conn.getMany('quotes', { filter: { day: day } })
    .on('data', (data) => found.push(data.quote))
    .on('end', () => {
      if (found.length === 0) return res.status(404).end({ error: `No quote for day ${day}` });
      res.json({ day, quotes: found });
      res.end();
    });
});

app.get('/search', async (req, res) => {
  const conn = await Datastore.open();
  const { author, offset = 0, limit = 10 } = req.query;
  (await conn.getMany('quotes', {
    filter: { author: { $regex: author, $options: 'i' } },
    sort: { day: -1 },
    offset,
    limit,
    hints: { $fields: { quote: 1, author: 1, _id: 0 } },
  })).json(res);
});

app.get('/count', async (req, res) => {
  const conn = await Datastore.open();
  const [answer] = await conn.getArray('quotes', { hints: { $onlycount: true } });
  res.end(answer);
});

app.get('/byids', async (req, res) => {
  const conn = await Datastore.open();
  res.json(await conn.getOne('quotes', req.query.id.split(',')));
});

// In the order of an index, from here to there: indexes were made and named by hand.
app.post('/old/index', async (req, res) => {
  const conn = await Datastore.open();
  res.json(await conn.createIndex('quotes', ['author', 'day']));
});

app.get('/range/:field', async (req, res) => {
  const conn = await Datastore.open();
  const { start, end, reverse, limit } = req.query;
  const bound = (text) => (req.params.field === 'day' && text !== undefined ? Number(text) : text);
  conn.getMany('quotes', { useIndex: req.params.field, startIndex: bound(start), endIndex: bound(end), reverse: reverse === 'true', limit }).json(res);
});

// updateMany(collection, change, {filter}), replaceMany and removeMany likewise.
app.post('/old/mark', async (req, res) => {
  const conn = await Datastore.open();
  res.json(await conn.updateMany('quotes', { marked: true }, { filter: { day: { $gte: req.body.from } } }));
});

app.post('/old/blank', async (req, res) => {
  const conn = await Datastore.open();
  res.json(await conn.replaceMany('quotes', { quote: '', author: 'removed', day: 0 }, { filter: { author: req.body.author } }));
});

app.post('/old/remove', async (req, res) => {
  const conn = await Datastore.open();
  res.json(await conn.removeMany('quotes', { filter: { day: 0 } }));
});

app.post('/old/collection', async (req, res) => {
  const quotes = (await DB.open()).collection('quotes');
  const quote = await quotes.insertOne(req.body);
  await quotes.updateOne(quote._id, { seen: 1 });
  const read = await quotes.getOne(quote._id);
  res.json({ read, removed: await quotes.removeOne(quote._id) });
});

const quote = object({
  quote: string().required(),
  author: string().default('unknown'),
  day: number().integer().min(0).required(),
});

crudlify(app, { quotes: quote });

export default app.init();
