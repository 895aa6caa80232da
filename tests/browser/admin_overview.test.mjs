// The overview of a space: what it did, what runs in it, where it answers, and the next step of a space that has none of that yet.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { logIn, openAdmin, startSpace } from './lib/admin.mjs';
import { keepPicture, launchChromium } from './lib/chromium.mjs';

let browser;
before(async () => (browser = await launchChromium()));
after(() => browser?.close());

const noSidewaysScroll = (page) => page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

test('a new space says where it answers and what to do next, and each step leads there', async (t) => {
  const { server, app, at } = await startSpace(t, { deploy: false });
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/overview` });
  const next = page.getByRole('region', { name: 'Next' });
  await next.getByText('coho deploy', { exact: false }).waitFor();
  const { endpoint } = await server.api('GET', app.space);
  await page.getByText(endpoint, { exact: true }).waitFor();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('region', { name: 'Endpoint' }).getByRole('button', { name: 'Copy', exact: true }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), endpoint);
  await keepPicture(page, 'overview-new');

  await next.getByRole('link', { name: 'upload a bundle' }).click();
  await page.getByRole('heading', { level: 1, name: 'Deployments' }).waitFor();
  await page.goBack();
  await next.getByRole('link', { name: 'Set the JWKS URL' }).click();
  await page.getByRole('heading', { level: 1, name: 'Auth' }).waitFor();
  assert.deepEqual(problems, []);
});

test('requests, workers and deployments appear while one looks', async (t) => {
  const { server, app, at } = await startSpace(t);
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/overview` });
  await page.getByRole('region', { name: 'Next' }).getByText('Protect it').waitFor();
  assert.equal(await page.getByText('Deploy code').count(), 0, 'the step that is done is still asked for');
  const { key } = await server.api('POST', `${app.space}/tokens`, { access: 'READWRITE', description: 'test' });
  for (const path of ['/hello', '/hello', '/fails']) await fetch(app.url + path, { headers: { 'x-apikey': key } });
  await fetch(`${app.url}/hello`);
  const figure = (label, value) => page.getByText(label, { exact: true }).locator('xpath=..').getByText(value).waitFor();
  await figure('Requests, last hour', /^4$/);
  await figure('Errors, last hour', /^1/);
  await figure('Refusals, last hour', /^1/);
  const activity = await server.api('GET', `${app.space}/activity`);
  assert.deepEqual([activity.requestsTotal, activity.refusalsTotal], [4, 1]);
  const chart = page.getByRole('figure').filter({ hasText: 'Requests in 10 s' });
  await chart.locator('canvas').waitFor();
  await chart.getByText(/^Requests in the last hour, in steps of ten seconds: at most \d/).waitFor();
  await page.getByRole('region', { name: 'Workers', exact: true }).getByText('ready').waitFor();
  const { deployments } = await server.api('GET', `${app.space}/deployments`);
  await page.getByRole('region', { name: 'Last deployments' }).getByText(deployments[0].id.slice(-4)).waitFor();
  await keepPicture(page, 'overview');
  await page.emulateMedia({ colorScheme: 'dark' });
  await keepPicture(page, 'overview-dark');
  await page.setViewportSize({ width: 390, height: 800 });
  await keepPicture(page, 'overview-phone');
  assert.ok(await noSidewaysScroll(page), 'the page scrolls sideways');
  assert.deepEqual(problems, []);
});

test('a server that keeps no figures of the last hour is shown by what it counted since it started', async (t) => {
  const { server, app, at } = await startSpace(t);
  const { page, problems } = await openAdmin(t, browser, server);
  await page.route('**/activity', (route) => route.fulfill({ status: 404, json: { error: 'There is no such operation.', code: 'not_found' } }));
  await fetch(`${app.url}/hello`);
  await page.goto(`http://localhost:${server.port}${at}/overview`);
  await logIn(page, server.token);
  await page.getByText('keeps no figures of the last hour', { exact: false }).waitFor();
  await page.getByText('Requests since the server started').locator('xpath=..').getByText('1', { exact: true }).waitFor();
  await page.getByRole('region', { name: 'Workers', exact: true }).getByText('ready').waitFor();
  assert.equal(await page.getByRole('figure').count(), 0);
  assert.deepEqual(problems, []);
});
