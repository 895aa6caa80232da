// A long chat history: whole and in order however it is read, and left alone when its reader leaves.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { serveApp } from '../lib/served.mjs';

const kMessages = 3000;

describe('chat-history-stream', () => {
  let chat;
  before(async () => {
    chat = await serveApp('chat-history-stream');
    const messages = Array.from({ length: kMessages }, (_, n) => ({ from: `user${n % 7}`, text: `message ${n}: ${'æøå "quoted" '.repeat(10)}` }));
    messages[2321].text = 'needle';
    const lots = [messages.slice(0, 1500), messages.slice(1500)];
    for (const [index, lot] of lots.entries()) {
      const numbered = lot.map((message, n) => ({ n: index * 1500 + n, ...message }));
      const answer = await chat.post('/rooms/long/import', numbered);
      assert.deepEqual([answer.status, answer.json], [201, { stored: 1500 }], answer.text);
    }
    for (let n = 0; n < 3; n++) await chat.post('/rooms/short/messages', { n, from: 'ann', text: `short ${n}` });
  });
  after(() => chat?.stop());
  const inOrder = (messages) => assert.deepEqual(messages.map((one) => one.n), Array.from({ length: kMessages }, (_, n) => n));

  test('HT-07 DB-03 the whole history as one JSON array, by both calls', async () => {
    const answer = await chat.get('/rooms/long/history');
    assert.match(answer.headers['content-type'], /^application\/json/);
    assert.equal(answer.headers['content-length'], undefined);
    inOrder(answer.json);
    assert.ok(answer.text.startsWith('[\n{"room":"long",') && answer.text.endsWith('}\n]'));
    assert.deepEqual((await chat.get('/rooms/long/history.old')).json, answer.json);
    assert.deepEqual((await chat.get('/rooms/short/history')).json.map((one) => one.text), ['short 0', 'short 1', 'short 2']);
    assert.deepEqual((await chat.get('/rooms/nobody/history')).json, []);
  });

  test('DB-03 HT-06 lines at the reader\'s pace, by asynchronous iteration', async () => {
    const lines = (await chat.get('/rooms/long/history.ndjson')).text.trimEnd().split('\n');
    inOrder(lines.map((line) => JSON.parse(line)));
  });

  test('DB-03 DB-09 a loop that breaks off, a stream that is cancelled', async () => {
    const latest = (await chat.get('/rooms/long/latest/3')).json;
    assert.deepEqual(latest.map((text) => text.slice(0, 13)), ['message 2997:', 'message 2998:', 'message 2999:']);
    assert.deepEqual((await chat.get('/rooms/long/until/needle')).json, { read: 2322 });
    assert.deepEqual((await chat.get('/rooms/short/until/nothing')).json, { read: 3 });
  });

  test('DB-03 nothing arrives while paused, and all of it after', async () => {
    assert.deepEqual((await chat.get('/rooms/long/slowly')).json, { seen: 200, pauses: 20, whilePaused: 0 });
  });

  test('DB-03 forEach waits for one message before the next', async () => {
    const { authors, mostInside } = (await chat.get('/rooms/long/authors')).json;
    assert.equal(mostInside, 1);
    assert.deepEqual(authors, { user0: 43, user1: 43, user2: 43, user3: 43, user4: 43, user5: 43, user6: 42 });
  });

  test('HT-06 HT-07 a reader that leaves in the middle harms nobody', async () => {
    for (let n = 0; n < 5; n++) {
      const leaving = new AbortController();
      const answer = await fetch(`${chat.app.url}/rooms/long/history`, { signal: leaving.signal });
      const reader = answer.body.getReader();
      assert.ok((await reader.read()).value.length > 0);
      leaving.abort();
      await assert.rejects(async () => { for (;;) if ((await reader.read()).done) return; });
    }
    inOrder((await chat.get('/rooms/long/history')).json);
  });

  test('HT-07 HT-11 DB-08 a query that cannot be is told before anything is sent', async () => {
    const answer = await chat.get('/rooms/long/broken');
    assert.equal(answer.status, 500);
    assert.match(answer.json.error, /Invalid query: .*\$nonsense/);
  });

  test('DB-06 DB-07 a room is emptied alone', async () => {
    assert.deepEqual((await chat.get('/rooms/long/count')).json, { count: kMessages });
    assert.deepEqual((await chat.del('/rooms/long')).json, { count: kMessages });
    assert.deepEqual((await chat.get('/rooms/long/count')).json, { count: 0 });
    assert.equal((await chat.get('/rooms/short/history')).json.length, 3);
  });
});
