// 100,000 documents of about 300 bytes on Redd and on Express + better-sqlite3, on this machine, in this run: get by _id, query by an
// indexed field that returns 20, insert. And a filter without index: its time, and what it does to the latency of others.
//   node run.mjs [--seconds 6] [--connections 64] [--rounds 3] [--json] [--data DIR]
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { coho, node, startProgram, startRedd } from '../../tests/lib/redd.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({ options: { seconds: { type: 'string', default: '6' }, connections: { type: 'string', default: '64' }, rounds: { type: 'string', default: '3' }, json: { type: 'boolean', default: false }, data: { type: 'string', default: tmpdir() } } });
const say = (text) => { if (!options.json) console.log(text); };
const scratch = await mkdtemp(join(options.data, 'redd-bench-'));
const kDocuments = 100_000, kPerCustomer = 20;

const documents = join(scratch, 'documents.ndjson');
const makeDocument = (i) => ({
  _id: `doc${String(i).padStart(8, '0')}`, customer: `customer-${i % (kDocuments / kPerCustomer)}`, amount: (i * 7919) % 10_000, status: ['open', 'paid', 'late'][i % 3],
  at: new Date(1.7e12 + i * 1000), note: `The quick brown fox ${i} jumps over the lazy dog, and then it goes home to sleep until morning.`, lines: [{ sku: `sku-${i % 97}`, n: i % 9 }],
});
await writeFile(documents, Array.from({ length: kDocuments }, (_, i) => JSON.stringify(makeDocument(i))).join('\n'));

// wrk with a script, so that each request asks for another document.
const scripts = {
  get: `request = function() return wrk.format("GET", string.format("/dev/doc/doc%08d", math.random(0, ${kDocuments - 1}))) end`,
  query: `request = function() return wrk.format("GET", "/dev/of/customer-" .. math.random(0, ${kDocuments / kPerCustomer - 1})) end`,
  insert: `wrk.method = "POST"; wrk.path = "/dev/doc"; wrk.headers["Content-Type"] = "application/json"; wrk.body = '${JSON.stringify({ ...makeDocument(1), _id: undefined })}'`,
  hello: 'request = function() return wrk.format("GET", "/dev/hello") end',
};
for (const [name, text] of Object.entries(scripts)) await writeFile(join(scratch, `${name}.lua`), text);
const wrk = async (port, script, { seconds = options.seconds, connections = options.connections } = {}) => {
  const { stdout } = await promisify(execFile)('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', join(scratch, `${script}.lua`), `http://127.0.0.1:${port}`]);
  const ms = (text) => { const found = /([\d.]+)(us|ms|s)/.exec(text); if (!found) throw new Error(stdout); return Number(found[1]) * { us: 0.001, ms: 1, s: 1000 }[found[2]]; };
  const failed = Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0);
  if (failed > 0) throw new Error(`${script}: ${failed} answers failed\n${stdout}`);
  return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]), p50: ms(/^ +50%\s+(\S+)/m.exec(stdout)[1]), p99: ms(/^ +99%\s+(\S+)/m.exec(stdout)[1]) };
};

let number = 0;
const express = async (synchronous) => {
  const program = await startProgram(node, [join(here, 'express.mjs'), join(scratch, `express-${number++}.sqlite`), synchronous, documents], { env: { NODE_ENV: 'production' } });
  return { name: `Express, ${synchronous}`, port: program.info.port, stop: program.stop };
};
const redd = async () => {
  const backend = join(scratch, `backend-${number++}`);
  await cp(join(here, 'backend'), backend, { recursive: true });
  await symlink(join(here, 'node_modules'), join(backend, 'node_modules'));
  const server = await startRedd({ dataDir: `${backend}-data` });
  const project = await server.api('POST', '/projects', { name: 'bench' });
  await server.api('POST', `/projects/${project.uniqueName}/spaces`, { name: 'dev' });
  await writeFile(join(backend, 'config.json'), JSON.stringify({ name: project.uniqueName, space: 'dev' }));
  for (const args of [['deploy'], ['createindex', '-c', 'docs', '-i', 'customer'], ['import', '-c', 'docs', '-f', documents]]) {
    const done = await coho(server, args, { cwd: backend });
    if (done.code !== 0) throw new Error(`coho ${args.join(' ')}: ${done.stderr}${done.stdout}`);
  }
  return { name: 'Redd, every write synced', port: server.port, server, stop: server.stop };
};

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
try {
  const rates = {};
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const start of [redd, () => express('NORMAL'), () => express('FULL')]) {
      const one = await start();
      for (const script of ['get', 'query', 'insert']) {
        if (one.name.endsWith('FULL') && script !== 'insert') continue;
        await wrk(one.port, script, { seconds: 1 });
        const { rate, p50, p99 } = await wrk(one.port, script);
        say(`round ${round + 1}  ${one.name.padEnd(26)} ${script.padEnd(7)} ${rate.toFixed(0).padStart(7)} requests/s  p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms`);
        ((rates[script] ??= {})[one.name] ??= []).push(rate);
      }
      await one.stop();
    }
  }

  // A filter without index, alone and beside others' requests.
  const one = await redd();
  const scan = async () => (await (await fetch(`http://127.0.0.1:${one.port}/dev/scan`)).json());
  await scan();
  const scans = [];
  for (let i = 0; i < 9; i++) scans.push((await scan()).ms);
  await wrk(one.port, 'hello', { seconds: 1, connections: 8 });
  const quiet = await wrk(one.port, 'hello', { connections: 8 });
  let scanning = true, during = 0;
  const loop = (async () => { while (scanning) { await scan(); during++; } })();
  const busy = await wrk(one.port, 'hello', { connections: 8 });
  scanning = false;
  await loop;
  await one.stop();

  const ratio = (script, other) => median(rates[script]['Redd, every write synced']) / median(rates[script][other]);
  const report = {
    getRatio: ratio('get', 'Express, NORMAL'), queryRatio: ratio('query', 'Express, NORMAL'), insertRatioNormal: ratio('insert', 'Express, NORMAL'), insertRatioFull: ratio('insert', 'Express, FULL'),
    scanMs: median(scans), helloP99QuietMs: quiet.p99, helloP99ScanningMs: busy.p99, scansMeanwhile: during, rates,
  };
  if (options.json) console.log(JSON.stringify(report, null, 2));
  else {
    console.log(`\nget by _id           Redd / Express         ${report.getRatio.toFixed(1)}  (aim 2)`);
    console.log(`query of 20          Redd / Express         ${report.queryRatio.toFixed(1)}  (aim 2)`);
    console.log(`insert               Redd / Express NORMAL  ${report.insertRatioNormal.toFixed(1)}  (aim 2)`);
    console.log(`insert               Redd / Express FULL    ${report.insertRatioFull.toFixed(1)}`);
    console.log(`filter without index over ${kDocuments} documents: ${report.scanMs.toFixed(0)} ms (aim < 150)`);
    console.log(`p99 of /hello at 8 connections: ${quiet.p99.toFixed(2)} ms quiet, ${busy.p99.toFixed(2)} ms beside ${during} such filters: ${(busy.p99 / quiet.p99).toFixed(1)} times (aim 2)`);
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}
