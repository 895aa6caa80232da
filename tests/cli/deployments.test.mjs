// The commands on deployments and on spaces as wholes, against the real redd; what they print is kept in snapshots/.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request, startRedd } from '../lib/redd.mjs';
import { makeApp } from '../lib/app.mjs';
import { snapshots } from '../lib/snapshot.mjs';

const code = (n) => `import { app } from 'codehooks-js';
app.get('/version', (req, res) => res.json({ version: ${n} }));
app.auth('/*', (req, res, next) => next());
export default app.init();
`;

describe('coho on deployments and spaces', () => {
  let server, app, out;
  const texts = () => ({ [app.dir]: 'DIR', [app.project]: 'PROJECT', [out]: 'OUT', [`:${server.port}`]: ':PORT' });
  const snap = (name, more = {}) => {
    const kept = snapshots(name, { ...texts(), ...more });
    return {
      check: kept.check,
      run: (...args) => kept.run(['coho', ...args].join(' '), () => app.coho(args)),
      help: (...args) => kept.run(['coho', ...args, '--help'].join(' '), () => app.coho([...args, '--help'])),
    };
  };
  const history = async () => (await server.api('GET', `${app.space}/deployments`)).deployments;
  const version = async (space = 'dev') => (await request(`${server.url}/${space}/version`)).json?.version;

  before(async () => {
    server = await startRedd();
    app = await makeApp(server, { files: { 'index.js': code(1), 'lib/more.txt': 'more' } });
    out = await mkdtemp(join(tmpdir(), 'coho-out-'));
    await app.deploy();
    await app.write({ 'index.js': code(2) });
    await app.deploy();
  });
  after(async () => {
    await server?.stop();
    await app?.remove();
    if (out) await rm(out, { recursive: true, force: true });
  });

  test('deployments, and deploy --history', async () => {
    const s = snap('deployments');
    await s.help('deployments');
    await s.run('deployments');
    const listed = await s.run('deployments', '--json');
    assert.equal((await app.coho(['deploy', '--history', '--json'])).stdout, listed.stdout);
    await s.check();
  });

  test('rollback', async () => {
    const s = snap('rollback');
    await s.help('rollback');
    await s.run('rollback');
    assert.equal(await version(), 1);
    await s.run('rollback');
    await app.deploy();
    const [, { id }] = await history();
    await s.run('rollback', id, '--json');
    assert.equal(await version(), 1);
    await app.good('deploy', '--rollback');
    assert.equal(await version(), 2);
    await s.run('deploy', '--rollback', id);
    assert.equal(await version(), 1);
    await app.good('rollback');
    await s.run('rollback', 'nonsense');
    await s.check();
  });

  test('undeploy asks first', async () => {
    const s = snap('undeploy');
    await s.help('undeploy');
    await s.run('undeploy');
    assert.equal(await version(), 2, 'nothing was done');
    await s.run('undeploy', '--confirm', 'other');
    await s.run('undeploy', '--confirm', 'dev');
    assert.equal(await version(), undefined);
    await s.run('undeploy', '--yes');
    await app.good('rollback');
    assert.equal(await version(), 2);
    await s.check();
  });

  test('split', async () => {
    const s = snap('split');
    const [, { id }] = await history();
    await s.help('split');
    await s.run('split', id, '10');
    await s.run('deployments');
    await s.run('split', id, '25', '--json');
    await s.run('split', id, '101');
    await s.run('split', id, '0');
    await s.check();
  });

  test('source and bundle', async () => {
    const s = snap('source');
    await s.help('source');
    await s.run('source', '--out', `${out}/now`);
    assert.equal(await readFile(join(out, 'now/index.js'), 'utf8'), code(2));
    assert.equal(await readFile(join(out, 'now/lib/more.txt'), 'utf8'), 'more');
    const [, { id }] = await history();
    await s.run('source', '--out', `${out}/before`, '--deployment', id, '--json');
    assert.equal(await readFile(join(out, 'before/index.js'), 'utf8'), code(1));
    await s.run('source', '--out', `${out}/now`);
    const { stdout } = await app.good('bundle');
    assert.match(stdout, /version: ?2/);
    await app.good('bundle', '--deployment', id, '--out', `${out}/bundle.js`);
    assert.match(await readFile(join(out, 'bundle.js'), 'utf8'), /version: ?1/);
    await s.check();
  });

  test('space list, copy, rename', async () => {
    const s = snap('space');
    await s.help('space');
    await s.run('space', 'list');
    await s.run('space', 'list', '--json');
    await s.run('space', 'copy', 'dev', 'stage');
    assert.equal(await version('stage'), 2);
    await server.api('PUT', `${app.space}/keys/shared`, { value: 'data' });
    await s.run('space', 'copy', 'dev', 'qa', '--data', '--json');
    assert.equal((await server.api('GET', `/projects/${app.project}/spaces/qa/keys/shared`)).value, 'data');
    await s.run('space', 'copy', 'dev', 'qa');
    await s.run('space', 'rename', 'qa', 'test');
    assert.equal(await version('test'), 2);
    await s.run('space', 'rename', 'test', 'stage');
    await s.run('space', 'list');
    await s.check();
  });

  test('space settings, diff, limits, take-domain', async () => {
    const s = snap('space-settings');
    await app.good('set-env', 'GREETING', 'hei');
    await app.good('set-env', 'SECRET', 'hush hush', '--encrypted');
    await app.good('domain', 'app.example.com');
    await s.run('space', 'settings');
    await s.run('space', 'settings', '--json');
    await s.run('space', 'diff', 'dev', 'stage');
    await s.run('space', 'diff', 'dev', 'stage', '--json');
    await s.run('space', 'diff', 'dev', 'dev');
    await s.run('space', 'limits');
    await s.run('space', 'limits', '--deadline', '2000', '--requests', '8');
    await s.run('space', 'limits', '--heap', '9999999');
    await s.run('space', 'take-domain', 'app.example.com', '-s', 'stage');
    await s.run('space', 'take-domain', 'other.example.com');
    const { stdout } = await s.run('space', 'diff', 'stage', 'dev');
    assert.ok(!stdout.includes('hush'));
    await s.check();
  });

  test('space remove, trash, restore, purge', async () => {
    const { id } = await server.api('GET', `/projects/${app.project}/spaces/test`);
    const s = snap('space-trash', { [id]: 'SPACEID' });
    await s.run('space', 'trash');
    await s.run('space', 'remove', 'test');
    assert.equal(await version('test'), 2, 'nothing was done');
    await s.run('space', 'remove', 'none', '--yes');
    await s.run('remove-space', 'test', '--confirm', 'test');
    await s.run('space', 'trash');
    await s.run('space', 'trash', '--json');
    await s.run('space', 'restore', 'test', '--as', 'again');
    assert.equal(await version('again'), 2);
    assert.equal((await server.api('GET', `/projects/${app.project}/spaces/again/keys/shared`)).value, 'data');
    await app.good('space', 'remove', 'again', '--yes');
    await s.run('space', 'purge', 'again');
    await s.run('space', 'purge', 'again', '--yes');
    await s.run('space', 'trash');
    await s.check();
  });
});
