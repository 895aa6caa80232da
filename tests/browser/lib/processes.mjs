// Starts the pieces as a person would: each a process of its own, each on a port of its own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const kTop = new URL('../../../', import.meta.url);

export const kAudience = 'https://hello.redd.test';

/** Runs a program that prints one line of JSON when ready; ends with the test. Answers that line's object. */
async function startProgram(t, path, args) {
  const child = spawn(process.execPath, [fileURLToPath(new URL(path, kTop)), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  t.after(() => {
    child.kill('SIGTERM');
    return closed;
  });
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([text]) => text),
    closed.then(([code]) => Promise.reject(new Error(`${path} ended with ${code} before it was ready`))),
  ]);
  return JSON.parse(line);
}

export function makeFolder(t) {
  const dir = mkdtempSync(join(tmpdir(), 'redd-browser-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** {url, securePort, caFile}: the development identity provider, `url` without a slash. */
export async function startIdp(t, { accessTokenLifetimeS = 86400 } = {}) {
  const args = ['--http-port', '0', '--https-port', '0', '--state', makeFolder(t)];
  const ready = await startProgram(t, 'src/devidp/server/main.mjs', [
    ...args, '--access-token-lifetime', String(accessTokenLifetimeS),
  ]);
  return { url: `http://localhost:${ready.httpPort}`, securePort: ready.httpsPort, caFile: ready.caFile };
}

/** The address of the built demo, configured for `idp` and `apiBase`. */
export async function startDemo(t, idp, apiBase, overrides = {}) {
  const config = join(makeFolder(t), 'auth_config.json');
  const fields = { domain: idp.url, clientId: 'redd-demo', audience: kAudience, apiBase, useRefreshTokens: false, ...overrides };
  writeFileSync(config, JSON.stringify(fields));
  const ready = await startProgram(t, 'demo/serve.mjs', ['--port', '0', '--config', config]);
  return `http://localhost:${ready.port}`;
}
