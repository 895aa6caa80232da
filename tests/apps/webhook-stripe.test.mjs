// Stripe's webhook, signed by Stripe's own package: what is taken, what is refused, and that nothing counts twice.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import Stripe from 'stripe';
import { serveApp } from '../lib/served.mjs';

const secret = 'whsec_of_the_test';
const { webhooks } = new Stripe('sk_test_none');

describe('webhook-stripe', () => {
  let shop;
  before(async () => { shop = await serveApp('webhook-stripe', { secrets: { STRIPE_WEBHOOK_SECRET: secret } }); });
  after(() => shop?.stop());
  const deliver = (payload, signature) => shop.post('/stripe/webhooks', payload, { headers: {
    'content-type': 'application/json; charset=utf-8', 'stripe-signature': signature,
  } });
  const signed = (payload, more) => deliver(payload, webhooks.generateTestHeaderString({ payload, secret, ...more }));
  // As Stripe sends it: indented, with escapes that JSON.stringify would not write. Only the text as it came has this signature.
  const event = (id, type, object) => JSON.stringify({
    id, object: 'event', created: 1_700_000_000, type, data: { object },
  }, null, 2).replaceAll('é', '\\u00e9');
  const events = async () => (await shop.get('/events', { key: true })).json;

  test('HT-04 DB-04 a signed event is taken, byte for byte as it was signed', async () => {
    const answer = await signed(event('evt_1', 'customer.subscription.created', { customer: 'cus_1', plan: 'café', status: 'active' }));
    assert.deepEqual([answer.status, answer.json], [200, { received: true }]);
    assert.deepEqual((await shop.get('/customers/cus_1', { key: true })).json, { _id: 'cus_1', plan: 'café', status: 'active', changes: 1 });
  });

  test('DB-01 an event delivered twice, or five times at once, counts once', async () => {
    const payload = event('evt_2', 'customer.subscription.updated', { customer: 'cus_1', plan: 'gold', status: 'active' });
    const answers = await Promise.all(Array.from({ length: 5 }, () => signed(payload)));
    assert.deepEqual(answers.map((one) => one.status), [200, 200, 200, 200, 200]);
    assert.equal(answers.filter((one) => one.json.duplicate).length, 4);
    assert.equal((await shop.get('/customers/cus_1', { key: true })).json.changes, 2);
  });

  test('HT-04 a wrong signature, a changed body, an old timestamp and no signature are refused, and leave nothing', async () => {
    const before = await events();
    const payload = event('evt_3', 'customer.subscription.deleted', { customer: 'cus_1' });
    const refused = { error: 'Bad signature', type: 'StripeSignatureVerificationError' };
    for (const answer of [
      await signed(payload, { secret: 'whsec_of_another' }),
      await deliver(payload.replace('cus_1', 'cus_2'), webhooks.generateTestHeaderString({ payload, secret })),
      await signed(payload, { timestamp: Math.floor(Date.now() / 1000) - 301 }), // a replay: the tolerance is 300 s
      await deliver(payload, 't=1,v1=00'),
      await shop.post('/stripe/webhooks', payload, { headers: { 'content-type': 'application/json' } }),
    ]) assert.deepEqual([answer.status, answer.json], [400, refused]);
    assert.deepEqual(await events(), before);
    assert.equal((await shop.get('/customers/cus_1', { key: true })).json.status, 'active');
    assert.match(await shop.log(), /Refused: .*No signatures found/);
  });

  test('RT-11 what the app prints is in the log, with objects spelled out', async () => {
    assert.equal((await signed(event('evt_5', 'invoice.paid', { customer: 'cus_9', lines: [{ amount: 5 }] }))).status, 200);
    const { lines } = await shop.server.api('GET', `${shop.app.space}/logs?tail=50`);
    const printed = lines.find((line) => line.text.includes('Unhandled'));
    assert.deepEqual([printed.level, printed.context], ['log', 'routehooks']);
    assert.equal(printed.text.trim(), `Unhandled invoice.paid ${JSON.stringify({ customer: 'cus_9', lines: [{ amount: 5 }] }, null, 2)}`);
    const refused = lines.find((line) => line.text.includes('Refused'));
    assert.deepEqual([refused.level, refused.context], ['error', 'routehooks']);
    assert.match((await shop.app.good('log')).stdout, /Unhandled invoice\.paid/);
  });

  test('AU-03 AU-06 only the webhook is open, and the secret is not in the log or the settings', async () => {
    assert.equal((await shop.get('/customers/cus_1')).status, 403);
    assert.equal((await shop.get('/stripe/webhooks/x')).status, 403);
    const deleted = await signed(event('evt_4', 'customer.subscription.deleted', { customer: 'cus_1' }));
    assert.equal(deleted.status, 200);
    assert.deepEqual((await shop.get('/customers/cus_1', { key: true })).json, { _id: 'cus_1', status: 'canceled', changes: 3 });
    assert.deepEqual((await events()).map((one) => one._id), ['evt_1', 'evt_2', 'evt_4', 'evt_5']);
    const settings = JSON.stringify(await shop.server.api('GET', shop.app.space));
    assert.match(settings, /STRIPE_WEBHOOK_SECRET/);
    assert.doesNotMatch(settings + await shop.log(), new RegExp(secret));
  });
});
