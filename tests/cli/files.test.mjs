// coho on a space's file store, against the real redd.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { access, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeApp } from '../lib/app.mjs';
import { coho, startRedd } from '../lib/redd.mjs';

const MiB = 1 << 20;

describe('coho with files', () => {
  let server, dir, space;
  const big = randomBytes(MiB);
  const inside = (args) => coho(server, args, { cwd: dir, env: { COHO_CONFIG_DIR: join(dir, 'config-home') } });
  const good = async (...args) => {
    const result = await inside(args);
    assert.equal(result.code, 0, `coho ${args.join(' ')}: ${result.stderr}${result.stdout}`);
    return result.stdout;
  };
  const bad = async (args, pattern, code = 1) => {
    const result = await inside(args);
    assert.equal(result.code, code, `coho ${args.join(' ')}: ${result.stdout}`);
    assert.match(result.stderr, pattern);
  };
  const json = async (...args) => JSON.parse(await good(...args, '--json'));
  const names = async (path) => (await json('files', 'ls', path)).files.map((one) => `${one.name} ${one.type}`).sort();
  const rest = (method, rest, options = {}) =>
    fetch(`${server.url}/_/api/v1${space}${rest}`, { method, ...options, headers: { authorization: `Bearer ${server.token}`, ...options.headers } });

  before(async () => {
    server = await startRedd();
    dir = await mkdtemp(join(tmpdir(), 'coho-files-'));
    const project = (await server.api('POST', '/projects', { name: 'myfiles' })).uniqueName;
    await server.api('POST', `/projects/${project}/spaces`, { name: 'dev' });
    space = `/projects/${project}/spaces/dev`;
    await writeFile(join(dir, 'config.json'), JSON.stringify({ name: project, space: 'dev' }));
    await mkdir(join(dir, 'site/images/old'), { recursive: true });
    await writeFile(join(dir, 'site/index.html'), '<h1>hei</h1>');
    await writeFile(join(dir, 'site/empty.txt'), '');
    await writeFile(join(dir, 'site/images/big.bin'), big);
    await writeFile(join(dir, 'site/images/old/æ b.png'), 'png');
  });
  after(async () => {
    await server?.stop();
    if (dir) await rm(dir, { recursive: true, force: true });
  });

  test('FS-05 a folder is stored with its relative paths, listed, and comes back as it was', async () => {
    assert.match(await good('files', 'ls'), /No files yet/);
    assert.match(await good('files', 'put', 'site', '--target', '/www'), /\/www\/images\/big\.bin\n[^]*\nStored 4 files \(1\.0 MB\)\n$/);
    assert.deepEqual(await names('/'), ['www directory']);
    assert.deepEqual(await names('www/'), ['empty.txt file', 'images directory', 'index.html file']);
    const { files } = await json('file-list', '/www');
    const page = files.find((one) => one.name === 'index.html');
    assert.equal(page.path, '/www/index.html');
    assert.equal(page.size, 12);
    assert.match(page.contentType, /^text\/html/);
    assert.ok(Math.abs(page.modified - Date.now()) < 3_600_000, `modified: ${page.modified}`);
    assert.match(await good('files', 'ls', '/www'), /NAME +SIZE +MODIFIED \(UTC\) +TYPE\n[^]*index\.html +12 bytes +\d{4}-/);

    await good('files', 'get', '/www/images/big.bin', '-f', 'back.bin');
    assert.ok((await readFile(join(dir, 'back.bin'))).equals(big));
    await good('files', 'get', '/www/empty.txt');
    assert.equal((await readFile(join(dir, 'empty.txt'))).length, 0);
    assert.equal(await good('files', 'get', '/www/images/old/æ b.png', '-f', '-'), 'png');
    assert.deepEqual(await json('files', 'get', '/www/index.html', '-f', 'p.html'), { path: '/www/index.html', file: 'p.html', bytes: 12 });
  });

  test('FS-05 the aliases: file-upload, file-list, file-delete', async () => {
    const stored = await json('file-upload', '--src', 'site/index.html', '--target', '/alias/other.html');
    assert.deepEqual([stored.count, stored.bytes, stored.files[0].path], [1, 12, '/alias/other.html']);
    await good('file-upload', '--src', 'site/index.html', '--target', '/alias');
    assert.deepEqual(await names('/alias'), ['index.html file', 'other.html file']);
    assert.match(await good('file-delete', '--filename', '/alias/other.html'), /^\/alias\/other\.html\nRemoved 1 file\n$/);
    await good('files', 'rm', '/alias/index.html');
    await bad(['file-list', '/alias'], /no directory \/alias/);
  });

  test('FS-05 rm --match removes what matches, and with --dryrun nothing', async () => {
    await good('files', 'put', 'site', '--target', '/m');
    const wanted = ['/m/images/big.bin', '/m/images/old/æ b.png'];
    assert.deepEqual(await json('files', 'rm', '--match', '^/m/images/', '--dryrun'), { files: wanted, count: 2, dryRun: true });
    assert.match(await good('files', 'rm', '/m/index.html', '--dryrun'), /would remove 1 file/);
    await bad(['files', 'rm', '/m/nothing', '--dryrun'], /File not found: \/m\/nothing/);
    assert.deepEqual(await names('/m/images'), ['big.bin file', 'old directory']);
    assert.match(await good('file-delete', '--match', '^/m/images/'), /Removed 2 files\n$/);
    assert.deepEqual(await names('/m'), ['empty.txt file', 'index.html file']);
    await bad(['files', 'rm', '--match', '('], /--match is not a regular expression/);
    await bad(['files', 'rm'], /name files, or all that match/);
  });

  test('FS-05 paths out of the root, zero bytes and missing files are refused', async () => {
    await bad(['files', 'put', 'site/index.html', '--target', '../x'], /\.\.\/x\/index\.html.*0 of 1 files are stored/);
    await bad(['files', 'ls', '../x'], /\.\.\/x|root/);
    await bad(['files', 'get', '../x'], /\.\.\/x|root/);
    await bad(['files', 'get', '/missing', '-f', 'never'], /File not found: \/missing/);
    await bad(['files', 'rm', '/missing'], /File not found: \/missing/);
    await bad(['files', 'put', 'no-such-file'], /there is no file no-such-file/);
    await bad(['files', 'get'], /./, 2);
    await assert.rejects(access(join(dir, 'never')));
    await assert.rejects(access(join(dir, 'never.part')));
    for (const [method, path] of [['PUT', '/files/content?path=/a%00b'], ['GET', '/files/content?path=/a%00b'], ['DELETE', '/files?path=..%2Fx'],
                                  ['PUT', '/files/content?path=%2F'], ['GET', '/files/content']]) {
      const answer = await rest(method, path, method === 'PUT' ? { body: 'x' } : {});
      assert.equal(answer.status, 400, `${method} ${path}`);
      assert.equal((await answer.json()).code, 'invalid_argument');
    }
  });

  test('FS-05 by REST: the content type is the sender\'s, the length is told, the old content is replaced', async () => {
    const path = '/files/content?path=/rest/page';
    assert.equal((await rest('PUT', path, { body: 'first, and longer', headers: { 'content-type': 'text/plain' } })).status, 200);
    const stored = await (await rest('PUT', path, { body: 'second', headers: { 'content-type': 'text/x-mine' } })).json();
    assert.deepEqual([stored.path, stored.name, stored.type, stored.size, stored.contentType], ['/rest/page', 'page', 'file', 6, 'text/x-mine']);
    const answer = await rest('GET', path);
    assert.deepEqual([answer.headers.get('content-type'), answer.headers.get('content-length')], ['text/x-mine', '6']);
    assert.equal(await answer.text(), 'second');
    assert.deepEqual(await (await rest('DELETE', '/files?path=/rest/page')).json(), { path: '/rest/page', deleted: true });
    assert.equal((await rest('GET', path)).status, 404);
    assert.equal((await rest('PUT', path, { body: 'x', headers: { authorization: 'Bearer no' } })).status, 401);
  });

  test('FS-05 300 MiB go in and out without being held in memory', async () => {
    const residentBytes = async () => 1024 * Number(/VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${server.pid}/status`, 'utf8'))[1]);
    const file = await open(join(dir, 'sparse.bin'), 'w');
    await file.truncate(300 * MiB);
    await file.close();
    const before = await residentBytes();
    assert.equal((await json('files', 'put', 'sparse.bin')).bytes, 300 * MiB);
    assert.equal((await json('files', 'get', '/sparse.bin', '-f', '/dev/null')).bytes, 300 * MiB);
    const grown = await residentBytes() - before;
    assert.ok(grown < 100 * MiB, `redd's peak grew by ${grown >> 20} MiB`);
  });
});

test('FS-05 app.storage serves what coho files put stored, and no longer what coho files rm removed', async (t) => {
  const server = await startRedd();
  t.after(() => server.stop());
  const app = await makeApp(server, {
    files: {
      'index.js': "import { app } from 'codehooks-js';\napp.storage({ route: '/docs', directory: '/docs' });\nexport default app.init();\n",
      'docs/page.html': '<h1>stored</h1>',
    },
  });
  t.after(app.remove);
  await app.deploy();
  await app.good('files', 'put', 'docs', '--target', '/docs');
  const served = await fetch(`${app.url}/docs/page.html`);
  assert.equal(served.status, 200);
  assert.match(served.headers.get('content-type'), /^text\/html/);
  assert.equal(await served.text(), '<h1>stored</h1>');
  await app.good('files', 'rm', '/docs/page.html');
  assert.equal((await fetch(`${app.url}/docs/page.html`)).status, 404);
});
