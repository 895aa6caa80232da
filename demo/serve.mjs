// Serves the built demo on this machine: node serve.mjs --port 5173 [--config FILE] [--dir dist]
// --config answers in place of auth_config.json. Prints {"ready":true,"port":N}; ends on SIGTERM.

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { extname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const kConfigPath = '/auth_config.json';
const kTypes = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
};

function fail(message) {
  process.stderr.write(`demo: ${message}\n`);
  process.exit(1);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: { port: { type: 'string', default: '5173' }, config: { type: 'string' }, dir: { type: 'string' } },
    });
    const dir = resolve(values.dir ?? fileURLToPath(new URL('dist', import.meta.url)));
    return { port: Number(values.port), dir, configFile: resolve(values.config ?? join(dir, kConfigPath)) };
  } catch (error) {
    return fail(error.message.split('. ')[0]);
  }
}

const { port, dir, configFile } = readOptions();
if (!Number.isInteger(port) || port < 0 || port > 65535) fail('--port is not a port.');
if (!existsSync(join(dir, 'index.html'))) fail(`${dir} holds no built demo; run "npm run build" first.`);
if (!existsSync(configFile)) fail(`${configFile} does not exist.`);

// The page may reach its own origin, the identity provider and the API of its configuration: nothing else.
function contentSecurityPolicy() {
  const originOf = (address) => new URL(/^https?:\/\//.test(address) ? address : `https://${address}`).origin;
  const { domain, apiBase } = JSON.parse(readFileSync(configFile, 'utf8'));
  return [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "worker-src 'self'", "img-src 'self' data: https:",
    `connect-src 'self' ${originOf(domain)} ${originOf(apiBase)}`, `frame-src ${originOf(domain)}`,
    "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
  ].join('; ');
}

/** The file a path names; pages of the app are all index.html. Null: a missing file, or a path out of the folder. */
function fileFor(pathname) {
  if (pathname === kConfigPath) return configFile;
  const file = resolve(join(dir, pathname));
  if (!file.startsWith(dir + sep) || !extname(file)) return join(dir, 'index.html');
  return existsSync(file) ? file : null;
}

const isLoopbackHost = (host) => /^(localhost|[a-z0-9.-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host ?? '');

async function answer(request, response) {
  const end = (status, text) => response.writeHead(status, { 'content-type': 'text/plain' }).end(text);
  if (!isLoopbackHost(request.headers.host)) return end(421, 'This server answers to loopback names only.\n');
  if (request.method !== 'GET' && request.method !== 'HEAD') return end(405, 'GET only.\n');
  let pathname;
  try {
    pathname = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
  } catch {
    return end(400, 'This is no path.\n');
  }
  const file = pathname.includes('\0') ? null : fileFor(pathname);
  if (!file) return end(404, 'Nothing here.\n');
  const body = await readFile(file);
  response.writeHead(200, {
    'content-type': kTypes[extname(file)] ?? 'application/octet-stream',
    'content-length': body.length,
    'cache-control': pathname.startsWith('/assets/') ? 'max-age=31536000, immutable' : 'no-cache',
    'content-security-policy': contentSecurityPolicy(),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
  });
  return response.end(body);
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    process.stderr.write(`demo: ${error.message}\n`);
    if (!response.headersSent) response.writeHead(500).end();
    else response.destroy();
  });
});
server.on('error', (error) => fail(error.code === 'EADDRINUSE' ? `port ${port} is in use.` : error.message));
server.listen(port, '127.0.0.1', () => process.stdout.write(`${JSON.stringify({ ready: true, port: server.address().port })}\n`));
process.on('SIGTERM', () => process.exit(0));
