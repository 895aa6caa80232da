// How much CPU a founding request takes in the worker: invoke + kv.get + kv.incr + answer, N at a time over the real socket.
//   node runtime/bench/loop.mjs [--in-flight 64] [--seconds 3] [--rounds 3] [--main PATH] [--bearer-bytes 800]
// The driver answers from memory and writes once per turn. Prints requests a second, and user and system time of the worker per request
// (from /proc/PID/stat). The driver takes the other core; with only one free core read the CPU figures, not the rate.
import { readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bundle, frame, runtimeDir, Type } from '../test/fake_server.mjs';

const { values: options } = parseArgs({ options: {
  'in-flight': { type: 'string', default: '64' }, seconds: { type: 'string', default: '3' }, rounds: { type: 'string', default: '3' },
  main: { type: 'string', default: path.join(runtimeDir, 'main.cjs') }, 'bearer-bytes': { type: 'string', default: '800' },
  flags: { type: 'string', default: '' },
} });
const kTicksPerSecond = 100;

const app = `
import { app, Datastore } from 'codehooks-js';
app.use(async (req, res, next) => {
  try {
    const token = req.headers.authorization.replace(/^Bearer /i, '');
    const conn = await Datastore.open();
    const cached = await conn.get(token, { keyspace: 'sessions' });
    req.user = JSON.parse(cached);
    next();
  } catch (error) { next(error); }
});
app.get('/hello', async (req, res) => {
  const { nickname } = req.user;
  const conn = await Datastore.open();
  const counter = await conn.incr('hello-counter', 1);
  res.json({ message: 'Hello ' + nickname, user: nickname, counter, now: new Date() });
});
export default app.init();`;

const invoke = JSON.stringify({ kind: 'request', method: 'GET', target: '/dev/hello', path: '/dev/hello', apiPath: '/hello', query: '',
  headers: { host: 'my-app-x1y2.api.localhost:4000', accept: '*/*', origin: 'http://localhost:5173', 'user-agent': 'bench/1',
    authorization: `Bearer ${'x'.repeat(Number(options['bearer-bytes']))}`, 'x-real-ip': '127.0.0.1', 'x-forwarded-for': '127.0.0.1',
    'x-forwarded-host': 'my-app-x1y2.api.localhost:4000', 'x-forwarded-port': '4000', 'x-forwarded-proto': 'http', 'x-forwarded-scheme': 'http',
    'x-scheme': 'http', 'x-request-id': '0123456789abcdef0123456789abcdef' },
  ip: '127.0.0.1', hostname: 'my-app-x1y2.api.localhost', auth: 'granted',
  jwt: { iss: 'http://localhost:4010/', sub: 'auth0|1', aud: 'https://api', iat: 1, exp: 4102444800, scope: 'openid profile' } });
const user = JSON.stringify(JSON.stringify({ sub: 'auth0|1', nickname: 'ann', name: 'Ann Example', email: 'ann@example.com', picture: 'data:,' }));

const worker = spawn(process.execPath, [...options.flags.split(' ').filter(Boolean), options.main], { stdio: ['ignore', 'inherit', 'inherit', 'pipe'], env: {} });
const socket = worker.stdio[3];
let out = [];
let started = 0;
let finished = 0;
let counter = 0;
let running = true;
let onReady;
const ready = new Promise((resolve) => (onReady = resolve));

function start() {
  out.push(frame(Type.invoke, ++started, invoke, 1));
}

let held = Buffer.alloc(0);
socket.on('data', (data) => {
  held = held.length === 0 ? data : Buffer.concat([held, data]);
  let at = 0;
  while (held.length - at >= 12) {
    const length = held.readUInt32LE(at);
    if (held.length - at - 12 < length) break;
    const type = held[at + 4];
    const id = held.readUInt32LE(at + 8);
    if (type === Type.call) {
      const get = held.indexOf('kv.get', at) < at + 40 && held.indexOf('kv.get', at) > 0;
      out.push(frame(Type.result, id, get ? user : String(++counter)));
    } else if (type === Type.settled) {
      ++finished;
      if (running) start();
    } else if (type === Type.ready) {
      onReady();
    } else if (type === Type.log || type === Type.loadFailed) {
      console.log(held.toString('utf8', at + 12, at + 12 + length));
    }
    at += 12 + length;
  }
  held = held.subarray(at);
  send();
});

function send() {
  if (out.length === 0) return;
  socket.write(Buffer.concat(out));
  out = [];
}

function cpu() {
  const fields = readFileSync(`/proc/${worker.pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return { user: Number(fields[11]) / kTicksPerSecond, system: Number(fields[12]) / kTicksPerSecond };
}

const spawned = performance.now();
const script = bundle(app, '--minify');
out.push(frame(Type.hello, 0, JSON.stringify({ protocol: 1, project: 'p', space: 'dev', deployment: 'd', env: {}, limits: {} })));
out.push(frame(Type.bundle, 0, script, 1));
send();
await ready;
console.log(`ready after ${(performance.now() - spawned).toFixed(0)} ms with bundling`);
for (let i = 0; i < Number(options['in-flight']); ++i) start();
send();
await new Promise((resolve) => setTimeout(resolve, 1500));  // until the code is hot
for (let round = 0; round < Number(options.rounds); ++round) {
  const [cpu0, finished0, time0] = [cpu(), finished, performance.now()];
  await new Promise((resolve) => setTimeout(resolve, 1000 * Number(options.seconds)));
  const [cpu1, count, seconds] = [cpu(), finished - finished0, (performance.now() - time0) / 1000];
  const micros = (a, b) => ((1e6 * (b - a)) / count).toFixed(1);
  console.log(`${Math.round(count / seconds)} requests/s, worker ${micros(cpu0.user, cpu1.user)} µs user + ${micros(cpu0.system, cpu1.system)} µs system per request`);
}
running = false;
socket.write(frame(Type.drain, 0));
await once(worker, 'exit');
