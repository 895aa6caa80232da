// Files by a form: what goes in comes out, what is too large or without a key leaves nothing.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { serveApp } from '../lib/served.mjs';

describe('file-drop', () => {
  let box;
  const key = { key: true };
  before(async () => { box = await serveApp('file-drop'); });
  after(() => box?.stop());
  const drop = async (files, headers = { 'x-apikey': box.key }) => {
    const form = new FormData();
    for (const [name, bytes, type] of files) form.append('file', new File([bytes], name, { type }));
    const answer = await fetch(`${box.app.url}/drop`, { method: 'POST', body: form, headers });
    return { status: answer.status, json: await answer.json() };
  };
  const take = async (name) => {
    const answer = await fetch(`${box.app.url}/drop/${encodeURIComponent(name)}`, { headers: { 'x-apikey': box.key } });
    return { status: answer.status, type: answer.headers.get('content-type'), bytes: Buffer.from(await answer.arrayBuffer()) };
  };

  test('FS-01 HT-03 files of a form are kept byte for byte, with their type', async () => {
    const photo = randomBytes(700_000);
    const dropped = await drop([['photo å.png', photo, 'image/png'], ['empty.txt', Buffer.alloc(0), 'text/plain']]);
    assert.equal(dropped.status, 201, JSON.stringify(dropped.json));
    assert.deepEqual(dropped.json.map((one) => one.size), [700_000, 0]);
    const back = await take('photo å.png');
    assert.deepEqual([back.status, back.type, back.bytes.equals(photo)], [200, 'image/png', true]);
    assert.deepEqual([(await take('empty.txt')).status, (await take('empty.txt')).bytes.length], [200, 0]);
    assert.deepEqual((await box.get('/drop', key)).json, [{ name: 'empty.txt', size: 0, contentType: 'text/plain' }, { name: 'photo å.png', size: 700_000, contentType: 'image/png' }]);
  });

  test('FS-01 a file dropped again takes the place of the first; a deleted one is gone', async () => {
    await drop([['note.txt', 'one', 'text/plain']]);
    await drop([['note.txt', 'two', 'text/plain']]);
    assert.equal((await take('note.txt')).bytes.toString(), 'two');
    assert.deepEqual((await box.del('/drop/note.txt', key)).json, { path: '/drop/note.txt', deleted: true });
    assert.equal((await take('note.txt')).status, 404);
    assert.equal((await box.del('/drop/note.txt', key)).status, 404);
  });

  test('FS-01 HT-03 one that is too large is refused and leaves nothing; so does a form without files', async () => {
    const refused = await drop([['huge.bin', Buffer.alloc(1_200_000), 'application/octet-stream']]);
    assert.equal(refused.status, 413);
    assert.match(refused.json.error, /larger than/);
    assert.equal((await take('huge.bin')).status, 404);
    assert.equal((await drop([])).status, 400);
  });

  test('AU-01 without the key nobody drops, lists or takes; names cannot leave the box', async () => {
    assert.equal((await drop([['x.txt', 'x', 'text/plain']], {})).status, 403);
    assert.equal((await box.get('/drop')).status, 403);
    await drop([['../../outside.txt', 'x', 'text/plain']]);
    assert.deepEqual((await box.get('/drop', key)).json.filter((one) => one.name.includes('/')), []);
  });
});
