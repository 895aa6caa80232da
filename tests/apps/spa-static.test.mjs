// A single-page app: its files and its API under one roof, its source under none.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { serveApp } from '../lib/served.mjs';

describe('spa-static', () => {
  let site;
  before(async () => { site = await serveApp('spa-static'); });
  after(() => site?.stop());

  test('FS-02 FS-04 files come with their type, length and tag', async () => {
    const home = await site.get('/');
    assert.deepEqual([home.status, home.headers['content-type']], [200, 'text/html']);
    assert.match(home.text, /<div id="app">/);
    const script = await site.get('/assets/main.js');
    assert.deepEqual([script.status, script.headers['content-type'], Number(script.headers['content-length'])], [200, 'application/javascript', script.text.length]);
    assert.match(script.headers.etag, /^"[0-9a-f]+"$/);
    const again = await site.get('/assets/main.js', { headers: { 'if-none-match': script.headers.etag } });
    assert.deepEqual([again.status, again.text], [304, '']);
    const head = await site.send('HEAD', '/assets/main.js');
    assert.deepEqual([head.status, head.text, head.headers['content-length']], [200, '', script.headers['content-length']]);
  });

  test('FS-02 other addresses get the page of the app, as not found', async () => {
    const deep = await site.get('/orders/17');
    assert.deepEqual([deep.status, deep.headers['content-type']], [404, 'text/html']);
    assert.match(deep.text, /<div id="app">/);
    const tag = (await site.get('/')).headers.etag;
    assert.equal((await site.get('/orders/17', { headers: { 'if-none-match': tag, range: 'bytes=0-1' } })).status, 404);
  });

  test('FS-02 HT-08 the API is before the files', async () => {
    assert.deepEqual((await site.get('/api/count')).json, { count: 1 });
    assert.deepEqual((await site.get('/api/count')).json, { count: 2 });
    assert.equal((await site.post('/assets/main.js', 'x')).status, 404);
  });

  test('FS-04 nothing outside dist is served', async () => {
    for (const path of ['/index.js', '/package.json', '/src/secret.js', '/dist/index.html', '/..%2findex.js', '/config.json']) {
      const answer = await site.get(path);
      assert.doesNotMatch(answer.text, /codehooks-js|secret = /, path);
      assert.notEqual(answer.status, 200, path);
    }
  });

  test('FS-04 a deploy brings new files and takes old ones away', async () => {
    await site.app.write({ 'dist/assets/other.js': '1;' });
    await site.app.deploy();
    assert.equal((await site.get('/assets/other.js')).status, 200);
    const { rm } = await import('node:fs/promises');
    await rm(`${site.app.dir}/dist/assets/other.js`);
    await site.app.deploy();
    assert.equal((await site.get('/assets/other.js')).status, 404);
  });
});
