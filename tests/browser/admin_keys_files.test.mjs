// Key/value and files in the admin UI, proved at the server.

import assert from 'node:assert/strict';
import { readFile, writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { openAdmin, startSpace } from './lib/admin.mjs';
import { keepPicture, launchChromium } from './lib/chromium.mjs';

let browser;
before(async () => (browser = await launchChromium()));
after(() => browser?.close());

const kPng = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP8z8DAwMDAxMDAwMDAAAANHQEDasKb6QAAAABJRU5ErkJggg==', 'base64');

const keyOf = (server, app, key, keyspace = '') =>
  server.api('GET', `${app.space}/keys/${encodeURIComponent(key)}?keyspace=${keyspace}`).then(({ value }) => value, (error) => (error.status === 404 ? null : Promise.reject(error)));
const setKey = (server, app, key, value, more = {}) => server.api('PUT', `${app.space}/keys/${encodeURIComponent(key)}`, { value, ...more });
const files = (server, app, path) => server.api('GET', `${app.space}/files?path=${encodeURIComponent(path)}`).then((answer) => answer.files.map(({ name }) => name).sort());
const read = (server, app, path) => fetch(`${server.url}/_/api/v1${app.space}/files/content?path=${encodeURIComponent(path)}`, { headers: { authorization: `Bearer ${server.token}` } });

test('keys are added, changed with a time to live, and deleted; a keyspace and a prefix narrow the list', async (t) => {
  const { server, app, at } = await startSpace(t, { deploy: false });
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/keys` });
  await page.getByText('No key yet.').waitFor();
  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('A key needs a name.').waitFor();
  await page.getByLabel('Name of the key').fill('session:1');
  await page.getByLabel('Value', { exact: true }).fill('{"user":"ada","roles":["a"]}');
  await page.getByLabel('Seconds to live').fill('soon');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('A number of seconds above 0, or nothing.').waitFor();
  await page.getByLabel('Seconds to live').fill('3600');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'session:1' }).waitFor();
  assert.equal(await keyOf(server, app, 'session:1'), '{"user":"ada","roles":["a"]}');

  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByLabel('Name of the key').fill('session:1');
  await page.getByLabel('Value', { exact: true }).fill('other');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('There is such a key already.').waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await keyOf(server, app, 'session:1'), '{"user":"ada","roles":["a"]}');

  await page.getByRole('button', { name: 'session:1' }).click();
  await page.getByRole('button', { name: 'Indent the JSON' }).click();
  await keepPicture(page, 'keys-dialog');
  await page.getByLabel('Value', { exact: true }).fill('changed');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('cell', { name: 'changed' }).waitFor();
  assert.equal(await keyOf(server, app, 'session:1'), 'changed');

  for (let n = 2; n < 700; n += 1) await setKey(server, app, `session:${n}`, `value ${n}`);
  await setKey(server, app, 'other', 'stays');
  await setKey(server, app, 'there', 'hidden', { keyspace: 'room' });
  await page.getByText('The first 500 keys').waitFor();
  assert.ok(await page.getByRole('row').count() < 80, 'rows that are not on the screen exist');
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.getByRole('status').filter({ hasText: '700 keys' }).waitFor();
  await keepPicture(page, 'keys');
  await page.getByLabel('Keyspace').fill('room');
  await page.getByRole('button', { name: 'Find', exact: true }).last().click();
  await page.getByRole('button', { name: 'there' }).waitFor();
  await page.getByRole('status').filter({ hasText: '1 key in keyspace room' }).waitFor();
  await page.getByLabel('Keyspace').fill('');
  await page.getByLabel('Prefix').fill('session:');
  await page.keyboard.press('Enter');
  await page.getByRole('status').filter({ hasText: 'that begin with session:' }).waitFor();
  await page.getByRole('button', { name: 'Delete those with the prefix' }).click();
  assert.ok(await page.getByRole('button', { name: 'Delete the keys' }).isDisabled());
  await page.getByLabel('Type session: to go on').fill('session:');
  await page.getByRole('button', { name: 'Delete the keys' }).click();
  await page.getByText('699 keys deleted.').waitFor();
  assert.equal(await keyOf(server, app, 'session:5'), null);
  assert.equal(await keyOf(server, app, 'other'), 'stays');
  assert.equal(await keyOf(server, app, 'there', 'room'), 'hidden');
  await page.getByLabel('Prefix').fill('');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'other' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: 'Delete the key' }).click();
  await page.getByText('No key yet.').waitFor();
  assert.equal(await keyOf(server, app, 'other'), null);
  assert.deepEqual(problems, []);
});

test('the time a key has left counts down, and one that never ends says so', async (t) => {
  const { server, app, at } = await startSpace(t, { deploy: false });
  await setKey(server, app, 'brief', 'x', { ttl: 50_000 });
  await setKey(server, app, 'long', 'y');
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/keys` });
  await page.getByRole('row', { name: /^long/ }).getByText('always').waitFor();
  const left = page.getByRole('row', { name: /^brief/ }).getByRole('cell').last();
  const seconds = async () => Number(/^(\d+) s$/.exec(await left.textContent())?.[1]);
  const first = await seconds();
  assert.ok(first > 0 && first <= 50, await left.textContent());
  await page.waitForFunction((was) => [...document.querySelectorAll('[role=cell]')].some(({ textContent }) => /^\d+ s$/.test(textContent) && parseInt(textContent, 10) < was), first);
  assert.deepEqual(problems, []);
});

test('files are uploaded by button and by dropping, shown, downloaded, replaced and deleted; HTML is shown and never run', async (t) => {
  const { server, app, at } = await startSpace(t, { deploy: false });
  const dir = await mkdtemp(join(tmpdir(), 'redd-files-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const kHtml = '<script>window.wasRun = true</script><img src=x onerror="window.wasRun = true"><b>bold</b>';
  await writeFile(join(dir, 'page.html'), kHtml);
  await writeFile(join(dir, 'data.json'), '{"a":[1,2]}');
  await writeFile(join(dir, 'dot.png'), kPng);
  await writeFile(join(dir, 'what.bin'), Buffer.alloc(3 << 20, 7));
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/files` });
  await page.getByText('No files yet.').waitFor();
  await page.getByRole('button', { name: 'New folder' }).click();
  await page.getByLabel('Name of the folder').fill('a/b');
  await page.getByRole('button', { name: 'Go there' }).click();
  await page.getByText('A name of its own, without slashes.').waitFor();
  await page.getByLabel('Name of the folder').fill('my docs');
  await page.getByRole('button', { name: 'Go there' }).click();
  await page.getByText('Nothing is in /my docs yet.').waitFor();
  await page.getByLabel('Files to upload').setInputFiles(['page.html', 'data.json', 'dot.png', 'what.bin'].map((name) => join(dir, name)));
  await page.getByText('4 files uploaded.').waitFor();
  await page.getByRole('button', { name: 'what.bin', exact: true }).waitFor();
  await keepPicture(page, 'files');
  assert.deepEqual(await files(server, app, '/my docs'), ['data.json', 'dot.png', 'page.html', 'what.bin']);
  assert.ok(Buffer.from(await (await read(server, app, '/my docs/dot.png')).arrayBuffer()).equals(kPng));

  const close = () => page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'page.html', exact: true }).click();
  await page.getByRole('textbox', { name: 'Content of page.html' }).getByText('window.wasRun').first().waitFor();
  assert.equal(await page.evaluate(() => window.wasRun), undefined);
  await close();
  await page.getByRole('button', { name: 'data.json', exact: true }).click();
  await page.getByRole('textbox', { name: 'Content of data.json' }).getByText('"a"').waitFor();
  await keepPicture(page, 'files-json');
  await close();
  await page.getByRole('button', { name: 'dot.png', exact: true }).click();
  const picture = page.getByRole('img', { name: 'Preview of dot.png' });
  await picture.waitFor();
  await page.waitForFunction((image) => image.complete && image.naturalWidth === 2, await picture.elementHandle());
  await close();
  await page.getByRole('button', { name: 'what.bin', exact: true }).click();
  await page.getByText('This is not shown here.').waitFor();
  await close();

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download what.bin' }).click()]);
  assert.equal(download.suggestedFilename(), 'what.bin');
  assert.equal((await readFile(await download.path())).length, 3 << 20);

  await writeFile(join(dir, 'data.json'), '{"new":true}');
  await page.getByLabel('Files to upload').setInputFiles(join(dir, 'data.json'));
  await page.getByRole('dialog', { name: 'Replace files' }).getByRole('button', { name: 'Cancel' }).click();
  assert.equal(await (await read(server, app, '/my docs/data.json')).text(), '{"a":[1,2]}');
  await page.getByLabel('Files to upload').setInputFiles(join(dir, 'data.json'));
  await page.getByRole('button', { name: 'Replace' }).click();
  await page.getByText('1 file uploaded.').waitFor();
  assert.equal(await (await read(server, app, '/my docs/data.json')).text(), '{"new":true}');

  await page.getByRole('navigation', { name: 'Folders' }).getByRole('link', { name: '/', exact: true }).click();
  await page.getByRole('link', { name: 'my docs/' }).waitFor();
  const dropped = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(['dropped here'], 'dropped.txt', { type: 'text/plain' }));
    return data;
  });
  await page.getByRole('heading', { level: 1, name: 'Files' }).dispatchEvent('drop', { dataTransfer: dropped });
  await page.getByRole('button', { name: 'dropped.txt', exact: true }).waitFor();
  assert.equal(await (await read(server, app, '/dropped.txt')).text(), 'dropped here');
  await page.getByRole('button', { name: 'Delete dropped.txt' }).click();
  await page.getByRole('button', { name: 'Delete the file' }).click();
  await page.getByRole('button', { name: 'dropped.txt', exact: true }).waitFor({ state: 'detached' });
  assert.deepEqual(await files(server, app, '/'), ['my docs']);
  assert.deepEqual(problems, []);
});

test('keys and files on a phone in the dark: no sideways scroll of the page', async (t) => {
  const { server, app, at } = await startSpace(t, { deploy: false });
  await setKey(server, app, 'a-key-with-a-rather-long-name-that-does-not-fit', 'a value that is also rather long, for a phone at least', { ttl: 90_000 });
  await fetch(`${server.url}/_/api/v1${app.space}/files/content?path=${encodeURIComponent('/a-file-with-a-rather-long-name-that-does-not-fit.txt')}`, {
    method: 'PUT', headers: { authorization: `Bearer ${server.token}` }, body: 'x',
  });
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/keys`, colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 800 });
  const isWide = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  await page.getByRole('button', { name: /^a-key/ }).waitFor();
  await keepPicture(page, 'keys-phone');
  assert.equal(await isWide(), false);
  await page.getByRole('button', { name: '☰ Menu' }).click();
  await page.getByRole('link', { name: 'Files' }).click();
  await page.getByRole('button', { name: /^a-file/ }).waitFor();
  await keepPicture(page, 'files-phone');
  assert.equal(await isWide(), false);
  assert.deepEqual(problems, []);
});
