// redd itself: starting, refusing to start, stopping.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { redd, run, startRedd } from './lib/redd.mjs';

const directory = async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'redd-data-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
};
const refuses = async (args, pattern, env) => {
  const result = await run(redd, args, { env });
  assert.notEqual(result.code, 0, `${args} started`);
  assert.notEqual(result.code, null, `${args} crashed`);
  assert.match(result.stderr, pattern);
  assert.ok(result.stderr.trim().split('\n').length <= 2, `more than a sentence: ${result.stderr}`);
};

test('the first start makes an owner, later starts keep it, SIGTERM exits 0', async (t) => {
  const dataDir = await directory(t);
  const first = await startRedd({ dataDir });
  assert.equal((await stat(join(dataDir, 'owner-token'))).mode & 0o777, 0o600);
  assert.equal((await first.api('GET', '/me')).role, 'owner');
  assert.equal(await first.stop(), 0);
  const second = await startRedd({ dataDir });
  assert.equal(second.token, first.token);
  assert.equal((await second.api('GET', '/me')).role, 'owner');
  assert.equal(await second.stop(), 0);
});

test('the printed login line works', async (t) => {
  const dataDir = await directory(t);
  const { spawn } = await import('node:child_process');
  const child = spawn(redd, ['serve', '--data', dataDir, '--listen', '127.0.0.1:0']);
  t.after(() => child.kill('SIGKILL'));
  let text = '';
  await new Promise((done) => child.stdout.on('data', (piece) => { text += piece; if (text.includes('coho login')) done(); }));
  const [, url, token] = text.match(/coho login (\S+) --token (\S+)/);
  assert.equal(token, (await readFile(join(dataDir, 'owner-token'), 'utf8')).trim());
  const config = await directory(t);
  const { cohoBin } = await import('./lib/redd.mjs');
  const login = await run(cohoBin, ['login', url, '--token', token], { env: { COHO_CONFIG_DIR: config } });
  assert.equal(login.code, 0, login.stderr);
});

test('REDD_OWNER_TOKEN presets the token', async (t) => {
  const dataDir = await directory(t);
  const preset = 'a-token-that-the-operator-made-up-0123456789';
  const server = await startRedd({ dataDir, env: { REDD_OWNER_TOKEN: preset } });
  assert.equal(server.token, preset);
  assert.equal((await server.api('GET', '/me')).role, 'owner');
  await server.stop();
});

test('a port in use, a second server, an unwritable directory, a newer format: a sentence each', async (t) => {
  const dataDir = await directory(t);
  const blocker = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => blocker.on('listening', done));
  await refuses(['serve', '--data', dataDir, '--listen', `127.0.0.1:${blocker.address().port}`], /in use/);
  blocker.close();

  const server = await startRedd({ dataDir });
  await refuses(['serve', '--data', dataDir, '--listen', '127.0.0.1:0'], /another|already|in use/);
  await server.stop();

  const db = new DatabaseSync(join(dataDir, 'catalogue.sqlite'));
  db.exec('PRAGMA user_version = 9999');
  db.close();
  await refuses(['serve', '--data', dataDir, '--listen', '127.0.0.1:0'], /newer/);

  await refuses(['serve', '--data', '/proc/redd', '--listen', '127.0.0.1:0'], /\/proc\/redd/);
  if (process.getuid() !== 0) {
    const locked = await directory(t);
    await chmod(locked, 0o500);
    await refuses(['serve', '--data', locked, '--listen', '127.0.0.1:0'], /writ/);
  }
});

test('unknown settings are errors on the command line, in the file and in the environment', async (t) => {
  const dataDir = await directory(t);
  const file = join(dataDir, 'redd.toml');
  await writeFile(file, 'lisen = "127.0.0.1:0"\n');
  await refuses(['serve', '--data', dataDir, '--config', file], /redd\.toml:1: unknown setting 'lisen'/);
  await refuses(['serve', '--data', dataDir], /REDD_LISEN/, { REDD_LISEN: 'x' });
  const result = await run(redd, ['serve', '--data', dataDir, '--lisen', 'x']);
  assert.notEqual(result.code, 0);
  await refuses(['serve', '--data', dataDir, '--listen', 'nonsense'], /HOST:PORT/);
  await refuses(['dev', '--data', dataDir, '--listen', '0.0.0.0:0'], /loopback/);
});

test('settings come from the file and from variables', async (t) => {
  const dataDir = await directory(t);
  const file = join(dataDir, 'redd.toml');
  await writeFile(file, 'request-timeout-ms = 1234\n');
  const server = await startRedd({ dataDir, args: ['--config', file], env: { REDD_LOG_LEVEL: 'debug' } });
  assert.equal((await fetch(`${server.url}/health`)).status, 200);
  assert.equal((await fetch(`${server.url}/_/health`)).status, 200);
  await server.stop();
});
