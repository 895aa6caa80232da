// Every screen of the admin UI, with data and without, in light, dark and on a phone: axe finds no serious fault, nothing is cut off at the
// side, and with SCREENSHOTS=DIR each leaves a picture to look at.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import test, { after, before } from 'node:test';
import { openAdmin, startSpace } from './lib/admin.mjs';
import { keepPicture, launchChromium, openPage } from './lib/chromium.mjs';

const kAxe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const kLooks = [
  { name: 'light', options: { colorScheme: 'light' } },
  { name: 'dark', options: { colorScheme: 'dark' } },
  { name: 'phone', options: { colorScheme: 'light', viewport: { width: 390, height: 844 } } },
];
// path below the space (or of the UI when it begins with /), its heading, a text that stands there when its data have come
const kScreens = [
  ['overview', 'Overview', /requests/i],
  ['auth', 'Auth', /JWKS URL/],
  ['logs', 'Logs', /said hello/],
  ['data', 'Documents', /people/],
  ['data/people', 'people', /Ada/],
  ['keys', 'Key/value', /greeted/],
  ['files', 'Files', /notes\.txt/],
  ['deployments', 'Deployments', /active/i],
  ['runner', 'API runner', /\/hello/],
  ['settings', 'Settings', /GREETING/],
  ['/_/', 'Projects', /hello/],
  ['/_/account', 'Your account', /tokens/i],
  ['/_/server', 'Server', /version/i],
];

let browser;
before(async () => (browser = await launchChromium()));
after(() => browser?.close());

async function fill({ server, app }) {
  const space = app.space;
  for (const [name, born] of [['Ada Lovelace', 1815], ['Alan Turing', 1912], ['Grace Hopper', 1906]]) {
    await server.api('POST', `${space}/collections/people/documents`, { document: { name, born, tags: ['first', 'computing'], address: { city: 'London' } } });
  }
  await server.api('PUT', `${space}/keys/session-1`, { value: 'open', ttl: 3_600_000 });
  await server.api('PUT', `${space}/env/GREETING`, { value: 'hello' });
  await server.api('PUT', `${space}/env/API_SECRET`, { value: 'sealed', encrypted: true });
  await server.api('POST', `${space}/tokens`, { access: 'READ', description: 'a machine' });
  const key = (await server.api('GET', space)).tokens[0].key;
  const put = await fetch(`${server.url}/_/api/v1${space}/files/content?path=/notes.txt`, {
    method: 'PUT', headers: { authorization: `Bearer ${server.token}`, 'content-type': 'text/plain' }, body: 'some notes',
  });
  assert.ok(put.ok);
  for (let i = 0; i < 5; i += 1) assert.equal((await fetch(`${app.url}/hello`, { headers: { 'x-apikey': key } })).status, 200);
  await fetch(`${app.url}/fails`, { headers: { 'x-apikey': key } });
  await fetch(`${app.url}/hello`, { headers: { authorization: 'Bearer a.b.c' } });
}

async function seriousFaults(page) {
  await page.evaluate(kAxe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map(({ html, any }) => `${html.slice(0, 160)} ${any[0]?.message ?? ''}`).join(' | ')}`);
}

async function look(page, name) {
  assert.deepEqual(await seriousFaults(page), [], name);
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(wide <= room, `${name} scrolls sideways: ${wide} of ${room}`);
  await keepPicture(page, name);
}

const slug = (path) => path.replace(/^\/_\/?/, '').replaceAll('/', '-') || 'projects';

for (const { name, options } of kLooks) {
  test(`every screen with data: ${name}`, async (t) => {
    const space = await startSpace(t);
    await fill(space);
    const { page, problems } = await openAdmin(t, browser, space.server, { path: `${space.at}/overview`, ...options });
    for (const [path, heading, text] of kScreens) {
      // Within the page: one that is loaded anew would ask for the login again.
      await page.evaluate((to) => { history.pushState({}, '', to); dispatchEvent(new PopStateEvent('popstate')); }, path.startsWith('/') ? path : `${space.at}/${path}`);
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      await page.getByRole('main').getByText(text).first().waitFor();
      await look(page, `${slug(path)}-${name}`);
    }
    assert.deepEqual(problems, []);
  });

  test(`every screen of an empty space says the next step: ${name}`, async (t) => {
    const space = await startSpace(t, { deploy: false });
    const { page, problems } = await openAdmin(t, browser, space.server, { path: `${space.at}/overview`, ...options });
    for (const [path, heading] of kScreens.filter(([one]) => !one.startsWith('/') && one !== 'data/people')) {
      await page.evaluate((to) => { history.pushState({}, '', to); dispatchEvent(new PopStateEvent('popstate')); }, `${space.at}/${path}`);
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      await page.getByText('Loading').first().waitFor({ state: 'detached' });
      await look(page, `empty-${slug(path)}-${name}`);
    }
    assert.deepEqual(problems, []);
  });

  test(`the door: ${name}`, async (t) => {
    const { server } = await startSpace(t, { deploy: false });
    const { page, problems } = await openPage(t, browser, options);
    await page.goto(`http://localhost:${server.port}/_/`);
    await page.getByLabel('Setup code').waitFor();
    await look(page, `door-${name}`);
    assert.deepEqual(problems, []);
  });
}
