// Accounts against the real server: the first start, revoking, a command line's login, the audit log (SEC-30, 33, 36, 42).
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedd, run, redd as reddBin } from './lib/redd.mjs';

const password = 'correct horse battery';
const post = (server, path, body, token) => fetch(`${server.url}/_/api/v1${path}`, {
  method: 'POST', headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }, body: JSON.stringify(body ?? {}),
});
const statusOf = async (server, token) => (await fetch(`${server.url}/_/api/v1/me`, { headers: { authorization: `Bearer ${token}` } })).status;
const setUp = async (server) => {
  const code = (await readFile(join(server.dataDir, 'setup-code'), 'utf8')).trim();
  return (await (await post(server, '/setup', { code, name: 'Ann', email: 'ann@example.org', password })).json()).token;
};

test('a hundred races for the setup code have one winner', async (t) => {
  const server = await startRedd();
  t.after(server.stop);
  const code = (await readFile(join(server.dataDir, 'setup-code'), 'utf8')).trim();
  const tries = await Promise.all(Array.from({ length: 100 }, (_, i) => post(server, '/setup', { code, name: 'Ann', email: `ann${i}@example.org`, password })));
  const statuses = tries.map((one) => one.status);
  assert.equal(statuses.filter((one) => one === 201).length, 1, statuses.join(' '));
  assert.ok(statuses.every((one) => one === 201 || one === 401 || one === 429), statuses.join(' '));
  assert.equal((await post(server, '/setup', { code, name: 'Ann', email: 'ann@example.org', password })).status, 401);
});

test('SEC-30 the operator may give the owner a password before the first start, and only then', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'redd-preset-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const file = join(dir, 'password');
  const dataDir = join(dir, 'data');
  const args = ['--owner-email', 'ops@example.org', '--owner-password-file', file];
  const logIn = (server, password) => post(server, '/login', { email: 'ops@example.org', password });
  const start = (...more) => run(reddBin, ['serve', '--data', dataDir, '--listen', '127.0.0.1:0', ...more]);
  await writeFile(file, 'short\n');
  const short = await start(...args);
  assert.equal(short.code, 1);
  assert.match(short.stderr, /--owner-password-file: .*12/);
  assert.match((await start('--owner-email', 'ops@example.org')).stderr, /belong together\. Fix: set --owner-password-file too/);

  await writeFile(file, `${password}\n`);
  const first = await startRedd({ dataDir, args });
  t.after(() => first.stop());
  assert.equal((await logIn(first, password)).status, 200);
  await assert.rejects(readFile(join(dataDir, 'setup-code')), { code: 'ENOENT' });
  await first.stop();
  await writeFile(file, 'another correct horse\n');
  const second = await startRedd({ dataDir, args });
  t.after(() => second.stop());
  assert.equal((await logIn(second, 'another correct horse')).status, 401);
  assert.equal((await logIn(second, password)).status, 200);
});

test('a revoked token is dead when the answer is there', async (t) => {
  const server = await startRedd();
  t.after(server.stop);
  const made = await server.api('POST', '/me/tokens', { name: 'ci' });
  assert.equal(await statusOf(server, made.secret), 200);
  await server.api('DELETE', `/me/tokens/${made.id}`);
  assert.equal(await statusOf(server, made.secret), 401);
});

test('a command line is logged in once, after a confirmation', async (t) => {
  const server = await startRedd();
  t.after(server.stop);
  const session = await setUp(server);
  const uuid = randomUUID();
  const waiting = await fetch(`${server.url}/cli_auth/${uuid}`, { headers: { accept: 'text/event-stream' } });
  assert.equal(waiting.status, 200);
  const page = await fetch(`${server.url}/authenticate/x/${uuid}`);
  assert.match(page.headers.get('content-security-policy'), /script-src 'self'/);
  assert.equal((await post(server, `/cli-logins/${uuid}`)).status, 401);
  assert.equal((await post(server, `/cli-logins/${uuid}`, {}, session)).status, 200);
  const token = JSON.parse(/^data: (.*)$/m.exec(await waiting.text())[1]).token;
  assert.equal(JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).email, 'ann@example.org');
  assert.equal(await statusOf(server, token), 200);
  assert.equal((await post(server, `/cli-logins/${uuid}`, {}, session)).status, 404);
  assert.equal((await fetch(`${server.url}/cli_auth/${uuid}`)).status, 404);
});

test('redd audit verify reads the log of a server that runs and of one that does not', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'redd-audit-'));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  const server = await startRedd({ dataDir });
  await server.api('POST', '/projects', { name: 'Audited' });
  const live = await run(reddBin, ['audit', 'verify', '--data', dataDir, '--json']);
  await server.stop();
  assert.deepEqual([live.code, JSON.parse(live.stdout)], [0, { good: true, rows: 1 }]);
  const idle = await run(reddBin, ['audit', 'verify', '--data', dataDir]);
  assert.equal(idle.code, 0);
  assert.match(idle.stdout, /good: 1 rows/);
  assert.equal((await run(reddBin, ['audit', 'verify', '--data', join(dataDir, 'none')])).code, 2);
});

test('a rotated secret key, kept apart from the data, leaves the audit log whole and codes and logins good', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'redd-audit-key-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const dataDir = join(folder, 'data'), key = join(folder, 'key');
  const args = ['--secret-key-file', key];
  const verdict = async () => JSON.parse((await run(reddBin, ['audit', 'verify', '--data', dataDir, '--json', ...args])).stdout);
  let server = await startRedd({ dataDir, args });
  const session = await setUp(server);
  const { defaultTeamId } = await server.api('GET', '/me');
  const { code } = await server.api('POST', `/teams/${defaultTeamId}/invitations`, { email: 'bob@example.org', role: 'developer' });
  await server.api('POST', '/server/secrets/rotate');
  const live = await verdict();
  assert.equal(live.good, true);
  assert.ok(live.rows >= 3, JSON.stringify(live));
  await server.stop();
  assert.equal((await run(reddBin, ['secrets', 'rotate', '--data', dataDir, ...args])).code, 0);
  assert.deepEqual(await verdict(), live);
  server = await startRedd({ dataDir, args });
  t.after(() => server.stop());
  assert.equal(await statusOf(server, session), 200);
  assert.equal((await post(server, '/accounts', { code, name: 'Bob', password })).status, 201);
  assert.equal((await verdict()).good, true);
  const lost = await run(reddBin, ['audit', 'verify', '--data', dataDir]);
  assert.equal(lost.code, 2);
  assert.match(lost.stderr, /--secret-key-file/);
});
