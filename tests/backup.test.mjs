// Backups against the real server: made while it writes, restored elsewhere, damaged, by schedule, to an S3-compatible store.
import test from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile, copyFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import { coho, redd, run, startRedd } from './lib/redd.mjs';
import { startS3 } from './lib/s3.mjs';
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

const ACCOUNTS = 8, CLIENTS = 16, OPENING = 1_000, OFFERED_PER_SECOND = 500;

// Each client moves money between accounts of its own, two documents in one commit, and keeps a file and a key in step. Together they offer 500
// commits a second. What a document says of its round tells which of them a copy has.
class Bank {
  #server; #space; #stopped = false; #all;
  asked = Array(CLIENTS).fill(0);         // the round of each client's last transfer
  acknowledged = Array(CLIENTS).fill(0);
  slowestMs = 0;
  constructor(server, space) {
    this.#server = server;
    this.#space = space;
    this.#all = Promise.all(Array.from({ length: CLIENTS }, (_, number) => this.#client(number, performance.now())));
    this.#all.catch(() => {});  // stop() tells
  }
  async #client(number, startMs) {
    const balances = Array(ACCOUNTS).fill(OPENING);
    for (let round = 1; !this.#stopped; ++round) {
      const early = startMs + (round * CLIENTS + number) * 1_000 / OFFERED_PER_SECOND - performance.now();
      if (early > 1) await sleep(early);
      const from = round % ACCOUNTS, to = (round * 3 + 1) % ACCOUNTS, amount = round % 17;
      if (from !== to) { balances[from] -= amount; balances[to] += amount; }
      const lines = [...new Set([from, to])].map((account) => JSON.stringify({ _id: `${number}-${account}`, client: number, round, balance: balances[account] }));
      const askedMs = performance.now();
      this.asked[number] = round;
      const answer = await send(this.#server, 'POST', `${this.#space}/collections/accounts/import`, lines.join('\n'));
      assert.equal(answer.status, 200, await answer.text());
      this.acknowledged[number] = round;
      this.slowestMs = Math.max(this.slowestMs, performance.now() - askedMs);
      if (round % CLIENTS === number) {
        const stored = await send(this.#server, 'PUT', `${this.#space}/files/content?path=/client-${number}.txt`, `client ${number} round ${round}`);
        assert.equal(stored.status, 200, await stored.text());
      }
    }
  }
  get commits() { return this.acknowledged.reduce((sum, one) => sum + one, 0); }
  async stop() { this.#stopped = true; await this.#all; }
}
async function openAccounts(server, space) {
  const lines = [];
  for (let client = 0; client < CLIENTS; ++client) for (let account = 0; account < ACCOUNTS; ++account) lines.push(JSON.stringify({ _id: `${client}-${account}`, client, round: 0, balance: OPENING }));
  assert.equal((await send(server, 'POST', `${space}/collections/accounts/import`, lines.join('\n'))).status, 200);
}

// What a restored directory says, read without a server: the sum, and that each file's content is the one its row names.
async function auditDirectory(dataDir, id) {
  const folder = join(dataDir, 'spaces', id);
  const database = new DatabaseSync(join(folder, 'data.sqlite'));
  const { sum, count } = database.prepare("SELECT SUM(json_extract(json, '$.balance')) AS sum, COUNT(*) AS count FROM document").get();
  const files = database.prepare('SELECT path, blob FROM file').all();
  const rounds = database.prepare("SELECT MAX(json_extract(json, '$.round')) AS round FROM document GROUP BY json_extract(json, '$.client') ORDER BY json_extract(json, '$.client')").all();
  database.close();
  for (const { path, blob } of files) {
    const content = await readFile(join(folder, 'blobs', blob.slice(0, 2), blob));
    assert.equal(createHash('sha256').update(content).digest('hex'), blob, path);
  }
  return { sum, count, files: files.length, rounds: rounds.map((one) => one.round) };
}

test('ten backups while the bank is busy: each is consistent', { timeout: 240_000 }, async (t) => {
  const dir = await scratch(t);
  const server = await startIn(t);
  const { project, space, id } = await makeSpace(server);
  await openAccounts(server, space);
  const bank = new Bank(server, space);
  const startMs = performance.now();
  const archives = [];
  try {
    await until(() => bank.commits > CLIENTS);
    for (let i = 0; i < 10; ++i) {
      const acknowledgedBefore = [...bank.acknowledged];
      const file = i % 2 === 0
        ? good(await run(redd, ['backup', '--data', server.dataDir, '--to', join(dir, `b${i}.tar`), '--with-key', '--json'])).file
        : good(await coho(server, ['backup', '--to', join(dir, `b${i}.tar`), '--json'])).backup.file;
      archives.push({ file, acknowledgedBefore, askedAfter: [...bank.asked] });
    }
  } finally { await bank.stop(); }
  const seconds = (performance.now() - startMs) / 1_000;
  t.diagnostic(`${OFFERED_PER_SECOND} transfers a second offered, ${Math.round(bank.commits / seconds)} acknowledged; the slowest took ${Math.round(bank.slowestMs)} ms`);
  const key = join(server.dataDir, 'secret.key');
  let files = 0;
  for (const [i, { file: archive, acknowledgedBefore, askedAfter }] of archives.entries()) {
    const restored = join(dir, `r${i}`);
    good(await run(redd, ['restore', archive, '--to', restored, '--json', ...(i % 2 === 0 ? [] : ['--key', key])]));
    const audit = await auditDirectory(restored, id);
    assert.deepEqual([audit.sum, audit.count], [CLIENTS * ACCOUNTS * OPENING, CLIENTS * ACCOUNTS], archive);
    for (let client = 0; client < CLIENTS; ++client) {
      const [least, round, most] = [acknowledgedBefore[client], audit.rounds[client], askedAfter[client]];
      assert.ok(least <= round && round <= most, `${archive}: client ${client} is at ${round}, and was at ${least} before and ${most} after`);
    }
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

test('an S3-compatible store is listed, and kept to a number when that is wished', async (t) => {
  const s3 = await startS3(t, { keyId: 'AKEXAMPLE', secret: 'the secret', region: 'us-east-1' });
  const env = { REDD_BACKUP_S3_KEY_ID: 'AKEXAMPLE', REDD_BACKUP_S3_SECRET: 'the secret' };
  const server = await startIn(t, { args: ['--backup-s3', `${s3.url}/bucket/redd`, '--backup-s3-keep', '2', '--backup-keep', '1'], env });
  for (const other of ['/bucket/redd/notes.txt', '/bucket/redd/below/redd-20010101T000000.000Z.tar', '/bucket/redd-20010101T000000.000Z.tar']) s3.objects.set(other, Buffer.from('not ours'));
  const names = [];
  for (let i = 0; i < 3; ++i) names.unshift(good(await coho(server, ['backup', '--json'])).backup.name);
  const listed = await server.api('GET', '/backups');
  assert.deepEqual(listed.backups.map((one) => one.name), names.slice(0, 1));
  assert.deepEqual(listed.s3Backups.map((one) => one.name), names.slice(0, 2));
  assert.deepEqual(listed.s3Backups.map((one) => one.bytes), names.slice(0, 2).map((name) => s3.objects.get(`/bucket/redd/${name}`).length));
  assert.deepEqual([listed.s3Keep, listed.s3Problem], [2, '']);
  assert.equal(s3.objects.size, 5, 'what else lies in the bucket stays');
  const shown = await coho(server, ['backups']);
  for (const name of names.slice(0, 2)) assert.ok(shown.stdout.includes(name), shown.stdout);

  s3.faults.putStatus = 503;
  const failed = await coho(server, ['backup', '--json']);
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /503 SlowDown/);
  const after = await server.api('GET', '/backups');
  assert.match(after.lastProblem, /503 SlowDown/);
  assert.equal(after.backups.length, 1, 'the one in the folder is made');
  assert.notEqual(after.backups[0].name, names[0]);
  assert.equal(after.s3Backups.length, 2, 'none went for one that did not arrive');
});
