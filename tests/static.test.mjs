// app.static and app.storage of codehooks-js: what the library does itself, and what the runtime adds for browsers and caches.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { request, startRedd } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';

const body = Array.from({ length: 1000 }, (_, n) => `${String(n).padStart(9, '0')}\n`).join('');
const code = `import { app, filestore } from 'codehooks-js';
app.auth('/api/*', (req, res, next) => next());
app.post('/api/file', async (req, res) => res.json(await filestore.saveFile(req.query.path, req)));
app.get('/api/source', (req, res) => filestore.readFile(req.query.path, { source: true }).then((text) => res.end(text), (error) => res.status(error.status).end(error.message)));
app.storage({ route: '/stored', directory: '/files' });
app.storage({ route: '/spa', directory: '/files', notFound: '/404.html' });
app.storage({ route: '/kept', directory: '/files', headers: { 'Cache-Control': 'public, max-age=60', 'X-Own': '1' } });
app.storage({ route: '/hooked', directory: '/files' }, async (req, res, next) => {
  let bytes = 0;
  for await (const piece of await filestore.getReadStream('/files/data.txt')) bytes += piece.length;
  res.set('x-hook', String(bytes));
  next();
});
app.static({ route: '/', directory: '/', notFound: '/lost.html' });
export default app.init();`;
const sources = {
  'index.html': '<h1>home</h1>', 'lost.html': '<h1>lost</h1>', 'util.js': 'export default 1', 'types.ts': '// types', 'tsconfig.json': '{}',
  'package.json': '{"name":"x"}', 'web/app.js': 'console.log(1)', 'web/deep/style.css': 'p{}', 'web/index.html': '<h1>web</h1>', '.env': 'SECRET=1',
  '.git/config.txt': 'git',
};

describe('static content', () => {
  let server, app, send;
  before(async () => {
    server = await startRedd();
    app = await makeApp(server, { files: { 'index.js': code, ...sources } });
    await app.deploy();
    send = (method, path, headers = {}, content = undefined) => request(app.url + path, { method, headers, body: content });
    for (const [path, text] of Object.entries({ '/files/data.txt': body, '/files/a.png': 'png', '/files/404.html': '<p>not here</p>', '/files/index.html': '<p>index</p>', '/files/empty.txt': '' })) {
      const saved = await send('POST', `/api/file?path=${path}`, { 'content-type': 'application/octet-stream' }, text);
      assert.equal(saved.status, 200, saved.text);
    }
  });
  after(async () => { await server?.stop(); await app?.remove(); });
  const get = (path, headers) => send('GET', path, headers);

  test('FS-03 a stored file has type, length, ETag and date; the default page; missing is 404', async () => {
    const answer = await get('/stored/data.txt');
    assert.deepEqual([answer.status, answer.text], [200, body]);
    assert.equal(answer.headers['content-type'], 'text/plain');
    assert.equal(answer.headers['content-length'], String(body.length));
    assert.equal(answer.headers['accept-ranges'], 'bytes');
    assert.equal(answer.headers['cache-control'], 'no-cache');
    assert.match(answer.headers.etag, /^"[0-9a-f]{32}"$/);
    assert.ok(Date.parse(answer.headers['last-modified']) <= Date.now());
    assert.equal((await get('/stored')).text, '<p>index</p>');
    assert.deepEqual(await get('/stored/empty.txt').then((one) => [one.status, one.text, one.headers['content-length']]), [200, '', '0']);
    const missing = await get('/stored/no.txt');
    assert.deepEqual([missing.status, missing.headers.etag], [404, undefined]);
    assert.equal(missing.text, 'No file here: /files/no.txt (File not found: /files/no.txt)');
  });

  test('FS-03 HEAD tells the length and sends nothing', async () => {
    const answer = await send('HEAD', '/stored/data.txt');
    assert.deepEqual([answer.status, answer.text, answer.headers['content-length']], [200, '', String(body.length)]);
    assert.match(answer.headers.etag, /^"/);
    assert.equal((await send('HEAD', '/stored/data.txt', { range: 'bytes=0-1' })).status, 200);
    assert.equal((await send('HEAD', '/stored/no.txt')).status, 404);
  });

  test('FS-03 what the client has is not sent again', async () => {
    const first = await get('/stored/data.txt');
    const { etag, 'last-modified': modified } = first.headers;
    for (const headers of [{ 'if-none-match': etag }, { 'if-none-match': `"x", W/${etag}` }, { 'if-none-match': '*' }, { 'if-modified-since': modified }]) {
      const answer = await get('/stored/data.txt', headers);
      assert.deepEqual([answer.status, answer.text, answer.headers.etag], [304, '', etag], JSON.stringify(headers));
      assert.equal(answer.headers.vary?.toLowerCase().includes('accept-encoding'), true);
    }
    for (const headers of [{ 'if-none-match': '"x"' }, { 'if-none-match': '"x"', 'if-modified-since': modified }, { 'if-modified-since': new Date(0).toUTCString() }, { 'if-modified-since': 'soon' }]) {
      assert.equal((await get('/stored/data.txt', headers)).text, body, JSON.stringify(headers));
    }
    await send('POST', '/api/file?path=/files/a.png', { 'content-type': 'application/octet-stream' }, 'png2');
    assert.notEqual((await get('/stored/a.png')).headers.etag, etag);
  });

  test('FS-03 one range is served alone; one that there is not is 416', async () => {
    const size = body.length;
    for (const [range, start, end] of [['0-0', 0, 1], ['5-14', 5, 15], ['9990-', 9990, size], ['-7', size - 7, size], ['9990-99999', 9990, size], ['-99999', 0, size]]) {
      const answer = await get('/stored/data.txt', { range: `bytes=${range}`, 'accept-encoding': 'gzip' });
      assert.deepEqual([answer.status, answer.text], [206, body.slice(start, end)], range);
      assert.equal(answer.headers['content-range'], `bytes ${start}-${end - 1}/${size}`);
      assert.equal(answer.headers['content-length'], String(end - start));
      assert.equal(answer.headers['content-encoding'], undefined);
    }
    for (const range of [`bytes=${size}-`, 'bytes=-0']) {
      const answer = await get('/stored/data.txt', { range });
      assert.deepEqual([answer.status, answer.headers['content-range'], answer.text], [416, `bytes */${size}`, ''], range);
    }
    for (const range of ['bytes=3-1', 'bytes=a', 'lines=0-1', 'bytes=0-1,4-5', 'bytes=-']) assert.equal((await get('/stored/data.txt', { range })).text, body, range);
    const { etag, 'last-modified': modified } = (await get('/stored/data.txt')).headers;
    for (const [condition, status] of [[etag, 206], [modified, 206], ['"x"', 200], [`W/${etag}`, 200], [new Date(0).toUTCString(), 200]]) {
      assert.equal((await get('/stored/data.txt', { range: 'bytes=0-1', 'if-range': condition })).status, status, condition);
    }
  });

  test('FS-03 HT-09 compression makes the ETag weak, and the client may use it', async () => {
    const answer = await fetch(`${app.url}/stored/data.txt`, { headers: { 'accept-encoding': 'gzip' } });
    assert.equal(answer.headers.get('content-encoding'), 'gzip');
    assert.match(answer.headers.get('etag'), /^W\/"/);
    assert.equal(await answer.text(), body);
    assert.equal((await get('/stored/data.txt', { 'accept-encoding': 'gzip', 'if-none-match': answer.headers.get('etag') })).status, 304);
  });

  test('FS-03 headers of the app win; its hook may read files before', async () => {
    const kept = await get('/kept/data.txt', { range: 'bytes=0-3' });
    assert.deepEqual([kept.status, kept.headers['cache-control'], kept.headers['x-own']], [206, 'public, max-age=60', '1']);
    const hooked = await get('/hooked/data.txt', { range: 'bytes=0-3' });
    assert.deepEqual([hooked.status, hooked.text, hooked.headers['x-hook']], [206, body.slice(0, 4), String(body.length)]);
  });

  test('FS-03 the page for what is missing stays a whole 404', async () => {
    for (const headers of [{}, { range: 'bytes=0-1' }, { 'if-none-match': '*' }]) {
      const answer = await get('/spa/no/page.html', headers);
      assert.deepEqual([answer.status, answer.text, answer.headers['content-range']], [404, '<p>not here</p>', undefined]);
    }
  });

  test('FS-02 FS-04 source files are served as deployed, with the page for what is missing', async () => {
    assert.equal((await get('/')).text, '<h1>home</h1>');
    assert.equal((await get('/web/')).text, '<h1>web</h1>');
    const style = await get('/web/deep/style.css');
    assert.deepEqual([style.status, style.text, style.headers['content-type']], [200, 'p{}', 'text/css']);
    assert.equal((await get('/web/deep/style.css', { 'if-none-match': style.headers.etag })).status, 304);
    assert.equal((await get('/web/app.js')).text, 'console.log(1)');
    assert.deepEqual(await get('/some/where').then((one) => [one.status, one.text]), [404, '<h1>lost</h1>']);
  });

  test('FS-02 FS-04 code, settings and hidden files are not served; the app may read its own code', async () => {
    for (const path of ['/index.js', '/util.js', '/types.ts', '/package.json', '/tsconfig.json', '/config.json', '/.env', '/node_modules/codehooks-js/index.js', '/web/../util.js', '/%75til.js']) {
      const answer = await get(path);
      assert.deepEqual([answer.status, answer.text], [404, '<h1>lost</h1>'], path);
    }
    assert.equal((await get('/.git/config.txt')).status, 403);  // the library's pattern knows no folder with a dot: no hook opens it
    assert.equal((await get('/api/source?path=/util.js')).text, sources['util.js']);
    assert.equal((await get('/api/source?path=/index.js')).text, code);
    for (const path of ['/.env', '/config.json', '/.git/config.txt']) assert.equal((await get(`/api/source?path=${path}`)).status, 404, path);
  });
});
