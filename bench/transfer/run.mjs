// How fast a collection goes in and out through coho, and what memory server and coho take for it. See README.md.
//   node bench/transfer/run.mjs [DOCUMENTS] [BUILD_DIR]
import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const documents = Number(process.argv[2] ?? 1_000_000);
process.env.REDD_TEST_BIN ??= join(resolve(process.argv[3] ?? 'build/release'), 'bin');
const { cohoBin, startRedd } = await import('../../tests/lib/redd.mjs');

const mib = (kib) => Math.round(kib / 1024);
// A field of /proc/PID/status in KiB: VmRSS now, VmHWM the most so far.
const memory = (pid, field) => {
  try { return Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(new RegExp(`^${field}:\\s+(\\d+)`, 'm'))?.[1] ?? 0); } catch { return 0; }
};

async function makeFile(path) {
  const out = createWriteStream(path);
  for (let n = 0; n < documents; ++n) {
    const line = JSON.stringify({
      _id: n.toString(16).padStart(24, '0'), number: n, name: `Person ${n}`, email: `person${n}@example.org`, active: n % 3 === 0, score: (n % 1000) / 8,
      address: { street: `Long Street ${n % 500}`, city: ['Oslo', 'Bergen', 'Lagos', 'Kyoto'][n % 4] }, tags: ['alpha', 'beta', `t${n % 50}`], note: 'n'.repeat(60 + (n % 40)),
    });
    if (!out.write(`${line}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

async function hash(path) {
  const sum = createHash('sha256');
  for await (const piece of createReadStream(path)) sum.update(piece);
  return sum.digest('hex');
}

const dir = await mkdtemp(join(tmpdir(), 'redd-transfer-'));
const server = await startRedd();
try {
  const project = (await server.api('POST', '/projects', { name: 'transfer' })).uniqueName;
  await server.api('POST', `/projects/${project}/spaces`, { name: 'dev' });
  await writeFile(join(dir, 'config.json'), JSON.stringify({ name: project, space: 'dev' }));
  const coho = async (args) => {
    const serverBefore = memory(server.pid, 'VmRSS');
    await writeFile(`/proc/${server.pid}/clear_refs`, '5').catch(() => {});  // the peak counts from here
    const child = spawn(cohoBin, args, { cwd: dir, env: { PATH: process.env.PATH, COHO_URL: server.url, COHO_TOKEN: server.token }, stdio: ['ignore', 'inherit', 'inherit'] });
    let cohoMost = 0;
    const watch = setInterval(() => { cohoMost = Math.max(cohoMost, memory(child.pid, 'VmHWM')); }, 50);
    const began = performance.now();
    const [code] = await once(child, 'exit');
    const seconds = (performance.now() - began) / 1000;
    clearInterval(watch);
    if (code !== 0) throw new Error(`coho ${args.join(' ')} ended with ${code}`);
    return { seconds, cohoMost, serverMore: memory(server.pid, 'VmHWM') - serverBefore };
  };
  const source = join(dir, 'in.jsonl');
  await makeFile(source);
  const bytes = statSync(source).size;
  console.log(`${documents} documents, ${Math.round(bytes / documents)} bytes each, ${mib(bytes / 1024)} MiB`);
  const show = (name, { seconds, cohoMost, serverMore }) =>
    console.log(`${name.padEnd(14)} ${seconds.toFixed(1).padStart(6)} s  ${Math.round(documents / seconds).toString().padStart(7)} documents/s   coho at most ${mib(cohoMost)} MiB, redd at most ${mib(serverMore)} MiB more`);
  show('import ndjson', await coho(['import', 'people', 'in.jsonl']));
  show('export ndjson', await coho(['export', 'people', '-f', 'out.jsonl']));
  if ((await hash(source)) !== (await hash(join(dir, 'out.jsonl')))) throw new Error('what came out is not what went in');
  show('export json', await coho(['export', 'people', '-f', 'out.json']));
  show('import json', await coho(['import', 'again', 'out.json']));
  show('export csv', await coho(['export', 'people', '-f', 'out.csv']));
  show('import csv', await coho(['import', 'flat', 'out.csv']));
  const kinds = JSON.parse(await (await fetch(`${server.url}/_/api/v1/projects/${project}/spaces/dev/collections`, { headers: { authorization: `Bearer ${server.token}` } })).text());
  for (const one of kinds.collections) if (one.documents !== documents) throw new Error(`${one.name} has ${one.documents} documents`);
} finally {
  await server.stop();
  await rm(dir, { recursive: true, force: true });
}
