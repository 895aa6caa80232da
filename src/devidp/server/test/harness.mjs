// Starts the provider as its users do (a child process, ports 0) and walks its flows by hand.

import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const kMain = fileURLToPath(new URL('../main.mjs', import.meta.url));

export const kClient = 'test-client';
export const kApp = 'http://localhost:3000';
export const kAudience = 'https://hello.redd.test';

export function makeStateDir(t) {
  const dir = mkdtempSync(join(tmpdir(), 'devidp-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export async function runMain(args) {
  const child = spawn(process.execPath, [kMain, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, stderr };
}

/** {base, secureBase, ready, stop(), exited}: a running provider that ends with the test. */
export async function startProcess(t, stateDir = makeStateDir(t)) {
  const args = ['--http-port', '0', '--https-port', '0', '--state', stateDir];
  const child = spawn(process.execPath, [kMain, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.once('close', resolve));
  t.after(() => child.kill('SIGKILL'));
  const line = await Promise.race([
    new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve)),
    exited.then((code) => Promise.reject(new Error(`the provider ended with ${code} before it was ready`))),
  ]);
  const ready = JSON.parse(line);
  const stop = () => {
    child.stdin.end();
    return exited;
  };
  return {
    ready,
    stateDir,
    stop,
    exited,
    child,
    base: `http://localhost:${ready.httpPort}`,
    secureBase: `https://localhost:${ready.httpsPort}`,
  };
}

/** fetch for what fetch cannot say: a Host header, a private authority. Answers {status, headers, body}. */
export function rawRequest(url, { headers = {}, caFile, method = 'GET', body } = {}) {
  const request = url.startsWith('https') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const options = { method, headers, agent: false, ca: caFile ? readFileSync(caFile) : undefined };
    const sent = request(url, options, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode, headers: response.headers, body: text });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export function makePkce() {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

export function authorizeQuery(pkce, overrides = {}) {
  const parameters = {
    client_id: kClient,
    redirect_uri: kApp,
    response_type: 'code',
    scope: 'openid profile email offline_access',
    audience: kAudience,
    state: 'state-1',
    nonce: 'nonce-1',
    code_challenge: pkce.challenge,
    code_challenge_method: 'S256',
    ...overrides,
  };
  const entries = Object.entries(parameters).filter(([, value]) => value !== null);
  return new URLSearchParams(entries).toString();
}

export const getAuthorize = (base, query, cookie = '') =>
  fetch(`${base}/authorize?${query}`, { redirect: 'manual', headers: { cookie, accept: 'text/html' } });

export function postLogin(base, query, { user = 'alice', claims = '', headers = {}, ...more } = {}) {
  const body = new URLSearchParams({ user, claims, ...more });
  return fetch(`${base}/login?${query}`, { method: 'POST', body, redirect: 'manual', headers: { origin: base, ...headers } });
}

/** Signs in: {code, cookie, callback}. */
export async function signIn(base, query, form) {
  const answer = await postLogin(base, query, form);
  const callback = new URL(answer.headers.get('location'));
  const cookie = answer.headers.get('set-cookie').split(';')[0];
  return { code: callback.searchParams.get('code'), cookie, callback };
}

export const postToken = (base, fields) =>
  fetch(`${base}/oauth/token`, { method: 'POST', body: new URLSearchParams(fields) });

export async function exchange(base, code, verifier, fields = {}) {
  const answer = await postToken(base, {
    grant_type: 'authorization_code',
    client_id: kClient,
    redirect_uri: kApp,
    code,
    code_verifier: verifier,
    ...fields,
  });
  return { status: answer.status, body: await answer.json() };
}

/** The whole way for one person: the token endpoint's answer and the session's cookie. */
export async function fullSignIn(base, form) {
  const pkce = makePkce();
  const { code, cookie } = await signIn(base, authorizeQuery(pkce), form);
  const { body } = await exchange(base, code, pkce.verifier);
  return { ...body, cookie };
}

export async function makeDevToken(base, fields) {
  const answer = await fetch(`${base}/dev/token`, { method: 'POST', body: JSON.stringify(fields) });
  return { status: answer.status, ...(await answer.json()) };
}

export async function getUserinfo(base, token) {
  const answer = await fetch(`${base}/userinfo`, { headers: token ? { authorization: `Bearer ${token}` } : {} });
  return { status: answer.status, reason: answer.headers.get('www-authenticate'), body: await answer.json() };
}
