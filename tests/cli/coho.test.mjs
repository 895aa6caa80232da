// coho against the real redd: the way of a person, from login to the answer of their code.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { coho, cohoBin, request, root, run, startRedd } from '../lib/redd.mjs';

describe('coho with redd', () => {
  let server, dir, folder, config;
  const inside = (args, options = {}) => coho(server, args, { cwd: folder, ...options, env: { COHO_CONFIG_DIR: config, ...options.env } });
  const good = async (args, options) => {
    const result = await inside(args, options);
    assert.equal(result.code, 0, `coho ${args.join(' ')}: ${result.stderr}${result.stdout}`);
    return result;
  };
  const settings = async () => JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
  const hello = async (key, path = '/dev/hello') => {
    const { name } = await settings();
    return request(`${server.url}${path}`, { headers: { host: `${name}.api.localhost:${server.port}`, 'x-apikey': key } });
  };

  before(async () => {
    server = await startRedd();
    dir = await mkdtemp(join(tmpdir(), 'coho-'));
    folder = dir;
    config = join(dir, 'config-home');
  });
  after(async () => {
    await server?.stop();
    if (dir) await rm(dir, { recursive: true, force: true });
  });

  test('login, create, deploy, and the printed curl line works', async () => {
    const env = { COHO_URL: '', COHO_TOKEN: '' };
    await good(['login', server.url, '--token', server.token], { env });
    assert.equal((await inside(['login', server.url, '--token', 'not-the-token'], { env })).code, 1);
    const created = await good(['create', 'mybackend'], { env });
    folder = join(dir, 'mybackend');
    const { name, space } = await settings();
    assert.match(name, /^mybackend-[a-z0-9]{4}$/);
    assert.equal(space, 'dev');
    await cp(join(root, 'tests/node_modules'), join(folder, 'node_modules'), { recursive: true });  // npm install
    const deployed = await good(['deploy'], { env });
    assert.ok(deployed.stdout.endsWith(`Project: ${name}  Space: dev\nDeployed Codehook successfully! 🙌\n`), deployed.stdout);
    const line = created.stdout.match(/^ {2}curl -H '(x-apikey): (\S+)' (\S+)$/m);
    assert.ok(line, created.stdout);
    assert.equal(line[3], `http://${name}.api.localhost:${server.port}/dev/hello`);
    const first = await hello(line[2]);
    assert.equal(first.status, 200, first.text);
    assert.equal((await hello(line[2])).json.counter, first.json.counter + 1);
  });

  test('info shows what was set, and the routes', async () => {
    await good(['set-env', 'GREETING', 'hei']);
    await good(['set-env', 'SECRET', 'hush hush', '--encrypted']);
    const { stdout } = await good(['info']);
    for (const part of ['GREETING = hei', 'SECRET (encrypted)', 'GET /hello', 'READWRITE']) assert.ok(stdout.includes(part), `${part} in ${stdout}`);
    assert.ok(!stdout.includes('hush'));
    await good(['remove-env', 'GREETING']);
    assert.ok(!(await good(['info', '--json'])).stdout.includes('GREETING'));
    assert.equal((await inside(['remove-env', 'GREETING'])).code, 1);
  });

  test('variables reach the code, console reaches the log, -f shows it as it comes', async () => {
    await good(['set-env', 'GREETING', 'god dag']);
    await writeFile(join(folder, 'index.js'), `import { app } from 'codehooks-js';
app.get('/hello', (req, res) => { console.log('greeting with', process.env.GREETING); res.json({ greeting: process.env.GREETING, secret: process.env.SECRET }); });
export default app.init();
`);
    await good(['deploy']);
    const key = JSON.parse((await good(['add-token', '--readonly', '--json'])).stdout).key;
    assert.deepEqual((await hello(key)).json, { greeting: 'god dag', secret: 'hush hush' });

    const child = spawn(cohoBin, ['log', '-f', '--json', '--tail', '0'], { cwd: folder, env: { PATH: process.env.PATH, COHO_URL: server.url, COHO_TOKEN: server.token, COHO_CONFIG_DIR: config } });
    const calls = setInterval(() => hello(key).catch(() => {}), 100);  // until the follower is connected and has heard one
    try {
      for await (const text of createInterface({ input: child.stdout })) {
        const line = JSON.parse(text);
        if (!line.text.includes('greeting with god dag')) continue;
        assert.equal(line.context, 'routehooks');
        break;
      }
    } finally {
      clearInterval(calls);
      child.kill();
    }
    assert.match((await good(['log', '--tail', '1000'])).stdout, /log +routehooks +greeting with god dag/);
    await good(['remove-token', key]);
    assert.equal((await hello(key)).status, 403);  // no JWKS: spec 30.3
  });

  test('code that throws while loading is refused with file and line', async () => {
    await writeFile(join(folder, 'lib.js'), 'export function boom() {\n  throw new Error("not today");\n}\n');
    await writeFile(join(folder, 'index.js'), 'import { app } from "codehooks-js";\nimport { boom } from "./lib";\n\nboom();\nexport default app.init();\n');
    const result = await inside(['deploy']);
    assert.equal(result.code, 1);
    assert.match(result.stderr, /not today[\s\S]*lib\.js:2:[\s\S]*index\.js:4:[\s\S]*previous deployment keeps serving/);
    assert.match((await good(['deploy', '--history'])).stdout, /\(active\)/);
  });

  test('spaces: add, use, deploy there; a second one of the same name is refused', async () => {
    await good(['add', 'prod']);
    assert.match((await inside(['add', 'prod'])).stderr, /^Error: /);
    await good(['use', 'prod']);
    assert.equal((await settings()).space, 'prod');
    assert.match((await good(['projects'])).stdout, /mybackend-\w{4} +owner +dev, prod/);
    await writeFile(join(folder, 'index.ts'), `import { app } from 'codehooks-js';
const where: string = 'prod';
app.get('/hello', (req: any, res: any) => { res.json({ where }); });
export default app.init();
`);
    assert.match((await good(['deploy'])).stdout, /Space: prod/);
    const key = JSON.parse((await good(['add-token', '--json'])).stdout).key;
    assert.deepEqual((await hello(key, '/prod/hello')).json, { where: 'prod' });
  });

  test('jwks is set, shown and removed; one that may not be fetched is refused with the reason', async () => {
    await good(['jwks', 'https://tenant.example.com/.well-known/jwks.json', '--issuer', 'https://tenant.example.com/', '--audience', 'https://api.example.com', '--algorithms', 'RS256,ES256']);
    const { jwks } = JSON.parse((await good(['info', '--json'])).stdout);
    assert.deepEqual(jwks, { url: 'https://tenant.example.com/.well-known/jwks.json', issuer: 'https://tenant.example.com/', audience: ['https://api.example.com'], algorithms: ['RS256', 'ES256'] });
    const refused = await inside(['jwks', 'http://169.254.169.254/latest']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^Error: /);
    await good(['jwks', '']);
    assert.equal(JSON.parse((await good(['info', '--json'])).stdout).jwks.url, '');
  });

  test('coho works inside the folder of redd dev without a login', async () => {
    const { mkdir } = await import('node:fs/promises');
    const home = join(dir, 'dev-folder');
    await mkdir(join(home, '.redd'), { recursive: true });
    await writeFile(join(home, '.redd/coho.json'), JSON.stringify({ url: server.url, token: server.token }), { mode: 0o600 });
    const result = await run(cohoBin, ['projects'], { cwd: home, env: { COHO_CONFIG_DIR: join(dir, 'nowhere') } });
    assert.equal(result.code, 0, result.stderr);
  });
});
