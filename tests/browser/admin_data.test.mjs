// Documents in the admin UI: collections, import and export, the grid, editing that overwrites nobody unseen, deleting in bulk, schema, indexes.

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

const kPeople = Array.from({ length: 260 }, (_, n) => ({
  _id: `p${String(n).padStart(4, '0')}`, name: `Person ${n}`, age: 18 + (n % 60), city: ['Oslo', 'Rome', 'Lima'][n % 3], tags: ['a', 'b'], address: { zip: n }, active: n % 2 === 0,
}));

/** A collection with these documents, stored as a person's program would. */
async function fill(server, app, name, documents) {
  const answer = await fetch(`${server.url}/_/api/v1${app.space}/collections/${name}/import`, {
    method: 'POST', headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/x-ndjson' }, body: documents.map((one) => JSON.stringify(one)).join('\n'),
  });
  assert.equal(answer.status, 200, await answer.text());
}
const documentOf = (server, app, name, id) => server.api('GET', `${app.space}/collections/${name}/documents/${id}`);
const countOf = async (server, app, name, filter = {}) => (await server.api('POST', `${app.space}/collections/${name}/count`, { filter })).count;
const cell = (page, text) => page.getByRole('gridcell', { name: text, exact: true });

async function editorText(page, label, text) {
  const editor = page.getByRole('textbox', { name: label });
  await editor.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

test('a collection is made, shows its next step, and is removed with its name typed', async (t) => {
  const { server, app, at } = await startSpace(t, { deploy: false });
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/data` });
  await page.getByText('No collection yet.').waitFor();
  await page.getByRole('button', { name: 'New collection' }).click();
  await page.getByRole('button', { name: 'Create collection' }).click();
  await page.getByText('A collection needs a name.').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('people');
  await page.getByLabel('Cap').fill('many');
  await page.getByRole('button', { name: 'Create collection' }).click();
  await page.getByText('A cap is a whole number').waitFor();
  await page.getByLabel('Cap').fill('1000');
  await page.getByRole('button', { name: 'Create collection' }).click();
  await page.getByRole('link', { name: 'people' }).waitFor();
  assert.deepEqual((await server.api('GET', `${app.space}/collections`)).collections.map(({ name, cap }) => [name, cap]), [['people', 1000]]);
  await page.getByRole('link', { name: 'people' }).click();
  await page.getByText('people has no documents yet.').waitFor();
  await page.goBack();
  await page.getByRole('button', { name: 'Delete people' }).click();
  assert.ok(await page.getByRole('button', { name: 'Delete the collection' }).isDisabled());
  await page.getByLabel('Type people to go on').fill('people');
  await page.getByRole('button', { name: 'Delete the collection' }).click();
  await page.getByText('No collection yet.').waitFor();
  assert.deepEqual((await server.api('GET', `${app.space}/collections`)).collections, []);
  assert.deepEqual(problems, []);
});

test('JSON, NDJSON and CSV are imported; a bad document is named and what stands before it is stored; NDJSON and JSON are exported', async (t) => {
  const { server, app, at } = await startSpace(t, { deploy: false });
  const dir = await mkdtemp(join(tmpdir(), 'redd-import-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/data` });
  const give = async (name, text, collection, before) => {
    await writeFile(join(dir, name), text);
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Import documents' });
    await dialog.getByLabel('File').setInputFiles(join(dir, name));
    await dialog.getByLabel('Into the collection').fill(collection);
    await before?.(dialog);
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  };
  await give('people.json', JSON.stringify(kPeople, null, 2), 'people', (dialog) => keepPicture(page, 'data-import'));
  await page.getByText('260 documents of people.json are stored in people.').waitFor();
  assert.deepEqual(await documentOf(server, app, 'people', 'p0007'), kPeople[7]);
  await give('more.csv', '\uFEFFname,age,zip,note,_id\n"Li, Wei",41,007,"said ""hi""\nthere",x\nBo,3.50,,"",y\n', 'fromCsv');
  await page.getByText('2 documents of more.csv').waitFor();
  const answer = await fetch(`${server.url}/_/api/v1${app.space}/collections/fromCsv/documents?sort=name&format=json`, { headers: { authorization: `Bearer ${server.token}` } });
  assert.deepEqual((await answer.json()).map(({ _id, ...rest }) => rest), [{ name: 'Bo', age: 3.5, note: '' }, { name: 'Li, Wei', age: 41, zip: '007', note: 'said "hi"\nthere' }]);
  await give('bad.ndjson', '{"_id":"ok","n":1}\n{"n":nonsense}\n{"_id":"never"}\n', 'bad');
  await page.getByText(/bad\.ndjson: Document 2: .*The 1 before it are stored\./).waitFor();
  assert.equal(await countOf(server, app, 'bad'), 1);

  const save = async (format, suffix) => {
    await page.getByRole('button', { name: 'Export people' }).click();
    await page.getByLabel('Format').selectOption(format);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export', exact: true }).click()]);
    assert.equal(download.suggestedFilename(), `people.${suffix}`);
    return readFile(await download.path(), 'utf8');
  };
  assert.deepEqual((await save('jsonl', 'ndjson')).trim().split('\n').map((line) => JSON.parse(line)), kPeople);
  assert.deepEqual(JSON.parse(await save('json', 'json')), kPeople);
  assert.deepEqual(problems, []);
});

test('the grid filters at the server, says what is wrong at the field, sorts by a column, and walks by keyboard', async (t) => {
  const { server, app, at } = await startSpace(t, { deploy: false });
  await fill(server, app, 'people', kPeople);
  await app.good('createindex', 'people', 'age');
  const { page, problems, requests } = await openAdmin(t, browser, server, { path: `${at}/data/people` });
  await cell(page, 'p0000').waitFor();
  await page.getByText('260 documents').waitFor();
  await keepPicture(page, 'data-grid');
  await page.getByLabel('Filter').fill('{"city": "Oslo"');
  await page.getByRole('button', { name: 'Find', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: 'This is no JSON' }).waitFor();
  await page.getByLabel('Filter').fill('{"age": {"$about": 3}}');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'unknown operator $about' }).waitFor();
  await page.getByLabel('Filter').fill('{"age": {"$gte": 70}, "city": "Oslo"}');
  await page.keyboard.press('Enter');
  const matching = kPeople.filter(({ age, city }) => age >= 70 && city === 'Oslo');
  await page.getByRole('status').filter({ hasText: `${matching.length} documents` }).waitFor();
  await page.getByRole('status').filter({ hasText: 'index age' }).waitFor();
  await page.getByRole('button', { name: /^age/ }).click();
  await page.getByRole('columnheader', { name: /^age/, }).and(page.locator('[aria-sort=ascending]')).waitFor();
  await page.getByRole('button', { name: /^age/ }).click();
  const highest = Math.max(...matching.map(({ age }) => age));
  await page.locator('[aria-rowindex="2"]').getByRole('gridcell', { name: String(highest), exact: true }).waitFor();
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByRole('button', { name: /^age/ }).click();
  await page.getByRole('status').filter({ hasText: '260 documents' }).waitFor();
  const grid = page.getByRole('grid');
  await grid.focus();
  await page.keyboard.press('Control+End');
  await cell(page, 'p0259').waitFor();
  assert.ok(await page.getByRole('row').count() < 60, 'rows that are not on the screen exist');
  const active = await grid.getAttribute('aria-activedescendant');
  assert.match(active, /-259-/);
  await page.keyboard.press('Control+Home');
  await cell(page, 'p0000').waitFor();
  await page.keyboard.press('PageDown');
  await page.keyboard.press('ArrowRight');
  assert.match(await grid.getAttribute('aria-activedescendant'), /-1$/);
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'tags' }).uncheck();
  await page.getByLabel('Another field').fill('address.zip');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('columnheader', { name: 'address.zip' }).waitFor();
  assert.equal(await page.getByRole('columnheader', { name: 'tags' }).count(), 0);
  assert.ok(requests.some(({ url, body }) => url.endsWith('/find') && body.includes('"address.zip"')), 'the grid asks for whole documents');
  assert.deepEqual(problems, []);
});

test('a document is inserted, edited, duplicated and deleted; a value is edited in its cell; exact numbers stay', async (t) => {
  const { server, app, at } = await startSpace(t, { deploy: false });
  await fill(server, app, 'people', kPeople.slice(0, 5));
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/data/people` });
  await page.getByRole('button', { name: 'Insert' }).click();
  await editorText(page, 'New document as JSON', '{"_id": "big", "serial": 12345678901234567890, ');
  await page.getByRole('dialog').getByRole('button', { name: 'Insert' }).click();
  await page.getByRole('alert').filter({ hasText: 'This is no JSON' }).waitFor();
  await editorText(page, 'New document as JSON', '{"_id": "big", "serial": 12345678901234567890, "name": "Big"}');
  await page.getByRole('dialog').getByRole('button', { name: 'Insert' }).click();
  await cell(page, 'big').waitFor();
  await cell(page, 'big').getByRole('button').click();
  await page.getByRole('dialog', { name: 'Document big' }).getByText('12345678901234567890').waitFor();
  await keepPicture(page, 'data-document');
  await editorText(page, 'Document big as JSON', '{"_id": "big", "serial": 12345678901234567891, "name": "Bigger"}');
  await page.getByRole('button', { name: 'Save' }).click();
  await cell(page, 'Bigger').waitFor();
  const raw = await fetch(`${server.url}/_/api/v1${app.space}/collections/people/documents/big`, { headers: { authorization: `Bearer ${server.token}` } });
  assert.match(await raw.text(), /12345678901234567891/);

  await cell(page, 'Person 1').dblclick();
  await page.getByLabel('New value of name').fill('Ada');
  await page.keyboard.press('Enter');
  await page.getByLabel('New value of name').waitFor({ state: 'detached' });
  await cell(page, 'Ada').waitFor();
  assert.deepEqual(await documentOf(server, app, 'people', 'p0001'), { ...kPeople[1], name: 'Ada' });
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.getByLabel(/New value of/).fill('7');
  await page.keyboard.press('Escape');
  assert.equal(await page.getByLabel(/New value of/).count(), 0);
  assert.deepEqual(await documentOf(server, app, 'people', 'p0001'), { ...kPeople[1], name: 'Ada' });

  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Duplicate' }).click();
  await page.getByRole('dialog', { name: 'New document in people' }).getByText('"Ada"').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Insert' }).click();
  await page.getByRole('status').filter({ hasText: '7 documents' }).waitFor();
  assert.equal(await countOf(server, app, 'people', { name: 'Ada' }), 2);
  await cell(page, 'p0002').getByRole('button').click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: 'Delete the document' }).click();
  await page.getByRole('status').filter({ hasText: '6 documents' }).waitFor();
  assert.equal(await countOf(server, app, 'people', { _id: 'p0002' }), 0);
  assert.deepEqual(problems, []);
});

test('two people edit one document: the second sees both versions and overwrites only knowingly', async (t) => {
  const { server, app, at } = await startSpace(t, { deploy: false });
  await fill(server, app, 'people', kPeople.slice(0, 3));
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/data/people` });
  const other = (name) => server.api('PUT', `${app.space}/collections/people/documents/p0001`, { document: { _id: 'p0001', name } });
  await cell(page, 'p0001').getByRole('button').click();
  await page.getByRole('dialog').getByText('Person 1').waitFor();
  await other('Theirs');
  await editorText(page, 'Document p0001 as JSON', '{"_id": "p0001", "name": "Mine"}');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').filter({ hasText: 'Somebody else changed this document' }).waitFor();
  assert.match(await page.getByRole('region', { name: 'Theirs' }).textContent(), /Theirs/);
  assert.match(await page.getByRole('region', { name: 'Yours' }).textContent(), /Mine/);
  await keepPicture(page, 'data-conflict');
  assert.deepEqual(await documentOf(server, app, 'people', 'p0001'), { _id: 'p0001', name: 'Theirs' });
  await other('Newer still');
  await page.getByRole('button', { name: 'Overwrite with mine' }).click();
  await page.getByRole('region', { name: 'Theirs' }).getByText('Newer still').waitFor();
  await page.getByRole('button', { name: 'Overwrite with mine' }).click();
  await page.getByText('p0001 is saved.').waitFor();
  assert.deepEqual(await documentOf(server, app, 'people', 'p0001'), { _id: 'p0001', name: 'Mine' });

  await cell(page, 'p0002').getByRole('button').click();
  await page.getByRole('dialog').getByText('Person 2').waitFor();
  await server.api('PUT', `${app.space}/collections/people/documents/p0002`, { document: { _id: 'p0002', name: 'Theirs' } });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Take theirs' }).click();
  await page.getByRole('textbox', { name: 'Document p0002 as JSON' }).getByText('Theirs').waitFor();
  assert.deepEqual(await documentOf(server, app, 'people', 'p0002'), { _id: 'p0002', name: 'Theirs' });
  await page.keyboard.press('Escape');
  assert.deepEqual(problems, []);
});

test('a value that somebody changes while its cell is edited is not overwritten unseen', async (t) => {
  const { server, app, at } = await startSpace(t, { deploy: false });
  await server.api('POST', `${app.space}/collections/people/documents`, { document: { _id: 'ada', name: 'Ada', born: 1815 } });
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/data/people` });
  await page.getByRole('gridcell', { name: 'Ada', exact: true }).dblclick();
  const typed = page.getByLabel('New value of name');
  await typed.fill('Mine');
  await server.api('PATCH', `${app.space}/collections/people/documents/ada`, { change: { $set: { name: 'Theirs', born: 1816 } } });
  await page.getByRole('gridcell', { name: '1816' }).waitFor(); // the row was read again, and the cell is still edited
  await typed.press('Enter');
  await page.getByText('Somebody else changed this document').waitFor();
  await page.getByRole('button', { name: 'Take theirs' }).click();
  assert.equal((await documentOf(server, app, 'people', 'ada')).name, 'Theirs');
  assert.deepEqual(problems, []);
});

test('what a filter matches is deleted once its number is typed, and nothing else', async (t) => {
  const { server, app, at } = await startSpace(t, { deploy: false });
  await fill(server, app, 'people', kPeople);
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/data/people` });
  await page.getByLabel('Filter').fill('{"city": "Rome"}');
  await page.keyboard.press('Enter');
  const matching = kPeople.filter(({ city }) => city === 'Rome').length;
  await page.getByRole('status').filter({ hasText: `${matching} documents` }).waitFor();
  await page.getByRole('button', { name: 'Delete matches' }).click();
  const go = page.getByRole('button', { name: `Delete ${matching} documents` });
  assert.ok(await go.isDisabled());
  await page.getByLabel(`Type ${matching} to go on`).fill(String(matching));
  await keepPicture(page, 'data-bulk');
  await go.click();
  await page.getByText(`${matching} documents of people deleted.`).waitFor();
  assert.equal(await countOf(server, app, 'people'), kPeople.length - matching);
  assert.equal(await countOf(server, app, 'people', { city: 'Rome' }), 0);
  assert.deepEqual(problems, []);
});

test('schema, cap and indexes are set and removed; the server refuses a schema in its own words', async (t) => {
  const { server, app, at } = await startSpace(t, { deploy: false });
  await fill(server, app, 'people', kPeople);
  const known = async () => (await server.api('GET', `${app.space}/collections`)).collections[0];
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/data/people` });
  await page.getByRole('tab', { name: 'Schema and cap' }).click();
  await editorText(page, 'JSON Schema', '{"type": "nothing"}');
  await page.getByRole('button', { name: 'Set the schema' }).click();
  await page.getByRole('alert').filter({ hasText: 'Invalid schema' }).waitFor();
  await editorText(page, 'JSON Schema', '{"type": "object", "required": ["name"]}');
  await page.getByRole('button', { name: 'Set the schema' }).click();
  await page.getByRole('button', { name: 'Remove the schema' }).waitFor();
  await keepPicture(page, 'data-rules');
  assert.deepEqual((await known()).schema, { type: 'object', required: ['name'] });
  await page.getByRole('button', { name: 'Remove the schema' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the schema' }).click();
  await page.getByRole('button', { name: 'Set the schema' }).waitFor();
  assert.equal((await known()).schema, null);
  await page.getByLabel('Newest documents to keep').fill('-1');
  await page.getByRole('button', { name: 'Set the cap' }).click();
  await page.getByText('A cap is a whole number from 1 up.').waitFor();
  await page.getByLabel('Newest documents to keep').fill('250');
  await page.getByText('The oldest 10 documents are deleted at once.').waitFor();
  await page.getByRole('button', { name: 'Set the cap' }).click();
  assert.ok(await page.getByRole('button', { name: 'Delete the others' }).isDisabled());
  assert.equal((await known()).cap, null);
  await page.getByLabel('Type people to go on').fill('people');
  await page.getByRole('button', { name: 'Delete the others' }).click();
  await page.getByRole('button', { name: 'Remove the cap' }).waitFor();
  assert.equal((await known()).cap, 250);
  await page.getByRole('tab', { name: 'Indexes' }).click();
  await page.getByText('No index yet.').waitFor();
  await page.getByRole('button', { name: 'Create index' }).click();
  await page.getByText('Name at least one field.').waitFor();
  await page.getByLabel('Fields of a new index').fill('city, age');
  await page.getByRole('button', { name: 'Create index' }).click();
  await page.getByRole('cell', { name: 'ready' }).waitFor();
  await keepPicture(page, 'data-indexes');
  assert.deepEqual((await known()).indexes, [{ fields: ['city', 'age'], state: 'ready' }]);
  await page.getByRole('button', { name: 'Remove the index city, age' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the index' }).click();
  await page.getByText('No index yet.').waitFor();
  assert.deepEqual((await known()).indexes, []);
  assert.deepEqual(problems, []);
});

test('a slow query asks for an index, and a press makes it', async (t) => {
  const { server, app, at } = await startSpace(t, { deploy: false });
  await fill(server, app, 'orders', Array.from({ length: 5_000 }, (_, n) => ({ number: n, customer: `customer-${n % 1_000}` })));
  await app.good('query', 'orders', '--query', '{"customer":"customer-7"}');
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/data` });
  await page.getByRole('row', { name: /orders customer 1 query 5,000 for 5/ }).waitFor();
  await keepPicture(page, 'data-advice');
  await page.getByRole('button', { name: 'Create index' }).click();
  await page.getByText('The index customer is ready: 5,000 documents.').waitFor();
  await page.getByRole('button', { name: 'Create index' }).waitFor({ state: 'detached' });
  assert.deepEqual((await server.api('GET', `${app.space}/collections`)).collections[0].indexes, [{ fields: ['customer'], state: 'ready' }]);
  assert.deepEqual(problems, []);
});

test('a phone in the dark: no sideways scroll of the page', async (t) => {
  const { server, app, at } = await startSpace(t, { deploy: false });
  await fill(server, app, 'people', kPeople);
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/data/people`, colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 800 });
  await cell(page, 'p0000').waitFor();
  await keepPicture(page, 'data-grid-phone');
  const isWide = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(await isWide(), false);
  for (const part of ['Schema and cap', 'Indexes']) {
    await page.getByRole('tab', { name: part }).click();
    assert.equal(await isWide(), false, part);
  }
  await page.getByRole('link', { name: 'Documents' }).first().click();
  await page.getByRole('link', { name: 'people' }).waitFor();
  await keepPicture(page, 'data-collections-phone');
  assert.equal(await isWide(), false);
  assert.deepEqual(problems, []);
});
