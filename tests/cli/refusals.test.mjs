// coho log with its filters, coho token explain, coho auth and coho doctor, against the real redd and the development identity provider.
import test from 'node:test';
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeApp } from '../lib/app.mjs';
import { coho, cohoBin, request, startDevIdp, startRedd } from '../lib/redd.mjs';
import { until } from '../lib/until.mjs';

const kCode = `
import { app } from 'codehooks-js';
app.get('/say', (req, res) => { console[req.query.level](req.query.text); res.json({}); });
export default app.init();
`;

async function setUp(t) {
  const state = await mkdtemp(join(tmpdir(), 'redd-idp-'));
  const idp = await startDevIdp(state);
  const server = await startRedd({ args: ['--allow-private', 'localhost', '--allow-private', '127.0.0.0/8'] });
  const app = await makeApp(server, { files: { 'index.js': kCode } });
  t.after(async () => { await app.remove(); await server.stop(); await idp.stop(); await rm(state, { recursive: true, force: true }); });
  await app.deploy();
  const { key } = await server.api('POST', `${app.space}/tokens`, { access: 'READWRITE' });
  const say = (level, text) => request(`${app.url}/say?level=${level}&text=${encodeURIComponent(text)}`, { headers: { 'x-apikey': key } });
  const json = async (...args) => JSON.parse((await app.coho([...args, '--json'])).stdout);
  return { idp, server, app, say, json };
}

test('refusals and logs', async (t) => {
  const { idp, server, app, say, json } = await setUp(t);
  const lines = async (...args) => (await app.good('log', '--json', ...args)).stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));

  await t.test('log: filters run on the server, fields are structured', async () => {
    for (const [level, text] of [['log', 'first apple'], ['warn', 'second Apple'], ['error', 'third pear']]) assert.equal((await say(level, text)).status, 200);
    assert.deepEqual((await lines('--context', 'routehooks', '--level', 'warn')).map((line) => line.text), [' second Apple', ' third pear']);
    assert.deepEqual((await lines('--grep', 'apple', '--context', 'routehooks')).map((line) => line.text), [' first apple', ' second Apple']);
    const [pear] = await lines('--grep', 'third pear', '--tail', '1', '--context', 'routehooks');
    const both = await lines('--request', pear.requestId);
    assert.deepEqual(both.map((line) => line.context).sort(), ['request', 'routehooks']);
    const { fields } = both.find((line) => line.context === 'request');
    assert.equal(fields.method, 'GET');
    assert.equal(fields.status, 200);
    assert.equal(fields.client, 'loopback');
    assert.ok(fields.deployment.length > 0 && fields.durationMs >= 0 && fields.path.startsWith('/dev/say?'));
    assert.match((await app.good('log', '--context', 'request', '--tail', '1')).stdout, /info {2}request 200 GET \/dev\/say\?\S+ {2}[\d.]+ ms {2}loopback {2}[0-9a-f]+\n$/);
    const one = (await app.good('log', '--request', pear.requestId)).stdout.split('\n');
    const head = one.findIndex((line) => line.includes('request 200 GET'));
    assert.deepEqual(one.slice(head + 1, head + 5).map((line) => /^ *[\d.]+ ms +[\d.]+ ms {2}(\w+) *$/.exec(line)?.[1]), ['gateway', 'auth', 'queue', 'worker']);
    const wrong = await app.coho(['log', '--level', 'loud']);
    assert.equal(wrong.code, 2);
  });

  await t.test('log -f: filtered lines come while they are made', async () => {
    const child = spawn(cohoBin, ['log', '-f', '--json', '--tail', '1', '--level', 'error'], { cwd: app.dir, env: { PATH: process.env.PATH, COHO_URL: server.url, COHO_TOKEN: server.token } });
    const heard = [];
    createInterface({ input: child.stdout }).on('line', (line) => heard.push(JSON.parse(line).text));
    await until(() => heard.length === 1);  // the tail: it follows
    await say('warn', 'not this');
    await say('error', 'but this');
    await until(() => heard.length === 2);
    child.kill();
    assert.deepEqual(heard, [' third pear', ' but this']);
  });

  const wish = async (policy) => { await server.api('PUT', `${app.space}/jwks`, { url: idp.jwks, ...policy }); };
  await t.test('token explain: accepted, refused, and other credentials', async () => {
    const none = await app.coho(['token', 'explain', 'x']);
    assert.equal(none.code, 1);
    assert.match(none.stdout, /Refused: no JWKS URL\nFix: coho jwks URL/);
    await wish({});
    const token = await idp.token();
    const good = await app.coho(['token', 'explain', '-'], { input: token + '\n' });
    assert.equal(good.code, 0, good.stdout + good.stderr);
    assert.match(good.stdout, /^Accepted$/m);
    assert.match(good.stdout, /✓ signature/);
    assert.match(good.stdout, /RSA +RS256 +verified/);
    assert.match(good.stdout, /expires in/);
    await wish({ issuer: 'https://other.test/', audience: ['someone'] });
    const told = await json('token', 'explain', token);
    assert.equal(told.accepted, false);
    assert.equal(told.check, 'issuer');
    assert.deepEqual(told.checks.filter((one) => one.outcome === 'failed').map((one) => one.check), ['issuer', 'audience']);
    assert.match(told.fix, /^coho jwks \S+ --issuer \S+ --audience someone$/);
    assert.equal(told.claims.iss, JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).iss);
    assert.ok(Math.abs(told.clock.serverMs - Date.now()) < 60_000);
    await wish({ algorithms: ['ES256', 'EdDSA'] });
    const signed = await json('token', 'explain', token);
    assert.equal(signed.check, 'algorithm');
    assert.deepEqual(signed.checks.filter((one) => one.outcome === 'failed'),
      [{ check: 'algorithm', outcome: 'failed', expected: 'alg is one of ES256, EdDSA', found: 'alg = RS256' }]);
    assert.match(signed.fix, /^coho jwks \S+ --algorithms ES256,EdDSA,RS256$/);
    assert.equal((await request(`${app.url}/say?level=log&text=x`, { headers: { authorization: `Bearer ${token}` } })).status, 401);
    const logged = await until(async () => (await json('auth', 'refusals')).refusals.find((one) => one.reason === 'algorithm'));
    assert.deepEqual([logged.expected, logged.found], ['alg is one of ES256, EdDSA', 'alg = RS256']);
    await wish({ issuer: 'https://other.test/', audience: ['someone'] });
    const changed = await json('token', 'explain', token.replace(/.{10}$/, 'AAAAAAAAAA'));
    assert.equal(changed.check, 'signature');
    const owners = await json('token', 'explain', server.token);
    assert.equal(owners.check, 'control-plane token');
  });

  await t.test('auth refusals: what was compared, counts, after a restart too', async () => {
    const before = await json('auth', 'refusals');
    const count = (answer, reason) => answer.counts.find((one) => one.reason === reason)?.count ?? 0;
    const { status, headers } = await request(`${app.url}/say?level=log&text=x&apikey=wrong`, { headers: { authorization: `Bearer ${await idp.token()}` } });
    assert.equal(status, 401);
    const after = await until(async () => { const now = await json('auth', 'refusals'); return count(now, 'issuer') > count(before, 'issuer') && now; });
    const [newest] = after.refusals;
    assert.equal(newest.requestId, headers['x-request-id']);
    assert.equal(newest.reason, 'issuer');
    assert.equal(newest.expected, 'iss = https://other.test/');
    assert.equal(newest.address, '127.0.0.1');
    assert.equal(newest.path, '/dev/say?level=log&text=x&apikey=******');
    assert.equal(newest.status, 401);
    const { stdout } = await app.good('auth', 'refusals');
    assert.match(stdout, /^REASON +REQUESTS$/m);
    assert.match(stdout, /401 +GET \/dev\/say/);
  });

  await t.test('auth status: keys and the last error', async () => {
    const known = await json('auth', 'status', '--fetch');
    assert.equal(known.error, '');
    assert.equal(known.keys[0].kty, 'RSA');
    assert.ok(known.ageS >= 0);
    assert.match((await app.good('auth', 'status')).stdout, /Key set.+\nIssuer.+\nAudience.+\nFetched +in 0 s|Fetched +\d+ s ago/);
    await server.api('PUT', `${app.space}/jwks`, { url: 'http://127.0.0.1:1/none' });
    const broken = await json('auth', 'status', '--fetch');
    assert.deepEqual(broken.keys, []);
    assert.match(broken.error, /127\.0\.0\.1:1/);
  });

  await t.test('doctor: well, unwell, and with the fix', async () => {
    const states = (report) => Object.fromEntries(report.checks.map((one) => [`${one.area} ${one.name}`, one.state]));
    const sick = await app.coho(['doctor', '--json']);
    assert.equal(sick.code, 1);
    const report = JSON.parse(sick.stdout);
    assert.equal(report.ok, false);
    assert.equal(states(report)['space key set'], 'wrong');
    assert.equal(states(report)['space refusals'], 'warning');
    await wish({});
    const well = await app.coho(['doctor']);
    assert.equal(well.code, 0, well.stdout + well.stderr);
    for (const line of [/✓ config\.json +\S+, space dev/, /✓ entry file +index\.js/, /✓ code +Javascript/, /✓ server +http/, /✓ clock/, /✓ version/, /✓ disk/, /✓ deployment/, /✓ key set +\d+ keys/, /! refusals/]) {
      assert.match(well.stdout, line);
    }
    assert.match(well.stdout, /Fix: +coho auth refusals/);
    await app.write({ 'index.js': "import missing from 'no-such-package-at-all';\nexport default missing;\n" });
    const broken = JSON.parse((await app.coho(['doctor', '--json'])).stdout);
    assert.equal(states(broken)['project code'], 'wrong');
    assert.match(broken.checks.find((one) => one.name === 'code').text, /no-such-package-at-all/);
    const refused = await app.coho(['doctor'], { env: { COHO_TOKEN: 'redd_wrong' } });
    assert.equal(refused.code, 1);
    assert.match(refused.stdout, /✗ token +refused \(from COHO_TOKEN\).*\n +Fix: +coho login/);
    const away = await coho({ url: 'http://127.0.0.1:1', token: 'x' }, ['doctor', '--json'], { cwd: app.dir });
    assert.equal(away.code, 1);
    assert.equal(states(JSON.parse(away.stdout))['login server'], 'wrong');
    await writeFile(join(app.dir, 'config.json'), '{');
    const config = JSON.parse((await app.coho(['doctor', '--json'])).stdout);
    assert.equal(states(config)['project config.json'], 'wrong');
  });
});
