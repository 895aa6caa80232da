// Deployments by mouse: each change is proved by what the space answers afterwards.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { logIn, openAdmin, startSpace } from './lib/admin.mjs';
import { keepPicture, launchChromium } from './lib/chromium.mjs';

let browser;
before(async () => (browser = await launchChromium()));
after(() => browser?.close());

const script = (says, more = '') => `
import { app } from 'codehooks-js';
app.get('/hello', (req, res) => res.json({ message: '${says}' }));
${more}
export default app.init();
`;

const short = (id) => `${id.slice(0, 8)}…${id.slice(-4)}`;
const region = (page) => page.getByRole('region', { name: 'Deployments' });
const message = (page, text) => page.getByRole('status', { name: 'Messages' }).getByText(text);

// A space whose `first` code was followed by code that says `second` and declares a route and a job more; {…, says(), list()}.
async function startTwo(t, { second = true } = {}) {
  const started = await startSpace(t, { script: script('first') });
  const { server, app } = started;
  if (second) {
    await app.write({ 'index.js': script('second', `app.get('/more', (req, res) => res.end()); app.job('*/5 * * * *', (req, res) => res.end());`) });
    await app.deploy();
  }
  const { key } = await server.api('POST', `${app.space}/tokens`, { access: 'READWRITE', description: 'test' });
  const call = (headers = {}) => fetch(`${app.url}/hello`, { headers: { 'x-apikey': key, ...headers } });
  const list = async () => (await server.api('GET', `${app.space}/deployments`)).deployments;
  return { ...started, call, list, says: async () => (await (await call()).json()).message };
}

// A bundle as coho makes them, saying something else.
async function bundleSaying(app, says) {
  const file = join(app.dir, 'uploaded.js');
  await app.good('bundle', '--out', file);
  const changed = (await readFile(file, 'utf8')).replace(/message:\s*"\w+"/, `message:"${says}"`);
  await writeFile(file, changed);
  return file;
}

async function drop(target, file) {
  const text = await readFile(file, 'utf8');
  const transfer = await target.page().evaluateHandle((content) => {
    const made = new DataTransfer();
    made.items.add(new File([content], 'uploaded.js', { type: 'text/javascript' }));
    return made;
  }, text);
  await target.dispatchEvent('drop', { dataTransfer: transfer });
}

test('OP-02 a deployment is rolled back by mouse, and the old code answers', async (t) => {
  const { server, at, list, says } = await startTwo(t);
  const [second, first] = await list();
  assert.equal(await says(), 'second');
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/deployments` });
  await page.getByRole('button', { name: `Roll back to ${short(first.id)}` }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(`replaces the active ${short(second.id)}`, { exact: false }).waitFor();
  await dialog.getByText(`coho rollback ${first.id}`, { exact: false }).waitFor();
  await keepPicture(page, 'deployments-rollback');
  await dialog.getByRole('button', { name: 'Roll back', exact: true }).click();
  await message(page, `${short(first.id)} answers again`).waitFor();
  assert.equal(await says(), 'first');
  const [newest] = await list();
  assert.equal(newest.restores, first.id);
  await region(page).getByText(`is ${short(first.id)} again`).waitFor();
  await keepPicture(page, 'deployments');
  assert.deepEqual(problems, []);
});

test('the details show the manifest, the differences, the bundle and the source', async (t) => {
  const { server, at, list } = await startTwo(t);
  const [second] = await list();
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/deployments` });
  await page.getByRole('button', { name: `Details of ${short(second.id)}` }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('region', { name: 'Declares' }).getByText('GET /more').waitFor();
  const differences = dialog.getByRole('region', { name: 'Differences' });
  assert.match(await differences.getByRole('list', { name: 'Changed: Routes' }).innerText(), /added\s*GET \/more/);
  assert.match(await differences.getByRole('list', { name: 'Changed: Jobs' }).innerText(), /\*\/5 \* \* \* \*/);
  await differences.getByRole('button', { name: 'Compare the text of the bundles' }).click();
  const text = await differences.getByRole('list', { name: 'Changed statements' }).innerText();
  assert.match(text, /removed\s*[^\n]*first/);
  assert.match(text, /added\s*[^\n]*second/);
  await keepPicture(page, 'deployments-details');
  await dialog.getByRole('button', { name: 'Show the bundle' }).click();
  await dialog.getByRole('textbox', { name: /The bundle/ }).waitFor();
  await keepPicture(page, 'deployments-bundle');
  const downloaded = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Download the source' }).click();
  const tar = await readFile(await (await downloaded).path(), 'latin1');
  assert.match(tar, /index\.js/);
  assert.match(tar, /message: 'second'/);
  assert.deepEqual(problems, []);
});

test('a bundle is dropped and served; a broken one is refused with its message and stack, and the old code serves on', async (t) => {
  const { server, app, at, list, says } = await startTwo(t, { second: false });
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/deployments` });
  await page.getByRole('button', { name: 'Upload a bundle' }).click();
  const dialog = page.getByRole('dialog');
  const choose = (file) => dialog.getByLabel('Bundle', { exact: true }).setInputFiles(file);
  const deploy = dialog.getByRole('button', { name: 'Deploy', exact: true });

  await choose({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no code') });
  await dialog.getByText('notes.txt is no bundle', { exact: false }).waitFor();
  assert.ok(await deploy.isDisabled());

  await choose({ name: 'broken.js', mimeType: 'text/javascript', buffer: Buffer.from(`const here = 1;\nthrow new Error('broken on purpose');`) });
  await deploy.click();
  await dialog.getByRole('alert').getByText('broken on purpose', { exact: false }).waitFor();
  assert.match(await dialog.getByLabel('Stack of the script').innerText(), /bundle\.js:2/);
  await keepPicture(page, 'deployments-broken');
  assert.equal((await list()).length, 1);
  assert.equal(await says(), 'first');

  await drop(dialog.getByText('broken.js,', { exact: false }), await bundleSaying(app, 'uploaded'));
  await dialog.getByText('uploaded.js,', { exact: false }).waitFor();
  assert.match(await dialog.getByLabel('Bundle', { exact: true }).inputValue(), /uploaded\.js$/);
  assert.equal(await dialog.getByRole('alert').count(), 0, 'the refusal of another file is still shown');
  await dialog.getByLabel('Author').fill('Ada');
  await dialog.getByLabel('Branch').fill('main');
  await deploy.click();
  await message(page, 'is in service').waitFor();
  assert.equal(await says(), 'uploaded');
  const [newest] = await list();
  assert.deepEqual([newest.author, newest.gitBranch], ['Ada', 'main']);
  await region(page).getByText('by Ada').waitFor();
  assert.deepEqual(problems, []);
});

test('a split is set with a share and ended; each side is met by clients', async (t) => {
  const { server, app, at, list, call } = await startTwo(t);
  const [second, first] = await list();
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/deployments` });
  await page.getByRole('button', { name: `Split with ${short(first.id)}` }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Percent of clients').fill('101');
  await dialog.getByText('A whole number from 0 to 100 is needed.').waitFor();
  assert.ok(await dialog.getByRole('button', { name: 'Set the split' }).isDisabled());
  await dialog.getByLabel('Percent of clients').fill('25');
  await keepPicture(page, 'deployments-split');
  await dialog.getByRole('button', { name: 'Set the split' }).click();
  const banner = page.getByRole('region', { name: 'Split' });
  await banner.getByText('25 %', { exact: false }).waitFor();
  assert.deepEqual((await server.api('GET', app.space)).split, { deployment: first.id, percent: 25 });
  assert.ok([first.id, second.id].includes((await call()).headers.get('x-redd-deployment')), 'an answer names no side');
  await keepPicture(page, 'deployments-splitting');
  await banner.getByRole('button', { name: 'End the split' }).click();
  await banner.waitFor({ state: 'detached' });
  assert.equal((await server.api('GET', app.space)).split, null);
  assert.deepEqual(problems, []);
});

test('undeploying asks for the name, takes the code out of service, and a kept one can be put back', async (t) => {
  const { server, app, at, call, says } = await startTwo(t, { second: false });
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/deployments`, colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 800 });
  await page.getByRole('button', { name: 'Undeploy' }).click();
  const dialog = page.getByRole('dialog');
  const confirm = dialog.getByRole('button', { name: 'Undeploy' });
  assert.ok(await confirm.isDisabled());
  await dialog.getByLabel('Type dev to go on').fill('dev');
  await keepPicture(page, 'deployments-undeploy-phone');
  await confirm.click();
  await page.getByText('No code is in service.', { exact: false }).waitFor();
  assert.equal((await server.api('GET', app.space)).deployment, null);
  assert.notEqual((await call()).status, 200);
  await keepPicture(page, 'deployments-phone');
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), 'the page scrolls sideways');
  await page.getByRole('button', { name: 'Put into service' }).click();
  await dialog.getByRole('button', { name: 'Put into service' }).click();
  await message(page, 'answers again').waitFor();
  assert.equal(await says(), 'first');
  assert.deepEqual(problems, []);
});

test('a viewer sees the history and no button that changes it; an empty space says how to deploy', async (t) => {
  const { server, app, at, list } = await startTwo(t, { second: false });
  const { teamId } = await server.api('GET', `/projects/${app.project}`);
  const { secret } = await server.api('POST', `/teams/${teamId}/admin-tokens`, { name: 'look', role: 'viewer', project: app.project });
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/deployments`, token: secret });
  const [only] = await list();
  await page.getByRole('button', { name: `Details of ${short(only.id)}` }).waitFor();
  await page.getByText('Your role here is viewer', { exact: false }).waitFor();
  for (const name of ['Upload a bundle', 'Undeploy', 'Roll back', 'Split']) assert.equal(await page.getByRole('button', { name }).count(), 0, name);
  await server.api('POST', `/projects/${app.project}/spaces`, { name: 'empty' });
  await page.goto(`http://localhost:${server.port}/_/p/${app.project}/empty/deployments`);
  await logIn(page, secret);
  await page.getByText('Nothing was deployed yet.').waitFor();
  await page.getByText('coho deploy', { exact: false }).waitFor();
  assert.deepEqual(problems, []);
});
