// Node's permission model as a second fence: what the published packages need works under it, files outside the runtime do not open.
import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { FakeServer, bundle, runtimeDir } from './fake_server.mjs';

test('codehooks-js, node-fetch 2 and 3, fetch and https with NODE_EXTRA_CA_CERTS under --permission', async () => {
  let peer = createServer();
  const dir = mkdtempSync(path.join(os.tmpdir(), 'redd-runtime-'));
  try {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${dir}/key.pem`, '-out', `${dir}/ca.pem`,
      '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'], { stdio: 'ignore' });
    peer = createServer({ key: readFileSync(`${dir}/key.pem`), cert: readFileSync(`${dir}/ca.pem`) }, (req, res) => res.end('"secure"')).listen(0, 'localhost');
    await once(peer, 'listening');
    const server = await FakeServer.start(bundle(`
      import { app } from 'codehooks-js';
      import fetch3 from 'node-fetch';
      import fetch2 from 'node-fetch-2';
      import { readFileSync } from 'node:fs';
      import { spawnSync } from 'node:child_process';
      const failed = (work) => { try { work(); return 'allowed'; } catch (error) { return error.code; } };
      app.get('/', async (req, res) => {
        const answers = [];
        for (const call of [fetch3, fetch2, fetch]) answers.push(await (await call(process.env.PEER)).json());
        res.json([answers, failed(() => readFileSync('/etc/passwd')), failed(() => spawnSync('true'))]);
      });
      export default app.init();`), {
      flags: ['--permission', `--allow-fs-read=${runtimeDir}`, `--allow-fs-read=${runtimeDir}/*`, '--max-old-space-size=128', '--max-semi-space-size=8'],
      env: { PEER: `https://localhost:${peer.address().port}/` }, processEnv: { NODE_EXTRA_CA_CERTS: `${dir}/ca.pem` } });
    assert.deepEqual((await server.request('GET', '/')).json, [['secure', 'secure', 'secure'], 'ERR_ACCESS_DENIED', 'ERR_ACCESS_DENIED']);
    assert.equal(await server.stop(), 0);
  } finally {
    peer.close();
    peer.closeAllConnections();
    rmSync(dir, { recursive: true });
  }
});
