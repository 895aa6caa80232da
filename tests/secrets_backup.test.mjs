// SEC-35, beside secrets.test.mjs: 24 secrets of people, spaces and the operator, searched for in whatever leaves the server or outlives it:
// backups, archives of spaces, an S3 store's requests, the data directory, what is printed, /proc, a core.
import test from 'node:test';
import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { coho, redd, request, run, startProgram, startRedd } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';
import { contentsBelow, descendants, hits } from './lib/planted.mjs';
import { startS3 } from './lib/s3.mjs';
import { until } from './lib/until.mjs';

const kEncrypted = 6;
const kCode = `
import { app } from 'codehooks-js';
app.get('/say', (req, res) => { console.log('said ' + req.query.text + ' end'); res.json(Object.keys(process.env).length); });
export default app.init();
`;
const good = (result) => { assert.equal(result.code, 0, result.stderr + result.stdout); return JSON.parse(result.stdout.trim().split('\n').at(-1)); };
const post = async (server, path, body, token) => {
  const answer = await fetch(`${server.url}/_/api/v1${path}`, {
    method: 'POST', headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }, body: JSON.stringify(body ?? {}),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
};

// Accounts in every way there is; each password, token and code is put into `secrets`.
async function plantPeople(server, secrets, project) {
  const setupCode = (await readFile(join(server.dataDir, 'setup-code'), 'utf8')).trim();
  secrets['setup code'] = setupCode;
  secrets['password of the owner'] = `owner ${randomBytes(18).toString('base64')}`;
  const session = (await post(server, '/setup', { code: setupCode, name: 'Ann', email: 'ann@example.org', password: secrets['password of the owner'] })).token;
  secrets['session of the setup'] = session;
  secrets['session of a login'] = (await post(server, '/login', { email: 'ann@example.org', password: secrets['password of the owner'] })).token;
  secrets['personal token'] = (await post(server, '/me/tokens', { name: 'mine' }, session)).secret;
  secrets['admin token'] = (await post(server, '/me/tokens', { name: 'ci', role: 'developer', project }, session)).secret;

  secrets['code of a password link'] = (await post(server, '/users', { email: 'bob@example.org', name: 'Bob' }, session)).code;
  secrets['password of a member'] = `member ${randomBytes(18).toString('base64')}`;
  await post(server, '/accounts', { code: secrets['code of a password link'], password: secrets['password of a member'] });
  await post(server, `/projects/${project}/invitations`, { email: 'carol@example.org', role: 'viewer' }, session);
  const { invitations } = await server.api('GET', '/invitations');
  secrets['code of an invitation'] = invitations.find((one) => one.email === 'carol@example.org').code;
  secrets['password that is wrong'] = randomBytes(24).toString('hex');
  assert.equal((await request(`${server.url}/_/api/v1/login`, { method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'bob@example.org', password: secrets['password that is wrong'] }) })).status, 401);

  const uuid = randomUUID();
  const waiting = await fetch(`${server.url}/cli_auth/${uuid}`, { headers: { accept: 'text/event-stream' } });
  await post(server, `/cli-logins/${uuid}`, {}, session);
  secrets['token of a command line'] = JSON.parse(/^data: (.*)$/m.exec(await waiting.text())[1]).token;
  secrets['id of a login'] = uuid;
}

test('24 planted secrets are in no backup, archive, upload, log or process', { timeout: 180_000 }, async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'redd-planted-'));
  const dataDir = join(dir, 'data'), keyFile = join(dir, 'secret', 'key');
  await mkdir(join(dir, 'secret'));
  const secrets = { 'owner token': `owner-${randomBytes(24).toString('hex')}`, 'S3 secret': randomBytes(20).toString('hex'), passphrase: `phrase ${randomBytes(18).toString('base64')}` };
  const phrase = join(dir, 'secret', 'phrase');
  await writeFile(phrase, secrets.passphrase + '\n');
  const s3 = await startS3(t, { keyId: 'AKEXAMPLE', secret: secrets['S3 secret'], region: 'us-east-1' });
  const env = { REDD_OWNER_TOKEN: secrets['owner token'], REDD_BACKUP_S3_KEY_ID: 'AKEXAMPLE', REDD_BACKUP_S3_SECRET: secrets['S3 secret'] };
  const server = await startRedd({ dataDir, env, args: ['--secret-key-file', keyFile, '--backup-s3', `${s3.url}/bucket`, '--backup-dir', join(dir, 'backups')] });
  const app = await makeApp(server, { files: { 'index.js': kCode } });
  t.after(async () => { await server.stop(); await app.remove(); await rm(dir, { recursive: true, force: true }); });

  for (let i = 0; i < kEncrypted; ++i) {
    secrets[`SECRET_${i}`] = `env${i}/${randomBytes(18).toString('base64')}`;
    await server.api('PUT', `${app.space}/env/SECRET_${i}`, { value: secrets[`SECRET_${i}`], encrypted: true });
  }
  for (const access of ['READWRITE', 'READ']) secrets[`API token ${access}`] = (await server.api('POST', `${app.space}/tokens`, { access })).key;
  await plantPeople(server, secrets, app.project);
  assert.ok(Object.values(secrets).every((one) => one?.length >= 8), JSON.stringify(Object.entries(secrets).filter(([, one]) => !one)));
  assert.ok(Object.keys(secrets).length >= 22, `${Object.keys(secrets).length}`);
  secrets['the key itself'] = (await readFile(keyFile)).toString('latin1');
  await app.deploy();
  const none = (where, bytes) => assert.deepEqual(hits(secrets, where, bytes).concat(bytes.includes(Buffer.from(secrets['the key itself'], 'latin1')) ? [['key', where]] : []), []);

  await t.test('a token that a script prints is not in the log', async () => {
    const printed = ['token of a command line', 'personal token', 'admin token', 'session of a login'];
    for (const name of printed) {
      assert.equal((await request(`${app.url}/say?text=${secrets[name]}`, { headers: { 'x-apikey': secrets['API token READ'] } })).status, 200);
    }
    const saidOf = (lines) => lines.map((line) => line.text.trim()).filter((text) => text.startsWith('said '));
    const lines = await until(async () => {
      const said = (await server.api('GET', `${app.space}/logs?tail=1000`)).lines;
      return saidOf(said).length === printed.length && said;
    });
    assert.deepEqual(saidOf(lines), printed.map(() => 'said ****** end'));
    none('log.tail', Buffer.from(JSON.stringify(lines)));
  });

  await t.test('in backups and archives of the space', async () => {
    good(await run(redd, ['backup', '--data', dataDir, '--to', join(dir, 'archives', 'apart.tar'), '--secret-key-file', keyFile, '--json']));
    good(await run(redd, ['backup', '--data', dataDir, '--to', join(dir, 'archives', 'sealed.tar'), '--secret-key-file', keyFile, '--key-passphrase-file', phrase, '--json']));
    good(await coho(server, ['backup', '--key-passphrase-file', phrase, '--json']));
    good(await coho(server, ['space', 'export', join(dir, 'archives', 'without.tar'), '-p', app.project, '-s', 'dev', '--json']));
    good(await coho(server, ['space', 'export', join(dir, 'archives', 'with.tar'), '-p', app.project, '-s', 'dev', '--passphrase-file', phrase, '--json']));
    const files = [...await contentsBelow(join(dir, 'archives')), ...await contentsBelow(join(dir, 'backups'))];
    assert.equal(files.length, 5);
    for (const [file, bytes] of files) none(file, bytes);
    // Sealed, they are there all the same: who has the passphrase has each of them.
    const { uniqueName: target } = await server.api('POST', '/projects', { name: 'target' });
    const moved = good(await coho(server, ['space', 'import', join(dir, 'archives', 'with.tar'), '-p', target, '-s', 'copy', '--passphrase-file', phrase, '--json']));
    assert.deepEqual(moved.leftOut, { env: [], tokens: 0 });
    const names = (await server.api('GET', `/projects/${target}/spaces/copy`)).env.filter((one) => one.encrypted).map((one) => one.name);
    assert.deepEqual(names.sort(), Array.from({ length: kEncrypted }, (_, i) => `SECRET_${i}`));
  });

  await t.test('in what the S3 store gets', () => {
    const puts = s3.requests.filter((one) => one.method === 'PUT');
    assert.equal(puts.length, 1);
    assert.equal(createHash('sha256').update(puts[0].body).digest('hex'), puts[0].headers[puts[0].headers.indexOf('x-amz-content-sha256') + 1]);
    for (const { method, url, headers, body } of s3.requests) none('S3 request', Buffer.concat([Buffer.from(`${method} ${url} ${headers.join('\n')}\n`), body]));
  });

  await t.test('in the data directory and what the server prints', async () => {
    const clear = [join(dataDir, 'owner-token')];  // by its name, 0600, and in no backup
    for (const [file, bytes] of await contentsBelow(dataDir)) if (!clear.includes(file)) none(file, bytes);
    none('stderr', Buffer.from(server.stderr()));
  });

  await t.test('in arguments and environments; a worker is given no more than it needs', async () => {
    const pids = await descendants(server.pid);
    assert.ok(pids.length >= 2, 'a worker runs');
    for (const pid of pids) {
      for (const file of ['cmdline', 'environ']) none(`/proc/${pid}/${file}`, await readFile(`/proc/${pid}/${file}`));
      assert.match(await readFile(`/proc/${pid}/limits`, 'utf8'), /^Max core file size +0 +0 +bytes/m);
      assert.equal(Number.parseInt(await readFile(`/proc/${pid}/coredump_filter`, 'utf8'), 16), 0);
      if (pid === server.pid) continue;
      const names = (await readFile(`/proc/${pid}/environ`, 'latin1')).split('\0').filter(Boolean).map((one) => one.split('=')[0]);
      assert.deepEqual(names.filter((name) => /^(REDD_|COHO_|SECRET_|AWS_)/.test(name)), [], `${pid}`);
    }
  });
});

test('a core that somebody forces has no memory in it', { timeout: 60_000 }, async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'redd-core-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const secrets = { 'owner token': `owner-${randomBytes(24).toString('hex')}` };
  const cwd = join(dir, 'cwd');
  await mkdir(cwd);
  const program = await startProgram(redd, ['serve', '--json', '--data', join(dir, 'data'), '--listen', '127.0.0.1:0'], { cwd, env: { REDD_OWNER_TOKEN: secrets['owner token'] } });
  t.after(program.stop);
  const api = (method, path, body) => fetch(`${program.info.url}/_/api/v1${path}`, {
    method, headers: { authorization: `Bearer ${secrets['owner token']}`, 'content-type': 'application/json' }, body: body && JSON.stringify(body),
  }).then((answer) => answer.json());
  const { uniqueName: project } = await api('POST', '/projects', { name: 'core' });
  await api('POST', `/projects/${project}/spaces`, { name: 'dev' });
  secrets.variable = `env/${randomBytes(18).toString('base64')}`;
  await api('PUT', `/projects/${project}/spaces/dev/env/SECRET`, { value: secrets.variable, encrypted: true });

  assert.equal(Number.parseInt(await readFile(`/proc/${program.child.pid}/coredump_filter`, 'utf8'), 16), 0);
  const raised = existsSync('/usr/bin/prlimit') && await run('prlimit', ['--pid', String(program.child.pid), '--core=unlimited:unlimited']);
  if (!raised || raised.code !== 0) return t.diagnostic(`the limit cannot be raised here: ${raised && raised.stderr}`);
  program.child.kill('SIGABRT');
  await program.stop();
  const pattern = (await readFile('/proc/sys/kernel/core_pattern', 'utf8')).trim();
  const cores = (await readdir(cwd)).filter((name) => name.startsWith('core'));
  if (!/^core[^/|]*$/.test(pattern)) return t.diagnostic(`cores go elsewhere here: ${pattern}`);
  assert.equal(cores.length, 1, 'a core was made');
  assert.deepEqual(hits(secrets, 'core', await readFile(join(cwd, cores[0]))), []);
});
