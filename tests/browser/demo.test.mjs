// The founding story in a browser: real Chromium, the real Auth0 SDK, three origins (app, API, identity provider).
// Wants demo/dist (npm run build) and the packages of src/devidp/server. SCREENSHOTS=DIR keeps pictures.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startApi } from './lib/api.mjs';
import { keepPicture, launchChromium, openPage } from './lib/chromium.mjs';
import { startDemo, startIdp } from './lib/processes.mjs';

let browser;
before(async () => (browser = await launchChromium()));
after(() => browser?.close());

const avatar = (page) => page.getByRole('button', { name: /^Account of/ });
const isSilentAuthorize = ({ url }) => url.includes('/authorize?') && url.includes('prompt=none') && url.includes('response_mode=web_message');
const isTokenCall = (grant) => ({ method, url, body }) => method === 'POST' && url.endsWith('/oauth/token') && body.includes(grant);

async function startAll(t, { idpOptions, config, pageOptions } = {}) {
  const idp = await startIdp(t, idpOptions);
  const { apiBase } = await startApi(t, idp);
  const app = await startDemo(t, idp, apiBase, config);
  return { idp, apiBase, app, ...(await openPage(t, browser, pageOptions)) };
}

async function signIn(page, app, person = 'Alice Andersson') {
  await page.goto(app);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByRole('button', { name: person }).click();
  await avatar(page).waitFor();
}

async function pingAs(page, choice) {
  await page.getByRole('combobox').selectOption(choice);
  const answered = page.waitForResponse((response) => response.url().endsWith('/hello') && response.request().method() === 'GET');
  await page.getByRole('button', { name: 'Ping API' }).click();
  await answered;
  await page.getByRole('button', { name: 'Ping API' }).waitFor();
  return page.getByTestId('ping-body').textContent();
}

test('signing in, the avatar, the profile, the ping and its refusals', async (t) => {
  const { idp, app, page, problems } = await startAll(t);
  await page.goto(app);
  await page.getByRole('button', { name: 'Log in to begin' }).waitFor();
  await keepPicture(page, 'home-signed-out');
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.equal(new URL(page.url()).origin, idp.url);
  await keepPicture(page, 'login');
  await page.getByRole('button', { name: 'Alice Andersson' }).click();
  await page.getByRole('heading', { name: 'Welcome, Alice' }).waitFor();
  assert.equal(new URL(page.url()).search, '', 'code and state stay in the address');

  await avatar(page).click();
  assert.ok(await avatar(page).locator('img').evaluate((image) => image.complete && image.naturalWidth > 0), 'no picture');
  await keepPicture(page, 'home-menu');
  await page.getByRole('menuitem', { name: 'Profile' }).click();
  const profile = JSON.parse(await page.getByTestId('profile-json').textContent());
  assert.equal(profile.nickname, 'alice');
  assert.equal(profile.email, 'alice@example.test');
  await keepPicture(page, 'profile');

  await page.getByRole('link', { name: 'External API', exact: true }).click();
  const first = JSON.parse(await pingAs(page, 'mine'));
  assert.equal(first.message, 'Hello alice');
  await keepPicture(page, 'ping');
  const second = JSON.parse(await pingAs(page, 'mine'));
  assert.equal(second.counter, first.counter + 1);

  await pingAs(page, 'damaged');
  assert.match(await page.getByTestId('ping-result').textContent(), /401/);
  assert.match(await page.getByTestId('ping-reason').textContent(), /signature/);
  await keepPicture(page, 'ping-refused');
  await pingAs(page, 'none');
  assert.match(await page.getByTestId('ping-result').textContent(), /401/);
  assert.equal(JSON.parse(await pingAs(page, 'mine')).counter, second.counter + 1, 'a refused call was counted');
  assert.deepEqual(problems, []);
});

test('a reload signs in again silently, through the hidden frame', async (t) => {
  const { app, page, requests, problems } = await startAll(t);
  await signIn(page, app, 'Bob Baker');
  await page.goto(`${app}/external-api`);
  await avatar(page).waitFor();
  requests.length = 0;
  await page.reload();
  await avatar(page).waitFor();
  assert.equal(requests.filter(isSilentAuthorize).length, 1);
  assert.ok(!requests.some(({ url }) => url.includes('/login')), 'the person was asked');
  assert.equal(new URL(page.url()).pathname, '/external-api');
  assert.equal(JSON.parse(await pingAs(page, 'mine')).message, 'Hello bob');
  assert.deepEqual(problems, []);
});

test('access tokens that ran out are renewed through the frame while the page stands', async (t) => {
  const { app, page, requests, problems } = await startAll(t, { idpOptions: { accessTokenLifetimeS: 30 } });
  await signIn(page, app);
  await page.getByRole('link', { name: 'External API', exact: true }).click();
  requests.length = 0;
  assert.equal(JSON.parse(await pingAs(page, 'mine')).message, 'Hello alice');
  assert.equal(requests.filter(isSilentAuthorize).length, 1);
  assert.equal(requests.filter(isTokenCall('authorization_code')).length, 1);
  assert.deepEqual(problems, []);
});

test('with useRefreshTokens: refresh tokens renew, the frame serves after a reload', async (t) => {
  const { app, page, requests, problems } = await startAll(t, {
    idpOptions: { accessTokenLifetimeS: 30 },
    config: { useRefreshTokens: true },
  });
  await signIn(page, app, 'Carol Castillo');
  await page.getByRole('link', { name: 'External API', exact: true }).click();
  const pingByRefresh = async () => {
    requests.length = 0;
    assert.equal(JSON.parse(await pingAs(page, 'mine')).message, 'Hello carol');
    assert.equal(requests.filter(isTokenCall('refresh_token')).length, 1);
    assert.equal(requests.filter(isSilentAuthorize).length, 0);
  };
  await pingByRefresh();
  await pingByRefresh();
  requests.length = 0;
  await page.reload();
  await avatar(page).waitFor();
  assert.equal(requests.filter(isSilentAuthorize).length, 1);
  await pingByRefresh();
  assert.deepEqual(problems, []);
});

test('logging out ends both sessions', async (t) => {
  const { idp, app, page, problems } = await startAll(t);
  await signIn(page, app);
  await avatar(page).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await page.getByRole('button', { name: 'Log in to begin' }).waitFor();
  assert.equal(new URL(page.url()).origin, app);
  await page.reload();
  await page.getByRole('button', { name: 'Log in to begin' }).waitFor();
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.equal(new URL(page.url()).origin, idp.url, 'the provider still knew the person');
  assert.deepEqual(problems, []);
});

test('a page behind the sign-in leads through it and back; cancelling is told', async (t) => {
  const { app, page } = await startAll(t);
  await page.goto(`${app}/profile`);
  await page.locator('main').getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  assert.match(await page.getByRole('alert').textContent(), /cancelled/);
  await page.goto(`${app}/profile`);
  await page.locator('main').getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('button', { name: 'Carol Castillo' }).click();
  await page.getByTestId('profile-json').waitFor();
  assert.equal(new URL(page.url()).pathname, '/profile');
});

test('extra claims reach the profile; rotating the key on the start page stops tokens', async (t) => {
  const { idp, apiBase, app, page } = await startAll(t);
  await page.goto(app);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByText('Extra claims', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Extra claims' }).fill('{"https://redd.test/roles": ["editor"]}');
  await keepPicture(page, 'login-claims');
  await page.getByRole('button', { name: 'Alice Andersson' }).click();
  await avatar(page).click();
  await page.getByRole('menuitem', { name: 'Profile' }).click();
  const profile = JSON.parse(await page.getByTestId('profile-json').textContent());
  assert.deepEqual(profile['https://redd.test/roles'], ['editor']);

  await page.getByRole('link', { name: 'External API', exact: true }).click();
  const pinged = page.waitForRequest((request) => request.method() === 'GET' && request.url().endsWith('/hello'));
  assert.equal(JSON.parse(await pingAs(page, 'mine')).message, 'Hello alice');
  const oldToken = (await pinged).headers().authorization;
  const other = await page.context().newPage();
  await other.goto(idp.url);
  await other.getByRole('button', { name: 'Rotate the key' }).click();
  await other.waitForURL(`${idp.url}/`);
  await other.locator('summary').first().click();
  await keepPicture(other, 'provider');
  await page.reload();
  await avatar(page).waitFor();
  assert.equal(JSON.parse(await pingAs(page, 'mine')).message, 'Hello alice', 'a new token does not work');
  const answer = await fetch(`${apiBase}/hello`, { headers: { authorization: oldToken } });
  assert.equal(answer.status, 401, 'an old token still works');
});

test('an API that is away is told apart from one that refuses', async (t) => {
  const idp = await startIdp(t);
  const app = await startDemo(t, idp, 'http://localhost:1/dev');
  const { page } = await openPage(t, browser);
  await signIn(page, app);
  await page.getByRole('link', { name: 'External API', exact: true }).click();
  await page.getByRole('button', { name: 'Ping API' }).click();
  assert.match(await page.getByTestId('ping-result').textContent(), /No answer/);
});
