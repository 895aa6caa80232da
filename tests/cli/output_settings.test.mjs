// What the commands on a space's settings, API tokens and refusals print: plain, as JSON, and on a terminal.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { request, startRedd } from '../lib/redd.mjs';
import { makeApp } from '../lib/app.mjs';
import { inFolder, outputs } from '../lib/output.mjs';

describe('output: settings', () => {
  let server, app;
  const keep = (name, more = {}) => outputs(name, inFolder(server, app.dir), { [app.dir]: 'DIR', [app.project]: 'PROJECT', ...more });
  before(async () => {
    server = await startRedd();
    app = await makeApp(server, { files: { 'index.js': "import { app } from 'codehooks-js';\napp.get('/hello', (req, res) => res.json({}));\nexport default app.init();\n" } });
    await app.deploy();
  });
  after(async () => {
    await server?.stop();
    await app?.remove();
  });

  test('variables', async () => {
    const s = keep('env');
    await s.run('set-env', 'GREETING', 'hei');
    await s.fed('hush hush\n', 'set-env', 'SECRET', '--encrypted');
    await s.run('set-env', 'OTHER', 'x', '--json');
    await s.run('set-env', 'not a name', 'x');
    await s.run('set-env', 'not a name', 'x', '--json');
    await s.run('set-env');
    await s.run('remove-env', 'OTHER');
    await s.run('remove-env', 'OTHER');
    const { stdout } = await s.run('remove-env', 'GREETING', '--json');
    assert.ok(!stdout.includes('hush'));
    await s.check();
  });

  test('lists: whitelist, cors, domain', async () => {
    const s = keep('lists');
    for (const [name, good, bad] of [['whitelist', '203.0.113.7', '203.0.113'], ['cors', 'https://app.example.com', 'app.example.com/path'], ['domain', 'www.example.com', 'no domain']]) {
      await s.run(name);
      await s.run(name, good);
      await s.run(name, '--json');
      await s.run(name, bad);
      await s.run(name, bad, '--json');
      await s.run(`${name}-remove`, 'none');
      await s.run(`${name}-remove`, good);
      await app.good(name, good);
      await s.run(`${name}-remove`, good, '--json');
    }
    await s.check();
  });

  test('API tokens', async () => {
    const made = [];
    const secret = async (...args) => { const { key } = JSON.parse((await app.good('add-token', ...args, '--json')).stdout); made.push(key); return key; };
    const [first, second] = [await secret('--description', 'for the app'), await secret('--readonly')];
    const s = keep('tokens', { [first]: 'FIRSTKEY', [second]: 'SECONDKEY', [`${first.slice(0, 6)}…`]: 'FIRST…', [`${second.slice(0, 6)}…`]: 'SECOND…' });
    await s.run('tokens');
    await s.terminal('tokens');
    await s.run('tokens', '--show');
    await s.run('tokens', '--json');
    await s.run('remove-token', first);
    await s.run('remove-token', second, '--json');
    await s.run('remove-token', 'none');
    await s.run('tokens');
    await s.run('tokens', '--json');
    await s.run('add-token', '--description', 'shown once');
    await s.run('add-token', '--readonly', '--json');
    await s.run('add-token', '-s', 'nosuch');
    await s.check();
  });

  test('key set, status, refusals, explain', async () => {
    const s = keep('auth', { [`:${server.port}`]: ':PORT' });
    await s.run('auth', 'status');
    await s.run('auth', 'status', '--json');
    await s.run('auth', 'refusals');
    assert.equal((await request(`${app.url}/hello`)).status, 403);
    await s.run('auth', 'refusals');
    await s.terminal('auth', 'refusals');
    await s.run('auth', 'refusals', '--json');
    await s.run('jwks', 'http://169.254.169.254/keys');
    await s.run('jwks', 'tenant.example.com/.well-known/jwks.json', '--issuer', 'https://tenant.example.com/');
    await s.run('jwks', 'tenant.example.com/.well-known/jwks.json', '--algorithms', 'RS256,HS256');
    await s.run('jwks', 'https://tenant.example.com/.well-known/jwks.json', '--algorithms', 'RS256,ES256', '--json');
    await s.run('auth', 'status');
    await s.terminal('auth', 'status');
    await s.run('token', 'explain', 'nonsense');
    await s.fed('nonsense\n', 'token', 'explain', '-');
    await s.terminal('token', 'explain', 'nonsense');
    await s.run('token', 'explain', 'nonsense', '--json');
    await s.run('jwks', 'https://tenant.example.com/.well-known/jwks.json', '--audience', 'https://api.example.com', '--dry-run');
    await s.run('jwks', '', '--dry-run', '--json');
    await s.run('jwks', '');
    await s.run('token', 'explain');
    await s.check();
    const told = await app.coho(['token', 'explain', 'nonsense', '--json']);
    assert.deepEqual([told.code, JSON.parse(told.stdout).check], [1, 'no JWKS URL']);
  });

  test('secrets rotate', async () => {
    const s = keep('secrets');
    await s.run('secrets', 'rotate');
    await s.run('secrets', 'rotate', '--json');
    await s.run('secrets');
    await s.check();
  });
});
