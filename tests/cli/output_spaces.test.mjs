// What the commands on projects, code, spaces as wholes and backups print: plain, as JSON, and on a terminal. More of spaces: deployments.test.mjs.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request, startRedd } from '../lib/redd.mjs';
import { makeApp } from '../lib/app.mjs';
import { inFolder, outputs } from '../lib/output.mjs';

const code = "import { app } from 'codehooks-js';\napp.get('/hello', (req, res) => { console.log('hello from the code'); res.json({ n: 1 }); });\nexport default app.init();\n";

describe('output: spaces', () => {
  let server, app, out;
  const keep = (name, more = {}, cwd = app.dir) => outputs(name, inFolder(server, cwd), Object.assign(more, { [app.dir]: 'DIR', [out]: 'OUT', [app.project]: 'PROJECT' }));
  before(async () => {
    server = await startRedd({ args: ['--pitr-hours', '24'] });
    out = await mkdtemp(join(tmpdir(), 'coho-out-'));
    app = await makeApp(server, { files: { 'index.js': code } });
  });
  after(async () => {
    await server?.stop();
    await app?.remove();
    if (out) await rm(out, { recursive: true, force: true });
  });

  test('create, init, use, projects', async () => {
    const names = {}, s = keep('create', names, out);
    const made = async (folder) => { names[JSON.parse(await readFile(join(out, folder, 'config.json'), 'utf8')).name] = `NAME${Object.keys(names).length}`; };
    await s.run('create', 'mybackend');
    await made('mybackend');
    await s.run('create', 'mybackend');
    await s.run('create', 'other1', '--json');
    await made('other1');
    await s.run('create', 'no good');
    await s.check();
    await mkdir(join(out, 'third1'));
    await mkdir(join(out, 'fourth1'));
    const third = keep('init', names, join(out, 'third1'));
    await third.run('init');
    await made('third1');
    await third.run('init');
    await third.run('init', '--json');
    await third.check();
    const fourth = inFolder(server, join(out, 'fourth1'));
    const inited = JSON.parse((await fourth(['init', '--empty', '--json'])).stdout);
    assert.match(inited.project, /^fourth1-/);
    const p = keep('projects', { ...names, [inited.project]: 'NAMEZ' });
    await p.run('projects');
    await p.terminal('projects');
    await p.run('projects', '--json');
    await p.run('use', 'nosuch');
    await p.run('use', 'dev');
    await p.run('use', 'dev', '--json');
    await p.check();
  });

  test('compile, deploy, info, log', async () => {
    const s = keep('deploy');
    await s.run('deployments');
    await s.run('compile');
    await s.run('deploy');
    await s.terminal('deploy');
    await s.run('deploy', '--json');
    await request(`${app.url}/hello`, { headers: { 'x-apikey': (await server.api('POST', `${app.space}/tokens`, { access: 'READ' })).key } });
    await app.good('set-env', 'GREETING', 'hei');
    await s.run('log', '--grep', 'hello from');
    await s.terminal('log', '--grep', 'hello from');
    await s.run('log', '--grep', 'hello from', '--json');
    await s.run('log', '--grep', 'never said');
    await s.run('log', '--level', 'loud');
    await s.run('info', '-s', 'nosuch');
    await s.run('bundle', '--deployment', 'nosuch');
    await s.run('bundle', '-o', join(out, 'bundle.js'));
    await s.run('bundle', '-o', join(out, 'again.js'), '--json');
    await app.write({ 'index.js': "import { nothing } from './nowhere';\nnothing();\n" });
    await s.run('deploy');
    await s.run('deploy', '--json');
    await app.write({ 'index.js': code });
    await s.run('deploy', '--main', 'none.js');
    await s.check();
    const i = keep('info');
    await i.run('info');
    await i.terminal('info');
    await i.run('info', '--json');
    await i.check();
  });

  test('stats, remove-project', async () => {
    const make = async () => (await server.api('POST', '/projects', { name: 'spare' })).uniqueName;
    const [first, second] = [await make(), await make()];
    const s = keep('remove-project', { [first]: 'FIRST', [second]: 'SECOND' });
    await s.run('stats');
    await s.terminal('stats');
    await s.run('stats', '--json');
    await s.run('stats', '-p', first);
    await s.run('remove-project');
    await s.run('remove-project', first);
    await s.run('remove-project', first, '--yes');
    await s.run('remove-project', second, '--yes', '--json');
    await s.run('remove-project', second, '--yes');
    await s.check();
  });

  test('changes of spaces, with --json', async () => {
    const s = keep('space-json');
    await app.good('space', 'copy', 'dev', 'stage');
    await s.run('space', 'rename', 'stage', 'test', '--json');
    await s.run('space', 'limits', '-s', 'test', '--requests', '8', '--json');
    await app.good('domain', 'www.example.com');
    await s.run('space', 'take-domain', 'www.example.com', '-s', 'test', '--json');
    await s.run('space', 'remove', 'test', '--json');
    await s.run('space', 'remove', 'test', '--yes', '--json');
    await s.run('space', 'restore', 'test', '--json');
    await s.run('space', 'restore', 'test', '--json');
    await s.run('remove-space', 'test', '--yes', '--json');
    await s.run('space', 'purge', 'test', '--yes', '--json');
    await s.run('undeploy', '--yes', '--json');
    await s.run('undeploy', '--yes', '--json');
    await app.good('rollback');
    await s.check();
  });

  test('space export, import, rewind, moments', async () => {
    const s = keep('space-archive');
    await app.good('set-env', 'SECRET', 'hush hush', '--encrypted');
    await writeFile(join(out, 'passphrase'), 'a long passphrase for the archive\n');
    await writeFile(join(out, 'bad.tar'), 'no archive');
    await s.run('space', 'export', join(out, 'dev.tar'));
    await s.run('space', 'export', join(out, 'dev2.tar'), '--passphrase-file', join(out, 'passphrase'), '--json');
    await s.run('space', 'export', join(out, 'no/such/dev.tar'));
    await s.run('space', 'import', join(out, 'dev.tar'), '-s', 'taken');
    await s.run('space', 'import', join(out, 'dev.tar'), '-s', 'taken');
    await s.run('space', 'import', join(out, 'dev2.tar'), '-s', 'taken', '--replace', '--passphrase-file', join(out, 'passphrase'), '--json');
    await s.run('space', 'import', join(out, 'none.tar'));
    await s.run('space', 'import', join(out, 'bad.tar'), '-s', 'bad');
    await s.run('space', 'import', join(out, 'bad.tar'), '-s', 'bad', '--json');
    await s.run('space', 'moments');
    await s.terminal('space', 'moments');
    await s.run('space', 'moments', '--json');
    await s.run('space', 'rewind');
    await s.run('space', 'rewind', '--at', 'yesterday', '--json');
    await s.run('space', 'rewind', '--backup', 'nosuch');
    await s.check();
  });

  test('backup, backups', async () => {
    const texts = {}, s = keep('backup', texts);
    await s.run('backups');
    await s.run('backup');
    const [{ name }] = JSON.parse((await app.good('backups', '--json')).stdout).backups;
    texts[name] = 'BACKUP1';
    await s.run('backup', '--to', out, '--json');
    const [{ name: second }] = JSON.parse((await app.good('backups', '--json')).stdout).backups;
    texts[second] = 'BACKUP2';
    texts[server.dataDir] = 'DATA';
    await s.run('backups');
    await s.terminal('backups');
    await s.run('backups', '--json');
    await s.run('backups', 'verify', name);
    await s.run('backups', 'verify', name, '--json');
    await s.run('backups', 'verify', 'nosuch');
    await s.run('backups', 'get', name, '--to', join(out, 'fetched.tar'));
    await s.run('backups', 'get', name, '--to', join(out, 'fetched2.tar'), '--json');
    await s.run('backups', 'get', 'nosuch');
    await s.run('backups', 'rm', name);
    await s.run('backups', 'rm', second, '--json');
    await s.run('backups', 'rm', name);
    await s.check();
  });

  test('doctor', async () => {
    const s = keep('doctor', { [server.dataDir]: 'DATA' });
    await s.run('doctor');
    await s.terminal('doctor');
    await s.run('doctor', '--json');
    await s.run('doctor', '-s', 'nosuch');
    await s.check();
  });
});
