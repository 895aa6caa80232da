// The admin UI as a person meets it: a real redd with a real space, the page in Chromium, logged in.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeApp } from '../../lib/app.mjs';
import { startDevIdp, startRedd } from '../../lib/redd.mjs';
import { openPage } from './chromium.mjs';

const kScript = `
import { app, Datastore } from 'codehooks-js';
app.get('/hello', async (req, res) => {
  console.log('said hello');
  const db = await Datastore.open();
  await db.set('greeted', 'yes');
  res.json({ message: 'hello' });
});
app.get('/fails', () => { throw new Error('it fails on purpose'); });
export default app.init();
`;

/** {server, app, at}: a running redd, a space `dev` with code in it, and the path of its screens. Ends with the test. */
export async function startSpace(t, { script = kScript, args = [], deploy = true } = {}) {
  const server = await startRedd({ args });
  t.after(() => server.stop());
  const app = await makeApp(server, { files: { 'index.js': script } });
  t.after(() => app.remove());
  if (deploy) await app.deploy();
  return { server, app, at: `/_/p/${app.project}/dev` };
}

/** {idp, close()}: the development identity provider for the tests of a file; a redd reaches it with kReachesIdp. */
export async function openIdp() {
  const dir = await mkdtemp(join(tmpdir(), 'redd-idp-'));
  const idp = await startDevIdp(dir);
  const close = async () => {
    await idp.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return { idp, close };
}
export const kReachesIdp = ['--allow-private', 'localhost'];

/** A page at `path`, logged in with `token`. {page, requests, problems} as openPage() gives them. */
export async function openAdmin(t, browser, server, { path = '/_/', token = server.token, ...options } = {}) {
  const opened = await openPage(t, browser, options);
  // No dialog of the browser asks where to save: files come as downloads.
  await opened.page.addInitScript(() => Object.defineProperty(window, 'showSaveFilePicker', { value: undefined, configurable: true, writable: true }));
  await opened.page.goto(`http://localhost:${server.port}${path}`);
  await logIn(opened.page, token);
  return opened;
}

/** On a page that shows the login. */
export async function logIn(page, token) {
  await giveToken(page, token);
  await page.getByRole('navigation', { name: 'Main', includeHidden: true }).waitFor({ state: 'attached' });
}

/** Into the forms of the login, wherever they stand. */
export async function giveToken(page, token) {
  await page.getByRole('button', { name: 'Token', exact: true }).click();
  await page.getByLabel('Token', { exact: true }).fill(token);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
}

export const kPassword = 'correct horse battery';

/** {user, token}: an account that has set its password with the code it was given. */
export async function addPerson(server, email, { name = email.split('@')[0], password = kPassword } = {}) {
  const { code } = await server.api('POST', '/users', { email, name });
  return server.api('POST', '/accounts', { code, password });
}

/** On a page that shows the login. */
export async function logInAs(page, email, password = kPassword) {
  await page.getByLabel('E-mail', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByRole('navigation', { name: 'Main', includeHidden: true }).waitFor({ state: 'attached' });
}
