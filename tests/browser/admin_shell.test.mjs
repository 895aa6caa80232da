// The admin UI around its screens: the door, the navigation, the palette, a server that goes away and comes back, a session that ends.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { startRedd } from '../lib/redd.mjs';
import { giveToken, openAdmin, startSpace } from './lib/admin.mjs';
import { keepPicture, launchChromium, openPage } from './lib/chromium.mjs';

let browser;
before(async () => (browser = await launchChromium()));
after(() => browser?.close());

test('a new server: the first page makes the owner\'s account with the code, then shows what to do next', async (t) => {
  const server = await startRedd();
  t.after(() => server.stop());
  const { page, problems } = await openPage(t, browser);
  await page.goto(`http://localhost:${server.port}/_/`);
  await keepPicture(page, 'setup');
  await page.getByLabel('Setup code').fill('wrong-code');
  await page.getByLabel('Your name').fill('Ada');
  await page.getByLabel('E-mail').fill('ada@example.org');
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Make the owner’s account' }).click();
  assert.match(await page.getByRole('alert').filter({ hasText: 'code' }).textContent(), /wrong/);
  await page.getByLabel('Setup code').fill((await readFile(join(server.dataDir, 'setup-code'), 'utf8')).trim());
  await page.getByRole('button', { name: 'Make the owner’s account' }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await page.reload();
  await page.getByLabel('E-mail').fill('ada@example.org');
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: /password/i }).waitFor();
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  assert.equal(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie])), '[{},{},""]', 'something of the login was kept');
  assert.deepEqual(problems, []);
});

test('an address of a screen can be opened directly; a browser takes the compressed form; nothing leaves the machine', async (t) => {
  const { server, at } = await startSpace(t, { deploy: false });
  const { page, requests, problems } = await openAdmin(t, browser, server, { path: `${at}/settings` });
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  assert.ok(page.url().endsWith('/settings'));
  const script = requests.find(({ url }) => /\/_\/ui\/index-.*\.js$/.test(url));
  const answer = await fetch(script.url, { headers: { 'accept-encoding': 'br' } });
  assert.equal(answer.headers.get('content-encoding'), 'br');
  assert.match(answer.headers.get('cache-control'), /immutable/);
  assert.deepEqual(problems, []);
});

test('the first screen is under 250 KB compressed', async (t) => {
  const { server, at } = await startSpace(t);
  const { page } = await openAdmin(t, browser, server, { path: `${at}/overview` });
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await page.waitForLoadState('networkidle');
  const bytes = await page.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => name.includes('/_/ui/')).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0));
  t.diagnostic(`${Math.round(bytes / 1000)} KB`);
  assert.ok(bytes > 50_000 && bytes < 250_000, `${bytes} bytes`);
});

test('Ctrl-K finds a screen by a part of its name and goes there by keyboard alone', async (t) => {
  const { server, at } = await startSpace(t, { deploy: false });
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/overview` });
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /Search/ }).waitFor();
  await keepPicture(page, 'palette');
  await page.keyboard.type('roll back');
  await page.getByRole('option', { name: /coho rollback/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Deployments' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Escape');
  await page.getByRole('combobox', { name: /Search/ }).waitFor({ state: 'detached' });
  assert.deepEqual(problems, []);
});

test('a token that is taken back ends the session on the page; logging in again goes on where one was', async (t) => {
  const { server, at } = await startSpace(t, { deploy: false });
  const made = await server.api('POST', '/me/tokens', { name: 'for the test' });
  const { page } = await openAdmin(t, browser, server, { path: `${at}/overview`, token: made.secret });
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await server.api('DELETE', `/me/tokens/${made.id}`);
  await page.getByRole('link', { name: 'Deployments', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Log in again' });
  await dialog.waitFor();
  await giveToken(dialog, server.token);
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('heading', { level: 1, name: 'Deployments' }).waitFor();
});

test('a server that goes away is said, and the page heals itself when it is back', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'redd-admin-'));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  const first = await startRedd({ dataDir });
  await first.api('POST', '/projects', { name: 'kept' });
  const { page } = await openAdmin(t, browser, first);
  await page.getByRole('main').getByText('kept').first().waitFor();
  await first.kill();
  await page.getByRole('link', { name: 'Your account' }).click();
  const said = page.getByRole('alert').filter({ hasText: 'out of reach' });
  await said.waitFor();
  await keepPicture(page, 'server-lost');
  const second = await startRedd({ dataDir, listen: `127.0.0.1:${first.port}` });
  t.after(() => second.stop());
  await said.waitFor({ state: 'detached' });
  await page.getByRole('heading', { level: 1, name: 'Your account' }).waitFor();
  await second.api('POST', '/me/tokens', { name: 'made by another' });
  await page.getByRole('link', { name: 'Projects' }).click();
  await page.getByRole('link', { name: 'Your account' }).click();
  await page.getByText('made by another').waitFor();
});
