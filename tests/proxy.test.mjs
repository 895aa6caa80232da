// A proxy in front: whose word about the client counts, and whose does not.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { redd, request, run, startRedd } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';

const code = `import { app } from 'codehooks-js';
app.auth('/*', (req, res, next) => next());
app.get('/who', (req, res) => res.json({ ip: req.ip, protocol: req.protocol, headers: req.headers }));
export default app.init();
`;
const forwarded = { 'x-forwarded-for': '198.51.100.1, 203.0.113.7', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'api.example.com' };
const who = async (server) => (await request(`${server.url}/dev/who`, { headers: forwarded }));
const withApp = async (args, work) => {
  const server = await startRedd({ args });
  const app = await makeApp(server, { files: { 'index.js': code } });
  try {
    await app.deploy();
    await work(server, app);
  } finally {
    await server.stop();
    await app.remove();
  }
};

test('HT-02 AU-04 a trusted proxy speaks for its client, in addresses, hosts and lists', { timeout: 60_000 }, () =>
  withApp(['--trusted-proxy', '127.0.0.1'], async (server, app) => {
    const { json } = await who(server);
    assert.deepEqual([json.ip, json.protocol], ['203.0.113.7', 'https']);
    assert.deepEqual(['x-real-ip', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-proto'].map((name) => json.headers[name]),
      ['203.0.113.7', '203.0.113.7', 'api.example.com', '443', 'https']);
    await app.good('whitelist', '203.0.113.7');
    assert.equal((await who(server)).status, 200);
    assert.deepEqual((await request(`${server.url}/dev/who`)).json, { error: 'Host not allowed' });
  }));

test('HT-02 without one, forwarding headers count for nothing', { timeout: 60_000 }, () =>
  withApp([], async (server) => {
    const { json } = await who(server);
    assert.deepEqual([json.ip, json.protocol, json.headers['x-forwarded-for'], json.headers['x-forwarded-proto']], ['127.0.0.1', 'http', '127.0.0.1', 'http']);
  }));

test('SEC-32 behind a trusted proxy each client has tries of its own, and addresses are told as it wrote them', { timeout: 60_000 }, () =>
  withApp(['--trusted-proxy', '127.0.0.1', '--host-name', 'api.example.com'], async (server, app) => {
    const guess = async (client) => (await request(`${server.url}/_/api/v1/accounts`, {
      method: 'POST', headers: { ...forwarded, 'x-forwarded-for': client, 'content-type': 'application/json' },
      body: JSON.stringify({ code: 'a.wrong-one', password: 'a long password' }),
    })).status;
    const tries = [];  // the wait doubles with each try, so a slow machine gets there too
    while (tries.at(-1) !== 429 && tries.length < 40) tries.push(await guess('203.0.113.7'));
    assert.equal(tries.at(-1), 429, tries.join(' '));
    assert.ok(tries.length > 20 && tries.slice(0, -1).every((one) => one === 401), tries.join(' '));
    assert.equal(await guess('203.0.113.8'), 401, 'somebody else is not kept waiting');
    const space = await request(`${server.url}/_/api/v1/projects/${app.project}/spaces/dev`, { headers: { ...forwarded, authorization: `Bearer ${server.token}` } });
    assert.equal(space.json.endpoint, `https://${app.project}.api.api.example.com/dev`);
    assert.equal(space.json.endpoints[1], 'https://api.example.com/dev');
  }));

test('a trusted proxy that is no address is refused by name', async () => {
  const result = await run(redd, ['serve', '--data', await mkdtemp(join(tmpdir(), 'redd-data-')), '--listen', '127.0.0.1:0', '--trusted-proxy', 'nginx']);
  assert.notEqual(result.code, 0);
  assert.match(result.stderr, /trusted-proxy: 'nginx' is no address/);
});
