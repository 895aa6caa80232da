// Bytes through an app: both directions at once, through transforms, as slowly as the other side wants.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as open } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { serveApp } from '../lib/served.mjs';
import { until } from '../lib/until.mjs';

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

describe('binary-streams', () => {
  let streams;
  before(async () => { streams = await serveApp('binary-streams'); });
  after(() => streams?.stop());
  const send = (path, body, headers = {}, method = 'POST') =>
    fetch(streams.app.url + path, { method, body, headers: { 'content-type': 'application/octet-stream', ...headers } });
  const bytesOf = async (answer) => Buffer.from(await answer.arrayBuffer());

  test('HT-03 HT-06 each piece comes back before the next one is sent', async () => {
    const outgoing = open(`${streams.app.url}/echo`, { method: 'POST', headers: { 'content-type': 'audio/x-raw' }, agent: false });
    const piece = randomBytes(3000);
    outgoing.write(piece);
    const [answer] = await once(outgoing, 'response');
    assert.deepEqual([answer.statusCode, answer.headers['content-type'], answer.headers['content-length']], [200, 'audio/x-raw', undefined]);
    let received = Buffer.alloc(0);
    answer.on('data', (chunk) => { received = Buffer.concat([received, chunk]); });
    for (let n = 1; n <= 20; n++) {
      await until(() => received.length === n * piece.length);
      if (n < 20) outgoing.write(piece);
    }
    outgoing.end();
    await once(answer, 'end');
    assert.equal(sha256(received), sha256(Buffer.concat(Array(20).fill(piece))));
  });

  test('HT-03 HT-06 a transform and a compressor stand between', async () => {
    const text = 'abcdefghijklmnopqrstuvwxyz0123456789'.repeat(20_000);
    const capitals = await send('/capitals', text, {}, 'PUT');
    assert.equal(await capitals.text(), text.toUpperCase());
    const packed = await send('/gzip', text);
    assert.equal(packed.headers.get('content-disposition'), 'attachment; filename="body.gz"');
    assert.equal(packed.headers.get('content-encoding'), null); // the answer is a file, not an encoding
    assert.equal(gunzipSync(await bytesOf(packed)).toString(), text);
  });

  test('HT-03 a body waits until the handler has awaited something else', async () => {
    const body = randomBytes(3 << 20);
    const answer = await (await send('/digest', body)).json();
    assert.deepEqual([answer.sha256, answer.bytes], [sha256(body), body.length]);
    assert.ok(answer.chunks > 1, 'it came in one piece');
    assert.deepEqual(await (await send('/digest', '')).json(), { sha256: sha256(''), bytes: 0, chunks: 0 });
  });

  test('HT-03 an answer need not wait for the rest of the body', async () => {
    const png = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), randomBytes(200_000)]);
    assert.deepEqual(await (await send('/what', png)).json(), { what: 'PNG' });
    assert.deepEqual(await (await send('/what', randomBytes(50))).json(), { what: 'something else' });
  });

  test('HT-05 HT-06 pieces of all kinds, and nothing after the end', async () => {
    const answer = await fetch(`${streams.app.url}/pieces`);
    assert.equal(answer.headers.get('x-late'), null);
    assert.deepEqual(await bytesOf(answer), Buffer.concat([Buffer.from([0, 255, 128, 1, 2]), Buffer.from('å{"a":1}'), Buffer.from([254])]));
    const parsed = await send('/parsed', '{"a": 1,  "b": 2}', { 'content-type': 'application/json' });
    assert.deepEqual([parsed.headers.get('x-fields'), await parsed.text()], ['a,b', '{"a": 1,  "b": 2}']);
  });

  test('HT-06 a source stops when its reader leaves', async () => {
    const whole = await (await fetch(`${streams.app.url}/lines/3000`)).text();
    assert.equal(whole.length, 3000 * 1024);
    assert.ok(whole.endsWith('.3000\n'));
    const before = await (await fetch(`${streams.app.url}/generators`)).json();
    const leaving = new AbortController();
    const answer = await fetch(`${streams.app.url}/lines/1000000000`, { signal: leaving.signal });
    await answer.body.getReader().read();
    leaving.abort();
    await until(async () => {
      const now = await (await fetch(`${streams.app.url}/generators`)).json();
      return now.running === 0 && now.left === before.left + 1;
    });
  });
});
