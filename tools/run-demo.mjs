// What ./start runs once everything is built: `redd dev`, the demo's backend deployed to it with coho, and the demo app.
//   node run-demo.mjs --port N --app-port N --idp-port N --idp-https-port N --data DIR [--json]
// Ends everything on Ctrl-C, SIGTERM, or when one part ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const bin = process.env.REDD_TEST_BIN ?? join(root, 'build/release/bin');
const text = { type: 'string' };
const { values: options } = parseArgs({
  options: { port: { ...text, default: '4000' }, 'app-port': { ...text, default: '5173' }, 'idp-port': { ...text, default: '4010' }, 'idp-https-port': { ...text, default: '4011' }, data: { ...text, default: '.redd' }, json: { type: 'boolean', default: false } },
});
const data = resolve(options.data);
const parts = [];
let ending = false;

async function end(code) {
  if (ending) return;
  ending = true;
  for (const part of parts) part.kill('SIGTERM');
  await Promise.all(parts.map((part) => part.exitCode === null && part.signalCode === null ? once(part, 'exit') : null));
  process.exit(code);
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end(0));

// Starts a part that prints {"ready":true,…}.
async function part(name, file, args) {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env } });
  parts.push(child);
  const gone = once(child, 'exit').then(([code]) => { if (!ending) { console.error(`start: ${name} has ended`); end(code || 1); } return null; });
  const ready = new Promise((done) => createInterface({ input: child.stdout }).on('line', (line) => { try { const info = JSON.parse(line); if (info.ready) done(info); } catch { /* talk */ } }));
  return (await Promise.race([ready, gone])) ?? new Promise(() => {});
}

async function run(file, args, env) {
  const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
  const [code] = await once(child, 'exit');
  if (code !== 0) { console.error(`start: ${file} ${args.join(' ')} failed`); await end(1); }
}

const redd = await part('redd', join(bin, 'redd'), ['dev', '--json', '--data', data, '--listen', `127.0.0.1:${options.port}`, '--idp-port', options['idp-port'], '--idp-https-port', options['idp-https-port']]);
const { token } = JSON.parse(await readFile(join(data, 'coho.json'), 'utf8'));
const api = async (method, path, body) => {
  const answer = await fetch(`${redd.url}/_/api/v1${path}`, { method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
};

// The demo's project is made at the first start; its code is deployed at every start, so that it is what stands in demo/backend.
let [project] = (await api('GET', '/projects')).projects;
if (!project) {
  project = await api('POST', '/projects', { name: 'mybackend' });
  await api('POST', `/projects/${project.uniqueName}/spaces`, { name: 'dev' });
}
const where = ['--project', project.uniqueName, '--space', 'dev'];
const login = { COHO_URL: redd.url, COHO_TOKEN: token };
const quiet = options.json ? ['--json'] : [];
await run(join(bin, 'coho'), ['jwks', `http://localhost:${redd.idpHttpPort}/.well-known/jwks.json`, ...where, ...quiet], login);
await run(join(bin, 'coho'), ['set-env', 'AUTH0_DOMAIN', `localhost:${redd.idpHttpsPort}`, ...where, ...quiet], login);
await run(join(bin, 'coho'), ['deploy', '--dir', join(root, 'demo/backend'), ...where, ...quiet], login);

const port = new URL(redd.url).port;
await mkdir(data, { recursive: true });
const config = join(data, 'demo-auth_config.json');
await writeFile(config, JSON.stringify({ domain: `http://localhost:${redd.idpHttpPort}`, clientId: 'redd-demo', audience: 'https://hello.redd.test', apiBase: `http://localhost:${port}/dev`, useRefreshTokens: false }, null, 2));
const app = await part('the demo', process.execPath, [join(root, 'demo/serve.mjs'), '--port', options['app-port'], '--config', config]);

if (options.json) {
  console.log(JSON.stringify({ ready: true, app: `http://localhost:${app.port}`, url: redd.url, project: project.uniqueName, issuer: redd.issuer, idpHttpPort: redd.idpHttpPort, dataDir: data }));
} else {
  console.log(`
Redd runs. Open the demo, sign in as alice, bob or carol, and press Ping API:

  http://localhost:${app.port}

  API        http://localhost:${port}/dev/hello, also http://${project.uniqueName}.api.localhost:${port}/dev/hello
  admin UI   http://localhost:${port}/_/p/${project.uniqueName}/dev/logs (log in with the token in ${join(data, 'owner-token')})
  identity   http://localhost:${redd.idpHttpPort}/
  coho       build/release/bin/coho info --project ${project.uniqueName} --space dev

The same by curl:

  TOKEN=$(curl -s http://localhost:${redd.idpHttpPort}/dev/token -H 'Accept: text/plain' -H 'Content-Type: application/json' -d '{"user":"alice"}')
  curl -s http://localhost:${port}/dev/hello -H "Authorization: Bearer $TOKEN"

Ctrl-C stops everything; data stays in ${options.data}.`);
}
