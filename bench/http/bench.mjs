// Usage: node bench/http/bench.mjs BUILD_DIR [SECONDS]
// Runs our hello server and node:http in turn under wrk and prints requests a second and CPU time a request of each.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const [buildDir, seconds = '4'] = process.argv.slice(2);
if (!buildDir) {
  console.error('Usage: node bench/http/bench.mjs BUILD_DIR [SECONDS]');
  process.exit(2);
}
const here = import.meta.dirname;
const servers = {
  redd: [path.join(buildDir, 'bin', 'http_hello'), []],
  'node:http': [process.execPath, [path.join(here, 'hello_node.mjs')]],
};
const loads = {
  'plain, 64 connections': ['-c64'],
  'browser with a bearer token, 64': ['-c64', '-H', `Authorization: Bearer ${'t'.repeat(700)}`,
    '-H', 'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
    '-H', 'Accept: application/json', '-H', 'Accept-Encoding: gzip, deflate, br', '-H', 'Accept-Language: en', '-H', 'Origin: http://localhost:3000',
    '-H', 'Referer: http://localhost:3000/', '-H', 'Sec-Fetch-Site: cross-site', '-H', 'Sec-Fetch-Mode: cors', '-H', 'Sec-Fetch-Dest: empty'],
  'plain, 1 connection': ['-c1'],
};

async function measure([command, args], wrkArgs) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdout.setEncoding('utf8');
  const port = Number(String((await once(child.stdout, 'data'))[0]).trim());
  const text = execFileSync('wrk', ['-t1', `-d${seconds}`, '--latency', ...wrkArgs, `http://127.0.0.1:${port}/`], { encoding: 'utf8' });
  const report = once(child.stdout, 'data');
  child.stdin.end();
  const usage = JSON.parse(String((await report)[0]));
  const each = (s) => (s * 1e6 / usage.requests).toFixed(2);
  return {
    'requests/s': Math.round(Number(/Requests\/sec:\s+([\d.]+)/.exec(text)[1])),
    p50: /^\s+50%\s+(\S+)/m.exec(text)[1],
    p99: /^\s+99%\s+(\S+)/m.exec(text)[1],
    'user µs': each(usage.userS),
    'system µs': each(usage.systemS),
    'RSS MiB': Math.round(usage.rssKiB / 1024),
    errors: /(Socket errors:.*|Non-2xx.*)/.exec(text)?.[1] ?? 'none',
  };
}

for (const [load, wrkArgs] of Object.entries(loads)) {
  console.log(`\n${load}`);
  const rows = {};
  for (const [name, server] of Object.entries(servers)) rows[name] = await measure(server, wrkArgs);
  console.table(rows);
}
