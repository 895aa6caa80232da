// Whom another token policy would turn away (auth.impact): told from the callers of the last day, without changing anything.
import test from 'node:test';
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeApp } from './lib/app.mjs';
import { request, startDevIdp, startRedd } from './lib/redd.mjs';

const kCode = `
import { app } from 'codehooks-js';
app.get('/hello', (req, res) => res.json({}));
export default app.init();
`;
const kArgs = ['--allow-private', 'localhost', '--allow-private', '127.0.0.0/8'];

test('auth.impact', async (t) => {
  const state = await mkdtemp(join(tmpdir(), 'redd-idp-')), other = await mkdtemp(join(tmpdir(), 'redd-idp-')), dataDir = await mkdtemp(join(tmpdir(), 'redd-data-'));
  const idp = await startDevIdp(state), elsewhere = await startDevIdp(other);
  let server = await startRedd({ dataDir, args: kArgs });
  const app = await makeApp(server, { files: { 'index.js': kCode } });
  t.after(async () => {
    await Promise.all([server.stop(), idp.stop(), elsewhere.stop()]);
    await app.remove();
    await Promise.all([state, other, dataDir].map((dir) => rm(dir, { recursive: true, force: true })));
  });
  await app.deploy();
  await server.api('PUT', `${app.space}/jwks`, { url: idp.jwks });
  const call = async (wish) => request(`${server.url}/dev/hello`, { headers: { authorization: `Bearer ${await idp.token(wish)}` } });
  const impact = (policy) => server.api('POST', `${app.space}/auth/impact`, { url: idp.jwks, ...policy });
  const reasons = ({ reasons: all }) => all.map(({ reason, callers }) => [reason, callers]);
  const { iss: issuer, sub } = JSON.parse(Buffer.from((await idp.token()).split('.')[1], 'base64url'));

  await t.test('two callers: the audience that only one has refuses the other', async () => {
    const { sinceMs, ...nobody } = await impact({});
    assert.deepEqual(nobody, { callers: 0, refused: 0, reasons: [] });
    for (const audience of ['https://api.test', 'https://web.test', 'https://api.test']) assert.equal((await call({ audience })).status, 200);
    assert.equal((await call({ audience: 'https://api.test', expiresIn: -600 })).status, 401);
    const told = await impact({ issuer, audience: ['https://api.test'], algorithms: ['RS256'] });
    assert.deepEqual([told.callers, told.refused, reasons(told)], [2, 1, [['audience', 1]]]);
    const { example } = told.reasons[0];
    assert.deepEqual([example.issuer, example.algorithm, example.audience.includes('https://web.test')], [issuer, 'RS256', true]);
    assert.ok(example.kid.length > 0 && Date.now() - example.lastMs < 180_000);
    assert.ok(told.sinceMs >= sinceMs && Math.abs(Date.now() - 24 * 3_600_000 - sinceMs) < 60_000);
    assert.equal(told.keysProblem, undefined);
    assert.deepEqual(reasons(await impact({ issuer: 'https://other.test/' })), [['issuer', 2]]);
    assert.deepEqual(reasons(await impact({ algorithms: ['ES256'] })), [['algorithm', 2]]);
    assert.deepEqual(reasons(await impact({ url: '' })), [['no JWKS URL', 2]]);
  });

  await t.test('a key set elsewhere that lacks the key refuses all; one that cannot be had is not judged', async () => {
    assert.deepEqual(reasons(await impact({ url: elsewhere.jwks })), [['unknown key', 2]]);
    const none = await impact({ url: `${elsewhere.url}/nothing/here`, audience: ['https://api.test'] });
    assert.match(none.keysProblem, /nothing\/here: answered with status 404/);
    assert.deepEqual(reasons(none), [['audience', 1]]);
    await assert.rejects(impact({ url: 'http://169.254.169.254/keys' }), /169\.254/);
  });

  await t.test('coho jwks --dry-run prints it', async () => {
    const asked = ['jwks', idp.jwks, '--audience', 'https://api.test', '--algorithms', 'RS256', '--dry-run'];
    const { stdout } = await app.good(...asked);
    assert.match(stdout, /^1 of the 2 callers of the last day would be refused\. Nothing was changed\.$/m);
    assert.match(stdout, /^audience +1 +http\S+ +\S*https:\/\/web\.test.* +RS256 +\S+ +\d{4}-/m);
    const { sinceMs, ...told } = JSON.parse((await app.good(...asked, '--json')).stdout);
    const { sinceMs: other, ...same } = await impact({ audience: ['https://api.test'], algorithms: ['RS256'] });
    assert.deepEqual(told, same);
    assert.match((await app.good('jwks', `${elsewhere.url}/nothing`, '--dry-run')).stdout, /^None of the 2 callers.+\nKeys are not judged: the key set at \S+nothing: /m);
  });

  await t.test('who may not set a policy does not have the server fetch from an address either', async () => {
    const { secret } = await server.api('POST', '/me/tokens', { name: 'looks on', role: 'viewer', project: app.project });
    const asViewer = async (policy) => {
      const answer = await fetch(`${server.url}/_/api/v1${app.space}/auth/impact`, {
        method: 'POST', headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }, body: JSON.stringify({ url: idp.jwks, ...policy }),
      });
      return answer.json();
    };
    const away = await asViewer({ url: elsewhere.jwks, audience: ['https://api.test'] });
    assert.match(away.keysProblem, /those who may set it/);
    assert.deepEqual(reasons(away), [['audience', 1]]);
    const same = await asViewer({ audience: ['https://api.test'] });
    assert.deepEqual([same.keysProblem, reasons(same)], [undefined, [['audience', 1]]]);
  });

  await t.test('asking changed nothing', async () => {
    const { jwks } = await server.api('GET', app.space);
    assert.deepEqual(jwks, { url: idp.jwks, issuer: '', audience: [], algorithms: [] });
    for (const audience of ['https://api.test', 'https://web.test']) assert.equal((await call({ audience })).status, 200);
  });

  await t.test('a restart keeps the callers, without a name of them', async () => {
    const { id } = await server.api('GET', app.space);
    await server.stop();
    const bytes = await readFile(join(dataDir, 'spaces', id, 'log.sqlite'));
    assert.ok(bytes.includes(issuer), 'the callers are in the file');
    for (const secret of [sub, 'eyJ']) assert.equal(bytes.includes(secret), false, secret);
    server = await startRedd({ dataDir, args: kArgs });
    const told = await impact({ audience: ['https://api.test'] });
    assert.deepEqual([told.callers, told.refused], [2, 1]);
  });
});
