// coho against the STUB of stub_server.mjs, not against redd: what coho sends, prints, writes and answers, and answers that no redd gives.
// Against the real server: coho.test.mjs.
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cohoBin, root, run } from '../lib/redd.mjs';
import { startStub } from './stub_server.mjs';

const kHello = `import { app } from 'codehooks-js';
app.get('/hello', (req, res) => res.json({}));
export default app.init();
`;

describe('coho', () => {
  let stub, dir, config;
  before(async () => { stub = await startStub(); });
  after(() => stub.stop());
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'coho-'));
    config = join(dir, 'config-home');
    stub.state.refuseDeploy = null;
    stub.state.raw = null;
    stub.state.lines = [];
    stub.projects.clear();
    stub.asked.length = 0;
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));
  const coho = (args, { env = {}, cwd = dir, input } = {}) =>
    run(cohoBin, args, { cwd, input, env: { COHO_URL: stub.url, COHO_TOKEN: stub.token, COHO_CONFIG_DIR: config, ...env } });
  const good = async (...args) => {
    const result = await coho(args);
    assert.equal(result.code, 0, `coho ${args.join(' ')}: ${result.stderr}${result.stdout}`);
    return result;
  };
  // A project with the space dev and the working folder as its folder.
  const project = async () => {
    await good('init', 'mybackend');
    await symlink(join(root, 'tests/node_modules'), join(dir, 'node_modules'));
    return JSON.parse(await readFile(join(dir, 'config.json'), 'utf8')).name;
  };

  test('login checks the token, keeps it with mode 0600, prints no token; logout forgets it', async () => {
    const env = { COHO_URL: '', COHO_TOKEN: '' };
    const wrong = await coho(['login', stub.url, '--token', 'wrong'], { env });
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /refused the token from --token: Unknown token/);
    assert.ok(!wrong.stderr.includes('wrong'));
    const result = await coho(['login', `${stub.url}/`, '--token', stub.token], { env });
    assert.equal(result.code, 0, result.stderr);
    assert.match(result.stdout, /Logged in to http:\/\/127\.0\.0\.1:\d+ as owner \(owner\)/);
    assert.ok(!(result.stdout + result.stderr).includes(stub.token));
    const file = join(config, 'coho.json');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), { url: stub.url, token: stub.token });
    assert.equal((await coho(['projects'], { env })).code, 0);
    assert.equal((await coho(['logout'], { env })).code, 0);
    const out = await coho(['projects'], { env });
    assert.equal(out.code, 1);
    assert.match(out.stderr, /You need to log in first.*coho login URL --token TOKEN/s);
  });

  test('plain http to another machine needs --insecure, for login and for every command', async () => {
    for (const args of [['login', 'http://192.0.2.1:4000', '--token', 'x'], ['projects', '--url', 'http://192.0.2.1:4000']]) {
      const result = await coho(args);
      assert.equal(result.code, 1);
      assert.match(result.stderr, /http:\/\/192\.0\.2\.1:4000.*plain http.*--insecure/s);
    }
    assert.equal(stub.asked.length, 0);
  });

  test('a .redd/coho.json of a parent folder is used before the stored login, and after the variables', async () => {
    const env = { COHO_URL: '', COHO_TOKEN: '' };
    const inner = join(dir, 'a/b');
    await mkdir(inner, { recursive: true });
    await mkdir(join(dir, '.redd'));
    await writeFile(join(dir, '.redd/coho.json'), JSON.stringify({ url: stub.url, token: stub.token }), { mode: 0o600 });
    assert.equal((await coho(['projects'], { cwd: inner, env })).code, 0);
    const variable = await coho(['projects'], { cwd: inner, env: { COHO_URL: stub.url, COHO_TOKEN: 'other' } });
    assert.match(variable.stderr, /refused the token from COHO_TOKEN/);
    await chmod(join(dir, '.redd/coho.json'), 0o666);
    const open = await coho(['projects'], { cwd: inner, env });
    assert.equal(open.code, 1);
    assert.match(open.stderr, /\.redd\/coho\.json.*others may write/);
    await rm(join(dir, '.redd'), { recursive: true });
    await mkdir(join(dir, '.redd'));
    await writeFile(join(dir, '.redd/coho.json'), JSON.stringify({ url: 'https://evil.test', token: 'x' }), { mode: 0o600 });
    assert.match((await coho(['projects'], { cwd: inner, env })).stderr, /evil\.test, which is not this machine/);
    const alone = await coho(['projects'], { cwd: inner, env: { COHO_URL: '', COHO_TOKEN: stub.token } });
    assert.equal(alone.code, 1, 'a token of its own must not go to an address that the folder names');
    assert.match(alone.stderr, /COHO_TOKEN is set, but no server is named/);
  });

  test('create makes project, space, token and folder, and says what comes next', async () => {
    const { stdout } = await good('create', 'MyBackend');
    assert.deepEqual(stub.asked.map(({ method, path }) => `${method} ${path}`),
      ['POST /projects', 'POST /projects/mybackend-f00d/spaces', 'POST /projects/mybackend-f00d/spaces/dev/tokens']);
    assert.deepEqual(stub.asked.map(({ body }) => body), [{ name: 'mybackend' }, { name: 'dev' }, { access: 'READWRITE', description: 'made by coho' }]);
    const folder = join(dir, 'MyBackend');
    assert.deepEqual(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')), { name: 'mybackend-f00d', space: 'dev' });
    assert.equal(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')).dependencies['codehooks-js'], '1.4.3');
    assert.match(await readFile(join(folder, 'index.js'), 'utf8'), /app\.get\('\/hello'[\s\S]*export default app\.init\(\);/);
    assert.match(await readFile(join(folder, '.gitignore'), 'utf8'), /node_modules/);
    assert.match(stdout, /Project: mybackend-f00d {2}Space: dev/);
    assert.match(stdout, /cd MyBackend\n {2}npm install\n {2}\S*coho deploy\n/);
    assert.ok(stdout.includes(`curl -H 'x-apikey: key0-0123456789abcdef' http://mybackend-f00d.api.localhost:${stub.port}/dev/hello`), stdout);
    const again = await coho(['create', 'MyBackend']);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /MyBackend is there already/);
    assert.equal(stub.asked.length, 3, 'nothing was made on the server');
  });

  test('names that are none are usage errors', async () => {
    for (const args of [['create', 'abc'], ['create', 'has space'], ['create', '../../x'], ['use', 'Dev'], ['add', 'a/b'], ['info', '--project', '../x'], ['nonsense'], [], ['deploy', '--nope'], ['jwks']]) {
      const result = await coho(args);
      assert.equal(result.code, 2, `${args}: ${result.stderr}`);
      assert.match(result.stderr, /^Error: /);
    }
    assert.equal(stub.asked.length, 0);
  });

  test('init adopts an existing project and overwrites no file', async () => {
    await good('create', 'mybackend');
    const folder = join(dir, 'elsewhere');
    await mkdir(folder);
    await writeFile(join(folder, 'index.js'), '// mine\n');
    const result = await coho(['init', '--project', 'mybackend-f00d'], { cwd: folder });
    assert.equal(result.code, 0, result.stderr);
    assert.equal(await readFile(join(folder, 'index.js'), 'utf8'), '// mine\n');
    assert.deepEqual(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')), { name: 'mybackend-f00d', space: 'dev' });
    const twice = await coho(['init', '--project', 'mybackend-f00d'], { cwd: folder });
    assert.match(twice.stderr, /belongs to the project mybackend-f00d already/);
    const missing = await coho(['init', '--project', 'nobody-0000'], { cwd: dir });
    assert.match(missing.stderr, /Unknown project/);
  });

  test('add, use, projects, info', async () => {
    const name = await project();
    await good('add', 'prod');
    await good('use', 'prod');
    assert.deepEqual(JSON.parse(await readFile(join(dir, 'config.json'), 'utf8')), { name, space: 'prod' });
    assert.equal((await coho(['use', 'nowhere'])).code, 1);
    assert.match((await good('projects')).stdout, /mybackend +mybackend-f00d +dev, prod/);
    await good('set-env', 'AUTH0_DOMAIN', 'localhost:4011', '--space', 'dev');
    await good('set-env', 'SECRET', 'hush', '--encrypted', '--space', 'dev');
    const { stdout } = await good('info', '--space', 'dev');
    for (const part of [`http://${name}.api.localhost:${stub.port}/dev`, 'AUTH0_DOMAIN = localhost:4011', 'SECRET (encrypted)', 'READWRITE', 'key0-0…']) assert.ok(stdout.includes(part), `${part} in ${stdout}`);
    assert.ok(!stdout.includes('key0-0123456789abcdef'));
    assert.match((await good('info', '--space', 'dev', '--show')).stdout, /key0-0123456789abcdef/);
    assert.equal(JSON.parse((await good('info', '--space', 'dev', '--json')).stdout).tokens[0].key, 'key0-0…');
  });

  test('jwks, set-env, remove-env and tokens send what API.md says', async () => {
    const name = await project();
    const space = `/projects/${name}/spaces/dev`;
    await good('jwks', 'https://t.test/jwks.json', '--issuer', 'https://t.test/', '--audience', 'a', 'b', '--audience', 'c');
    assert.deepEqual(stub.last(), { ...stub.last(), method: 'PUT', path: `${space}/jwks`, body: { url: 'https://t.test/jwks.json', issuer: 'https://t.test/', audience: ['a', 'b', 'c'] } });
    await good('jwks', 'https://t.test/jwks.json', '--algorithms', 'RS256,ES256');
    assert.deepEqual(stub.last().body, { url: 'https://t.test/jwks.json', algorithms: ['RS256', 'ES256'] });
    await good('jwks', 't.test/jwks.json');
    assert.deepEqual(stub.last().body, { url: 'https://t.test/jwks.json' });
    assert.match((await good('jwks', '')).stdout, /removed/);
    assert.deepEqual(stub.last().body, { url: '' });
    await good('set-env', 'A', 'x=y z');
    assert.deepEqual(stub.last(), { ...stub.last(), method: 'PUT', path: `${space}/env/A`, body: { value: 'x=y z', encrypted: false } });
    const piped = await coho(['set-env', 'B', '--encrypted'], { input: 'from a pipe\n' });
    assert.equal(piped.code, 0);
    assert.deepEqual(stub.last().body, { value: 'from a pipe', encrypted: true });
    await good('set-env', 'C', '');
    assert.equal(stub.last().body.value, '');
    await good('set-env', 'D', '--', '-5');
    assert.equal(stub.last().body.value, '-5');
    await good('remove-env', 'A');
    assert.equal((await coho(['remove-env', 'A'])).code, 1);
    assert.match((await good('add-token', '--readonly', '--description', 'ci')).stdout, /Token \(READ\): key1-/);
    assert.match((await good('tokens')).stdout, /key1-0… +READ +ci/);
    await good('remove-token', 'key1');
    assert.equal(stub.last().path, `${space}/tokens/key1-0123456789abcdef`);
    assert.equal((await coho(['remove-token', 'key1'])).code, 1);
  });

  test('deploy bundles, uploads and ends with the two lines of the article', async () => {
    const name = await project();
    const { stdout, stderr } = await good('deploy');
    assert.equal(stdout, `Project: ${name}  Space: dev\nDeployed Codehook successfully! 🙌\n`);
    assert.match(stderr, /^Sent \d+ files?, bundle \d+ (KB|bytes)\n$/);
    const { body, path, entries } = stub.last();
    assert.equal(path, `/projects/${name}/spaces/dev/deployments`);
    assert.equal(entries[0].name, 'redd/deployment.json');
    assert.ok(entries.some((one) => one.name === 'source/index.js' && one.type === '0'));
    assert.ok(!entries.some((one) => /config\.json|node_modules|\/\./.test(one.name)));
    assert.equal(body.language, 'Javascript');
    assert.match(body.bundle, /^var EntryPoint\s*=/m);
    const json = JSON.parse((await good('deploy', '--json')).stdout);
    assert.deepEqual([json.ok, json.project, json.space, json.id, json.routes], [true, name, 'dev', 'd1', ['GET /hello']]);
    assert.match((await good('deploy', '--history')).stdout, /d1 .*main abcdef01 .*\(active\)/);
  });

  test('deploy --dir takes code, and project and space when they stand there, from that folder', async () => {
    const name = await project();
    await mkdir(join(dir, 'code'));
    await writeFile(join(dir, 'code/main.js'), 'export default { routehooks: {}, authhooks: {} };\n');
    assert.match((await coho(['deploy', '--dir', 'code'])).stderr, /^Error: missing index\.js/);
    await good('deploy', '--dir', 'code', '--main', 'main.js');
    await writeFile(join(dir, 'code/package.json'), '{"main":"main.js"}');
    await good('deploy', '--dir', 'code');
    await writeFile(join(dir, 'code/index.ts'), 'const x: number = 1;\nexport default { x };\n');
    await good('deploy', '--dir', 'code');
    assert.equal(stub.last().body.language, 'Typescript');
    await good('add', 'prod');
    await writeFile(join(dir, 'code/config.json'), JSON.stringify({ name, space: 'prod' }));
    assert.match((await good('deploy', '--dir', 'code')).stdout, /Space: prod/);
    assert.match((await good('deploy', '--dir', 'code', '--space', 'dev')).stdout, /Space: dev/);
  });

  test('what is wrong with the code is said with file, line and fix, and nothing is uploaded', async () => {
    await project();
    stub.asked.length = 0;
    for (const [text, pattern] of [
      ['import { app } from "codehooks-js";\nconst = 1;\n', /index\.js:2:\d+\n.*const = 1;/],
      ['import x from "no-such-package/deep";\n', /Could not resolve "no-such-package\/deep"\n +index\.js:1:14[\s\S]*Fix: npm i no-such-package\n/],
      ['import x from "@scope/name/deep";\n', /Fix: npm i @scope\/name\n/],
      ['import x from "./nope";\n', /Could not resolve "\.\/nope"\n +index\.js:1:14/],
    ]) {
      await writeFile(join(dir, 'index.js'), text);
      const result = await coho(['deploy']);
      assert.equal(result.code, 1);
      assert.match(result.stderr, pattern);
      assert.equal(result.stdout, '');
    }
    assert.equal(stub.asked.length, 0);
  });

  test('a deploy that the server refuses names the file and line, and what keeps serving', async () => {
    await project();
    await writeFile(join(dir, 'index.js'), `${kHello}\nfunction broken() {\n  throw new Error('not today');\n}\nbroken();\n`);
    // A server that does not apply source maps.
    stub.state.refuseDeploy = ({ bundle }) => {
      const line = bundle.split('\n').findIndex((one) => one.includes('not today'));
      const column = bundle.split('\n')[line].indexOf('new Error("not today")') + 1;
      return { status: 400, json: { error: 'not today', code: 'invalid_argument', stack: `Error: not today\n    at broken (bundle.js:${line + 1}:${column})\n    at Object.<anonymous> (/x/bundle.js:1:1)` } };
    };
    const result = await coho(['deploy']);
    assert.equal(result.code, 1);
    assert.match(result.stderr, /Error: not today\n {4}at broken \(index\.js:6:9\)/);
    assert.match(result.stderr, /previous deployment keeps serving/);
    const json = await coho(['deploy', '--json']);
    assert.equal(json.code, 1);
    assert.deepEqual([JSON.parse(json.stdout).ok, JSON.parse(json.stdout).code], [false, 'invalid_argument']);
  });

  test('log prints oldest first, follows, and takes up a broken connection without repeating', async () => {
    await project();
    const line = (id, text, level = 'log') => ({ id, time: 1_700_000_000_000, level, context: 'routehooks', requestId: 'r', text });
    stub.state.lines = [line('01', 'one'), line('02', 'two\nlines', 'error')];
    const { stdout } = await good('log', '--tail', '5', '--context', 'routehooks');
    assert.equal(stdout, '2023-11-14T22:13:20.000Z log   routehooks one\n2023-11-14T22:13:20.000Z error routehooks two\nlines\n');
    assert.equal(stub.last().query, 'tail=5&context=routehooks');
    assert.deepEqual((await good('log', '--json')).stdout.trim().split('\n').map((text) => JSON.parse(text).id), ['01', '02']);

    const child = spawn(cohoBin, ['log', '-f', '--json'], { cwd: dir, env: { PATH: process.env.PATH, COHO_URL: stub.url, COHO_TOKEN: stub.token, COHO_CONFIG_DIR: config } });
    const seen = [];
    for await (const text of createInterface({ input: child.stdout })) {
      seen.push(JSON.parse(text).id);
      if (seen.length === 2) {
        stub.state.lines.push(line('03', 'three'));
        for (const stream of stub.streams) stream.destroy();
      }
      if (seen.length === 3) child.kill();
    }
    assert.deepEqual(seen, ['01', '02', '03']);
  });

  test('SEC-39 escapes and floods from a server are inert and short', async () => {
    await project();
    stub.state.lines = [{ id: '1', time: 0, level: 'log\x1b[31m', context: 'c\x07', requestId: '', text: '\x1b]0;owned\x07\x9b2J\u202egnp' }];
    const { stdout } = await good('log');
    assert.match(stdout, /log\\x1b\[31m c\\x07 \\x1b\]0;owned\\x07\\x9b2J\\u\{202e\}gnp\n$/);
    stub.state.raw = { status: 500, body: JSON.stringify({ error: Array.from({ length: 10_000 }, (_, i) => `\x1b[2Jline ${i}`).join('\n') }) };
    const flood = await coho(['projects']);
    assert.equal(flood.code, 1);
    assert.ok(flood.stderr.split('\n').length < 30, `${flood.stderr.split('\n').length} lines`);
    assert.ok(!/[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(flood.stderr));
  });

  test('answers that no redd gives are refused with the address', async () => {
    await project();
    for (const raw of [{ body: '<html>', type: 'text/html' }, { body: '[1]' }, { body: '{"a":' }, { body: '['.repeat(100_000) }, { body: '{"a":'.repeat(1000) + '1' + '}'.repeat(1000) }]) {
      stub.state.raw = raw;
      const result = await coho(['info']);
      assert.equal(result.code, 1);
      assert.match(result.stderr, new RegExp(`Error: ${stub.url} answered 200 with .*no answer of a Redd server`));
    }
    for (const body of ['{}', '{"tokens":3,"env":{"a":1},"deployment":[],"jwks":"x","endpoints":[{}]}', '{"tokens":[null,3],"env":[[]],"deployment":{"createdMs":1e300,"bundleBytes":-5}}']) {
      stub.state.raw = { body };
      for (const command of ['info', 'tokens', 'projects', 'log']) assert.notEqual((await coho([command])).code, null, `${command} crashed on ${body}`);
    }
  });

  test('a server that is not there, and a missing space, are named', async () => {
    await project();
    const gone = await startStub();
    await gone.stop();
    const result = await coho(['projects', '--url', gone.url]);
    assert.equal(result.code, 1);
    assert.match(result.stderr, new RegExp(`Error: ${gone.url}: `));
    const missing = await coho(['info', '--space', 'nowhere']);
    assert.match(missing.stderr, /Unknown space \(project mybackend-f00d, space nowhere/);
    const foreign = await coho(['info', '--project', 'other-0000']);
    assert.match(foreign.stderr, /no space is named/, "config.json's space belongs to its own project");
  });
});
