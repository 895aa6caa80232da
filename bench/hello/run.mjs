// The founding route on Redd and on Express + express-oauth2-jwt-bearer + SQLite, on this machine, in this run: RS256 token, key/value
// read, durable counter. Prints ratios, latencies, CPU a request, cold start and memory. See README.md for how to read it.
//   node run.mjs [--seconds 8] [--connections 64] [--rounds 3] [--json] [--data DIR]   DIR: where the databases lie, by default the temporary directory
import { execFile, spawn } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { mkdtemp, readFile, rm, readdir, cp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { promisify, parseArgs } from 'node:util';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { coho, node, startProgram, startRedd } from '../../tests/lib/redd.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({ options: { seconds: { type: 'string', default: '8' }, connections: { type: 'string', default: '64' }, rounds: { type: 'string', default: '3' }, json: { type: 'boolean', default: false }, data: { type: 'string', default: tmpdir() } } });
const say = (text) => { if (!options.json) console.log(text); };
const scratch = await mkdtemp(join(options.data, 'redd-bench-'));

// A key set on loopback and tokens for it.
const { publicKey, privateKey } = await generateKeyPair('RS256');
const keySet = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'bench', alg: 'RS256', use: 'sig' }] });
const idp = createServer((req, res) => res.setHeader('content-type', 'application/json').end(keySet)).listen(0, '127.0.0.1');
await new Promise((done) => idp.on('listening', done));
const issuer = `http://127.0.0.1:${idp.address().port}/`, audience = 'https://bench.test', jwks = `${issuer}jwks.json`;
const sign = (expires) => new SignJWT({ scope: 'openid profile email' }).setProtectedHeader({ alg: 'RS256', kid: 'bench', typ: 'JWT' })
  .setIssuer(issuer).setAudience(audience).setSubject('bench|alice').setIssuedAt().setExpirationTime(expires).sign(privateKey);
const token = await sign('2h'), expired = await sign(Math.floor(Date.now() / 1000) - 3600);

// ---- measuring ----
const ticks = Number((await promisify(execFile)('getconf', ['CLK_TCK'])).stdout);
const family = async (pid) => {  // a process and its children
  const all = [pid];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try { if (Number((await readFile(`/proc/${entry}/stat`, 'utf8')).split(') ')[1].split(' ')[1]) === pid) all.push(Number(entry)); } catch { /* gone */ }
  }
  return all;
};
const cpu = async (pid) => {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1].split(' ');
  return { user: Number(fields[11]) / ticks, system: Number(fields[12]) / ticks };
};
const memory = async (pid) => {  // proportional share, so that what workers share is counted once
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)[1]) / 1024;
};
const wrk = async (url, bearer, seconds = options.seconds) => {
  const { stdout } = await promisify(execFile)('wrk', ['-t1', `-c${options.connections}`, `-d${seconds}s`, '--latency', '-H', `Authorization: Bearer ${bearer}`, url]);
  const ms = (text) => { const found = /([\d.]+)(us|ms|s)/.exec(text); if (!found) throw new Error(stdout); return Number(found[1]) * { us: 0.001, ms: 1, s: 1000 }[found[2]]; };
  return {
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]),
    p50: ms(/50%\s+(\S+)/.exec(stdout)[1]), p99: ms(/99%\s+(\S+)/.exec(stdout)[1]),
    failed: Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0),
    count: Number(/(\d+) requests in/.exec(stdout)[1]),
  };
};
const measured = async (pid, url, bearer) => {
  const pids = await family(pid);
  const before = await Promise.all(pids.map(cpu));
  const result = await wrk(url, bearer);
  const after = await Promise.all(pids.map(cpu));
  result.cpu = pids.map((id, i) => ({ id, user: ((after[i].user - before[i].user) / result.count) * 1e6, system: ((after[i].system - before[i].system) / result.count) * 1e6 }));
  return result;
};

// What a sync costs here: 8 KiB appended, then fdatasync, as a commit does.
const syncMs = () => {
  const fd = openSync(join(scratch, 'sync'), 'w');
  const took = [];
  for (let i = 0; i < 100; i++) {
    writeSync(fd, Buffer.alloc(8192));
    const from = performance.now();
    fdatasyncSync(fd);
    took.push(performance.now() - from);
  }
  closeSync(fd);
  return took.toSorted((a, b) => a - b)[50];
};

// ---- the contestants ----
const express = async (synchronous) => {
  const program = await startProgram(node, [join(here, 'express.mjs'), '0', join(scratch, `express-${synchronous}.sqlite`), synchronous, jwks, issuer, audience], { env: { NODE_ENV: 'production' } });
  return { name: `Express, ${synchronous}`, url: `http://127.0.0.1:${program.info.port}/dev/hello`, pid: program.child.pid, stop: program.stop };
};
const backend = join(scratch, 'backend');
await cp(join(here, 'backend'), backend, { recursive: true });
await symlink(join(here, 'node_modules'), join(backend, 'node_modules'));
const redd = async () => {
  const server = await startRedd({ dataDir: join(scratch, 'redd'), args: ['--allow-private', '127.0.0.1'] });
  if ((await server.api('GET', '/projects')).projects.length === 0) {
    const project = await server.api('POST', '/projects', { name: 'bench' });
    await server.api('POST', `/projects/${project.uniqueName}/spaces`, { name: 'dev' });
    await writeFile(join(backend, 'config.json'), JSON.stringify({ name: project.uniqueName, space: 'dev' }));
    await server.api('PUT', `/projects/${project.uniqueName}/spaces/dev/jwks`, { url: jwks, issuer, audience: [audience] });
    const deployed = await coho(server, ['deploy'], { cwd: backend });
    if (deployed.code !== 0) throw new Error(deployed.stderr + deployed.stdout);
  }
  return { name: 'Redd, every write synced', url: `${server.url}/dev/hello`, server, pid: server.pid, stop: server.stop };
};

try {
  const results = {};
  const sync = syncMs();
  say(`${options.connections} connections; fdatasync p50 ${sync.toFixed(2)} ms: whoever syncs each answer cannot answer more than ${sync > 0.05 ? (Number(options.connections) / sync * 1000).toFixed(0) : 'many'} requests/s`);
  let contestant = await redd();
  await contestant.stop();

  // Cold: a server that has just started and has no worker; then its first request.
  contestant = await redd();
  const idleMemory = await memory(contestant.pid);
  const coldFrom = performance.now();
  const cold = await fetch(contestant.url, { headers: { authorization: `Bearer ${token}` } });
  const coldMs = performance.now() - coldFrom;
  if (cold.status !== 200) throw new Error(`${cold.status} ${await cold.text()}`);
  await wrk(contestant.url, token, '1');
  const warmMemory = (await Promise.all((await family(contestant.pid)).map(memory))).reduce((a, b) => a + b);
  await contestant.stop();

  // Rounds alternate, so that whatever else the machine does hits all alike; medians are compared.
  const make = [redd, () => express('NORMAL'), () => express('FULL')];
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const start of make) {
      const one = await start();
      await wrk(one.url, token, '2');
      const result = await measured(one.pid, one.url, token);
      say(`round ${round + 1}  ${one.name.padEnd(26)} ${result.rate.toFixed(0).padStart(7)} requests/s  p50 ${result.p50.toFixed(2)} ms  p99 ${result.p99.toFixed(2)} ms${result.failed ? `  ${result.failed} FAILED` : ''}`);
      (results[one.name] ??= []).push(result);
      await one.stop();
    }
  }

  // A refused token: no worker time.
  contestant = await redd();
  await fetch(contestant.url, { headers: { authorization: `Bearer ${token}` } });
  const invocations = async () => (await contestant.server.metrics())('redd_worker_invocations_total');
  const before = await invocations();
  const refused = await measured(contestant.pid, contestant.url, expired);
  const refusedInvocations = (await invocations()) - before;
  await contestant.stop();

  const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
  const summary = Object.entries(results).map(([name, list]) => ({
    name, rate: median(list.map((r) => r.rate)), p50: median(list.map((r) => r.p50)), p99: median(list.map((r) => r.p99)), failed: list.reduce((sum, r) => sum + r.failed, 0),
    cpu: list[list.length >> 1].cpu.map(({ user, system }) => ({ user, system })),
  }));
  const [ours, normal, full] = summary;
  const report = {
    ratioToNormal: ours.rate / normal.rate, ratioToFull: ours.rate / full.rate, contestants: summary,
    fdatasyncMs: sync, refused: { rate: refused.rate, workerInvocations: refusedInvocations }, coldFirstRequestMs: coldMs, idleMiB: idleMemory, warmMiB: warmMemory,
  };
  if (options.json) console.log(JSON.stringify(report, null, 2));
  else {
    console.log('\n                              requests/s      p50      p99   CPU µs a request, user+system of each process');
    for (const row of summary) {
      console.log(`${row.name.padEnd(28)} ${row.rate.toFixed(0).padStart(11)} ${row.p50.toFixed(2).padStart(6)} ms ${row.p99.toFixed(2).padStart(6)} ms   ${row.cpu.map((c) => `${c.user.toFixed(0)}+${c.system.toFixed(0)}`).join(', ')}`);
    }
    console.log(`\nRedd / Express NORMAL  ${report.ratioToNormal.toFixed(1)}  (aim 4)\nRedd / Express FULL    ${report.ratioToFull.toFixed(1)}  (aim 10)`);
    console.log(`refused tokens         ${refused.rate.toFixed(0)}/s, ${refusedInvocations} worker invocations (aim 0)`);
    console.log(`cold first request     ${coldMs.toFixed(0)} ms (aim < 250)\nidle server            ${idleMemory.toFixed(0)} MiB with one deployed space (aim < 80); with its warm worker ${warmMemory.toFixed(0)} MiB`);
  }
} finally {
  idp.close();
  idp.closeAllConnections();
  await rm(scratch, { recursive: true, force: true });
}
