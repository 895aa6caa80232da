// The Auth screen: whose tokens a space takes is set by mouse, a token is explained, a refused request is seen as it happens, machines get
// tokens, and callers are held to addresses and origins. What the page says was done is looked up at the server.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { kReachesIdp, openAdmin, openIdp, startSpace } from './lib/admin.mjs';
import { keepPicture, launchChromium } from './lib/chromium.mjs';
import { kAudience } from './lib/processes.mjs';


let browser, idp, closeIdp;
before(async () => {
  browser = await launchChromium();
  ({ idp, close: closeIdp } = await openIdp());
});
after(async () => {
  await browser?.close();
  await closeIdp?.();
});

const open = async (t, { part = 'policy', policy, ...options } = {}) => {
  const { server, app, at } = await startSpace(t, { args: kReachesIdp });
  if (policy) await server.api('PUT', `${app.space}/jwks`, policy);
  const opened = await openAdmin(t, browser, server, { path: `${at}/auth?part=${part}`, ...options });
  await opened.page.getByRole('heading', { level: 1, name: 'Auth' }).waitFor();
  return { server, app, at, jwks: async () => (await server.api('GET', app.space)).jwks, ...opened };
};
const tab = (page, name) => page.getByRole('tab', { name, exact: true }).click();
const bearer = (token) => ({ headers: { authorization: `Bearer ${token}` } });

test('OP-02 a space is closed until its JWKS URL is set on the screen; wrong addresses are told at the field', async (t) => {
  const { page, server, app, jwks, problems } = await open(t);
  const token = await idp.token({ audience: kAudience });
  assert.equal((await fetch(`${app.url}/hello`, bearer(token))).status, 403);
  await page.getByText('No key set').waitFor();
  await keepPicture(page, 'auth-empty');

  const url = page.getByLabel('JWKS URL');
  const save = page.getByRole('button', { name: 'Save', exact: true });
  assert.ok(await save.isDisabled(), 'nothing is changed, and it can be saved');
  for (const [wrong, said] of [['nonsense', /is no address/], ['ftp://localhost/keys', /https:\/\/ or http:\/\//], ['https://me:secret@localhost/keys', /name or password/]]) {
    await url.fill(wrong);
    await save.click();
    await page.getByRole('alert').filter({ hasText: said }).waitFor();
    assert.equal(await url.getAttribute('aria-invalid'), 'true');
  }
  await url.fill('http://10.1.2.3/keys');
  await save.click();
  const dialog = page.getByRole('dialog', { name: 'Accept tokens of this key set?' });
  // A server that foresees whom a policy refuses looks at the address at once, another when it is saved.
  if (!(await jwks()).algorithms) await dialog.getByRole('button', { name: 'Save the policy' }).click();
  await page.getByRole('alert').filter({ hasText: '10.1.2.3' }).waitFor();
  assert.equal((await jwks()).url, '', 'a refused policy was saved');

  await url.fill(idp.jwks);
  await page.getByLabel('Issuer').fill(idp.issuer);
  await page.getByLabel('Audience').fill(kAudience);
  await save.click();
  await dialog.waitFor();
  await keepPicture(page, 'auth-save');
  await dialog.getByRole('button', { name: 'Save the policy' }).click();
  await dialog.waitFor({ state: 'detached' });
  const saved = await jwks();
  assert.deepEqual([saved.url, saved.issuer, saved.audience], [idp.jwks, idp.issuer, [kAudience]]);
  assert.equal((await fetch(`${app.url}/hello`, bearer(token))).status, 200);

  await page.getByRole('table').getByText('RSA').waitFor();
  await page.getByRole('button', { name: 'Fetch now' }).click();
  await page.getByRole('status').filter({ hasText: /Fetched|fresh/ }).waitFor();
  await keepPicture(page, 'auth-policy');

  await page.getByRole('button', { name: 'Remove the policy' }).click();
  const sure = page.getByRole('dialog', { name: 'Remove the policy?' });
  await sure.getByLabel('Type dev to go on').fill('dev');
  await sure.getByRole('button', { name: 'Remove the policy' }).click();
  await sure.waitFor({ state: 'detached' });
  assert.equal((await jwks()).url, '');
  await server.api('PUT', `${app.space}/jwks`, { url: idp.jwks });
  await page.getByRole('button', { name: 'Remove the policy' }).click();
  assert.equal(await sure.getByLabel('Type dev to go on').inputValue(), '', 'the word of the last time is still there');
  assert.deepEqual(problems, []);
});

test('a token is tested: a good one is accepted, a wrong audience is explained and mended with the button', async (t) => {
  const { page, app, jwks, problems } = await open(t, { part: 'test', policy: { url: idp.jwks, issuer: idp.issuer, audience: [kAudience] } });
  const field = page.getByLabel('Access token');
  const run = page.getByRole('button', { name: 'Test', exact: true });
  await run.click();
  await page.getByRole('alert').filter({ hasText: 'Paste the access token' }).waitFor();

  await field.fill(`Authorization: Bearer ${await idp.token({ audience: kAudience })}`);
  await run.click();
  await page.getByRole('status').filter({ hasText: 'Accepted.' }).waitFor();
  assert.equal(await page.getByRole('region', { name: 'Each check' }).getByText('failed').count(), 0);
  await page.getByLabel('Claims of the token').getByText('auth0|alice').first().waitFor();
  await keepPicture(page, 'auth-accepted');

  const token = await idp.token({ audience: 'https://other.redd.test', scope: 'read' });
  await field.fill(token);
  await run.click();
  await page.getByRole('status').filter({ hasText: 'Refused: audience.' }).waitFor();
  const line = page.getByRole('row', { name: /^audience failed/ });
  assert.match(await line.textContent(), /hello\.redd\.test.*other\.redd\.test/);
  await keepPicture(page, 'auth-refused');
  await page.getByRole('button', { name: 'Accept audience https://other.redd.test too' }).click();
  await page.getByRole('tab', { name: 'Policy and keys', selected: true }).waitFor();
  assert.deepEqual((await jwks()).audience, [kAudience], 'the fix was saved without being asked');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('dialog', { name: 'Save the policy?' }).getByRole('button', { name: /^Save/ }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.deepEqual((await jwks()).audience, [kAudience, 'https://other.redd.test']);
  await tab(page, 'Test a token');
  await page.getByRole('status').filter({ hasText: 'The policy has changed' }).waitFor();
  await run.click();
  await page.getByRole('status').filter({ hasText: 'Accepted.' }).waitFor();
  assert.equal((await fetch(`${app.url}/hello`, bearer(token))).status, 200);

  await field.fill(await idp.token({ audience: kAudience, claims: { iss: 'https://evil.redd.test/' } }));
  await run.click();
  await page.getByRole('button', { name: 'Set issuer to https://evil.redd.test/' }).waitFor();
  await page.getByRole('button', { name: 'Forget it' }).click();
  assert.equal(await field.inputValue(), '');
  assert.deepEqual(problems, []);
});

test('a refused request appears in the list by itself, with its details and a way to its log', async (t) => {
  const { page, app, at, problems } = await open(t, { part: 'refusals', policy: { url: idp.jwks, audience: [kAudience] } });
  await page.getByText('No request was refused').waitFor();
  assert.equal((await fetch(`${app.url}/hello`, bearer(await idp.token({ expiresIn: -600, audience: kAudience })))).status, 401);
  const row = page.getByRole('row', { name: /expired.*GET .*hello/ });
  await row.waitFor();
  assert.equal((await fetch(`${app.url}/hello`)).status, 401);
  await page.getByRole('row', { name: /no credential/ }).waitFor();
  await keepPicture(page, 'auth-refusals');
  await row.getByRole('button').click();
  const details = page.getByRole('dialog', { name: 'A refused request' });
  await details.getByText('expired').first().waitFor();
  await keepPicture(page, 'auth-refusal');
  await details.getByRole('link', { name: 'This request in the log' }).click();
  await page.getByRole('heading', { level: 1, name: 'Logs' }).waitFor();
  assert.match(page.url(), new RegExp(`${at}/logs\\?request=.+`));
  assert.deepEqual(problems, []);
});

test('an API token is added, opens the space, and is removed', async (t) => {
  const { page, server, app, problems } = await open(t, { part: 'tokens' });
  await page.getByText('No API token').waitFor();
  await page.getByLabel('What it is for').fill('nightly import');
  await page.getByLabel('Access', { exact: true }).selectOption('READ');
  await page.getByRole('button', { name: 'Create token' }).click();
  const said = page.getByRole('status').filter({ hasText: 'Created.' });
  await said.waitFor();
  const key = await said.locator('code').textContent();
  const [token] = (await server.api('GET', app.space)).tokens;
  assert.deepEqual(token, { key, access: 'READ', description: 'nightly import' });
  assert.equal((await fetch(`${app.url}/hello`, { headers: { 'x-apikey': key } })).status, 200);
  await page.getByRole('row', { name: /nightly import/ }).waitFor();
  await keepPicture(page, 'auth-tokens');
  await page.getByRole('button', { name: `Remove ${key.slice(0, 8)}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the token' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.deepEqual((await server.api('GET', app.space)).tokens, []);
  assert.equal((await fetch(`${app.url}/hello`, { headers: { 'x-apikey': key } })).status, 403);
  assert.deepEqual(problems, []);
});

test('callers are held to addresses and origins; what is none is told at its field', async (t) => {
  const { page, server, app, problems } = await open(t, { part: 'callers' });
  const hosts = page.getByRole('region', { name: 'Allowed hosts' });
  const origins = page.getByRole('region', { name: 'CORS origins' });
  const add = async (panel, label, text) => {
    await panel.getByLabel(label).fill(text);
    await panel.getByRole('button', { name: 'Add', exact: true }).click();
  };
  for (const wrong of ['example.com', '300.1.1.1', '10.0.0.0/33', '::1/129']) {
    await add(hosts, 'Address or range', wrong);
    await hosts.getByRole('alert').waitFor();
  }
  await add(hosts, 'Address or range', '203.0.113.0/24');
  await hosts.getByRole('listitem').filter({ hasText: '203.0.113.0/24' }).waitFor();
  const mayRead = Promise.withResolvers();  // from here on the page knows what its own changes answered, and reads nothing
  await page.route(`**/_/api/v1${app.space}`, (route) => mayRead.promise.then(() => route.continue()));
  await add(hosts, 'Address or range', '2001:db8::/32');
  await hosts.getByRole('listitem').filter({ hasText: '2001:db8::/32' }).waitFor();
  assert.deepEqual((await server.api('GET', app.space)).allowedHosts, ['203.0.113.0/24', '2001:db8::/32']);
  assert.equal((await fetch(`${app.url}/hello`)).status, 403);
  // Somebody else adds one meanwhile.
  await server.api('PUT', `${app.space}/allowed-hosts`, { addresses: ['203.0.113.0/24', '2001:db8::/32', '198.51.100.1'] });
  await add(hosts, 'Address or range', '198.51.100.2');
  await hosts.getByRole('alert').filter({ hasText: 'changed meanwhile' }).waitFor();
  mayRead.resolve();
  await hosts.getByRole('listitem').filter({ hasText: '198.51.100.1' }).waitFor();
  await hosts.getByRole('button', { name: 'Add', exact: true }).click();
  await hosts.getByRole('listitem').filter({ hasText: '198.51.100.2' }).waitFor();
  for (const one of ['198.51.100.1', '198.51.100.2']) {
    await hosts.getByRole('button', { name: `Remove ${one}` }).click();
    await hosts.getByRole('listitem').filter({ hasText: one }).waitFor({ state: 'detached' });
  }
  assert.deepEqual((await server.api('GET', app.space)).allowedHosts, ['203.0.113.0/24', '2001:db8::/32']);
  for (const wrong of ['app.example.com', 'https://app.example.com/path', 'https://App.example.com']) {
    await add(origins, 'Origin', wrong);
    await origins.getByRole('alert').waitFor();
  }
  await add(origins, 'Origin', 'https://app.example.com');
  await origins.getByRole('listitem').waitFor();
  await keepPicture(page, 'auth-callers');
  await hosts.getByRole('button', { name: 'Remove 2001:db8::/32' }).click();
  await hosts.getByRole('listitem').filter({ hasText: '2001:db8::/32' }).waitFor({ state: 'detached' });
  await hosts.getByRole('button', { name: 'Remove 203.0.113.0/24' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click();
  await hosts.getByText('clients of every address may call').waitFor();
  const now = await server.api('GET', app.space);
  assert.deepEqual([now.allowedHosts, now.corsOrigins], [[], ['https://app.example.com']]);
  assert.deepEqual(problems, []);
});

test('before a policy is saved, the callers of the last day whom it would refuse are named; algorithms are chosen by name', async (t) => {
  const { page, app, jwks, problems } = await open(t, { policy: { url: idp.jwks } });
  for (const audience of [kAudience, 'https://other.redd.test']) assert.equal((await fetch(`${app.url}/hello`, bearer(await idp.token({ audience, scope: 'read' })))).status, 200);
  await page.getByLabel('Audience').fill(kAudience);
  const save = page.getByRole('button', { name: 'Save', exact: true });
  await save.click();
  const dialog = page.getByRole('dialog', { name: 'Save the policy?' });
  await dialog.getByText('1 caller refused').waitFor();
  await dialog.getByRole('row', { name: /^audience 1 .*other\.redd\.test.*RS256/ }).waitFor();
  await keepPicture(page, 'auth-impact');
  await dialog.getByRole('button', { name: 'Back' }).click();
  assert.deepEqual((await jwks()).audience, [], 'asking saved the policy');
  await page.getByLabel('Audience').fill('');
  await page.getByLabel('RS256').check();
  await page.getByLabel('ES256').check();
  await save.click();
  await dialog.getByText('Nobody is refused').waitFor();
  await dialog.getByRole('button', { name: 'Save the policy' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.deepEqual((await jwks()).algorithms, ['RS256', 'ES256']);
  await page.getByRole('button', { name: 'Remove the policy' }).click();
  const removal = page.getByRole('dialog', { name: 'Remove the policy?' });
  await removal.getByText('2 callers refused').waitFor();
  await keepPicture(page, 'auth-removal');
  await removal.getByRole('button', { name: 'Cancel' }).click();
  assert.equal((await jwks()).url, idp.jwks);
  assert.deepEqual(problems, []);
});

test('Ctrl-K leads to a part of the screen', async (t) => {
  const { page, problems } = await open(t);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /Search/ }).fill('refused requests');
  await page.getByRole('option', { name: /coho auth refusals/, selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: 'Refused requests', selected: true }).waitFor();
  await page.goBack();
  await page.getByRole('tab', { name: 'Policy and keys', selected: true }).waitFor();
  assert.deepEqual(problems, []);
});

test('a viewer sees eight characters of an API token and can change nothing', async (t) => {
  const { server, app, at } = await startSpace(t, { deploy: false });
  const { key } = await server.api('POST', `${app.space}/tokens`, { access: 'READWRITE', description: 'import' });
  const { secret } = await server.api('POST', '/me/tokens', { name: 'looks on', role: 'viewer', project: app.project });
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/auth?part=tokens`, token: secret });
  await page.getByRole('cell', { name: `${key.slice(0, 8)}…` }).waitFor();
  assert.ok(!(await page.content()).includes(key));
  await page.getByRole('tabpanel', { name: 'API tokens' }).getByText('Your role here is viewer').waitFor();
  assert.equal(await page.getByRole('button', { name: /Remove|Create token/ }).count(), 0);
  await tab(page, 'Policy and keys');
  assert.ok(await page.getByLabel('JWKS URL').isDisabled());
  assert.equal(await page.getByRole('button', { name: 'Save', exact: true }).count(), 0);
  await tab(page, 'Test a token');
  await page.getByText('Testing a token needs the role developer').waitFor();
  assert.deepEqual(problems, []);
});

test('in the dark and on a phone nothing is cut off', async (t) => {
  const policy = { url: idp.jwks, issuer: idp.issuer, audience: [kAudience] };
  const { page, app, problems } = await open(t, { policy, colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 844 });
  const check = async (name) => {
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} scrolls sideways`);
    await keepPicture(page, `auth-phone-${name}`);
  };
  await fetch(`${app.url}/hello`, bearer(await idp.token({ audience: 'https://other.redd.test' })));
  await check('policy');
  await tab(page, 'Test a token');
  await page.getByLabel('Access token').fill(await idp.token({ audience: 'https://other.redd.test' }));
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await page.getByRole('status').filter({ hasText: 'Refused' }).waitFor();
  await page.getByLabel('Claims of the token').waitFor();
  await check('test');
  await tab(page, 'Refused requests');
  await page.getByRole('row', { name: /audience/ }).waitFor();
  await check('refusals');
  await tab(page, 'API tokens');
  await check('tokens');
  await tab(page, 'Hosts and origins');
  await check('callers');
  assert.deepEqual(problems, []);
});
