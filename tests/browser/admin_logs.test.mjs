// The log as a person follows it: lines as they are printed, filtered, by request, and one request by its address.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { makeApp } from '../lib/app.mjs';
import { startRedd } from '../lib/redd.mjs';
import { logIn, openAdmin, startSpace } from './lib/admin.mjs';
import { keepPicture, launchChromium } from './lib/chromium.mjs';

let browser;
before(async () => (browser = await launchChromium()));
after(() => browser?.close());

const kScript = `
import { app, Datastore } from 'codehooks-js';
app.get('/say', async (req, res) => {
  console.log('said ' + req.query.word);
  const db = await Datastore.open();
  await db.set('word', req.query.word);
  res.json({ said: req.query.word });
});
app.get('/warns', (req, res) => { console.warn('careful now'); res.json({ warned: true }); });
app.get('/fails', () => { throw new Error('it fails on purpose'); });
app.get('/many', (req, res) => { for (let i = 0; i < 300; i += 1) console.log('line number ' + i); res.json({ lines: 300 }); });
export default app.init();
`;
const kLiveMs = 1_000; // a line is to be seen within a second of being printed

async function start(t, options = {}) {
  const started = await startSpace(t, { script: kScript });
  const { server, app, at } = started;
  const { key } = await server.api('POST', `${app.space}/tokens`, { access: 'READWRITE', description: 'test' });
  const call = (path, headers = { 'x-apikey': key }) => fetch(app.url + path, { headers });
  await call('/say?word=warm'); // the worker has started
  const opened = await openAdmin(t, browser, server, { path: `${at}/logs`, ...options });
  await opened.page.getByRole('status', { name: 'Stream' }).getByText('Live').waitFor();
  const lines = async (query) => (await server.api('GET', `${app.space}/logs?${query}`)).lines;
  return { ...started, ...opened, call, lines, log: opened.page.getByRole('log', { name: 'Log lines' }) };
}

test('a line is on the page within a second of being printed; paused, it waits', async (t) => {
  const { page, problems, call, log } = await start(t);
  await log.getByText('said warm').waitFor();
  for (const word of ['first', 'second', 'third']) {
    await call(`/say?word=${word}`);
    await log.getByText(`said ${word}`).waitFor({ timeout: kLiveMs });
  }
  await page.getByRole('button', { name: 'Pause' }).click();
  await call('/say?word=hidden');
  await page.getByRole('status', { name: 'Stream' }).getByText(/Paused, \d+ new/).waitFor();
  assert.equal(await log.getByText('said hidden').count(), 0);
  await page.getByRole('button', { name: 'Resume' }).click();
  await log.getByText('said hidden').waitFor();
  await call('/warns');
  await call('/fails');
  await log.getByText('it fails on purpose').waitFor();
  await keepPicture(page, 'logs');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 800 });
  await keepPicture(page, 'logs-phone');
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), 'the page scrolls sideways');
  assert.deepEqual(problems, []);
});

test('the filter asks the server: by level, text, context and request', async (t) => {
  const { page, problems, call, log, lines } = await start(t);
  await call('/warns');
  await call('/fails');
  await log.getByText('careful now').waitFor();
  await page.getByLabel('Level').selectOption('warn');
  await log.getByText('said warm').waitFor({ state: 'detached' });
  await log.getByText('careful now').waitFor();
  await page.getByLabel('Level').selectOption('error');
  await log.getByText('careful now').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByLabel('Text', { exact: true }).fill('SAID');
  await log.getByText('careful now').waitFor({ state: 'detached' });
  await call('/say?word=filtered');
  await log.getByText('said filtered').waitFor();
  await keepPicture(page, 'logs-filtered');
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByLabel('Context').fill('request');
  await log.getByText('said filtered').waitFor({ state: 'detached' });
  await log.getByText('GET /dev/warns').waitFor();
  await page.getByRole('button', { name: 'Clear' }).click();
  const [{ requestId }] = await lines('grep=careful');
  await page.getByLabel('Request id').fill(requestId);
  await log.getByText('careful now').waitFor();
  const ofRequest = await lines(`request=${requestId}`);
  assert.equal(ofRequest.length, 2);
  // The list before is gone for a moment when the filter changes: so many lines and no others have to come.
  await page.waitForFunction((count) => document.querySelectorAll('[role=log] [data-level]').length === count, ofRequest.length);
  await page.getByLabel('Request id').fill('no-such-request');
  await page.getByText('No line fits the filter.').waitFor();
  assert.deepEqual(problems, []);
});

test('after a restart of the server the log goes on by itself, with what was printed meanwhile, each line once', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'redd-browser-'));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  const first = await startRedd({ dataDir });
  let server = first;
  t.after(() => server.stop());
  const app = await makeApp(first, { files: { 'index.js': kScript } });
  t.after(() => app.remove());
  await app.deploy();
  const { key } = await first.api('POST', `${app.space}/tokens`, { access: 'READWRITE', description: 'test' });
  const say = (word) => fetch(`${app.url}/say?word=${word}`, { headers: { 'x-apikey': key } });
  await say('before');
  const { page, problems } = await openAdmin(t, browser, first, { path: `/_/p/${app.project}/dev/logs` });
  const log = page.getByRole('log', { name: 'Log lines' });
  const stream = page.getByRole('status', { name: 'Stream' });
  await log.getByText('said before').waitFor();
  await stream.getByText('Live').waitFor();
  await first.stop();
  await stream.getByText('Connecting again').waitFor();
  server = await startRedd({ dataDir, listen: `127.0.0.1:${first.port}` });
  await say('meanwhile');
  await stream.getByText('Live').waitFor();
  await log.getByText('said meanwhile').waitFor();
  await say('after');
  await log.getByText('said after').waitFor();
  for (const word of ['before', 'meanwhile', 'after']) assert.equal(await log.getByText(`said ${word}`).count(), 1, word);
  assert.deepEqual(problems, []);
});

test('grouped by request: how each ended, its lines below it', async (t) => {
  const { page, problems, call } = await start(t);
  await call('/fails');
  await page.getByLabel('By request').check();
  const requests = page.getByRole('log', { name: 'Requests' });
  const failed = requests.getByRole('button', { name: /500\s*GET \/dev\/fails/ });
  await failed.waitFor();
  assert.equal(await requests.getByText('it fails on purpose').count(), 0, 'the lines are not folded');
  await failed.click();
  await requests.getByText('it fails on purpose').waitFor();
  assert.equal(await failed.getAttribute('aria-expanded'), 'true');
  await call('/say?word=grouped');
  await requests.getByRole('button', { name: /200\s*GET \/dev\/say/ }).nth(1).waitFor();
  await keepPicture(page, 'logs-grouped');
  assert.deepEqual(problems, []);
});

test('the list stays at its end while lines come, and stands still for one who scrolled up', async (t) => {
  const { page, problems, call, log } = await start(t);
  await call('/many');
  await log.getByText('line number 299').waitFor();
  assert.ok((await log.locator('[data-level]').count()) < 150, 'all lines are in the page at once');
  await log.hover();
  await page.mouse.wheel(0, -4_000);
  const toNewest = page.getByRole('button', { name: 'To the newest' });
  await toNewest.waitFor();
  await call('/say?word=below');
  await page.getByText(/of at most 10,000 lines/).waitFor();
  assert.equal(await log.getByText('said below').count(), 0, 'the list jumped to its end');
  await toNewest.click();
  await log.getByText('said below').waitFor();
  assert.deepEqual(problems, []);
});

test('a request is opened by its address, a refused one says why', async (t) => {
  const { server, page, problems, at, call, lines, log } = await start(t);
  await call('/say?word=opened');
  const [line] = await lines('grep=said%20opened');
  await log.getByText('said opened').waitFor();
  await log.getByRole('link', { name: line.requestId }).first().click();
  await page.getByLabel('Request id').getByText(line.requestId).waitFor();
  const shown = page.getByRole('log', { name: 'Lines of the request' });
  await shown.getByText('said opened').waitFor();
  await page.getByRole('region', { name: 'Request', exact: true }).getByText('GET /dev/say').waitFor();
  assert.equal(new URL(page.url()).searchParams.get('request'), line.requestId);
  const end = (await lines(`request=${line.requestId}&context=request`))[0];
  if (end.fields.timeline) {
    const timeline = page.getByRole('region', { name: 'Timeline' });
    for (const { name } of end.fields.timeline) await timeline.getByText(name, { exact: false }).first().waitFor();
  }
  await keepPicture(page, 'logs-request');
  await page.getByRole('link', { name: 'The whole log' }).click();
  await log.getByText('said opened').waitFor();

  const refused = await call('/say?word=never', {});
  const id = refused.headers.get('x-request-id');
  await page.goto(`http://localhost:${server.port}${at}/logs?request=${id}`);
  await logIn(page, server.token);
  const why = page.getByRole('region', { name: 'Refused' });
  await why.getByText('no credential').waitFor();
  await why.getByText('an API token of this space').waitFor();
  await keepPicture(page, 'logs-refused');
  await why.getByRole('link', { name: /in Auth/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Auth' }).waitFor();
  assert.deepEqual(problems, []);
});
