// Pictures in, pictures and thumbnails out, whole and by range.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { PNG } from 'pngjs';
import { serveApp } from '../lib/served.mjs';

describe('image-upload-thumbnails', () => {
  let album, made;
  const image = new PNG({ width: 64, height: 40 });
  randomBytes(64 * 40 * 4).copy(image.data);
  const bytes = PNG.sync.write(image);
  const upload = async (content, headers = { 'x-apikey': album.key }) => {
    const form = new FormData();
    form.append('picture', new File([content], 'my cat.png', { type: 'image/png' }));
    const answer = await fetch(`${album.app.url}/upload`, { method: 'POST', body: form, headers });
    return { status: answer.status, json: await answer.json() };
  };
  const load = async (path, options) => {
    const answer = await fetch(album.app.url + path, options);
    return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
  };
  before(async () => {
    album = await serveApp('image-upload-thumbnails');
    made = await upload(bytes);
  });
  after(() => album?.stop());

  test('FS-01 FS-03 a picture is public after its upload, and its thumbnail is half as large', async () => {
    assert.deepEqual([made.status, made.json.width, made.json.height], [201, 64, 40]);
    const picture = await load(made.json.picture);
    assert.deepEqual([picture.status, picture.headers.get('content-type'), picture.bytes.equals(bytes)], [200, 'image/png', true]);
    const small = PNG.sync.read((await load(made.json.thumbnail)).bytes);
    assert.deepEqual([small.width, small.height], [32, 20]);
    assert.deepEqual([...small.data.subarray(0, 4)], [...image.data.subarray(0, 4)]);
  });

  test('FS-03 ranges, HEAD and tags', async () => {
    const part = await load(made.json.picture, { headers: { range: 'bytes=8-23' } });
    assert.deepEqual([part.status, part.headers.get('content-range'), part.bytes.equals(bytes.subarray(8, 24))], [206, `bytes 8-23/${bytes.length}`, true]);
    const last = await load(made.json.picture, { headers: { range: 'bytes=-12' } });
    assert.deepEqual([last.status, last.bytes.equals(bytes.subarray(-12))], [206, true]);
    const beyond = await load(made.json.picture, { headers: { range: `bytes=${bytes.length}-` } });
    assert.deepEqual([beyond.status, beyond.headers.get('content-range'), beyond.bytes.length], [416, `bytes */${bytes.length}`, 0]);
    const head = await load(made.json.picture, { method: 'HEAD' });
    assert.deepEqual([head.status, Number(head.headers.get('content-length')), head.headers.get('accept-ranges')], [200, bytes.length, 'bytes']);
    assert.equal((await load(made.json.picture, { headers: { 'if-none-match': head.headers.get('etag') } })).status, 304);
    assert.equal((await load(made.json.picture, { headers: { range: 'bytes=0-3', 'if-range': '"another"' } })).status, 200);
  });

  test('FS-01 AU-01 what is no picture is refused and not kept; strangers upload nothing', async () => {
    const refused = await upload(Buffer.from('GIF89a nonsense'));
    assert.equal(refused.status, 415);
    assert.ok((await load(made.json.picture)).bytes.equals(bytes));
    assert.equal((await upload(bytes, {})).status, 403);
    assert.equal((await load('/pictures/none.png')).status, 404);
  });
});
