import assert from 'node:assert/strict';
import test from 'node:test';
import { ping, readChallenge } from '../src/ping.js';

const kToken = `e30.e30.${'A'.repeat(342)}`;

function answerWith(t, status, body, headers = {}) {
  const seen = [];
  t.mock.method(globalThis, 'fetch', async (url, { headers: sent }) => {
    seen.push(sent.authorization);
    return new Response(body, { status, headers });
  });
  return seen;
}

test('a challenge is taken apart', () => {
  assert.equal(readChallenge(null), null);
  assert.equal(readChallenge('Bearer').description, undefined);
  const challenge = readChallenge('Bearer error="invalid_token", error_description="a \\"b\\" c"');
  assert.equal(challenge.error, 'invalid_token');
  assert.equal(challenge.description, 'a "b" c');
});

test('the answer, the refusal, the silence', async (t) => {
  answerWith(t, 200, '{"message":"Hello alice"}');
  const good = await ping('http://api.test/hello', 'mine', async () => kToken);
  assert.equal(good.ok, true);
  assert.match(good.body, /"message": "Hello alice"/);
  t.mock.restoreAll();
  answerWith(t, 401, 'not JSON', { 'www-authenticate': 'Bearer error="invalid_token", error_description="expired"' });
  const refused = await ping('http://api.test/hello', 'mine', async () => kToken);
  assert.deepEqual([refused.status, refused.challenge.description, refused.body], [401, 'expired', 'not JSON']);
  t.mock.restoreAll();
  t.mock.method(globalThis, 'fetch', async () => Promise.reject(new TypeError('Failed to fetch')));
  assert.equal((await ping('http://api.test/hello', 'mine', async () => kToken)).kind, 'unreachable');
  assert.equal((await ping('http://api.test/hello', 'mine', async () => Promise.reject(new Error('login_required')))).kind, 'no-token');
});

test('a damaged token differs in its signature only; none is none', async (t) => {
  const seen = answerWith(t, 401, '');
  await ping('http://api.test/hello', 'damaged', async () => kToken);
  await ping('http://api.test/hello', 'none', async () => assert.fail('asked for a token'));
  const [damaged, none] = seen;
  assert.equal(damaged.length, `Bearer ${kToken}`.length);
  assert.notEqual(damaged, `Bearer ${kToken}`);
  assert.ok(damaged.startsWith('Bearer e30.e30.'));
  assert.equal(none, undefined);
});
