// A project from its numbers to its end, and the server that coho starts on one's own machine.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { coho, cohoBin, run, startProgram, startRedd } from '../lib/redd.mjs';
import { until } from '../lib/until.mjs';

test('CP-08 stats tell what each space has served and stores', async (t) => {
  const server = await startRedd();
  t.after(() => server.stop());
  const { uniqueName: project } = await server.api('POST', '/projects', { name: 'counted' });
  assert.match((await coho(server, ['stats', '-p', project])).stdout, /^No spaces yet\. Make one: \S*coho add NAME\n$/);
  await server.api('POST', `/projects/${project}/spaces`, { name: 'dev' });
  await server.api('POST', `/projects/${project}/spaces/dev/collections/things/documents`, { document: { n: 1 } });
  assert.equal((await fetch(`${server.url}/dev/nothing`)).status, 404);
  const printed = await coho(server, ['stats', '-p', project]);
  assert.match(printed.stdout, /^SPACE {2}REQUESTS {2}RUNS OF CODE {2}TIME IN CODE {2}DOCUMENTS {2}STORAGE\ndev {4}1 {9}0 {13}0 ms {10}1 {10}[\d.]+ \w+\n$/);
  const [dev] = JSON.parse((await coho(server, ['stats', '-p', project, '--json'])).stdout).spaces;
  assert.deepEqual([dev.name, dev.requests, dev.documents], ['dev', 1, 1]);
});

test('remove-project: not with spaces, not with a full trash, not unconfirmed; then it is gone', async (t) => {
  const server = await startRedd();
  t.after(() => server.stop());
  const { uniqueName: project } = await server.api('POST', '/projects', { name: 'doomed' });
  const { uniqueName: other } = await server.api('POST', '/projects', { name: 'other' });
  await server.api('POST', `/projects/${project}/spaces`, { name: 'dev' });
  const remove = (...more) => coho(server, ['remove-project', project, ...more]);
  assert.match((await remove('--yes')).stderr, /has the space dev\. Fix: \S*coho remove-space dev/);
  await coho(server, ['remove-space', 'dev', '-p', project, '--yes']);
  const full = await remove('--yes');
  assert.equal(full.code, 1);
  assert.match(full.stderr, /trash holds the space 'dev'/);
  assert.equal((await coho(server, ['space', 'purge', 'dev', '-p', project, '--yes'])).code, 0);
  assert.match((await remove()).stderr, /must be confirmed\. Fix: add --confirm/);
  assert.match((await remove('--confirm', 'wrong')).stderr, /nothing was done/);
  const done = await until(async () => { const one = await remove('--confirm', project); return one.code === 0 && one; });  // its folder goes first
  assert.equal(done.stdout, `Removed the project ${project}\n`);
  assert.deepEqual((await server.api('GET', '/projects')).projects.map((one) => one.uniqueName), [other]);
  assert.match((await remove('--yes')).stderr, /Unknown project/);
});

test('localserver runs a server in the folder, and coho is logged in there', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'redd-localserver-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const local = await startProgram(cohoBin, ['localserver', '-p', '0', '--json'], { cwd: dir, env: { REDD_IDP_PORT: '0', REDD_IDP_HTTPS_PORT: '0' } });
  t.after(() => local.stop());
  assert.match(local.stderr(), /Deploy from a second terminal, in this folder: \S*coho deploy/);
  assert.equal(JSON.parse(await readFile(join(dir, '.redd/coho.json'), 'utf8')).url, local.info.url);
  const made = await run(cohoBin, ['init', 'mine', '--json'], { cwd: dir });
  assert.equal(made.code, 0, made.stderr);
  assert.equal((await run(cohoBin, ['projects', '--json'], { cwd: dir })).stdout.includes('mine-'), true);
});
