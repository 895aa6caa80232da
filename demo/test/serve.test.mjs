import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const kServe = fileURLToPath(new URL('../serve.mjs', import.meta.url));
const kConfig = { domain: 'tenant.example.test', clientId: 'c', audience: 'a', apiBase: 'http://localhost:4000/dev' };

function makeSite(t) {
  const top = mkdtempSync(join(tmpdir(), 'redd-demo-'));
  t.after(() => rmSync(top, { recursive: true, force: true }));
  const dir = join(top, 'dist');
  mkdirSync(join(dir, 'assets'), { recursive: true });
  writeFileSync(join(dir, 'index.html'), 'the page');
  writeFileSync(join(dir, 'assets', 'app.js'), 'the script');
  writeFileSync(join(dir, 'auth_config.json'), JSON.stringify(kConfig));
  writeFileSync(join(top, 'secret.txt'), 'secret');
  return { top, dir };
}

async function startServe(t, args) {
  const child = spawn(process.execPath, [kServe, '--port', '0', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill());
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return JSON.parse(line).port;
}

/** Sends `path` exactly as written: fetch would tidy it. */
function get(port, path, headers = {}) {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers: { host: 'localhost', ...headers }, agent: false }, async (answer) => {
      let body = '';
      for await (const chunk of answer) body += chunk;
      resolve({ status: answer.statusCode, headers: answer.headers, body });
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('files, the page for every route of the app, nothing outside the folder', async (t) => {
  const { dir } = makeSite(t);
  const port = await startServe(t, ['--dir', dir]);
  assert.equal((await get(port, '/assets/app.js')).body, 'the script');
  for (const path of ['/', '/profile', '/external-api?x=1']) assert.equal((await get(port, path)).body, 'the page', path);
  assert.equal((await get(port, '/assets/none.js')).status, 404);
  for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/assets/..%2f..%2fsecret.txt', '/%00.txt', '/%']) {
    assert.notEqual((await get(port, path)).body, 'secret', path);
  }
  assert.equal((await get(port, '/', { host: 'evil.test' })).status, 421);
});

test('--config answers in place of the built file, and the policy follows it', async (t) => {
  const { top, dir } = makeSite(t);
  const file = join(top, 'other.json');
  writeFileSync(file, JSON.stringify({ ...kConfig, domain: 'http://localhost:4010' }));
  const port = await startServe(t, ['--dir', dir, '--config', file]);
  assert.equal(JSON.parse((await get(port, '/auth_config.json')).body).domain, 'http://localhost:4010');
  const policy = (await get(port, '/')).headers['content-security-policy'];
  assert.match(policy, /connect-src 'self' http:\/\/localhost:4010 http:\/\/localhost:4000;/);
  assert.match(policy, /frame-src http:\/\/localhost:4010;/);
  const plain = await startServe(t, ['--dir', dir]);
  assert.match((await get(plain, '/')).headers['content-security-policy'], /frame-src https:\/\/tenant\.example\.test;/);
});

test('it says why it cannot start', async (t) => {
  const { top } = makeSite(t);
  const child = spawn(process.execPath, [kServe, '--dir', top], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const [code] = await once(child, 'close');
  assert.equal(code, 1);
  assert.match(stderr, /holds no built demo/);
});
