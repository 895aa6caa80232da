// Backups against the real server: made while it writes, restored elsewhere, damaged, by schedule, to an S3-compatible store.
import test from 'node:test';
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile, copyFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { coho, redd, run, startRedd } from './lib/redd.mjs';
import { until } from './lib/until.mjs';

const scratch = async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'redd-backup-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
};
const good = (result) => { assert.equal(result.code, 0, result.stderr + result.stdout); return JSON.parse(result.stdout.trim().split('\n').at(-1)); };
const startIn = async (t, options) => { const server = await startRedd(options); t.after(() => server.stop()); return server; };
async function makeSpace(server, name = 'bank') {
  const { uniqueName: project } = await server.api('POST', '/projects', { name });
  const { id } = await server.api('POST', `/projects/${project}/spaces`, { name: 'dev' });
  return { project, id, space: `/projects/${project}/spaces/dev` };
}
const send = (server, method, path, body) => fetch(`${server.url}/_/api/v1${path}`, { method, headers: { authorization: `Bearer ${server.token}` }, body });
// The owner's token is not in a backup as text: whoever has lost it sets another.
const startRestored = (t, dataDir) => startIn(t, { dataDir, env: { REDD_OWNER_TOKEN: 'another-token-of-the-owner-0123' } });

const ACCOUNTS = 8, CLIENTS = 8, OPENING = 1_000;

// Each client moves money between accounts of its own, two documents in one commit, and keeps a file and a key in step.
async function bank(server, space, stop) {
  let transfers = 0;
  const client = async (number) => {
    const balances = Array(ACCOUNTS).fill(OPENING);
    for (let round = 0; !stop.now; ++round) {
      const from = round % ACCOUNTS, to = (round * 3 + 1) % ACCOUNTS, amount = round % 17;
      if (from !== to) { balances[from] -= amount; balances[to] += amount; }
      const lines = [...new Set([from, to])].map((account) => JSON.stringify({ _id: `${number}-${account}`, balance: balances[account] }));
      const answer = await send(server, 'POST', `${space}/collections/accounts/import`, lines.join('\n'));
      assert.equal(answer.status, 200, await answer.text());
      if (round % 10 === number) {
        const stored = await send(server, 'PUT', `${space}/files/content?path=/client-${number}.txt`, `client ${number} round ${round}`);
        assert.equal(stored.status, 200, await stored.text());
      }
      ++transfers;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
  return transfers;
}
async function openAccounts(server, space) {
  const lines = [];
  for (let client = 0; client < CLIENTS; ++client) for (let account = 0; account < ACCOUNTS; ++account) lines.push(JSON.stringify({ _id: `${client}-${account}`, balance: OPENING }));
  assert.equal((await send(server, 'POST', `${space}/collections/accounts/import`, lines.join('\n'))).status, 200);
}

// What a restored directory says, read without a server: the sum, and that each file's content is the one its row names.
async function auditDirectory(dataDir, id) {
  const folder = join(dataDir, 'spaces', id);
  const database = new DatabaseSync(join(folder, 'data.sqlite'));
  const { sum, count } = database.prepare("SELECT SUM(json_extract(json, '$.balance')) AS sum, COUNT(*) AS count FROM document").get();
  const files = database.prepare('SELECT path, blob FROM file').all();
  database.close();
  for (const { path, blob } of files) {
    const content = await readFile(join(folder, 'blobs', blob.slice(0, 2), blob));
    assert.equal(createHash('sha256').update(content).digest('hex'), blob, path);
  }
  return { sum, count, files: files.length };
}

test('ten backups while the bank is busy: each is consistent', { timeout: 240_000 }, async (t) => {
  const dir = await scratch(t);
  const server = await startIn(t);
  const { project, space, id } = await makeSpace(server);
  await openAccounts(server, space);
  const stop = { now: false };
  const busy = bank(server, space, stop);
  const archives = [];
  try {
    for (let i = 0; i < 10; ++i) {
      if (i % 2 === 0) {
        archives.push(good(await run(redd, ['backup', '--data', server.dataDir, '--to', join(dir, `b${i}.tar`), '--with-key', '--json'])).file);
      } else {
        archives.push(good(await coho(server, ['backup', '--to', join(dir, `b${i}.tar`), '--json'])).backup.file);
      }
    }
  } finally { stop.now = true; }
  assert.ok(await busy > 10, 'the bank was busy');
  const key = join(server.dataDir, 'secret.key');
  let files = 0;
  for (const [i, archive] of archives.entries()) {
    const restored = join(dir, `r${i}`);
    good(await run(redd, ['restore', archive, '--to', restored, '--json', ...(i % 2 === 0 ? [] : ['--key', key])]));
    const audit = await auditDirectory(restored, id);
    assert.deepEqual([audit.sum, audit.count], [CLIENTS * ACCOUNTS * OPENING, CLIENTS * ACCOUNTS], archive);
    files = Math.max(files, audit.files);
  }
  assert.ok(files > 0, 'files were in a backup');
  const other = await startRestored(t, join(dir, 'r9'));
  const answer = await other.api('POST', `${space}/collections/accounts/count`, {});
  assert.equal(answer.count, CLIENTS * ACCOUNTS);
  assert.equal((await other.api('GET', '/projects')).projects[0].uniqueName, project);
});

test('a flipped byte is refused, and nothing is touched', async (t) => {
  const dir = await scratch(t);
  const server = await startRedd({ dataDir: join(dir, 'data') });
  await makeSpace(server);
  const made = good(await run(redd, ['backup', '--data', server.dataDir, '--to', join(dir, 'good.tar'), '--json']));
  const unpacked = join(dir, 'unpacked');
  await mkdir(unpacked);
  assert.equal((await run('tar', ['xf', made.file], { cwd: unpacked })).code, 0, 'any tar reads it');
  assert.equal((await run('sha256sum', ['--quiet', '-c', 'redd/SHA256SUMS'], { cwd: unpacked })).code, 0);
  const listed = await server.api('POST', '/backups', {}).then(() => server.api('GET', '/backups'));
  const name = listed.backups[0].name;
  good(await coho(server, ['backups', 'verify', name, '--json']));
  await flip(join(server.dataDir, 'backups', name), 700);
  const refused = await coho(server, ['backups', 'verify', name]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /is refused/);
  await server.stop();
  for (const at of [600, Math.floor(made.bytes / 2), made.bytes - 1_500]) {
    await copyFile(made.file, join(dir, 'bad.tar'));
    await flip(join(dir, 'bad.tar'), at);
    const result = await run(redd, ['restore', join(dir, 'bad.tar'), '--to', join(dir, 'data'), '--force']);
    assert.equal(result.code, 1);
    assert.match(result.stderr, /bad\.tar is refused/);
  }
  const before = (await readdir(dir)).sort();
  const occupied = await run(redd, ['restore', made.file, '--to', join(dir, 'data')]);
  assert.match(occupied.stderr, /is not empty. Fix: .*--force/);
  assert.deepEqual((await readdir(dir)).sort(), before, 'nothing was left behind');
  const forced = good(await run(redd, ['restore', made.file, '--to', join(dir, 'data'), '--force', '--json']));
  assert.equal(forced.key, true, "the directory's own secret.key fits");
  assert.ok((await stat(join(forced.before, 'catalogue.sqlite'))).size > 0);
});

async function flip(file, at) {
  const bytes = await readFile(file);
  bytes[at] ^= 4;
  await writeFile(file, bytes);
}

test('what a restore lacks is said, and a server that runs is not replaced', async (t) => {
  const dir = await scratch(t);
  const server = await startIn(t);
  await makeSpace(server);
  await writeFile(join(dir, 'phrase'), 'a passphrase of some length\n');
  good(await run(redd, ['backup', '--data', server.dataDir, '--to', join(dir, 'apart.tar'), '--json']));
  good(await run(redd, ['backup', '--data', server.dataDir, '--to', join(dir, 'sealed.tar'), '--key-passphrase-file', join(dir, 'phrase'), '--json']));
  const apart = await run(redd, ['restore', join(dir, 'apart.tar'), '--to', join(dir, 'one')]);
  assert.match(apart.stdout, /secret\.key is missing: put it into the directory/);
  assert.match((await run(redd, ['restore', join(dir, 'sealed.tar'), '--to', join(dir, 'two')])).stderr, /Fix: --passphrase-file/);
  assert.equal(good(await run(redd, ['restore', join(dir, 'sealed.tar'), '--to', join(dir, 'two'), '--passphrase-file', '-', '--json'], { input: 'a passphrase of some length\n' })).key, true);
  assert.match((await run(redd, ['restore', join(dir, 'apart.tar'), '--to', server.dataDir, '--force'])).stderr, /in use by another server/);
  assert.match((await run(redd, ['backup', '--data', dir, '--to', join(dir, 'x.tar')])).stderr, /is no data directory of redd/);
});

test('secrets are in no backup', async (t) => {
  const dir = await scratch(t);
  const server = await startIn(t);
  const { space } = await makeSpace(server);
  const secrets = Array.from({ length: 20 }, (_, i) => `planted-secret-${i}-${Math.random().toString(36).slice(2)}`);
  for (const [i, value] of secrets.entries()) await server.api('PUT', `${space}/env/SECRET_${i}`, { value, encrypted: true });
  const { key } = await server.api('POST', `${space}/tokens`, { access: 'READ', description: 'x' });
  await writeFile(join(dir, 'phrase'), 'a passphrase of some length\n');
  good(await coho(server, ['backup', '--to', join(dir, 'a.tar'), '--key-passphrase-file', join(dir, 'phrase'), '--json']));
  for (const [file, args] of [['b.tar', []], ['c.tar', ['--passphrase-file', join(dir, 'phrase')]]]) {
    const [, project] = space.match(/projects\/([^/]+)/);
    good(await coho(server, ['space', 'export', join(dir, file), '-p', project, '-s', 'dev', '--json', ...args]));
  }
  for (const file of ['a.tar', 'b.tar', 'c.tar']) {
    const text = (await readFile(join(dir, file))).toString('latin1');
    for (const secret of [...secrets, key, server.token]) assert.ok(!text.includes(secret), `${file} holds a secret`);
  }
});

test('by schedule, a number of them kept', async (t) => {
  const dir = await scratch(t);
  const server = await startIn(t, { args: ['--backup-dir', join(dir, 'kept'), '--backup-every', '24h', '--backup-keep', '2'] });
  await until(async () => (await server.api('GET', '/backups')).backups.length > 0);
  for (let i = 0; i < 3; ++i) good(await coho(server, ['backup', '--json']));
  const listed = await server.api('GET', '/backups');
  assert.equal(listed.backups.length, 2);
  assert.equal(listed.everyMs, 86_400_000);
  assert.equal(listed.lastProblem, '');
  assert.equal((await readdir(join(dir, 'kept'))).length, 2);
  good(await coho(server, ['backups', 'rm', listed.backups[1].name, '--json']));
  assert.match((await coho(server, ['backups'])).stdout, new RegExp(listed.backups[0].name));
  assert.match((await coho(server, ['backups', 'rm', '../secret.key'])).stderr, /There is no backup|not found/i);
});

// Keeps objects in memory and answers only to requests whose signature it can make itself.
async function startS3(t, { keyId, secret, region }) {
  const objects = new Map();
  const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
  const answer = async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const url = new URL(request.url, 'http://s3');
    const wanted = request.headers.authorization ?? '';
    const names = (wanted.match(/SignedHeaders=([^,]+)/) ?? [])[1] ?? '';
    const date = request.headers['x-amz-date'] ?? '';
    const query = [...url.searchParams].map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).sort().join('&');
    const canonical = [request.method, url.pathname, query, ...names.split(';').map((name) => `${name}:${request.headers[name]}`), '', names, request.headers['x-amz-content-sha256']].join('\n');
    const scope = `${date.slice(0, 8)}/${region}/s3/aws4_request`;
    const toSign = ['AWS4-HMAC-SHA256', date, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
    const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, date.slice(0, 8)), region), 's3'), 'aws4_request');
    const signature = hmac(key, toSign).toString('hex');
    const hash = createHash('sha256').update(body).digest('hex');
    if (!names.includes('host') || !wanted.includes(`Credential=${keyId}/${scope}`) || !wanted.endsWith(`Signature=${signature}`) || hash !== request.headers['x-amz-content-sha256']) {
      response.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code><Message>It does not match</Message></Error>');
    } else if (request.method === 'PUT') {
      objects.set(url.pathname, body);
      response.writeHead(200).end();
    } else if (objects.has(url.pathname)) {
      response.writeHead(200).end(objects.get(url.pathname));
    } else {
      response.writeHead(404).end('<Error><Code>NoSuchKey</Code><Message>none</Message></Error>');
    }
  };
  const server = createServer((request, response) => answer(request, response).catch((error) => response.destroy(error)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => { server.closeAllConnections(); server.close(); });
  return { objects, url: `http://127.0.0.1:${server.address().port}` };
}

test('to an S3-compatible store and back', async (t) => {
  const dir = await scratch(t);
  const s3 = await startS3(t, { keyId: 'AKEXAMPLE', secret: 'the secret', region: 'eu-test-1' });
  const keys = { REDD_BACKUP_S3_KEY_ID: 'AKEXAMPLE', REDD_BACKUP_S3_SECRET: 'the secret' };
  const args = ['--backup-s3', `${s3.url}/bucket/redd`, '--backup-s3-region', 'eu-test-1'];
  const server = await startIn(t, { args, env: keys });
  await makeSpace(server);
  const { backup } = good(await coho(server, ['backup', '--json']));
  assert.equal(backup.s3Problem, undefined);
  assert.deepEqual([...s3.objects.keys()], [`/bucket/redd/${backup.name}`]);
  const restored = good(await run(redd, ['restore', backup.name, '--to', join(dir, 'back'), '--s3', `${s3.url}/bucket/redd`, '--s3-region', 'eu-test-1', '--key',
    join(server.dataDir, 'secret.key'), '--json'], { env: keys }));
  assert.equal(restored.ok, true);
  const wrong = await run(redd, ['restore', backup.name, '--to', join(dir, 'no'), '--s3', `${s3.url}/bucket/redd`], { env: { ...keys, REDD_BACKUP_S3_SECRET: 'another' } });
  assert.match(wrong.stderr, /403 SignatureDoesNotMatch/);
  const missing = await run(redd, ['serve', '--data', join(dir, 'd'), '--listen', '127.0.0.1:0', ...args]);
  assert.match(missing.stderr, /Fix: set the variables REDD_BACKUP_S3_KEY_ID/);
});
