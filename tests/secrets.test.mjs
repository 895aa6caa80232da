// SEC-35: 20 secrets are planted in every way in which secrets reach a server, and searched for byte by byte, in four spellings, wherever
// one could be left: the data directory, what the processes print, /proc.
import test from 'node:test';
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { randomBytes, randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeApp } from './lib/app.mjs';
import { contentsBelow, descendants, filesBelow, hits } from './lib/planted.mjs';
import { redd, request, run, startDevIdp, startRedd } from './lib/redd.mjs';
import { until } from './lib/until.mjs';

const kEncrypted = 6;
const secretOf = (name) => `${name}/${randomBytes(18).toString('base64')}`;

// Prints all it has, as careless code does, and throws with it.
const kCareless = `
import { app } from 'codehooks-js';
app.get('/print', (req, res) => {
  console.log('all', process.env, req.headers);
  for (const name of Object.keys(process.env)) console.log(process.env[name]);
  process.stdout.write('raw ' + process.env.SECRET_0 + '\\n');
  res.json({ headers: Object.keys(req.headers).length });
});
app.get('/throw', () => { throw new Error('with ' + process.env.SECRET_1); });
export default app.init();
`;

test('20 planted secrets are nowhere', async (t) => {
  const secrets = {};
  const ownerToken = `owner-${randomBytes(24).toString('hex')}`;
  secrets.ownerToken = ownerToken;
  const keyDir = await mkdtemp(join(tmpdir(), 'redd-key-'));
  const dataDir = await mkdtemp(join(tmpdir(), 'redd-data-'));
  const keyFile = join(keyDir, 'key');
  const server = await startRedd({ dataDir, args: ['--secret-key-file', keyFile], env: { REDD_OWNER_TOKEN: ownerToken } });
  const app = await makeApp(server, { files: { 'index.js': kCareless } });
  t.after(async () => { await server.stop(); await app.remove(); await Promise.all([keyDir, dataDir].map((dir) => rm(dir, { recursive: true, force: true }))); });

  // 1 to 6: encrypted variables; 7 and 8: API tokens; 9: the owner's; the others come with requests.
  for (let i = 0; i < kEncrypted; ++i) {
    secrets[`SECRET_${i}`] = i === 2 ? `-----BEGIN KEY-----\n${randomBytes(48).toString('base64')}\n-----END KEY-----` : secretOf(`env${i}`);
    await server.api('PUT', `${app.space}/env/SECRET_${i}`, { value: secrets[`SECRET_${i}`], encrypted: true });
  }
  const keys = [];
  for (const access of ['READWRITE', 'READ']) {
    keys.push((await server.api('POST', `${app.space}/tokens`, { access })).key);
    secrets[`token ${access}`] = keys.at(-1);
  }
  await app.deploy();

  const call = (path, headers = {}) => request(`${app.url}${path}`, { headers });
  const good = await call('/print', { 'x-apikey': keys[0] });
  assert.equal(good.status, 200);
  assert.equal((await call(`/print?apikey=${keys[1]}`)).status, 200);
  assert.equal((await call('/throw', { 'x-apikey': keys[0] })).status, 500);
  const refused = {
    'unknown x-apikey': ['/print', 'x-apikey'], 'unknown bearer': ['/print', 'authorization', 'Bearer '], 'cookie': ['/print', 'cookie', 'session='],
    'unknown x-admintoken': ['/print', 'x-admintoken'], 'basic': ['/print', 'authorization', 'Basic '],
  };
  for (const [name, [path, header, prefix = '']] of Object.entries(refused)) {
    secrets[name] = randomBytes(24).toString('hex');
    await call(path, { [header]: prefix + secrets[name] });
  }
  for (const parameter of ['apikey', 'access_token', 'password', 'token']) {
    secrets[`?${parameter}`] = randomUUID();
    await call(`/print?${parameter}=${secrets[`?${parameter}`]}`);
  }
  for (const header of ['x-admintoken', 'authorization']) {
    secrets[`control ${header}`] = `redd_${randomBytes(32).toString('hex')}`;
    const answer = await request(`${server.url}/_/api/v1/me`, { headers: { [header]: (header === 'authorization' ? 'Bearer ' : '') + secrets[`control ${header}`] } });
    assert.equal(answer.status, 401);
  }
  assert.equal(Object.keys(secrets).length, 20);

  const tail = await until(async () => {
    const { lines } = await server.api('GET', `${app.space}/logs?tail=1000`);
    return lines.some((line) => line.text.includes('with ******')) && lines;
  });
  const printed = tail.filter((line) => line.context === 'routehooks' && line.text.trim() === '******');
  assert.ok(printed.length >= kEncrypted, `the values are shown as ******: ${JSON.stringify(tail.map((line) => line.text)).slice(0, 2_000)}`);
  assert.deepEqual(hits(secrets, 'log.tail', Buffer.from(JSON.stringify(tail))), []);
  const shown = await server.api('GET', app.space);
  for (const one of shown.env) assert.equal(one.value, undefined, `${one.name} is shown again`);

  await t.test('in the data directory while the server runs, WALs and all', async () => {
    for (const [file, bytes] of await contentsBelow(dataDir)) {
      if (file === join(dataDir, 'owner-token')) {
        assert.equal((await stat(file)).mode & 0o777, 0o600);
        continue;
      }
      assert.deepEqual(hits(secrets, file, bytes), []);
    }
    assert.equal((await stat(keyFile)).mode & 0o777, 0o600);
    assert.ok(!(await filesBelow(dataDir)).includes(join(dataDir, 'secret.key')), 'the key lies apart from the data');
  });

  await t.test('in arguments and environments of the server and its workers, whose core limit is 0', async () => {
    const pids = await descendants(server.pid);
    assert.ok(pids.length >= 2, 'a worker runs');
    for (const pid of pids) {
      for (const file of ['cmdline', 'environ']) assert.deepEqual(hits(secrets, `/proc/${pid}/${file}`, await readFile(`/proc/${pid}/${file}`)), []);
      assert.match(await readFile(`/proc/${pid}/limits`, 'utf8'), /^Max core file size +0 +0 +bytes/m);
    }
  });

  await t.test('in what the server prints', () => assert.deepEqual(hits(secrets, 'stderr', Buffer.from(server.stderr())), []));

  await t.test('after a rotation online and one offline; the space goes on', async () => {
    const before = await readFile(keyFile);
    const { variables, tokens } = await server.api('POST', '/server/secrets/rotate', {});
    assert.equal(variables, kEncrypted);
    assert.ok(tokens >= 2);
    assert.notDeepEqual(await readFile(keyFile), before);
    assert.equal((await call('/print', { 'x-apikey': keys[0] })).status, 200);
    const busy = await run(redd, ['secrets', 'rotate', '--data', dataDir, '--secret-key-file', keyFile]);
    assert.equal(busy.code, 1);
    assert.match(busy.stderr, /in use by another server/);
    assert.equal(await server.stop(), 0);
    const offline = await run(redd, ['secrets', 'rotate', '--json', '--data', dataDir, '--secret-key-file', keyFile]);
    assert.equal(offline.code, 0, offline.stderr);
    assert.deepEqual(JSON.parse(offline.stdout), { ok: true, variables, tokens });
    for (const [file, bytes] of await contentsBelow(dataDir)) {
      if (file !== join(dataDir, 'owner-token')) assert.deepEqual(hits(secrets, file, bytes), []);
    }
    const again = await startRedd({ dataDir, args: ['--secret-key-file', keyFile] });
    try {
      const { headers } = (await request(`${again.url}/dev/print`, { headers: { 'x-apikey': keys[0] } })).json;
      assert.ok(headers > 0);
    } finally {
      await again.stop();
    }
    const without = await run(redd, ['serve', '--data', dataDir, '--listen', '127.0.0.1:0']);
    assert.equal(without.code, 1);
    assert.match(without.stderr, /--secret-key-file/);
  });
});

test('a token that a person has explained leaves no trace', async (t) => {
  const state = await mkdtemp(join(tmpdir(), 'redd-idp-'));
  const idp = await startDevIdp(state);
  const server = await startRedd({ args: ['--allow-private', 'localhost', '--allow-private', '127.0.0.0/8'] });
  const app = await makeApp(server, { files: { 'index.js': kCareless } });
  t.after(async () => { await app.remove(); await server.stop(); await idp.stop(); await rm(state, { recursive: true, force: true }); });
  await server.api('PUT', `${app.space}/jwks`, { url: idp.jwks });
  const token = await idp.token();
  const told = await server.api('POST', `${app.space}/token/explain`, { token });
  assert.equal(told.accepted, true, JSON.stringify(told));
  const broken = await server.api('POST', `${app.space}/token/explain`, { token: token.slice(0, -4) });
  assert.equal(broken.accepted, false);
  await assert.rejects(server.api('POST', `/projects/${app.project}/spaces/nowhere/token/explain`, { token }), { status: 404 });
  const secrets = { token, signature: token.slice(token.lastIndexOf('.') + 1, -4) };
  assert.deepEqual(hits(secrets, 'answer', Buffer.from(JSON.stringify([told, broken]))), []);
  for (const [file, bytes] of await contentsBelow(server.dataDir)) assert.deepEqual(hits(secrets, file, bytes), []);
  assert.deepEqual(hits(secrets, 'stderr', Buffer.from(server.stderr())), []);
});
