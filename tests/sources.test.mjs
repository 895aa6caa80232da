// Source files: they come with a deploy, belong to it, and nothing hostile comes with them.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { root, startRedd } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';
import { pax, writeTar } from './lib/tar.mjs';

const kCode = `import { app, filestore } from 'codehooks-js';
app.auth('/*', (req, res, next) => next());
app.get('/ok', (req, res) => res.send('ok'));
app.get('/source', async (req, res) => {
  try { res.send(await filestore.readFile(req.query.path, { source: true })); } catch (error) { res.status(error.status ?? 500).send(error.message); }
});
export default app.init();
`;

describe('source files', () => {
  let server, app;
  before(async () => {
    server = await startRedd();
    app = await makeApp(server, { files: { 'index.js': kCode, 'data.txt': 'one', 'views/deep/ü.txt': 'deep', '.env': 'SECRET=1' } });
  });
  after(async () => { await server?.stop(); await app?.remove(); });
  const source = async (path) => (await fetch(`${app.url}/source?path=${encodeURIComponent(path)}`)).text();
  const post = (body, type = 'application/x-tar') => fetch(`${server.url}/_/api/v1${app.space}/deployments`, {
    method: 'POST', headers: { authorization: `Bearer ${server.token}`, 'content-type': type }, body,
  });
  const bundleOf = (text) => `var EntryPoint=(()=>({default:{routehooks:{"GET /ok":[(q,s)=>s.send(${JSON.stringify(text)})]},
    authhooks:{"/*":[(q,s,next)=>next()]},globalhooks:[],queuehooks:{},workerhooks:{},jobhooks:{},settings:{},realtime:()=>{},app:{}}}))();`;

  test('FS-04 an app reads the files that were deployed with it, and a redeploy replaces them', async () => {
    await symlink('/etc/hostname', join(app.dir, 'host.txt'));
    const long = `long/${'d'.repeat(120)}/${'f'.repeat(120)}.txt`;
    await app.write({ [long]: 'long name' });
    const first = await app.good('deploy');
    assert.match(first.stderr, /Warning: host\.txt is not sent: the link leaves the folder\n/);
    assert.match(first.stderr, /Sent 4 files, bundle \d/);
    assert.equal(await source('/data.txt'), 'one');
    assert.equal(await source('views/deep/ü.txt'), 'deep');
    assert.equal(await source(long), 'long name');
    assert.match(await source('/index.js'), /codehooks-js/);
    for (const hidden of ['/.env', '/config.json', '/host.txt', '/node_modules/codehooks-js/package.json']) assert.equal(await source(hidden), `File not found: ${hidden}`);
    await app.write({ 'data.txt': 'two' });
    const json = JSON.parse((await app.good('deploy', '--json')).stdout);
    assert.equal(json.files, 4);
    assert.equal(await source('/data.txt'), 'two');
  });

  test('FS-04 a deploy that is refused leaves the files as they are', async () => {
    await app.write({ 'index.js': 'throw new Error("not today");\n', 'data.txt': 'never' });
    assert.equal((await app.coho(['deploy'])).code, 1);
    assert.equal(await source('/data.txt'), 'two');
    await app.write({ 'index.js': kCode });
  });

  test('SEC-28 hostile archives are refused and the previous deployment serves', async () => {
    const description = { name: 'redd/deployment.json', text: JSON.stringify({ bundle: bundleOf('hostile') }) };
    const file = (name, more = {}) => ({ name, text: 'x', ...more });
    const inSource = (name) => file(name === '/abs.js' ? name : `source/${name}`);
    const whole = writeTar([description, file('source/a.txt')]);
    const damaged = Buffer.from(whole);
    damaged[0] ^= 1;
    const hostile = {
      '../evil.js': [inSource('../evil.js')], '/abs.js': [inSource('/abs.js')], 'a/../../evil.js': [inSource('a/../../evil.js')],
      '..\\evil.js': [inSource('..\\evil.js')],
      'symlink a -> /etc': [file('source/a', { text: '', type: '2', link: '/etc' })],
      'symlink a -> .. ; a/evil.js': [file('source/a', { text: '', type: '2', link: '..' }), file('source/a/evil.js')],
      'hardlink a -> /etc/passwd': [file('source/a', { text: '', type: '1', link: '/etc/passwd' })],
      'device node': [file('source/a', { text: '', type: '3' })], fifo: [file('source/a', { text: '', type: '6' })],
      'setuid file': [file('source/a', { mode: 0o4755 })], 'duplicate entry': [file('source/a'), file('source/a')],
      'name with NUL': [pax('path', 'source/a\0.js'), file('source/a')],
      '200001 entries': Array.from({ length: 10_001 }, (_, i) => file(`source/${i}`, { text: '' })),
      'entry of 4 GiB zeros in 4 MiB': [file('source/a', { size: 4 * 2 ** 30 })],
      'truncated archive': whole.subarray(0, whole.length - 1500), 'wrong CRC': damaged,
      'zip64 size lie': [pax('size', '99999999999'), file('source/a')],
      'overlapping zip entries': Buffer.from('PK\x03\x04 no tar at all'),
    };
    const elsewhere = ['nested archive 6 deep', 'package.json with install script'];  // files like others: nothing is unpacked, no script runs
    const { archive_entries: vectors } = JSON.parse(await readFile(join(root, 'tests/vectors/paths.json'), 'utf8'));
    for (const { entry } of vectors) {
      if (elsewhere.includes(entry)) continue;
      assert.ok(hostile[entry], `no archive for ${entry}`);
      const answer = await post(Array.isArray(hostile[entry]) ? writeTar([description, ...hostile[entry]]) : hostile[entry]);
      const text = await answer.text();
      assert.equal(answer.status, 400, `${entry}: ${answer.status} ${text}`);
      assert.match(JSON.parse(text).error, /^The archive is refused: (entry ".*": )?./, entry);
      assert.equal(await (await fetch(`${app.url}/ok`)).text(), 'ok', entry);
    }
    assert.equal(await source('/data.txt'), 'two');
  });

  test('FS-04 the JSON form of a deploy keeps the source files', async () => {
    const reader = `var EntryPoint=(()=>({default:{routehooks:{"GET /source":[async(q,s)=>{try{s.send(await globalThis._coho_fs.readFile(q.query.path,{source:true}))}
      catch(e){s.status(404).send(e.message)}}]},authhooks:{"/*":[(q,s,next)=>next()]},globalhooks:[],queuehooks:{},workerhooks:{},jobhooks:{},settings:{},realtime:()=>{},app:{}}}))();`;
    for (let i = 0; i < 2; i++) assert.equal((await post(JSON.stringify({ bundle: reader }), 'application/json')).status, 201);
    assert.equal(await source('/data.txt'), 'two');
    const none = await post(writeTar([{ name: 'redd/deployment.json', text: JSON.stringify({ bundle: reader }) }]));
    assert.equal(none.status, 201);
    assert.equal(await source('/data.txt'), 'File not found: /data.txt');
  });
});
