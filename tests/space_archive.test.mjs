// A whole space on its way: to another server, out of a backup, back to a moment.
import test from 'node:test';
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { coho, redd, run, startRedd } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';
import { until } from './lib/until.mjs';

const CODE = `
import { app, Datastore } from 'codehooks-js';
app.get('/things', async (req, res) => {
  const conn = await Datastore.open();
  res.json({ things: await conn.getMany('things', {}, { sort: { n: 1 } }).toArray(), key: await conn.get('key'), secret: process.env.SECRET, plain: process.env.PLAIN });
});
app.storage({ route: '/files', directory: '/' });
export default app.init();
`;

const startIn = async (t, options) => { const server = await startRedd(options); t.after(() => server.stop()); return server; };
const scratch = async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'redd-space-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
};
const good = (result) => { assert.equal(result.code, 0, result.stderr + result.stdout); return JSON.parse(result.stdout.trim().split('\n').at(-1)); };
const send = (server, method, path, body, headers = {}) =>
  fetch(`${server.url}/_/api/v1${path}`, { method, headers: { authorization: `Bearer ${server.token}`, ...headers }, body });

async function fill(server, space) {
  const lines = Array.from({ length: 200 }, (_, n) => JSON.stringify({ _id: String(n), n, colour: n % 2 ? 'red' : 'blue' }));
  assert.equal((await send(server, 'POST', `${space}/collections/things/import`, lines.join('\n'))).status, 200);
  const indexed = await send(server, 'POST', `${space}/collections/things/indexes`, '{"fields":["colour"]}', { 'content-type': 'application/json' });
  assert.match(await indexed.text(), /"finished":true/);
  await server.api('PUT', `${space}/collections/things/schema`, { schema: { type: 'object', required: ['n'] } });
  await server.api('PUT', `${space}/keys/key`, { value: 'value' });
  assert.equal((await send(server, 'PUT', `${space}/files/content?path=/a.txt`, 'content of a')).status, 200);
  await server.api('PUT', `${space}/env/SECRET`, { value: 'hidden', encrypted: true });
  await server.api('PUT', `${space}/env/PLAIN`, { value: 'seen' });
  await server.api('PUT', `${space}/jwks`, { url: 'https://id.example.com/jwks.json', issuer: 'https://id.example.com/', audience: ['api'], algorithms: ['ES256'] });
  return (await server.api('POST', `${space}/tokens`, { access: 'READWRITE', description: 'x' })).key;
}

test('a space moved to another server answers the same', { timeout: 120_000 }, async (t) => {
  const dir = await scratch(t);
  const [one, two] = await Promise.all([startIn(t), startIn(t)]);
  const app = await makeApp(one, { files: { 'index.js': CODE } });
  t.after(() => app.remove());
  const token = await fill(one, app.space);
  await app.deploy();
  await writeFile(join(dir, 'phrase'), 'a passphrase of some length\n');
  const archive = join(dir, 'space.tar');
  const named = await coho(one, ['space', 'export', join(dir, 'without.tar'), '-p', app.project, '-s', 'dev']);
  assert.match(named.stderr, /Left out: SECRET and 1 API token\./);
  good(await coho(one, ['space', 'export', archive, '-p', app.project, '-s', 'dev', '--passphrase-file', join(dir, 'phrase'), '--json']));

  const { uniqueName: project } = await two.api('POST', '/projects', { name: 'target' });
  const noPhrase = await coho(two, ['space', 'import', archive, '-p', project, '-s', 'prod']);
  assert.match(noPhrase.stderr, /sealed under a passphrase/);
  const moved = good(await coho(two, ['space', 'import', archive, '-p', project, '-s', 'prod', '--passphrase-file', join(dir, 'phrase'), '--json']));
  assert.deepEqual(moved.leftOut, { env: [], tokens: 0 });
  const policyOf = async (server, space) => (await server.api('GET', space)).jwks;
  assert.deepEqual(await policyOf(two, `/projects/${project}/spaces/prod`), await policyOf(one, app.space));
  assert.deepEqual((await policyOf(one, app.space)).algorithms, ['ES256']);
  const again = await coho(two, ['space', 'import', archive, '-p', project, '-s', 'prod', '--passphrase-file', join(dir, 'phrase')]);
  assert.match(again.stderr, /already/);

  const ask = async (server, space, path) => {
    const answer = await fetch(`${server.url}/${space}${path}`, { headers: { 'x-apikey': token } });
    return [answer.status, await answer.text()];
  };
  for (const path of ['/things', '/files/a.txt']) {
    const [status, text] = await ask(one, 'dev', path);
    assert.equal(status, 200, text);
    assert.deepEqual(await ask(two, 'prod', path), [status, text], path);
  }
  const collections = async (server, space) => (await server.api('GET', `${space}/collections`)).collections.map(({ createdMs, ...rest }) => rest);
  assert.deepEqual(await collections(two, `/projects/${project}/spaces/prod`), await collections(one, app.space));
});

test('one space out of a backup, in its place and beside it', { timeout: 120_000 }, async (t) => {
  const server = await startIn(t);
  const { uniqueName: project } = await server.api('POST', '/projects', { name: 'shop' });
  const space = `/projects/${project}/spaces/dev`;
  await server.api('POST', `/projects/${project}/spaces`, { name: 'dev' });
  await server.api('PUT', `${space}/keys/key`, { value: 'then' });
  await server.api('PUT', `${space}/env/SECRET`, { value: 'hidden', encrypted: true });
  const { backup } = good(await coho(server, ['backup', '--json']));
  await server.api('PUT', `${space}/keys/key`, { value: 'now' });
  good(await coho(server, ['space', 'rewind', '-p', project, '-s', 'dev', '--backup', backup.name, '--as', 'old', '--json']));
  assert.equal((await server.api('GET', `/projects/${project}/spaces/old/keys/key`)).value, 'then');
  assert.equal((await server.api('GET', `${space}/keys/key`)).value, 'now');
  const back = good(await coho(server, ['space', 'rewind', '-p', project, '-s', 'dev', '--backup', backup.name, '--json']));
  await server.api('POST', `/projects/${project}/trash/${back.replacedId}/restore`, { name: 'before' });
  assert.equal((await server.api('GET', `/projects/${project}/spaces/before/keys/key`)).value, 'now');
  assert.equal((await server.api('GET', `${space}/keys/key`)).value, 'then');
  assert.equal((await server.api('GET', space)).env.find((one) => one.name === 'SECRET').encrypted, true);
});

test('back to a moment between two writes, with the server running and without', { timeout: 120_000 }, async (t) => {
  const dir = await scratch(t);
  const dataDir = join(dir, 'data');
  const server = await startRedd({ dataDir, args: ['--pitr-hours', '1'] });
  const { uniqueName: project } = await server.api('POST', '/projects', { name: 'shop' });
  const space = `/projects/${project}/spaces/dev`;
  await server.api('POST', `/projects/${project}/spaces`, { name: 'dev' });
  await server.api('PUT', `${space}/keys/key`, { value: 'zero' });
  await until(async () => (await server.api('GET', `${space}/moments`)).moments.length > 0);
  // A time that is later than what was answered, and earlier than what is asked next.
  const moment = () => { const now = Date.now(); while (Date.now() <= now + 1); return new Date(now + 1).toISOString(); };
  await server.api('PUT', `${space}/keys/key`, { value: 'one' });
  await send(server, 'PUT', `${space}/files/content?path=/a.txt`, 'first');
  const first = moment();
  await send(server, 'PUT', `${space}/files/content?path=/a.txt`, 'second');
  await server.api('PUT', `${space}/keys/key`, { value: 'two' });
  const second = moment();
  await server.api('PUT', `${space}/keys/key`, { value: 'three' });
  good(await coho(server, ['space', 'rewind', '-p', project, '-s', 'dev', '--at', first, '--as', 'first', '--json']));
  assert.equal((await server.api('GET', `/projects/${project}/spaces/first/keys/key`)).value, 'one');
  assert.equal(await (await send(server, 'GET', `/projects/${project}/spaces/first/files/content?path=/a.txt`)).text(), 'first');
  const early = await coho(server, ['space', 'rewind', '-p', project, '-s', 'dev', '--at', '2001-01-01T00:00:00Z']);
  assert.match(early.stderr, /lies before what is kept/);
  assert.match((await coho(server, ['space', 'moments', '-p', project, '-s', 'dev'])).stdout, /LAST CHANGE/);
  await server.stop();

  good(await run(redd, ['restore', '--space', `${project}/dev`, '--at', second, '--to', dataDir, '--json']));
  const anew = await startIn(t, { dataDir });
  assert.equal((await anew.api('GET', `${space}/keys/key`)).value, 'two');
  assert.equal(await (await send(anew, 'GET', `${space}/files/content?path=/a.txt`)).text(), 'second');
});
