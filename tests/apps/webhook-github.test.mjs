// GitHub's webhook, with the example of its documentation among the signatures.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { serveApp } from '../lib/served.mjs';

const secret = "It's a Secret to Everybody";
const sign = (text, key = secret) => 'sha256=' + createHmac('sha256', key).update(text).digest('hex');

describe('webhook-github', () => {
  let hub;
  before(async () => { hub = await serveApp('webhook-github', { secrets: { GITHUB_WEBHOOK_SECRET: secret } }); });
  after(() => hub?.stop());
  const deliver = (id, event, body, signature = sign(body), type = 'application/json') =>
    hub.post('/github', body, { headers: {
      'content-type': type, 'x-github-delivery': id, 'x-github-event': event, 'x-hub-signature-256': signature,
    } });
  const push = (commits) => JSON.stringify({
    ref: 'refs/heads/main', repository: { full_name: 'octo/cat' },
    commits: Array.from({ length: commits }, (_, n) => ({ id: String(n), message: 'añadir 🐙' })),
  });
  const commits = async () => (await hub.get('/repositories/octo/cat/commits', { key: true })).json;

  test('HT-04 text bodies sign as well: the documented example', async () => {
    // docs.github.com, "Validating webhook deliveries": this secret and "Hello, World!" give this signature.
    const documented = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    assert.equal(sign('Hello, World!'), documented);
    const answer = await deliver('d0', 'ping', 'Hello, World!', documented, 'text/plain');
    assert.deepEqual([answer.status, answer.text], [200, 'pong']);
  });

  test('HT-04 KV-03 pushes are counted, as JSON and as a form', async () => {
    assert.deepEqual(await commits(), { repository: 'octo/cat', commits: 0 });
    assert.equal((await deliver('d1', 'push', push(2))).status, 202);
    const form = new URLSearchParams({ payload: push(3) }).toString();
    assert.equal((await deliver('d2', 'push', form, sign(form), 'application/x-www-form-urlencoded')).status, 202);
    assert.deepEqual(await commits(), { repository: 'octo/cat', commits: 5 });
  });

  test('DB-01 a redelivery, also ten at once, counts once', async () => {
    const again = await deliver('d1', 'push', push(2));
    assert.deepEqual([again.status, again.text], [200, 'Seen before']);
    const answers = await Promise.all(Array.from({ length: 10 }, () => deliver('d3', 'push', push(1))));
    assert.deepEqual(answers.map((one) => one.status).sort(), [...Array(9).fill(200), 202]);
    assert.equal((await commits()).commits, 6);
  });

  test('AU-03 HT-04 what is not signed with the secret is refused and leaves nothing', async () => {
    const body = push(1);
    for (const signature of [
      '', 'sha256=', sign(body).slice(0, -1), sign(body).toUpperCase(), sign(body, 'another'), sign(body + '\n'),
      sign(body).replace('sha256', 'sha1'),
    ]) {
      const answer = await deliver('d9', 'push', body, signature);
      assert.deepEqual([answer.status, answer.text], [401, 'Invalid signature'], signature);
    }
    const bad = '{"a":';
    const unreadable = await deliver('d9', 'push', bad, sign(bad));
    assert.deepEqual([unreadable.status, unreadable.json], [400, { error: 'Invalid JSON body' }]);
    assert.equal((await commits()).commits, 6);
  });

  test('DB-03 HT-07 what was delivered can be listed with the key, by event', async () => {
    const issue = JSON.stringify({ action: 'opened', repository: { full_name: 'octo/cat' } });
    await deliver('d4', 'issues', issue);
    const list = async (query) => (await hub.get(`/deliveries${query}`, { key: true })).json;
    assert.deepEqual((await list('')).map((one) => [one._id, one.event, one.action]), [
      ['d1', 'push', null], ['d2', 'push', null], ['d3', 'push', null], ['d4', 'issues', 'opened'],
    ]);
    assert.deepEqual((await list('?event=issues')).map((one) => one._id), ['d4']);
    assert.equal((await list('?event=issues&event=push')).length, 4);
    assert.deepEqual(await list('?event=fork'), []);
    assert.equal((await hub.get('/deliveries')).status, 403);
  });
});
