// _coho_fs (spec 60.1) against a server that answers by hand: frames with bytes, order of the calls, failures.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { FakeServer, bundle } from './fake_server.mjs';

const { isPrivate, parseRange } = createRequire(import.meta.url)('../lib/file_answers.cjs');

const app = `
import { app, filestore } from 'codehooks-js';
import { Readable } from 'node:stream';
app.get('/read', async (req, res) => res.json(await filestore.readFile('/a')));
app.get('/save', async (req, res) => {
  const source = Readable.from((function* () { yield Buffer.alloc(200_000, 1); yield 'é'.repeat(100_000); if (req.query.torn) throw new Error('torn'); })());
  try { res.json(await filestore.saveFile('/b', source)); } catch (error) { res.end(error.message); }
});
app.get('/closed', async (req, res) => { (await filestore.getReadStream('/a')).destroy(); res.end(); });
app.storage({ route: '/s', directory: '/' });
export default app.init();`;

const content = Buffer.concat([Buffer.alloc(256 * 1024, 'a'), Buffer.from('tail')]);
let server;
let saved;
before(async () => {
  server = await FakeServer.start(bundle(app));
  const file = { path: '/a', size: content.length, contentType: 'text/plain', etag: '"e"', modified: 1000, handle: 7 };
  server.onCall = (operation, args, id, bytes) => {
    switch (operation) {
      case 'file.open': return args[0] === '/a' ? { result: file } : { error: { message: '5 NOT_FOUND', code: 5, status: 404 } };
      case 'file.read': return { bytes: content.subarray(args[1], args[1] + args[2]) };
      case 'file.create': saved = []; return { result: 9 };
      case 'file.append': saved.push(bytes); return { result: null };
      case 'file.commit': return { result: { ...file, path: args[1], size: Buffer.concat(saved).length } };
      case 'file.close': return { result: null };
      default: return undefined;
    }
  };
});
after(async () => assert.equal(await server.stop(), 0));

const done = async (path, options) => {
  server.calls.length = 0;
  return server.request('GET', path, options);
};
const operations = () => server.calls.map((call) => call.operation);

test('FS-01 a file is read in pieces of at most 256 KiB, and its handle closed', async () => {
  assert.equal((await done('/read')).json, content.toString());
  assert.deepEqual(server.calls.filter((call) => call.operation === 'file.read').map((call) => call.args), [[7, 0, 262144], [7, 262144, 4]]);
  assert.equal(operations().at(-1), 'file.close');
  await done('/closed');
  assert.deepEqual(operations(), ['file.open', 'file.close']);
});

test('FS-01 a stream is saved in whole pieces, then committed; one that breaks is given up', async () => {
  assert.deepEqual((await done('/save')).json, { path: '/b', size: 400_000, contentType: 'text/plain', etag: '"e"' });
  assert.deepEqual(saved.map((piece) => piece.length), [262144, 137856]);
  assert.deepEqual(Buffer.concat(saved), Buffer.concat([Buffer.alloc(200_000, 1), Buffer.from('é'.repeat(100_000))]));
  assert.equal((await done('/save', { query: 'torn=1' })).text, 'torn');
  assert.equal(operations().at(-1), 'file.close');
  assert.ok(!operations().includes('file.commit'));
});

test('FS-03 only the asked range is read; 304 reads nothing', async () => {
  const part = await done('/s/a', { headers: { range: 'bytes=262143-262145' } });
  assert.deepEqual([part.status, part.text, part.header('content-range')], [206, 'ata', `bytes 262143-262145/${content.length}`]);
  assert.deepEqual(server.calls.find((call) => call.operation === 'file.read').args, [7, 262143, 3]);
  const same = await done('/s/a', { headers: { 'if-none-match': 'W/"e"' } });
  assert.deepEqual([same.status, same.text, operations().includes('file.read')], [304, '', false]);
});

test('FS-03 ranges and private paths', () => {
  assert.deepEqual(parseRange('bytes=0-', 0), { start: 0, end: 0 });
  assert.deepEqual(parseRange('bytes=2-3', 10), { start: 2, end: 4 });
  assert.equal(parseRange('bytes=1-2,3-4', 10), null);
  for (const path of ['/index.js', '/a.ts', '/package-lock.json', '/config.json', '/.env', '/a/.git/x', '/node_modules/x/y.css']) assert.ok(isPrivate(path), path);
  for (const path of ['/index.html', '/web/app.js', '/web/package.json', '/data.json', '/x.json']) assert.ok(!isPrivate(path), path);
});
