// The file store as an app uses it: filestore of codehooks-js against the real server.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { request as open } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request, startRedd } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';
import { until } from './lib/until.mjs';

const code = `import { app, filestore } from 'codehooks-js';
import Busboy from 'busboy';
import { PassThrough, Readable } from 'node:stream';

app.auth('/*', (req, res, next) => next());
const told = (res, work) => work.then((value) => res.json(value), (error) => res.status(error.status ?? 500).json({ message: error.message, code: error.code }));
app.put('/raw/:name', (req, res) => told(res, filestore.saveFile(req.query.path ?? '/raw/' + req.params.name, req)));
app.put('/through/:name', (req, res) => { const through = new PassThrough(); req.pipe(through); told(res, filestore.saveFile('/raw/' + req.params.name, through)); });
app.post('/values', async (req, res) => res.json([
  await filestore.saveFile('buffer.bin', Buffer.from([0, 1, 255])),
  await filestore.saveFile('/text.txt', 'blåbær'),
  await filestore.saveFile('/typed', 'x', { contentType: 'text/x-own' }),
  await filestore.saveFile('/empty', ''),
]));
app.get('/text', (req, res) => told(res, filestore.readFile(req.query.path).then((text) => ({ text }))));
app.get('/buffer', (req, res) => told(res, filestore.readFileAsBuffer(req.query.path).then((bytes) => ({ hex: bytes.toString('hex') }))));
app.get('/stream', async (req, res) => {
  try {
    const stream = await filestore.getReadStream(req.query.path);
    res.type('application/octet-stream');
    stream.on('data', (piece) => res.write(piece, 'buffer')).on('end', () => res.end());
  } catch (error) { res.status(error.status).json({ message: error.message, code: error.code }); }
});
app.get('/part', async (req, res) => (await filestore.getReadStream(req.query.path, { start: 2, end: 4 })).pipe(res.writable));
app.get('/held', async (req, res) => {
  const stream = await filestore.getReadStream('/held');
  await filestore.saveFile('/held', 'new');
  await filestore.deleteFile('/held');
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  res.end(Buffer.concat(pieces).toString());
});
app.get('/broken', async (req, res) => told(res, filestore.saveFile('/broken', Readable.from((function* () { yield Buffer.alloc(300000); throw new Error('torn'); })()))));
app.get('/refused', (req, res) => told(res, filestore[req.query.how](req.query.path ?? '/x', ...(req.query.how === 'saveFile' ? ['x', { source: true }] : [{ source: true }]))));
app.get('/bad', (req, res) => told(res, filestore.saveFile('/bad', req.query.object ? { a: 1 } : undefined)));
app.delete('/file', (req, res) => told(res, filestore.deleteFile(req.query.path)));
app.get('/list', (req, res) => told(res, filestore.list(req.query.path)));
app.post('/form', (req, res) => {
  const form = Busboy({ headers: req.headers });
  const saved = [];
  form.on('file', (name, file, info) => saved.push(filestore.saveFile('/forms/' + info.filename, file)));
  form.on('close', () => told(res, Promise.all(saved)));
  req.pipe(form);
});
app.get('/pid', (req, res) => res.json(process.pid));
app.storage({ route: '/stored', directory: '/raw' });
export default app.init();`;

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const bytesOf = async (answer) => Buffer.from(await answer.arrayBuffer());

describe('file store', () => {
  let server, app, send;
  before(async () => {
    server = await startRedd();
    app = await makeApp(server, { files: { 'index.js': code } });
    await app.deploy();
    send = async (method, path, body, headers = {}) => request(app.url + path, { method, body, headers: body === undefined ? headers : { 'content-type': 'application/octet-stream', ...headers } });
  });
  after(async () => { await server?.stop(); await app?.remove(); });
  const get = (path) => send('GET', path);
  const load = async (path) => bytesOf(await fetch(app.url + path));

  test('FS-01 what is saved from a request, a Buffer or text is read back byte for byte', async () => {
    for (const [how, size] of [['raw', 0], ['raw', 1], ['raw', 3_000_001], ['through', 700_000]]) {
      const body = randomBytes(size);
      const saved = await send('PUT', `/${how}/a.bin`, body);
      assert.deepEqual([saved.status, saved.json.path, saved.json.size], [200, '/raw/a.bin', size], saved.text);
      assert.match(saved.json.etag, /^"[0-9a-f]{32}"$/);
      assert.equal(sha256(await load('/stream?path=/raw/a.bin')), sha256(body));
    }
    const saved = await send('POST', '/values');
    assert.deepEqual(saved.json.map((one) => [one.path, one.size, one.contentType]),
      [['/buffer.bin', 3, 'application/octet-stream'], ['/text.txt', 8, 'text/plain'], ['/typed', 1, 'text/x-own'], ['/empty', 0, 'application/octet-stream']]);
    assert.deepEqual((await get('/text?path=text.txt')).json, { text: 'blåbær' });
    assert.deepEqual((await get('/text?path=/empty')).json, { text: '' });
    assert.deepEqual((await get('/buffer?path=/buffer.bin')).json, { hex: '0001ff' });
    assert.equal((await get('/part?path=/text.txt')).text, 'å' + 'b');
  });

  test('FS-01 a missing file rejects before anything flows', async () => {
    for (const path of ['/stream', '/text']) {
      const answer = await get(`${path}?path=no/such`);
      assert.deepEqual([answer.status, answer.json], [404, { message: 'File not found: /no/such', code: 'ENOENT' }]);
    }
    const gone = await send('DELETE', '/file?path=/nothing');
    assert.deepEqual([gone.status, gone.json.code], [404, 'ENOENT']);
  });

  test('FS-01 list and delete', async () => {
    await send('PUT', '/raw/x?path=/tree/a.txt', 'aa');
    await send('PUT', '/raw/x?path=/tree/sub/b.png', 'b');
    const listed = (await get('/list?path=/tree')).json;
    assert.deepEqual(listed.map(({ name, path, type, size, contentType }) => [name, path, type, size, contentType]),
      [['a.txt', '/tree/a.txt', 'file', 2, 'text/plain'], ['sub', '/tree/sub', 'directory', 0, null]]);
    assert.ok(Math.abs(listed[0].modified - Date.now()) < 3_600_000);
    assert.deepEqual((await send('DELETE', '/file?path=/tree/a.txt')).json, { path: '/tree/a.txt', deleted: true });
    assert.equal((await get('/text?path=/tree/a.txt')).status, 404);
    assert.deepEqual((await get('/list?path=/tree')).json.map((one) => one.name), ['sub']);
  });

  test('FS-01 a file that is replaced and deleted while it is read stays as it was for its reader', async () => {
    const body = 'x'.repeat(1_000_000);
    await send('PUT', '/raw/x?path=/held', body);
    assert.equal((await get('/held')).text, body);
    assert.equal((await get('/text?path=/held')).status, 404);
  });

  test('FS-01 a large file that is deleted leaves nothing on the disk', async () => {
    const spaces = join(server.dataDir, 'spaces');
    const large = async () => {
      const sizes = (await readdir(spaces, { recursive: true })).filter((name) => name.includes('blobs/')).map((name) => stat(join(spaces, name)).then(({ size }) => size, () => 0));
      return (await Promise.all(sizes)).filter((size) => size > 16 * 2 ** 20).length;
    };
    assert.equal((await send('PUT', '/raw/x?path=/large', Buffer.alloc(20 * 2 ** 20, 'x'))).status, 200);
    assert.equal(await large(), 1);
    assert.equal((await send('DELETE', '/file?path=/large')).json.deleted, true);
    await until(async () => (await large()) === 0);
  });

  test('FS-01 a source that breaks, or a client that goes, stores nothing', async () => {
    const broken = await get('/broken');
    assert.deepEqual([broken.status, broken.json.message], [500, 'torn']);
    assert.equal((await get('/text?path=/broken')).status, 404);
    const client = open(`${app.url}/raw/cut`, { method: 'PUT', headers: { 'content-type': 'application/octet-stream', 'content-length': 1_000_000 } });
    client.on('error', () => {});
    client.write(Buffer.alloc(500_000));
    const blobs = join(server.dataDir, 'spaces');
    const unnamed = async () => (await readdir(blobs, { recursive: true })).filter((name) => /blobs\/new\/\d/.test(name));
    await until(async () => (await unnamed()).length === 1);
    client.destroy();
    await until(async () => (await unnamed()).length === 0);
    assert.equal((await get('/text?path=/raw/cut')).status, 404);
  });

  test('FS-01 paths out of the root, source files and what is no file are refused', async () => {
    for (const path of ['/../etc/passwd', '..', '/a/../../b', '/a%00b', '/', '/' + 'x'.repeat(1100)]) {
      const answer = await send('PUT', `/raw/x?path=${path}`, 'x');
      assert.equal(answer.status, 400, `${path}: ${answer.text}`);
    }
    assert.equal((await send('PUT', '/raw/x?path=/a/./b/../c', 'x')).json.path, '/a/c');
    for (const how of ['saveFile', 'deleteFile']) {
      const answer = await get(`/refused?how=${how}`);
      assert.deepEqual([answer.status, answer.json.code], [403, 7]);
      assert.match(answer.json.message, /source files are read-only/);
    }
    for (const query of ['', '?object=1']) assert.match((await get(`/bad${query}`)).json.message, /a stream, a Buffer or text/);
  });

  test('FS-01 HT-05 files of a form go from Busboy into the store', async () => {
    const form = new FormData();
    const [one, two] = [randomBytes(900_000), randomBytes(10)];
    form.set('a', new Blob([one]), 'one.bin');
    form.set('text', 'value');
    form.set('b', new Blob([two]), 'two.bin');
    const saved = await (await fetch(`${app.url}/form`, { method: 'POST', body: form })).json();
    assert.deepEqual(saved.map(({ path, size }) => [path, size]), [['/forms/one.bin', 900_000], ['/forms/two.bin', 10]]);
    assert.equal(sha256(await load('/stream?path=/forms/one.bin')), sha256(one));
    assert.equal(sha256(await load('/stream?path=/forms/two.bin')), sha256(two));
  });

  test('FS-01 FS-03 256 MiB go in and out in bounded memory', { timeout: 120_000 }, async () => {
    const piece = randomBytes(1 << 20);
    const hash = createHash('sha256');
    const pid = Number((await get('/pid')).text);
    const highest = async (process) => Number(/VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${process}/status`, 'utf8'))[1]) / 1024;
    const before = [await highest(pid), await highest(server.pid)];
    const client = open(`${app.url}/raw/big.bin`, { method: 'PUT', headers: { 'content-type': 'application/octet-stream', 'content-length': 256 << 20 } });
    for (let n = 0; n < 256; n++) { hash.update(piece); if (!client.write(piece)) await once(client, 'drain'); }
    client.end();
    const [answer] = await once(client, 'response');
    assert.equal(answer.statusCode, 200);
    answer.resume();
    await once(answer, 'end');
    const back = createHash('sha256');
    for await (const part of (await fetch(`${app.url}/stored/big.bin`)).body) back.update(part);
    assert.equal(back.digest('hex'), hash.digest('hex'));
    assert.equal(Number((await get('/pid')).text), pid);
    const grown = [await highest(pid) - before[0], await highest(server.pid) - before[1]];
    assert.ok(grown.every((mib) => mib < 48), `worker and server grew by ${grown} MiB`);
  });
});

test('FS-01 files whose saving was answered survive kill -9', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'redd-files-'));
  let server = await startRedd({ dataDir });
  let app;
  try {
    app = await makeApp(server, { files: { 'index.js': code } });
    await app.deploy();
    const bodies = Array.from({ length: 12 }, (_, n) => randomBytes(n * 30_000));
    const saved = await Promise.all(bodies.map((body, n) => fetch(`${app.url}/raw/f${n}`, { method: 'PUT', body, headers: { 'content-type': 'application/octet-stream' } })));
    assert.deepEqual(saved.map((answer) => answer.status), bodies.map(() => 200));
    await server.kill();
    server = await startRedd({ dataDir });
    for (const [n, body] of bodies.entries()) assert.equal(sha256(await bytesOf(await fetch(`${server.url}/dev/stream?path=/raw/f${n}`))), sha256(body));
  } finally {
    await server.stop();
    await app?.remove();
    await rm(dataDir, { recursive: true, force: true });
  }
});
