// The admin UI's picture of the control plane is the server's own, and what is served is what was built.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { currentOperations } from '../admin/types.mjs';
import { startRedd } from './lib/redd.mjs';

test('admin/src/api/operations.ts is what the server says of its operations', async () => {
  const kept = await readFile(new URL('../admin/src/api/operations.ts', import.meta.url), 'utf8');
  assert.equal(kept, await currentOperations(), 'Fix: node admin/types.mjs');
});

test('the page of the UI and what it names are served, with a strict policy, and nothing to a foreign host name', async (t) => {
  const server = await startRedd();
  t.after(() => server.stop());
  const page = await fetch(`${server.url}/_/`);
  const html = await page.text();
  const policy = page.headers.get('content-security-policy');
  assert.match(policy, /default-src 'none'; script-src 'self';/);
  assert.doesNotMatch(policy.match(/script-src[^;]*/)[0], /unsafe|http|\*/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.equal(page.headers.get('set-cookie'), null);
  assert.equal(page.headers.get('access-control-allow-origin'), null);
  assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)[^>]*>/, 'an inline script');
  const named = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
  assert.ok(named.some((path) => path.endsWith('.js')) && named.some((path) => path.endsWith('.css')));
  for (const path of named) assert.equal((await fetch(server.url + path)).status, 200, path);
});
