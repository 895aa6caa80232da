// What befalls a backup on its way, against the real executables: kills, disks that are full, keys and forms that do not fit.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, readdir, readFile, rm, truncate, copyFile, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { coho, redd, run, startRedd } from './lib/redd.mjs';
import { until } from './lib/until.mjs';

const scratch = async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'redd-faults-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
};
const good = (result) => { assert.equal(result.code, 0, result.stderr + result.stdout); return JSON.parse(result.stdout.trim().split('\n').at(-1)); };
const isThere = (file) => access(file).then(() => true, () => false);

// A server with one space, whose file makes a backup last.
async function makeServer(dataDir, { mebibytes = 0, args = [] } = {}) {
  const server = await startRedd({ dataDir, args });
  const { uniqueName: project } = await server.api('POST', '/projects', { name: 'shop' });
  const { id } = await server.api('POST', `/projects/${project}/spaces`, { name: 'dev' });
  const space = `/projects/${project}/spaces/dev`;
  await server.api('PUT', `${space}/env/SECRET`, { value: 'a hidden value', encrypted: true });
  await server.api('PUT', `${space}/keys/key`, { value: 'value' });
  for (let i = 0; i < mebibytes; i += 8) {
    const stored = await fetch(`${server.url}/_/api/v1${space}/files/content?path=/large${i}.bin`, { method: 'PUT', headers: { authorization: `Bearer ${server.token}` }, body: randomBytes(8 << 20) });
    assert.equal(stored.status, 200, await stored.text());
  }
  return { server, project, space, id };
}

test('redd backup killed at any moment leaves no archive, or a whole one', { timeout: 120_000 }, async (t) => {
  const dir = await scratch(t);
  const { server } = await makeServer(join(dir, 'data'), { mebibytes: 64 });
  t.after(server.stop);
  const target = join(dir, 'b.tar');
  let killed = 0;
  for (let i = 0; i < 10 && killed < 3; ++i) {
    const child = spawn(redd, ['backup', '--data', server.dataDir, '--to', target, '--with-key'], { stdio: 'ignore' });
    const exited = once(child, 'exit');
    await until(() => isThere(`${target}.part`).then((begun) => begun || child.exitCode !== null));
    child.kill('SIGKILL');
    const [, signal] = await exited;
    if (await isThere(target)) {
      good(await run(redd, ['restore', target, '--to', join(dir, `whole${i}`), '--json']));
      await rm(target);
    } else {
      assert.equal(signal, 'SIGKILL');
      ++killed;
      const half = await run(redd, ['restore', `${target}.part`, '--to', join(dir, 'half')]);
      assert.match(half.stderr, /is refused/);
      assert.ok(!await isThere(join(dir, 'half')));
    }
  }
  assert.equal(killed, 3, 'a kill met a backup under way');
  good(await run(redd, ['backup', '--data', server.dataDir, '--to', target, '--with-key', '--json']));
  good(await run(redd, ['restore', target, '--to', join(dir, 'back'), '--json']));
});

test('a server killed while its schedule makes a backup: what is listed is whole, and what is left goes', { timeout: 120_000 }, async (t) => {
  const dir = await scratch(t);
  const dataDir = join(dir, 'data'), kept = join(dir, 'kept');
  const first = await makeServer(dataDir, { mebibytes: 64 });
  await first.server.stop();
  const args = ['--backup-dir', kept, '--backup-every', '24h'];
  const left = async () => (await readdir(kept).catch(() => [])).filter((name) => !name.endsWith('.tar'));
  let leftovers = [];
  for (let i = 0; i < 10 && leftovers.length === 0; ++i) {
    await rm(kept, { recursive: true, force: true });
    const server = await startRedd({ dataDir, args });
    await until(() => readdir(kept).then((names) => names.length > 0, () => false));
    await server.kill();
    leftovers = await left();
  }
  assert.ok(leftovers.some((name) => name.endsWith('.part')), 'the kill met a backup under way');
  await mkdir(join(kept, 'redd-20010101T000000.000Z.tar.copying-abcdefgh'));
  await writeFile(join(kept, 'mine.tar.part'), 'not a backup of the schedule');
  const server = await startRedd({ dataDir, args });
  t.after(server.stop);
  const listed = await until(async () => { const { backups } = await server.api('GET', '/backups'); return backups.length > 0 && backups; });
  for (const { name } of listed) good(await coho(server, ['backups', 'verify', name, '--json']));
  const young = await left();
  assert.deepEqual(young.filter((name) => leftovers.includes(name)), leftovers, 'another process may still write to them');
  const twoDaysAgo = Date.now() / 1_000 - 2 * 86_400;
  for (const name of young) await utimes(join(kept, name), twoDaysAgo, twoDaysAgo);
  good(await coho(server, ['backup', '--json']));
  assert.deepEqual(await left(), ['mine.tar.part']);
});

test('a target that cannot be written, and a full disk: said, and nothing is left', async (t) => {
  const dir = await scratch(t);
  const { server } = await makeServer(join(dir, 'data'), { mebibytes: 8 });
  t.after(server.stop);
  await writeFile(join(dir, 'file'), '');
  const noFolder = await run(redd, ['backup', '--data', server.dataDir, '--to', join(dir, 'file', 'b.tar')]);
  assert.equal(noFolder.code, 1);
  assert.match(noFolder.stderr, /Cannot make .*file.*: Not a directory/);
  await writeFile(join(dir, 'taken.tar'), 'of somebody');
  assert.match((await run(redd, ['backup', '--data', server.dataDir, '--to', join(dir, 'taken.tar')])).stderr, /taken\.tar exists already/);
  assert.equal(await readFile(join(dir, 'taken.tar'), 'utf8'), 'of somebody');

  // A disk of 4 MiB in a mount namespace of its own.
  const small = join(dir, 'small');
  await mkdir(small);
  const script = 'mount -t tmpfs -o size=4m none "$1" || exit 77; "$2" backup --data "$3" --to "$1/b.tar" --json; code=$?; ls -A "$1" >&2; exit $code';
  const full = await run('unshare', ['-rm', 'sh', '-c', script, 'sh', small, redd, server.dataDir]);
  if (full.code === 77 || /unshare:/.test(full.stderr)) return t.diagnostic(`no disk of one's own here: ${full.stderr}`);
  assert.equal(full.code, 1);
  assert.match(full.stderr, /No space left on device|disk is full/);
  assert.doesNotMatch(full.stderr, /^b\.tar/m, 'nothing is left on it');
  good(await run(redd, ['backup', '--data', server.dataDir, '--to', join(dir, 'good.tar'), '--json']));
});

test('another key, a newer form and a cut archive are refused, and nothing is made', async (t) => {
  const dir = await scratch(t);
  const { server } = await makeServer(join(dir, 'data'));
  const plain = good(await run(redd, ['backup', '--data', server.dataDir, '--to', join(dir, 'plain.tar'), '--json']));
  await server.stop();
  const refused = async (args, words) => {
    const result = await run(redd, ['restore', ...args, '--to', join(dir, 'new')]);
    assert.equal(result.code, 1, result.stdout);
    assert.match(result.stderr, words);
    assert.deepEqual((await readdir(dir)).filter((name) => name.startsWith('new')), []);
  };
  await writeFile(join(dir, 'wrong.key'), randomBytes(32), { mode: 0o600 });
  await refused([plain.file, '--key', join(dir, 'wrong.key')], /key/);
  await refused([plain.file, '--secret-key-file', join(dir, 'wrong.key')], /key/);
  await writeFile(join(dir, 'short.key'), randomBytes(31), { mode: 0o600 });
  await refused([plain.file, '--key', join(dir, 'short.key')], /key/);
  for (const bytes of [0, 511, 512, plain.bytes - 512, plain.bytes - 1]) {
    await copyFile(plain.file, join(dir, 'cut.tar'));
    await truncate(join(dir, 'cut.tar'), bytes);
    await refused([join(dir, 'cut.tar')], /cut\.tar is refused/);
  }
  const catalogue = new DatabaseSync(join(dir, 'data', 'catalogue.sqlite'));
  catalogue.exec('PRAGMA user_version = 999');
  catalogue.close();
  const newer = good(await run(redd, ['backup', '--data', join(dir, 'data'), '--to', join(dir, 'later.tar'), '--with-key', '--json']));
  await refused([newer.file], /newer/);
});

test('with the key kept apart, a restore puts none into the directory', async (t) => {
  const dir = await scratch(t);
  const { server, space } = await makeServer(join(dir, 'data'), { args: ['--secret-key-file', join(dir, 'old.key')] });
  const made = good(await run(redd, ['backup', '--data', server.dataDir, '--to', join(dir, 'b.tar'), '--secret-key-file', join(dir, 'old.key'), '--json']));
  await server.stop();
  const apart = join(dir, 'keys', 'redd.key'), back = join(dir, 'back');
  const restored = await run(redd, ['restore', made.file, '--to', back, '--key', join(dir, 'old.key'), '--secret-key-file', apart]);
  assert.equal(restored.code, 0, restored.stderr);
  assert.ok(restored.stdout.includes(`The secret key is in ${apart}`), restored.stdout);
  assert.deepEqual(await readFile(apart), await readFile(join(dir, 'old.key')));
  assert.ok(!(await readdir(back)).includes('secret.key'));
  const anew = await startRedd({ dataDir: back, args: ['--secret-key-file', apart], env: { REDD_OWNER_TOKEN: 'another-token-of-the-owner-0123' } });
  t.after(anew.stop);
  assert.equal((await anew.api('GET', space)).env[0].encrypted, true);
  assert.equal((await anew.api('GET', `${space}/keys/key`)).value, 'value');
});
