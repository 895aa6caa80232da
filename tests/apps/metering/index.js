// Meters what customers of a service use: counters per customer and day, closed into invoices once a period, with totals over all of it.
import { app, Datastore, aggregation } from 'codehooks-js';

const kLockMs = 60_000;
const day = (time) => new Date(time).toISOString().slice(0, 10);

// One document a customer and day: its id is text of ours, its counters have dots in their names.
async function count(conn, { customer, type, units = 1, at = Date.now() }) {
  return conn.updateOne('usage', `${customer}:${day(at)}`, {
    $inc: { [`events.${type}`]: units, total: units },
    $set: { customer, day: day(at), updated: new Date() },
  }, { upsert: true });
}

app.post('/events', async (req, res) => {
  const conn = await Datastore.open();
  const { id, ...event } = req.body;
  try {
    // The sender's id makes a repeated delivery harmless.
    await conn.insertOne('events', { _id: id, ...event, at: event.at ?? new Date() });
  } catch (error) {
    if (error.code === 6) return res.status(200).json({ counted: false });
    throw error;
  }
  const { total } = await count(conn, event);
  res.status(202).json({ counted: true, total });
});

app.get('/usage/:customer', async (req, res) => {
  const { from = '0000', to = '9999' } = req.query;
  const conn = await Datastore.open();
  const days = {};
  const fields = { hints: { $fields: { day: 1, total: 1, _id: 0 } } };
  await conn.getMany('usage', { customer: req.params.customer, day: { $gte: from, $lt: to } }, fields).forEach((one) => {
    days[one.day] = one.total;
  });
  res.json(days);
});

app.get('/usage/:customer/:day', async (req, res) => {
  const conn = await Datastore.open();
  try {
    res.json(await conn.getOne('usage', `${req.params.customer}:${req.params.day}`));
  } catch (error) {
    res.status(404).json(error);
  }
});

// Closes a month. Only one at a time: a lock that ends by itself should this process die.
app.post('/periods/:month/close', async (req, res) => {
  const { month } = req.params;
  const conn = await Datastore.open();
  const lock = { keyspace: 'locks', ttl: kLockMs };
  if ((await conn.incr(`close-${month}`, 1, lock)) > 1) return res.status(409).json({ error: `${month} is being closed` });
  try {
    let invoices = 0;
    const open = { day: { $gte: `${month}-01`, $lt: `${month}-32` }, invoice: null };
    await conn.getMany('usage', open, { sort: { day: 1 } }).forEach(async (one) => {
      const _id = `${one.customer}:${month}`;
      const { lines } = await conn.updateOne('invoices', _id, { $inc: { total: one.total }, $push: { lines: one.day } }, { upsert: true });
      if (lines.length === 1) invoices++;
      await conn.updateOne('usage', { _id: one._id, invoice: null }, { $set: { invoice: _id } });
    });
    res.json({ month, invoices, all: await conn.getMany('invoices', { _id: { $endsWith: `:${month}` } }).toArray() });
  } finally {
    await conn.del(`close-${month}`, lock);
  }
});

app.get('/report', async (req, res) => {
  const conn = await Datastore.open();
  const stream = conn.getMany('events', req.query.type ? { type: req.query.type } : {});
  res.json(await aggregation(stream, {
    $sum: 'units',
    $avg: ['units', { $field: 'meta.size', $label: 'size' }],
    $min: 'units',
    $max: { $field: 'units', $label: 'most' },
    $group: [{ $field: 'type', $sum: 'units' }, { $field: 'customer', $label: 'by customer', $max: 'units', $group: { $field: 'type' } }],
  }));
});

export default app.init();
