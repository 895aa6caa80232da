// Text of others is text: hostile strings in every field that a person or an app can store, on every screen. No script runs, nothing is
// fetched or opened for them, and they are read as they were written.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { kGroups } from '../../admin/src/app/nav.ts';
import { openAdmin, startSpace } from './lib/admin.mjs';
import { kHostile, kHtmlPage, kSvgImage, watch } from './lib/hostile.mjs';
import { keepPicture, launchChromium, openPage } from './lib/chromium.mjs';

let browser;
before(async () => (browser = await launchChromium()));
after(() => browser?.close());

const kScript = `
import { app } from 'codehooks-js';
const texts = ${JSON.stringify(kHostile)};
app.get('/prints', (req, res) => { for (const text of texts) console.log(text); console.error({ [texts[0]]: texts[1] }); res.json({}); });
app.get('/answers', (req, res) => { res.set('content-type', 'text/html'); res.send(${JSON.stringify(kHtmlPage)}); });
app.get('/fails', () => { throw new Error(texts[1]); });
export default app.init();
`;

// Stores what the server takes, and counts it: a field that takes hardly any is told.
async function storeAll(store) {
  let taken = 0;
  for (const [index, text] of kHostile.entries()) {
    try {
      await store(text, index);
      taken += 1;
    } catch (error) {
      if (!(error.status >= 400 && error.status < 500)) throw error;
    }
  }
  return taken;
}

async function fill({ server, app }) {
  const { api } = server;
  const put = async (path, body, type) => {
    const answer = await fetch(`${server.url}/_/api/v1${app.space}${path}`, { method: 'PUT', headers: { authorization: `Bearer ${server.token}`, 'content-type': type }, body });
    await answer.text();
    if (!answer.ok) throw Object.assign(new Error(`${path}: ${answer.status}`), { status: answer.status });
  };
  const taken = {};
  taken.values = await storeAll((text, index) => api('POST', `${app.space}/collections/things/documents`, { document: { _id: `d${String(index).padStart(2, '0')}`, text } }));
  taken.fields = await storeAll((text) => api('POST', `${app.space}/collections/fields/documents`, { document: { [text]: { [text]: [text] } } }));
  taken.ids = await storeAll((text) => api('POST', `${app.space}/collections/ids/documents`, { document: { _id: text } }));
  taken.collections = await storeAll((text) => api('PUT', `${app.space}/collections/${encodeURIComponent(text)}`, {}));
  taken.keys = await storeAll((text) => api('PUT', `${app.space}/keys/${encodeURIComponent(text)}`, { value: text }));
  taken.keyspaces = await storeAll((text) => api('PUT', `${app.space}/keys/k`, { value: text, keyspace: text }));
  taken.files = await storeAll((text) => put(`/files/content?path=${encodeURIComponent(`/${text.replaceAll('/', '∕')}`)}`, text, 'text/html'));
  await put('/files/content?path=/shown/page.html', kHtmlPage, 'text/html');
  await put('/files/content?path=/shown/image.svg', kSvgImage, 'image/svg+xml');
  taken.variables = await storeAll((text, index) => api('PUT', `${app.space}/env/V${index}`, { value: text }));
  taken.tokens = await storeAll((text) => api('POST', `${app.space}/tokens`, { access: 'READ', description: text }));
  taken.personal = await storeAll((text) => api('POST', '/me/tokens', { name: text }));
  taken.teams = await storeAll((text) => api('POST', '/teams', { name: text }));
  taken.users = await storeAll((text, index) => api('POST', '/users', { email: `u${index}@example.org`, name: text }));
  await api('PATCH', '/me', { name: kHostile[0] });
  await api('POST', `/projects/${app.project}/invitations`, { email: "o'neil+<b>@example.org", role: 'viewer' }).catch(() => {});
  await api('POST', `/projects/${app.project}/invitations`, { email: '${7*7}{{x}}@example.org', role: 'viewer' });
  const bundle = await api('GET', `${app.space}/deployments/active/bundle`);
  for (const at of [0, 1, 28]) {
    await api('POST', `${app.space}/deployments`, { bundle, author: kHostile[at], gitBranch: kHostile[at + 1], gitHash: kHostile[at + 2], language: kHostile[at] });
  }
  const { key } = await api('POST', `${app.space}/tokens`, { access: 'READ', description: 'for the test' });
  await api('PUT', `${app.space}/jwks`, { url: 'http://localhost:1/keys', issuer: kHostile[0], audience: [kHostile[1], kHostile[2]] });
  for (const text of kHostile) await (await fetch(`${app.url}/${encodeURIComponent(text)}?q=${encodeURIComponent(text)}`, { headers: { authorization: 'Bearer a.b.c', 'user-agent': 'hostile' } })).text();
  for (const path of ['fails', 'answers', 'prints']) await (await fetch(`${app.url}/${path}`, { headers: { 'x-apikey': key } })).text();
  return taken;
}

const settle = (page) => page.waitForFunction(() => ![...document.querySelectorAll('[role=status]')].some((one) => /^Loading/.test(one.textContent ?? '')));

/** All that can be read of a screen, fields too. */
const textOf = (page) =>
  page.locator('#root').evaluate((root) => [root.textContent, ...[...root.querySelectorAll('input, textarea, option')].map((one) => one.value)].join('\n'));

// Screens that are full of the texts, and so many that even a list that draws only what is in sight shows three.
const kFull = ['auth-API tokens', 'logs', 'data', 'data-things', 'data-ids', 'keys', 'files', 'deployments', 'settings', 'Your account', 'Server'];
const kPlain = kHostile.filter((text) => text.length > 12 && !/[\x00-\x1f]/.test(text));

async function showsTexts(page, name) {
  const isShown = ({ texts, least }) => {
    const root = document.querySelector('#root').textContent;
    return texts.filter((text) => root.includes(text) || root.includes(text.replaceAll('/', '∕'))).length >= least;
  };
  await page.waitForFunction(isShown, { texts: kPlain, least: 3 }).catch(() => assert.fail(`${name} does not show the texts as they were written`));
}

async function go(page, link) {
  await page.locator('h1').evaluateAll((all) => all.forEach((one) => one.setAttribute('data-before', '')));
  await link.click();
  await page.locator('h1:not([data-before])').waitFor();
  await settle(page);
}

test('hostile text in every field, on every screen', { timeout: 280_000 }, async (t) => {
  const place = await startSpace(t, { script: kScript, args: ['--allow-private', 'localhost'] });
  const { server, at } = place;
  const taken = await fill(place);
  t.diagnostic(JSON.stringify(taken));
  for (const field of ['values', 'fields', 'keys', 'files', 'variables', 'tokens', 'personal', 'teams', 'users']) {
    assert.ok(taken[field] > 30, `only ${taken[field]} ${field} were stored`);
  }
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/settings` });
  const watched = await watch(page);
  const main = page.getByRole('navigation', { name: 'Main' });
  const read = {};
  const look = async (name) => {
    await settle(page);
    if (kFull.includes(name)) await showsTexts(page, name);
    assert.deepEqual(await watched.done(), [], `on ${name}`);
    assert.deepEqual(problems, [], `on ${name}`);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} scrolls sideways`);
    read[name] = await textOf(page);
    await keepPicture(page, `hostile-${name}`);
  };

  for (const { label, path } of kGroups.flatMap(({ screens }) => screens)) {
    await go(page, main.getByRole('link', { name: label, exact: true }));
    await look(path);
    const tabs = page.locator('main').getByRole('tab');
    for (const tab of await tabs.allTextContents()) {
      await tabs.filter({ hasText: tab }).first().click();
      await look(`${path}-${tab}`);
    }
    if (path === 'data') {
      for (const name of ['things', 'fields', 'ids']) {
        await go(page, page.locator('main').getByRole('link', { name, exact: true }).first());
        await page.getByRole('gridcell').first().waitFor();
        await look(`data-${name.slice(0, 8).replaceAll('/', '')}`);
        await go(page, main.getByRole('link', { name: label, exact: true }));
      }
    }
    if (path === 'files') {
      await page.evaluate((to) => {
        history.pushState(null, '', to);
        dispatchEvent(new PopStateEvent('popstate'));
      }, `${at}/files?path=/shown`);
      for (const name of ['page.html', 'image.svg']) {
        await page.locator('main').getByText(name, { exact: true }).first().click();
        // As a picture an SVG runs no script and fetches nothing, and it has no address of this origin; a page is shown as its source.
        await (name === 'page.html' ? page.getByText('<!doctype html>') : page.locator('img[src^="data:image/svg+xml,"]')).first().waitFor();
        await look(`files-${name}`);
        await page.keyboard.press('Escape');
      }
    }
  }
  for (const label of ['Projects', 'Your account', 'Server']) {
    await go(page, main.getByRole('link', { name: label, exact: true }));
    await look(label);
  }
  await page.getByRole('region', { name: 'Teams', exact: true }).getByRole('button', { name: kHostile[0], exact: false }).first().click();
  await page.getByText('The team itself').waitFor();
  await look('team');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /Search/ }).fill(kHostile[0]);
  await look('palette');
  await page.keyboard.press('Escape');

  // Read as written: the first of them, wherever it was stored.
  const kShown = { settings: 'a variable', 'Your account': 'the own name', Server: 'teams, users and the audit log', team: 'the name of a team' };
  for (const [name, what] of Object.entries(kShown)) assert.ok(read[name].includes(kHostile[0]), `${name} does not show ${what} as it was written`);
  for (const text of kHostile.filter((one) => !/[\x00-\x1f]/.test(one))) assert.ok(read.Server.includes(text), `the server's screen does not show ${JSON.stringify(text)}`);
  for (const text of kHostile.filter((one) => !one.includes('\u0000'))) assert.ok(read.settings.includes(text), `the settings do not show ${JSON.stringify(text)}`);
});

test('what the test above watches for is seen where text is taken for markup', async (t) => {
  const { server } = await startSpace(t, { deploy: false });
  const { page } = await openPage(t, browser);
  await page.goto(`http://localhost:${server.port}/_/health`);
  const watched = await watch(page);
  await page.evaluate((text) => (document.body.innerHTML = text), kHostile[1]);
  await page.waitForFunction(() => 'hacked' in window);
  const seen = await watched.done();
  assert.ok(seen.includes('a script ran') && seen.some((one) => one.includes('STOLEN')) && seen.some((one) => one.includes('elements')), String(seen));
});
