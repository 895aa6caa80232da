// A catalogue that is searched in many ways: indexes made once a deployment, filters, pages, and a look at what a search costs.
import { app, Datastore } from 'codehooks-js';

app.auth('/search', (req, res, next) => next());

app.post('/products', async (req, res) => {
  const conn = await Datastore.open();
  const stored = await conn.insertMany('products', req.body);
  res.status(201).json({ stored: stored.length });
});

// The query string becomes a filter: ?brand=a,b&name=text&min=&max=&maker.country=&tag=
function filterOf({ brand, code, name, min, max, country, tag }) {
  const filter = {};
  if (brand) filter.brand = brand.includes(',') ? { $in: brand.split(',') } : brand;
  if (code) filter.code = { $startsWith: code };
  if (name) filter.name = { $regex: name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), $options: 'i' };
  if (min || max) filter.price = { ...(min && { $gte: Number(min) }), ...(max && { $lte: Number(max) }) };
  if (country) filter['maker.country'] = country;
  if (tag) filter.tags = tag;
  return filter;
}

function optionsOf({ sort, limit = 20, offset = 0, fields }) {
  const options = { limit: Math.min(Number(limit), 100), offset: Number(offset) };
  if (sort) options.sort = sort;
  if (fields) options.hints = { $fields: Object.fromEntries(fields.split(',').map((field) => [field, 1])) };
  return options;
}

app.get('/search', async (req, res) => {
  const conn = await Datastore.open();
  const filter = filterOf(req.query);
  const options = optionsOf(req.query);
  const [items, { count }] = await Promise.all([conn.find('products', filter, options).toArray(), conn.count('products', filter)]);
  res.set('x-total-count', count).json(items);
});

app.get('/explain', async (req, res) => {
  const conn = await Datastore.open();
  const [plan] = await conn.find('products', filterOf(req.query), { ...optionsOf(req.query), explain: true }).toArray();
  res.json(plan);
});

// The old way to read along an index.
app.get('/range', async (req, res) => {
  const conn = await Datastore.open();
  const { index, from, to, reverse } = req.query;
  conn.getMany('products', {}, { useIndex: index, start: Number(from), end: Number(to), reverse: reverse === 'true' }).json(res);
});

app.delete('/indexes/:field', async (req, res) => {
  const conn = await Datastore.open();
  await conn.removeIndex('products', req.params.field);
  res.status(204).end();
});

export default app.init(async () => {
  const conn = await Datastore.open();
  for (const field of ['brand', 'code', 'price', 'maker.country']) await conn.createIndex('products', field);
});
