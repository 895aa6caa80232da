// Hostile tokens over the wire, each against the key set it was made for, and key-set endpoints that misbehave.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPairSync, sign } from 'node:crypto';
import { request, root, startRedd } from './lib/redd.mjs';

const bundle = `var EntryPoint=(()=>({default:{routehooks:{"GET /in":[(req,res)=>res.json({in:true})]},authhooks:{},globalhooks:[],queuehooks:{},workerhooks:{},jobhooks:{},settings:{},realtime:()=>{},app:{}}}))();`;

// A project whose spaces each have one of the key sets behind them.
async function spaceWith(server, project, name, url) {
  await server.api('POST', `/projects/${project}/spaces`, { name });
  await server.api('PUT', `/projects/${project}/spaces/${name}/jwks`, { url });
  await server.api('POST', `/projects/${project}/spaces/${name}/deployments`, { bundle });
}

const listening = async (handler) => {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await new Promise((done) => server.on('listening', done));
  return Object.assign(server, { url: `http://127.0.0.1:${server.address().port}`, end: () => { server.close(); server.closeAllConnections(); } });
};

describe('SEC-01 to SEC-09: hostile tokens over the wire', () => {
  let vectors, keys, server, project;
  before(async () => {
    vectors = JSON.parse(await readFile(join(root, 'tests/vectors/jwt/jwt-hostile.json'), 'utf8'));
    keys = await listening((req, res) => res.setHeader('content-type', 'application/json').end(JSON.stringify(vectors.jwks[req.url.slice(1)])));
    server = await startRedd({ args: ['--allow-private', '127.0.0.1'] });
    project = (await server.api('POST', '/projects', { name: 'hostile' })).uniqueName;
    for (const set of Object.keys(vectors.jwks)) await spaceWith(server, project, set.replaceAll('_', '-'), `${keys.url}/${set}`);
  });
  after(async () => { await server?.stop(); keys?.end(); });

  test('each gets the answer written beside it, and only the good ones reach a worker', { timeout: 120_000 }, async () => {
    const wrong = [];
    let sent = 0, accepted = 0;
    for (const one of vectors.cases) {
      if (!/^[\x21-\x7e]+$/.test(one.token)) continue;      // cannot stand in a header
      if (one.token.length > 15_000) continue;              // the head limit answers before the token is looked at
      if (one.class === 'alg-pin' && one.id.endsWith('-unpinned')) continue;  // the default list holds these algorithms
      if (one.issuer) continue;                             // issuer and audience are settings of their own
      sent++;
      const answer = await request(`${server.url}/${one.jwks.replaceAll('_', '-')}/in`, { headers: { authorization: `Bearer ${one.token}` } });
      const good = one.expect === 'accept';
      if (good) accepted++;
      // A set without one usable key is nobody's token's fault: 503 (SEC-09), and no worker either.
      const expected = good ? [200] : one.jwks === 'main' ? [401] : [401, 503];
      if (!expected.includes(answer.status)) wrong.push(`${one.id}: ${answer.status} ${answer.headers['www-authenticate'] ?? ''} (${one.why})`);
    }
    assert.deepEqual(wrong, []);
    assert.ok(sent > 150, `only ${sent} were sent`);
    assert.equal((await server.metrics())('redd_worker_invocations_total'), accepted);
  });

  test('SEC-08 where a token may stand', async () => {
    const token = vectors.cases.find((one) => one.id === 'ok-rs256').token;
    const url = `${server.url}/main/in`;
    const status = async (headers, at = url) => (await request(at, { headers })).status;
    assert.equal(await status({ authorization: `Bearer ${token}` }), 200);
    assert.equal(await status({ authorization: `bEaReR ${token}` }), 200);
    for (const value of [`Bearer  ${token}`, `Bearer\t${token}`, `Bearer ${token},${token}`, `Bearer ${token} ${token}`, `Basic ${token}`, token, `Bearer`, 'Bearer ']) {
      assert.equal(await status({ authorization: value }), 401, value.slice(0, 20));
    }
    assert.equal(await status({ authorization: [`Bearer ${token}`, `Bearer ${token}`] }), 400);
    for (const name of ['access_token', 'token', 'jwt', 'id_token']) assert.equal(await status({}, `${url}?${name}=${token}`), 401, name);
    assert.equal(await status({ 'x-authorization': `Bearer ${token}` }), 401);
    assert.equal(await status({ cookie: `access_token=${token}` }), 401);
  });
});

describe('REL-01: key-set endpoints that misbehave', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const set = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' }] });
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part({ alg: 'RS256', kid: 'k' })}.${part({ sub: 'u', exp: 4102444800 })}`;
  const token = `${input}.${sign('sha256', input, privateKey).toString('base64url')}`;
  const kinds = {
    good: (res) => res.end(set),
    redirect: (res) => res.writeHead(302, { location: '/good' }).end(),
    html: (res) => res.setHeader('content-type', 'text/html').end('<html>not keys</html>'),
    empty: (res) => res.end('{"keys":[]}'),
    unusable: (res) => res.end('{"keys":[{"kty":"oct","k":"AAAA","kid":"k"},{"kty":"RSA","kid":"k"}]}'),
    down: (res) => res.writeHead(500).end('broken'),
    huge: (res) => { res.write(`{"keys":[],"x":"`); const more = () => { while (!res.destroyed && res.write('A'.repeat(65536))); if (!res.destroyed) res.once('drain', more); }; more(); },
    hangs: () => {},
    drips: (res) => { const drip = setInterval(() => (res.destroyed ? clearInterval(drip) : res.write(' ')), 200); },
  };
  let keys, server, project;
  before(async () => {
    keys = await listening((req, res) => kinds[req.url.slice(1)](res));
    server = await startRedd({ args: ['--allow-private', '127.0.0.1'] });
    project = (await server.api('POST', '/projects', { name: 'keysets' })).uniqueName;
    for (const kind of Object.keys(kinds)) await spaceWith(server, project, kind, `${keys.url}/${kind}`);
  });
  after(async () => { await server?.stop(); keys?.end(); });

  const ask = (space) => request(`${server.url}/${space}/in`, { headers: { authorization: `Bearer ${token}` } });
  for (const kind of Object.keys(kinds).filter((name) => name !== 'good')) {
    test(`${kind}: refused in bounded time, explained in the log, other spaces go on`, { timeout: 20_000 }, async () => {
      const from = performance.now();
      const [answer, other] = await Promise.all([ask(kind), ask('good')]);
      assert.ok([401, 503].includes(answer.status), `${answer.status} ${answer.text}`);
      assert.ok(performance.now() - from < 6_500, 'it hung');
      assert.equal(other.status, 200);
      const { lines } = await server.api('GET', `/projects/${project}/spaces/${kind}/logs?tail=5`);
      assert.ok(lines.some((line) => line.level !== 'info' && line.text.length > 40), JSON.stringify(lines));
    });
  }

  test('a good set goes on serving after a restart while its endpoint is down', { timeout: 30_000 }, async (t) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'redd-keysets-'));
    t.after(() => rm(dataDir, { recursive: true, force: true }));
    const args = ['--allow-private', '127.0.0.1'];
    const askAt = (one) => request(`${one.url}/dev/in`, { headers: { authorization: `Bearer ${token}` } });
    const first = await startRedd({ dataDir, args });
    const name = (await first.api('POST', '/projects', { name: 'restart' })).uniqueName;
    await spaceWith(first, name, 'dev', `${keys.url}/good`);
    assert.equal((await askAt(first)).status, 200);
    await first.stop();
    const works = kinds.good;
    kinds.good = kinds.down;
    const second = await startRedd({ dataDir, args });
    try {
      assert.equal((await askAt(second)).status, 200);
    } finally {
      kinds.good = works;
      await second.kill();
    }
  });

  test('SEC-11 addresses that a space may not name are refused with the reason', async () => {
    const { urls } = JSON.parse(await readFile(join(root, 'tests/vectors/ssrf.json'), 'utf8'));
    const reached = [];
    for (const { url, expect } of urls) {
      // This server lists 127.0.0.1 as allowed; names are judged when they are resolved.
      if (expect !== 'deny' || url.includes('idp.test') && url.startsWith('https://') || /127\.0\.0\.1|2130706433|0x7f|0177|127\.1|127\.0\.1|7f00|localhost/i.test(url)) continue;
      const answer = await fetch(`${server.url}/_/api/v1/projects/${project}/spaces/good/jwks`, {
        method: 'PUT', headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' }, body: JSON.stringify({ url }),
      });
      const body = await answer.text();
      if (answer.status !== 400 && answer.status !== 403) reached.push(`${url}: ${answer.status}`);
      else assert.match(body, /"error":"[^"]{20,}/, url);
    }
    assert.deepEqual(reached, []);
  });
});
