// Stock that many buyers want at once: every change is an update with a condition, so nothing is sold twice or lost.
import { app, Datastore } from 'codehooks-js';
import { nanoid } from 'nanoid';

const isAmount = (n) => Number.isInteger(n) && n > 0;

app.post('/products', async (req, res) => {
  const { sku, stock = 0 } = req.body;
  const conn = await Datastore.open();
  try {
    res.status(201).json(await conn.insertOne('products', { _id: sku, stock, sold: 0, version: 1 }));
  } catch (error) {
    res.status(error.status).json(error);
  }
});

// Takes from the stock only what is there. Answers the product as it is after that, or null.
async function take(conn, sku, quantity, order) {
  try {
    const enough = { _id: sku, stock: { $gte: quantity } };
    return await conn.updateOne('products', enough, { $inc: { stock: -quantity, sold: quantity, version: 1 }, $push: { orders: order } });
  } catch (error) {
    if (error.code === 5) return null;
    throw error;
  }
}

const giveBack = (conn, sku, quantity, order) =>
  conn.updateOne('products', sku, { $inc: { stock: quantity, sold: -quantity, version: 1 }, $pull: { orders: order } });

// All lines of an order or none: what was taken is given back when a later line cannot be had.
app.post('/orders', async (req, res) => {
  const lines = Object.entries(req.body);
  if (lines.length === 0 || !lines.every(([, quantity]) => isAmount(quantity))) return res.status(400).json({ error: 'an order is {sku: quantity, …}' });
  const conn = await Datastore.open();
  const order = nanoid();
  const taken = [];
  for (const [sku, quantity] of lines) {
    if (await take(conn, sku, quantity, order)) {
      taken.push([sku, quantity]);
      continue;
    }
    for (const [back, amount] of taken) await giveBack(conn, back, amount, order);
    return res.status(409).json({ error: `not enough of ${sku}` });
  }
  res.status(201).json(await conn.insertOne('orders', { _id: order, lines: req.body }));
});

// Optimistic locking: read, compute, write if nobody was faster, else again.
app.post('/products/:sku/recount', async (req, res) => {
  const conn = await Datastore.open();
  for (let attempts = 1; ; attempts++) {
    const product = await conn.getOne('products', req.params.sku);
    const counted = (product.counted ?? 0) + req.body.found;
    try {
      const unchanged = { _id: product._id, version: product.version };
      const written = await conn.updateOne('products', unchanged, { counted, version: product.version + 1 });
      return res.json({ ...written, attempts });
    } catch (error) {
      if (error.code !== 5) throw error;
    }
  }
});

// The caller's own compare-and-set, with the version as its ETag.
app.put('/products/:sku', async (req, res) => {
  const conn = await Datastore.open();
  const version = Number(req.headers['if-match']?.replaceAll('"', ''));
  if (!version) return res.status(428).json({ error: 'If-Match is missing' });
  try {
    const product = await conn.updateOne('products', { _id: req.params.sku, version }, { $set: req.body, $inc: { version: 1 } });
    res.set('etag', `"${product.version}"`).json(product);
  } catch (error) {
    res.status(error.code === 5 ? 412 : 500).json(error);
  }
});

app.get('/products/:sku', async (req, res) => {
  const conn = await Datastore.open();
  const product = await conn.findOneOrNull('products', req.params.sku);
  if (!product) return res.status(404).end();
  res.set('etag', `"${product.version}"`).json(product);
});

app.get('/orders', async (req, res) => res.json(await (await Datastore.open()).count('orders')));

export default app.init();
