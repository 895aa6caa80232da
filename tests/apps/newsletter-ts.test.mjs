// Double opt-in: only who followed the signed link is a subscriber.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { serveApp } from '../lib/served.mjs';

describe('newsletter-ts', () => {
  let letters;
  before(async () => { letters = await serveApp('newsletter-ts', { secrets: { LETTER_SECRET: 'a secret of the editor' } }); });
  after(() => letters?.stop());
  const subscribe = (email, topic = 'garden') => letters.post('/subscribe', new URLSearchParams({ email, topic }));
  const linkOf = (html) => `/${/href="([^"]+)"/.exec(html)[1]}`;

  test('RT-04 TypeScript, JSON, a text asset and #lib work together; zod says what is wrong', async () => {
    const answer = await subscribe('Ann@Example.org');
    assert.equal(answer.status, 202, answer.text);
    assert.match(answer.text, /^<p>Hello ann@example\.org, please <a href="confirm\/ann%40example\.org\/[0-9a-f]{64}">/);
    const wrong = await letters.post('/subscribe', new URLSearchParams({ email: 'nobody', topic: 'war' }));
    assert.equal(wrong.status, 400);
    assert.deepEqual(wrong.json.errors.map((one) => one.split(':')[0]), ['email', 'topic']);
  });

  test('DB-04 HT-05 the link confirms and sets the cookie; a forged one does neither', async () => {
    const { text } = await subscribe('bo@example.org');
    assert.equal((await letters.get('/me', { headers: { cookie: 'subscriber=bo%40example.org' } })).status, 401);  // not confirmed yet
    const forged = await letters.get(linkOf(text).replace(/.$/, (last) => (last === '0' ? '1' : '0')));
    assert.deepEqual([forged.status, forged.headers['set-cookie']], [403, undefined]);
    const confirmed = await letters.get(linkOf(text));
    assert.deepEqual([confirmed.status, confirmed.text], [200, 'Confirmed']);
    const [cookie] = confirmed.headers['set-cookie'];
    assert.match(cookie, /HttpOnly/i);
    assert.deepEqual((await letters.get('/me', { headers: { cookie: cookie.split(';')[0] } })).json, { _id: 'bo@example.org', topic: 'garden', confirmed: true });
  });

  test('DB-08 AU-01 the editor searches the confirmed with the key; nobody else does', async () => {
    await letters.get(linkOf((await subscribe('zoe@other.example', 'kitchen')).text));
    assert.deepEqual((await letters.get('/subscribers?search=EXAMPLE%5C.org$', { key: true })).json.map((one) => one._id), ['bo@example.org']);
    assert.deepEqual((await letters.get('/subscribers', { key: true })).json.map((one) => one._id), ['bo@example.org', 'zoe@other.example']);
    assert.equal((await letters.get('/subscribers')).status, 403);
  });
});
