// Two webhooks side by side: orders from Shopify (HMAC-SHA256 in base64) and the commands of a Discord bot (Ed25519) that asks about them.
import { app, Datastore } from 'codehooks-js';
import crypto from 'node:crypto';

app.auth('/shopify/*', (req, res, next) => next());
app.auth('/discord', (req, res, next) => next());

function isFromShopify(req) {
  const digest = crypto.createHmac('sha256', process.env.SHOPIFY_SECRET).update(req.rawBody, 'utf8').digest();
  const given = Buffer.from(req.headers['x-shopify-hmac-sha256'] || '', 'base64');
  return given.length === digest.length && crypto.timingSafeEqual(digest, given);
}

app.post('/shopify/:topic/:action', async (req, res) => {
  if (!isFromShopify(req)) return res.sendStatus(401);
  const { topic, action } = req.params;
  if (req.headers['x-shopify-topic'] !== `${topic}/${action}`) return res.sendStatus(400);
  if (topic !== 'orders') return res.sendStatus(200);

  const { id, total_price, currency, line_items } = req.body;
  const conn = await Datastore.open();
  await conn.updateOne('orders', { _id: String(id) }, {
    $set: {
      shop: req.headers['x-shopify-shop-domain'], total: Number(total_price), currency,
      items: line_items.map(({ sku, quantity }) => ({ sku, quantity })), state: action,
    },
    $addToSet: { deliveries: req.headers['x-shopify-webhook-id'] },
  }, { upsert: true });
  res.sendStatus(200);
});

// A raw Ed25519 key in the DER wrapping that node:crypto reads.
const publicKey = () => crypto.createPublicKey({
  key: Buffer.from('302a300506032b6570032100' + process.env.DISCORD_PUBLIC_KEY, 'hex'), format: 'der', type: 'spki',
});

app.post('/discord', async (req, res) => {
  const signed = Buffer.from(req.headers['x-signature-timestamp'] + req.rawBody);
  const signature = Buffer.from(req.headers['x-signature-ed25519'] ?? '', 'hex');
  if (!crypto.verify(null, signed, publicKey(), signature)) return res.status(401).end('invalid request signature');

  if (req.body.type === 1) return res.json({ type: 1 }); // PING
  const sku = req.body.data.options.find((option) => option.name === 'sku').value;
  const conn = await Datastore.open();
  const orders = await conn.getMany('orders', { items: { $elemMatch: { sku, quantity: { $gte: 1 } } }, state: { $ne: 'cancelled' } }).toArray();
  const total = orders.reduce((sum, order) => sum + order.total, 0);
  res.json({ type: 4, data: { content: `${orders.length} open orders of ${sku}, ${total.toFixed(2)} in all` } });
});

app.get('/orders/:id', async (req, res) => {
  const conn = await Datastore.open();
  const order = await conn.findOneOrNull('orders', { _id: req.params.id });
  res.status(order ? 200 : 404).json(order);
});

export default app.init();
