// Clerk's webhook, signed and checked by the svix package.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { Webhook } from 'svix';
import { serveApp } from '../lib/served.mjs';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

describe('webhook-svix-clerk', () => {
  let copy, sent = 0;
  before(async () => { copy = await serveApp('webhook-svix-clerk', { secrets: { CLERK_WEBHOOK_SECRET: secret } }); });
  after(() => copy?.stop());
  const deliver = (event, { time = new Date(), key = secret, changed, names = ['svix-id', 'svix-timestamp', 'svix-signature'] } = {}) => {
    const body = JSON.stringify(event, null, 1);
    const id = `msg_${++sent}`;
    const signature = new Webhook(key).sign(id, time, body);
    const headers = { [names[0]]: id, [names[1]]: String(Math.floor(time / 1000)), [names[2]]: signature, 'content-type': 'application/json' };
    return copy.post('/clerk', changed ?? body, { headers });
  };
  const created = (id, ...emails) => ({
    type: 'user.created', data: { id, first_name: 'Zoë', email_addresses: emails.map((email_address) => ({ email_address })) },
  });
  const users = async (query = '') => (await copy.get(`/users${query}`, { key: true })).json;

  test('HT-04 DB-05 a signed event writes the user, an update replaces all of it', async () => {
    const answer = await deliver(created('user_1', 'zoe@example.com', 'z@example.org'));
    assert.deepEqual([answer.status, answer.text], [204, '']);
    assert.deepEqual(await users(), [{
      _id: 'user_1', first_name: 'Zoë', email_addresses: [{ email_address: 'zoe@example.com' }, { email_address: 'z@example.org' }], seen: 'msg_1',
    }]);
    await deliver({ type: 'user.updated', data: { id: 'user_1', email_addresses: [{ email_address: 'new@example.com' }] } });
    assert.deepEqual(await users(), [{ _id: 'user_1', email_addresses: [{ email_address: 'new@example.com' }], seen: 'msg_2' }]);
  });

  test('DB-08 a user is found by any address of the array', async () => {
    await deliver(created('user_2', 'a@example.com', 'b@example.com'));
    assert.deepEqual((await users('?email=b@example.com')).map((one) => one._id), ['user_2']);
    assert.deepEqual(await users('?email=zoe@example.com'), []);
  });

  test('HT-04 forged, changed, old, early and unsigned deliveries are refused with the reason of the package', async () => {
    const before = await users();
    const gone = { type: 'user.deleted', data: { id: 'user_1' } };
    const body = JSON.stringify(gone);
    for (const [answer, reason] of [
      [await deliver(gone, { key: 'whsec_' + Buffer.from('another secret').toString('base64') }), 'No matching signature found'],
      [await deliver(gone, { changed: body.replace('1', '2') }), 'No matching signature found'],
      [await deliver(gone, { time: new Date(Date.now() - 6 * 60_000) }), 'Message timestamp too old'],
      [await deliver(gone, { time: new Date(Date.now() + 6 * 60_000) }), 'Message timestamp too new'],
      [await copy.post('/clerk', body, { headers: { 'content-type': 'application/json' } }), 'Missing required headers'],
    ]) assert.deepEqual([answer.status, answer.json], [400, { error: reason }]);
    assert.deepEqual(await users(), before);
  });

  test('DB-06 HT-02 a deleted user is gone, twice is fine, and header names are lower case however they are sent', async () => {
    const gone = { type: 'user.deleted', data: { id: 'user_1' } };
    assert.equal((await deliver(gone, { names: ['Svix-Id', 'SVIX-TIMESTAMP', 'Svix-Signature'] })).status, 204);
    assert.equal((await deliver(gone)).status, 204);
    assert.deepEqual((await users()).map((one) => one._id), ['user_2']);
    assert.equal((await copy.get('/users')).status, 403);
  });
});
