// How fast a large body goes through the routes of an app, and what memory server and worker take for it. See README.md.
//   node bench/files/run.mjs [--mib 1024] [--json] [--data DIR] [--build BUILD_DIR]
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { request as open } from 'node:http';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({ options: {
  mib: { type: 'string', default: '1024' }, json: { type: 'boolean', default: false }, data: { type: 'string', default: tmpdir() },
  build: { type: 'string', default: 'build/release' },
} });
process.env.REDD_TEST_BIN ??= join(resolve(options.build), 'bin');
const { startRedd } = await import('../../tests/lib/redd.mjs');
const { makeApp } = await import('../../tests/lib/app.mjs');
const pieces = Number(options.mib);
const piece = randomBytes(1 << 20);

async function upload(url) {
  const client = open(url, { method: 'PUT', headers: { 'content-type': 'application/octet-stream', 'content-length': pieces * piece.length } });
  const answered = once(client, 'response');
  for (let n = 0; n < pieces; ++n) if (!client.write(piece)) await once(client, 'drain');
  client.end();
  const [answer] = await answered;
  let text = '';
  for await (const part of answer) text += part;
  if (answer.statusCode !== 200) throw new Error(`${url}: ${answer.statusCode} ${text}`);
  return JSON.parse(text).bytes;
}

async function download(url) {
  const client = open(url, { headers: { 'accept-encoding': 'identity' } });
  client.end();
  const [answer] = await once(client, 'response');
  let bytes = 0;
  for await (const part of answer) bytes += part.length;
  return bytes;
}

const ways = [
  { name: 'upload, counted', path: '/counted', work: upload },
  { name: 'upload, file store', path: '/stored', work: upload },
  { name: 'download, file store', path: '/stored', work: download },
  { name: 'download, app.storage', path: '/static/big.bin', work: download },
];

// A field of /proc/PID/status in MiB: VmRSS now, VmHWM the most since the peak was cleared.
const memory = async (pid, field) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(await readFile(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

// A server and a worker that have done nothing else: what the way before left in their heaps would hide what this one takes.
async function measure(dataDir, url, { path, work }) {
  const server = await startRedd({ dataDir });
  try {
    const base = server.url + new URL(url).pathname;
    const pid = Number(await (await fetch(`${base}/pid`)).text());
    const both = (field) => Promise.all([memory(pid, field), memory(server.pid, field)]);
    for (const one of [pid, server.pid]) await writeFile(`/proc/${one}/clear_refs`, '5');  // the peak counts from here
    const quiet = await both('VmRSS');
    const began = performance.now();
    const bytes = await work(base + path);
    const seconds = (performance.now() - began) / 1000;
    const [worker, redd] = (await both('VmHWM')).map((most, n) => most - quiet[n]);
    if (bytes !== pieces * piece.length) throw new Error(`${path}: ${bytes} bytes of ${pieces * piece.length}`);
    return { seconds, mibPerSecond: pieces / seconds, workerMib: worker, reddMib: redd, workerQuietMib: quiet[0], reddQuietMib: quiet[1] };
  } finally {
    await server.stop();
  }
}

const dataDir = await mkdtemp(join(options.data, 'redd-files-'));
try {
  const server = await startRedd({ dataDir });
  const deployed = async () => {
    const app = await makeApp(server, { from: 'bench/files/backend' });
    await app.deploy();
    return app;
  };
  const app = await deployed().finally(server.stop);
  const results = [];
  if (!options.json) console.log(`${options.mib} MiB              MiB/s   worker   redd   (MiB at the peak, more than before)`);
  for (const way of ways) {
    const result = await measure(dataDir, app.url, way);
    results.push({ name: way.name, mib: pieces, ...result });
    if (options.json) continue;
    console.log(`${way.name.padEnd(22)}${result.mibPerSecond.toFixed(0).padStart(6)}${result.workerMib.toFixed(1).padStart(9)}${result.reddMib.toFixed(1).padStart(7)}`);
  }
  if (options.json) console.log(JSON.stringify(results, null, 2));
  await app.remove();
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
