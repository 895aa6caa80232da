// Projects and the settings of a space by mouse and keyboard; what was done is asked of the server.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startRedd } from '../lib/redd.mjs';
import { logIn, openAdmin, startSpace } from './lib/admin.mjs';
import { keepPicture, launchChromium } from './lib/chromium.mjs';

let browser;
before(async () => (browser = await launchChromium()));
after(() => browser?.close());

const kScript = `
import { app } from 'codehooks-js';
app.get('/greeting', (req, res) => res.json({ greeting: process.env.GREETING ?? null, secret: process.env.SECRET ?? null }));
export default app.init();
`;

async function openSettings(t, options) {
  const { server, app, at } = await startSpace(t, { deploy: false, ...options });
  const opened = await openAdmin(t, browser, server, { path: `${at}/settings` });
  await opened.page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  const part = (name) => opened.page.getByRole('region', { name, exact: true });
  return { server, app, at, part, ...opened };
}
const said = (page, text) => page.getByRole('status', { name: 'Messages' }).getByText(text).waitFor();

test('a new server: the first steps are told, a project and a space are made by mouse', async (t) => {
  const server = await startRedd();
  t.after(() => server.stop());
  const { page, problems } = await openAdmin(t, browser, server);
  await page.getByText('coho create mybackend').waitFor();
  await keepPicture(page, 'home-empty');
  await page.getByRole('button', { name: 'Create a project' }).click();
  const dialog = page.getByRole('dialog', { name: 'New project' });
  await dialog.getByLabel('Name').fill('a b');
  await dialog.getByRole('button', { name: 'Create project' }).click();
  await dialog.getByRole('alert').filter({ hasText: '4 to 15 letters or digits' }).waitFor();
  assert.equal((await server.api('GET', '/projects')).projects.length, 0);
  await dialog.getByLabel('Name').fill('mybackend');
  await dialog.getByRole('button', { name: 'Create project' }).click();
  await dialog.waitFor({ state: 'detached' });
  const [{ uniqueName }] = (await server.api('GET', '/projects')).projects;
  await page.getByRole('button', { name: `New space in ${uniqueName}` }).click();
  await page.getByLabel('Name', { exact: true }).fill('Dev Space');
  await page.getByRole('button', { name: 'Create space' }).click();
  await page.getByRole('alert').filter({ hasText: 'a-z, 0-9' }).waitFor();
  await page.getByLabel('Name', { exact: true }).fill('dev');
  await page.getByRole('button', { name: 'Create space' }).click();
  await page.waitForURL(`**/p/${uniqueName}/dev/overview`);
  assert.deepEqual((await server.api('GET', '/projects')).projects[0].spaces, ['dev']);
  await page.getByRole('link', { name: 'Projects' }).click();
  await page.getByRole('link', { name: 'dev', exact: true }).click();
  await page.waitForURL('**/overview');
  assert.deepEqual(problems, []);
});

test('OP-02 a variable is set by mouse, and the code that runs has it; an encrypted one is never shown', async (t) => {
  const { server, app, page, part, problems } = await openSettings(t, { script: kScript, deploy: true });
  const greeting = async () => (await fetch(`${app.url}/greeting`, { headers: { 'x-apikey': key } })).json();
  // Workers that have the variables as they were are replaced behind the answer.
  const becomes = async (name, value) => {
    const until = Date.now() + 20_000;
    let now;
    do now = (await greeting())[name]; while (now !== value && Date.now() < until);
    assert.equal(now, value);
  };
  const { key } = await server.api('POST', `${app.space}/tokens`, { access: 'READWRITE' });
  const variables = part('Variables and secrets');
  await variables.getByLabel('Variable name').fill('2BAD');
  await variables.getByLabel('Value').fill('good day');
  await variables.getByRole('alert').filter({ hasText: 'does not begin with a digit' }).waitFor();
  await variables.getByLabel('Variable name').fill('REDD_X');
  await variables.getByRole('alert').filter({ hasText: 'belong to the server' }).waitFor();
  await variables.getByRole('button', { name: 'Set variable' }).click();
  assert.deepEqual((await server.api('GET', app.space)).env, []);
  await variables.getByLabel('Variable name').fill('GREETING');
  await variables.getByText("coho set-env GREETING 'good day'").waitFor();
  await variables.getByRole('button', { name: 'Set variable' }).click();
  await variables.getByRole('cell', { name: 'GREETING', exact: true }).waitFor();
  await keepPicture(page, 'variables');
  await becomes('greeting', 'good day');

  await variables.getByLabel('Variable name').fill('SECRET');
  await variables.getByLabel('Value').fill('s3cr3t-word');
  await variables.getByLabel(/Encrypted/).check();
  await variables.getByRole('button', { name: 'Set variable' }).click();
  await variables.getByRole('row', { name: /SECRET/ }).getByText('encrypted').waitFor();
  await becomes('secret', 's3cr3t-word');
  assert.deepEqual((await server.api('GET', app.space)).env.find(({ name }) => name === 'SECRET'), { name: 'SECRET', encrypted: true });
  await page.waitForFunction(() => !document.querySelector('textarea').value);
  assert.ok(!(await page.content()).includes('s3cr3t-word'), 'the secret is on the page');

  await variables.getByRole('button', { name: 'Change GREETING' }).click();
  await variables.getByLabel(/Encrypted/).waitFor();
  assert.equal(await variables.getByLabel(/Encrypted/).isChecked(), false);
  await variables.getByLabel('Value').fill('good night');
  await variables.getByRole('button', { name: 'Change variable' }).click();
  await variables.getByRole('cell', { name: 'good night' }).waitFor();
  await becomes('greeting', 'good night');

  await variables.getByRole('button', { name: 'Remove GREETING' }).click();
  await page.getByRole('button', { name: 'Remove the variable' }).click();
  await said(page, 'GREETING is removed');
  await variables.getByRole('cell', { name: 'GREETING', exact: true }).waitFor({ state: 'detached' });
  assert.deepEqual((await server.api('GET', app.space)).env.map(({ name }) => name), ['SECRET']);
  assert.deepEqual(problems, []);
});

test('limits are set and taken back; what the server does not allow is told in its words', async (t) => {
  const { server, app, page, part, problems } = await openSettings(t);
  const limits = part('Limits');
  await limits.getByLabel('Time for a request').fill('soon');
  await limits.getByLabel('Heap of a worker').fill('8');
  await limits.getByRole('button', { name: 'Set limits' }).click();
  await limits.getByRole('alert').filter({ hasText: 'A whole number' }).waitFor();
  await limits.getByRole('alert').filter({ hasText: 'At least 16' }).waitFor();
  await limits.getByLabel('Time for a request').fill('5000');
  await limits.getByLabel('Heap of a worker').fill('999999');
  await limits.getByRole('button', { name: 'Set limits' }).click();
  await limits.getByRole('alert').filter({ hasText: 'the server allows at most' }).waitFor();
  await limits.getByLabel('Heap of a worker').fill('32');
  await limits.getByText('coho space limits --deadline 5000 --heap 32').waitFor();
  await limits.getByRole('button', { name: 'Set limits' }).click();
  await said(page, 'The limits are set');
  assert.deepEqual((await server.api('GET', app.space)).limits, { requestDeadlineMs: 5000, requestsMax: 0, workerHeapMiB: 32 });
  assert.deepEqual(problems, []);
});

test('domains: a bad one is told, a good one added, one of another space moved over, and removed', async (t) => {
  const { server, app, page, part, problems } = await openSettings(t);
  await server.api('POST', `/projects/${app.project}/spaces`, { name: 'prod' });
  await server.api('PUT', `/projects/${app.project}/spaces/prod/domains`, { domains: ['api.example.com'] });
  await page.reload();
  await logIn(page, server.token);
  const domains = part('Domains');
  await domains.getByLabel('Domain', { exact: true }).fill('https://www.example.com/');
  await domains.getByRole('button', { name: 'Add domain' }).click();
  await domains.getByRole('alert').filter({ hasText: 'host name in lower case' }).waitFor();
  assert.deepEqual((await server.api('GET', app.space)).domains, []);
  await domains.getByLabel('Domain', { exact: true }).fill('www.example.com');
  await domains.getByRole('button', { name: 'Add domain' }).click();
  await domains.getByRole('listitem').filter({ hasText: 'www.example.com' }).waitFor();
  await domains.getByLabel('Domain', { exact: true }).fill('api.example.com');
  await domains.getByRole('button', { name: 'Move it here from prod' }).click();
  await domains.getByRole('listitem').filter({ hasText: 'api.example.com' }).waitFor();
  assert.deepEqual((await server.api('GET', app.space)).domains.sort(), ['api.example.com', 'www.example.com']);
  assert.deepEqual((await server.api('GET', `/projects/${app.project}/spaces/prod`)).domains, []);
  await domains.getByRole('button', { name: 'Remove www.example.com' }).click();
  await page.getByRole('button', { name: 'Remove the domain' }).click();
  await domains.getByRole('listitem').filter({ hasText: 'www.example.com' }).waitFor({ state: 'detached' });
  assert.deepEqual((await server.api('GET', app.space)).domains, ['api.example.com']);
  assert.deepEqual(problems, []);
});

test('a copy with its data; in what it differs afterwards', async (t) => {
  const { server, app, page, part, problems } = await openSettings(t);
  await server.api('PUT', `${app.space}/env/MODE`, { value: 'dev' });
  await server.api('POST', `${app.space}/collections/things/documents`, { document: { _id: 'one' } });
  const copy = part('Copy the space');
  await copy.getByLabel('Name of the copy').fill('dev');
  await copy.getByLabel(/Documents, keys and files/).check();
  await copy.getByRole('button', { name: 'Copy the space' }).click();
  await copy.getByRole('alert').filter({ hasText: 'already' }).waitFor();
  await copy.getByLabel('Name of the copy').fill('stage');
  await copy.getByRole('button', { name: 'Copy the space' }).click();
  await said(page, 'The space stage is there');
  const stage = `/projects/${app.project}/spaces/stage`;
  assert.equal((await server.api('GET', `${stage}/collections/things/documents/one`))._id, 'one');
  await server.api('PUT', `${stage}/env/MODE`, { value: 'stage' });
  const diff = part('Differences to another space');
  await diff.getByLabel('Compare with').selectOption('stage');
  const row = diff.getByRole('row', { name: /env\.MODE/ });
  await row.waitFor();
  assert.deepEqual(await row.getByRole('cell').allTextContents(), ['env.MODE', 'dev', 'stage']);
  assert.deepEqual(problems, []);
});

test('an archive of the space with its secrets is downloaded, and makes a space again', async (t) => {
  const { server, app, page, part, problems } = await openSettings(t);
  await server.api('PUT', `${app.space}/env/SEALED`, { value: 'kept', encrypted: true });
  await server.api('POST', `${app.space}/collections/things/documents`, { document: { _id: 'one' } });
  const archive = part('Export and import');
  await archive.getByLabel('Passphrase of the secrets').fill('pass phräse');
  const coming = page.waitForEvent('download');
  await archive.getByRole('button', { name: 'Export the space' }).click();
  const download = await coming;
  assert.equal(download.suggestedFilename(), `${app.project}-dev.tar`);
  const file = await download.path();

  await archive.getByRole('button', { name: 'Import the archive' }).click();
  await archive.getByRole('alert').filter({ hasText: 'Choose the archive' }).waitFor();
  await archive.getByLabel('Archive', { exact: true }).setInputFiles(file);
  await archive.getByLabel('Name of the imported space').fill('dev');
  await archive.getByRole('button', { name: 'Import the archive' }).click();
  await archive.getByRole('alert').filter({ hasText: 'has a space' }).waitFor();
  await archive.getByLabel('Name of the imported space').fill('again');
  await archive.getByLabel('Passphrase of the archive').fill('wrong');
  await archive.getByRole('button', { name: 'Import the archive' }).click();
  await archive.getByRole('alert').filter({ hasText: /passphrase/i }).waitFor();
  await archive.getByLabel('Passphrase of the archive').fill('pass phräse');
  await archive.getByRole('button', { name: 'Import the archive' }).click();
  await archive.getByRole('link', { name: 'again' }).waitFor();
  await keepPicture(page, 'archive');
  const again = `/projects/${app.project}/spaces/again`;
  assert.equal((await server.api('GET', `${again}/collections/things/documents/one`))._id, 'one');
  assert.deepEqual((await server.api('GET', again)).env, [{ name: 'SEALED', encrypted: true }]);
  const diff = await server.api('GET', `${app.space}/diff?with=again`);
  assert.deepEqual(diff.differences, [], 'the sealed value is another one');

  await server.api('POST', `${app.space}/collections/things/documents`, { document: { _id: 'two' } });
  await archive.getByLabel('Name of the imported space').fill('dev');
  await archive.getByLabel(/Take the place/).check();
  await archive.getByRole('button', { name: 'Import the archive' }).click();
  await archive.getByText('what stood in its place is in the trash').waitFor();
  assert.equal((await server.api('POST', `${app.space}/collections/things/count`, {})).count, 1);
  await part('Trash of the project').getByRole('cell', { name: 'dev', exact: true }).waitFor();
  assert.deepEqual(problems, []);
});

test('the space goes back to a backup after its name was typed, or another one is made of it', async (t) => {
  const { server, app, page, part, problems } = await openSettings(t);
  await server.api('POST', `${app.space}/collections/things/documents`, { document: { _id: 'one' } });
  await server.api('POST', '/backups');
  await server.api('POST', `${app.space}/collections/things/documents`, { document: { _id: 'two' } });
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('link', { name: 'Settings' }).click();
  const rewind = part('Rewind');
  await rewind.getByLabel('From').selectOption('backup');
  await rewind.getByRole('button', { name: 'Rewind the space' }).click();
  await rewind.getByRole('alert').filter({ hasText: 'Which backup' }).waitFor();
  await rewind.getByRole('combobox', { name: 'Backup', exact: true }).selectOption({ index: 1 });
  await rewind.getByLabel('As another space').fill('was');
  await rewind.getByRole('button', { name: 'Make a space of it' }).click();
  await rewind.getByRole('link', { name: 'was' }).waitFor();
  const count = async (space) => (await server.api('POST', `/projects/${app.project}/spaces/${space}/collections/things/count`, {})).count;
  assert.equal(await count('was'), 1);
  assert.equal(await count('dev'), 2);
  await rewind.getByLabel('As another space').fill('');
  await rewind.getByRole('button', { name: 'Rewind the space' }).click();
  const dialog = page.getByRole('dialog', { name: 'Rewind dev' });
  await dialog.getByLabel(/Type dev/).fill('Dev');
  assert.ok(await dialog.getByRole('button', { name: 'Rewind the space' }).isDisabled());
  await dialog.getByLabel(/Type dev/).fill('dev');
  await dialog.getByRole('button', { name: 'Rewind the space' }).click();
  await rewind.getByRole('link', { name: 'dev' }).waitFor();
  assert.equal(await count('dev'), 1);
  assert.deepEqual(problems, []);
});

test('the space goes back to a moment between two writes; one before all that is kept is refused', async (t) => {
  const { server, app, at } = await startSpace(t, { deploy: false, args: ['--pitr-hours', '1'] });
  const write = (value) => server.api('PUT', `${app.space}/keys/key`, { value });
  const value = async (space) => (await server.api('GET', `/projects/${app.project}/spaces/${space}/keys/key`)).value;
  await write('zero');
  while ((await server.api('GET', `${app.space}/moments`)).moments.length === 0);
  await write('one');
  // Later than what was answered, earlier than what is asked next.
  const now = Date.now();
  while (Date.now() <= now + 1);
  const moment = new Date(now + 1).toISOString().slice(0, 23);
  await write('two');

  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/settings`, timezoneId: 'UTC' });
  const rewind = page.getByRole('region', { name: 'Rewind', exact: true });
  await rewind.getByRole('list', { name: 'Moments' }).getByRole('listitem').waitFor();
  await rewind.getByLabel('Time', { exact: true }).fill('2001-01-01T00:00:00.000');
  await rewind.getByLabel('As another space').fill('was');
  await rewind.getByRole('button', { name: 'Make a space of it' }).click();
  await rewind.getByRole('alert').filter({ hasText: 'before what is kept' }).waitFor();
  await rewind.getByLabel('Time', { exact: true }).fill(moment);
  await rewind.getByRole('button', { name: 'Make a space of it' }).click();
  await rewind.getByRole('link', { name: 'was' }).waitFor();
  assert.equal(await value('was'), 'one');
  assert.equal(await value('dev'), 'two');
  await rewind.getByLabel('As another space').fill('');
  await rewind.getByRole('button', { name: 'Rewind the space' }).click();
  await page.getByLabel(/Type dev/).fill('dev');
  await page.getByRole('dialog').getByRole('button', { name: 'Rewind the space' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await value('dev'), 'one');
  assert.deepEqual(problems, []);
});

test('danger zone: only the right word opens the way; rename, remove, restore, delete for good, and the end of the project', async (t) => {
  const { server, app, page, part, problems } = await openSettings(t);
  const danger = part('Danger zone');
  await danger.getByRole('button', { name: 'Remove the project' }).click();
  let dialog = page.getByRole('dialog', { name: `Remove the project ${app.project}` });
  await dialog.getByLabel(/Type/).fill(app.project);
  await dialog.getByRole('button', { name: 'Remove the project' }).click();
  await dialog.getByRole('alert').filter({ hasText: /space/ }).waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  await danger.getByRole('button', { name: 'Rename the space' }).click();
  dialog = page.getByRole('dialog', { name: 'Rename dev' });
  const rename = dialog.getByRole('button', { name: 'Rename the space' });
  assert.ok(await rename.isDisabled());
  await dialog.getByLabel('New name').fill('Not Good');
  await dialog.getByLabel(/Type dev/).fill('dev');
  await rename.click();
  await dialog.getByRole('alert').filter({ hasText: 'a-z, 0-9' }).waitFor();
  await keepPicture(page, 'rename');
  await dialog.getByLabel('New name').fill('main');
  await rename.click();
  await page.waitForURL('**/main/settings');
  assert.deepEqual((await server.api('GET', '/projects')).projects[0].spaces, ['main']);

  await danger.getByRole('button', { name: 'Remove the space' }).click();
  dialog = page.getByRole('dialog', { name: 'Remove main' });
  const remove = dialog.getByRole('button', { name: 'Remove the space' });
  for (const wrong of ['', 'dev', 'main ', 'MAIN']) {
    await dialog.getByLabel(/Type main/).fill(wrong);
    assert.ok(await remove.isDisabled(), `'${wrong}' opened the way`);
  }
  await dialog.getByLabel(/Type main/).fill('main');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Projects' }).waitFor();
  assert.deepEqual((await server.api('GET', '/projects')).projects[0].spaces, []);

  await page.getByRole('button', { name: 'Restore main' }).click();
  await page.getByLabel('Name', { exact: true }).fill('back');
  await page.getByRole('button', { name: 'Restore the space' }).click();
  await page.getByRole('link', { name: 'back' }).click();
  await page.getByRole('link', { name: 'Settings' }).click();
  assert.deepEqual((await server.api('GET', '/projects')).projects[0].spaces, ['back']);
  await danger.getByRole('button', { name: 'Remove the space' }).click();
  await page.getByLabel(/Type back/).fill('back');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the space' }).click();
  await page.getByRole('button', { name: 'Delete for good: back' }).click();
  assert.ok(await page.getByRole('dialog').getByRole('button', { name: 'Delete for good' }).isDisabled());
  await page.getByLabel(/Type back/).fill('back');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete for good' }).click();
  await said(page, 'deleted for good');
  assert.deepEqual((await server.api('GET', `/projects/${app.project}/trash`)).spaces, []);
  await page.getByRole('button', { name: 'Remove the project' }).click();
  await page.getByLabel(/Type/).fill(app.project);
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the project' }).click();
  await page.getByText('There is no project yet').waitFor();
  assert.deepEqual((await server.api('GET', '/projects')).projects, []);
  assert.deepEqual(problems, []);
});
