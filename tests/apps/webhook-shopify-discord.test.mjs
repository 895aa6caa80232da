// An HMAC in base64 and an Ed25519 signature, both over the body as it came.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { serveApp } from '../lib/served.mjs';

const secret = 'hush';
const discord = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');
const rawKey = ({ publicKey }) => publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');

describe('webhook-shopify-discord', () => {
  let shop;
  before(async () => {
    shop = await serveApp('webhook-shopify-discord', { env: { DISCORD_PUBLIC_KEY: rawKey(discord) }, secrets: { SHOPIFY_SECRET: secret } });
  });
  after(() => shop?.stop());
  const order = (path, body, { key = secret, topic = path, id = 'w1', signature = createHmac('sha256', key).update(body).digest('base64') } = {}) =>
    shop.post(`/shopify/${path}`, body, {
      headers: {
        'content-type': 'application/json', 'x-shopify-topic': topic, 'x-shopify-webhook-id': id, 'x-shopify-shop-domain': 'tea.myshopify.com',
        'x-shopify-hmac-sha256': signature,
      },
    });
  const tea = (id, price, sku = 'TEA', quantity = 2) => JSON.stringify({
    id, total_price: price, currency: 'NOK', line_items: [{ sku: 'CUP', quantity: 1, title: 'Grønn kopp' }, { sku, quantity }],
  }, null, 2);
  const interaction = (body, { pair = discord, signed = body, time = '1700000000' } = {}) =>
    shop.post('/discord', body, { headers: {
      'content-type': 'application/json', 'x-signature-timestamp': time,
      'x-signature-ed25519': sign(null, Buffer.from(time + signed), pair.privateKey).toString('hex'),
    } });
  const ask = (sku) => JSON.stringify({ type: 2, data: { name: 'orders', options: [{ name: 'sku', type: 3, value: sku }] } });
  const stored = async (id) => (await shop.get(`/orders/${id}`, { key: true }));

  test('HT-04 DB-04 orders are stored once, and follow their deliveries', async () => {
    // 64-bit ids do not survive JSON.parse: an id of Shopify that does is shorter.
    assert.equal((await order('orders/create', tea(820982911946154, '199.50'))).text, 'OK');
    assert.equal((await order('orders/create', tea(820982911946154, '199.50'))).status, 200);
    assert.equal((await order('orders/paid', tea(820982911946154, '199.50'), { id: 'w2' })).status, 200);
    assert.deepEqual((await stored('820982911946154')).json, {
      _id: '820982911946154', shop: 'tea.myshopify.com', total: 199.5, currency: 'NOK',
      items: [{ sku: 'CUP', quantity: 1 }, { sku: 'TEA', quantity: 2 }], state: 'paid', deliveries: ['w1', 'w2'],
    });
  });

  test('DB-08 HT-04 a signed command is answered from the orders', async () => {
    await order('orders/create', tea(2, '100'));
    await order('orders/cancelled', tea(3, '50'));
    await order('orders/create', tea(4, '70', 'MUG'));
    await order('orders/create', tea(5, '70', 'TEA', 0));
    assert.deepEqual((await interaction('{"type":1}')).json, { type: 1 });
    assert.deepEqual((await interaction(ask('TEA'))).json, { type: 4, data: { content: '2 open orders of TEA, 299.50 in all' } });
    assert.match((await interaction(ask('Kakao'))).json.data.content, /^0 open orders of Kakao/);
  });

  test('HT-04 AU-03 what Shopify did not sign is refused', async () => {
    const body = tea(9, '1');
    for (const answer of [await order('orders/create', body, { key: 'another' }), await order('orders/create', body, { signature: '' }),
      await order('orders/create', body, { signature: createHmac('sha256', secret).update(JSON.stringify(JSON.parse(body))).digest('base64') })]) {
      assert.deepEqual([answer.status, answer.text], [401, 'Unauthorized']);
    }
    assert.equal((await order('orders/create', body, { topic: 'orders/paid' })).status, 400);
    const none = await stored('9');
    assert.deepEqual([none.status, none.text], [404, 'null']);
    assert.equal((await shop.get('/orders/2')).status, 403);
  });

  test('HT-04 AU-03 what Discord did not sign is refused, as Discord tests it', async () => {
    for (const answer of [
      await interaction('{"type":1}', { pair: stranger }),
      await interaction('{"type":1}', { signed: '{"type":2}' }),
      await interaction('{"type":1}', { signed: '{"type": 1}' }),
      await shop.post('/discord', '{"type":1}', { headers: { 'content-type': 'application/json', 'x-signature-timestamp': '1700000000' } }),
      await shop.post('/discord', '{"type":1}', { headers: {
        'content-type': 'application/json', 'x-signature-timestamp': '1', 'x-signature-ed25519': 'zz',
      } }),
    ]) assert.deepEqual([answer.status, answer.text], [401, 'invalid request signature']);
  });
});
