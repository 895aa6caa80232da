// Who may what, from the page's own sessions: the permission column of every operation against people of every role, and that screens offer
// a viewer nothing that the server would refuse.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { kOperations } from '../../admin/src/api/operations.ts';
import { kGroups } from '../../admin/src/app/nav.ts';
import { addPerson, kPassword, logInAs, openAdmin, startSpace } from './lib/admin.mjs';
import { keepPicture, launchChromium, openPage } from './lib/chromium.mjs';

let browser;
before(async () => (browser = await launchChromium()));
after(() => browser?.close());

const kRoles = ['stranger', 'viewer', 'developer', 'owner'];
const kScreens = kGroups.flatMap(({ screens }) => screens);

/** A project of a team in which everybody has the role of their name; a stranger is in no team but their own. */
async function startTown(t, options = {}) {
  const town = await startSpace(t, { deploy: false, ...options });
  const { server, app } = town;
  const team = await server.api('POST', '/teams', { name: 'Town' });
  for (const role of kRoles) {
    const { user } = await addPerson(server, `${role}@example.org`);
    if (role !== 'stranger') await server.api('PUT', `/teams/${team.id}/members/${user.id}`, { role });
  }
  await server.api('PUT', `/projects/${app.project}/team`, { teamId: team.id });
  return { ...town, team: team.id };
}

/** A page logged in with a password, and the token that its requests carry. */
async function openAs(t, server, role, path) {
  const opened = await openPage(t, browser);
  const { page } = opened;
  const carries = page.waitForRequest((request) => request.headers().authorization !== undefined);
  await page.goto(`http://localhost:${server.port}${path}`);
  await logInAs(page, `${role}@example.org`, kPassword);
  return { ...opened, token: (await carries).headers().authorization.slice('Bearer '.length) };
}

// Sends each operation from the page. Arguments are missing or name nothing, so that a door that opens leads to 400 or 404, or to what is harmless.
async function sendAll(page, operations, token, values) {
  const calls = operations.map(([name, [method, path]]) => ({ name, method, url: path.replace(/\{(\w+)\}/g, (_, part) => encodeURIComponent(values[part] ?? 'none')) }));
  return page.evaluate(
    async ({ all, bearer }) => {
      const out = [];
      for (const { name, method, url } of all) {
        const hasBody = method !== 'GET' && method !== 'DELETE';
        const leaving = new AbortController();
        const headers = { authorization: `Bearer ${bearer}`, ...(hasBody ? { 'content-type': 'application/json' } : {}) };
        const answer = await fetch(url, { method, headers, body: hasBody ? '{}' : undefined, signal: leaving.signal }).catch((error) => {
          throw new Error(`${name}: ${error}`);
        });
        const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream');
        out.push({ name, status: answer.status, text: isStream ? '' : (await answer.text()).slice(0, 300) });
        leaving.abort();
      }
      return out;
    },
    { all: calls, bearer: token },
  );
}

const isOpen = ({ status, text }) => status !== 401 && status !== 403 && !(status === 404 && /Unknown (project|space|team)/.test(text));

function expected(name, role) {
  const permission = name === 'team.member.remove' ? 'owner' : kOperations[name][2]; // everybody may leave a team; others are an owner's to remove
  if (permission === 'server') return 403;
  if (role === 'stranger') return 404;
  return kRoles.indexOf(role) >= kRoles.indexOf(permission) ? 'open' : 403;
}

test('every operation opens or refuses as its permission says, to the session of a page', async (t) => {
  const { server, app, at, team } = await startTown(t);
  await server.api('POST', `${app.space}/collections/things/documents`, { document: { _id: 'one' } });
  const known = new Set(Object.values((await server.api('GET', '/openapi.json')).paths).flatMap((path) => Object.values(path)).map(({ operationId }) => operationId));
  const operations = Object.entries(kOperations).filter(([, [, , permission]]) => ['viewer', 'developer', 'owner', 'server'].includes(permission));
  assert.deepEqual(operations.filter(([name]) => !known.has(name)).map(([name]) => name), [], 'the UI knows operations that the server does not have');
  assert.ok(operations.length > 80, `only ${operations.length} operations`);
  const values = { project: app.project, space: 'dev', team };
  const spaceNow = () => server.api('GET', app.space);
  const before = await spaceNow();
  for (const role of kRoles) {
    const { page, token } = await openAs(t, server, role, role === 'stranger' ? '/_/' : `${at}/settings`);
    const answers = await sendAll(page, operations, token, values);
    const wrong = answers.filter((answer) => {
      const wanted = expected(answer.name, role);
      return wanted === 'open' ? !isOpen(answer) : answer.status !== wanted;
    });
    assert.deepEqual(wrong.map(({ name, status, text }) => `${name} to the ${role}: ${status} ${text}`), []);
    if (role === 'viewer') assert.deepEqual(await spaceNow(), before, 'what was refused has changed something');
    const me = await page.evaluate(async (bearer) => (await fetch('/_/api/v1/me', { headers: { authorization: `Bearer ${bearer}` } })).json(), token);
    assert.equal(me.email, `${role}@example.org`, 'the token is another’s');
  }
  const { page } = await openAdmin(t, browser, server);
  const answers = await sendAll(page, operations, server.token, values);
  assert.deepEqual(answers.filter((answer) => !isOpen(answer)).map(({ name, status }) => `${name} to the server's owner: ${status}`), []);
  const without = await sendAll(page, operations, 'none', values);
  assert.deepEqual(without.filter(({ status }) => status !== 401).map(({ name, status }) => `${name} without a session: ${status}`), []);
});

// What a viewer may press: it shows something, or is about the viewer alone. A name that is not here is either a fault or a new line here.
const kReading = [
  /^(Copy|Copied|Copy this one|Copy as \w+|Try again|Close|Dismiss)$/,
  /^(Refresh|Reload|Search|Find|Filter|Query|Run|Run query|Count|Apply|Reset|Clear|Clear filter|Sort.*|Order.*)$/,
  /^(Follow|Following|Pause|Resume|Stop|Stop following|Live|Newest|Older|Newer|Earlier|Later|Previous|Next|First|Last|More|Load more.*|Up|Back)$/,
  /^(Show|Hide|Open|View|Look at|Details|Explain|Inspect|Expand|Collapse|Columns|Compare|Export|Download|Source|Script|Read)\b/,
  /^(Documents|Table|JSON|Tree|List|Raw|Headers|Body|Send|Send request|Check|Ask|Ask the endpoint|Fetch now)$/,
  /^Add a (parameter|header)$/, // of a request of the API runner
  /^Leave the project$/,
  /^(things|_id|name|one|greeted|note\.txt|GET ?\/\w+)$/, // what stands in the space of the test
];

const settle = (page) => page.waitForFunction(() => ![...document.querySelectorAll('[role=status]')].some((one) => /^Loading/.test(one.textContent ?? '')));

// What can be pressed in the screen. A part that folds out or a choice of what is shown changes nothing at the server.
const pressable = (page) =>
  page.locator('main').evaluate((main) =>
    [...main.querySelectorAll('button:not(:disabled), [role=button]:not([aria-disabled=true]), input[type=submit]:not(:disabled), input[type=file]:not(:disabled)')]
      .filter((one) => !one.matches('[role=tab], [role=radio], [role=option], [aria-expanded], [aria-pressed]') && one.checkVisibility())
      .map((one) => one.getAttribute('aria-label') ?? (one.textContent?.trim() || one.getAttribute('title') || one.outerHTML.slice(0, 80))),
  );

// The screen before stays until the next one has come: its heading is marked, and another one waited for.
async function openScreen(page, screen) {
  if (!page.url().endsWith(`/${screen.path}`)) await page.locator('h1').evaluateAll((all) => all.forEach((one) => one.setAttribute('data-before', '')));
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: screen.label, exact: true }).click();
  await page.waitForURL(`**/${screen.path}`);
  await page.locator('h1:not([data-before])').waitFor();
  await settle(page);
}

test('no screen of a space offers a viewer what they may not', async (t) => {
  const { server, app, at } = await startTown(t, { deploy: true });
  await server.api('POST', `${app.space}/collections/things/documents`, { document: { _id: 'one', name: 'x' } });
  await server.api('PUT', `${app.space}/keys/greeted`, { value: 'yes' });
  await server.api('PUT', `${app.space}/env/GREETING`, { value: 'good day' });
  await server.api('PUT', `${app.space}/domains`, { domains: ['www.example.com'] });
  await server.api('POST', `${app.space}/tokens`, { access: 'READ', description: 'for the test' });
  await fetch(`${server.url}/_/api/v1${app.space}/files/content?path=/note.txt`, { method: 'PUT', headers: { authorization: `Bearer ${server.token}` }, body: 'note' });
  const { page, requests, problems } = await openAs(t, server, 'viewer', `${at}/overview`);
  const refused = [];
  page.on('response', (answer) => answer.status() === 403 && refused.push(answer.url()));
  const found = {};
  for (const screen of kScreens) {
    await openScreen(page, screen);
    found[screen.path] = await pressable(page);
    const tabs = page.locator('main').getByRole('tab');
    for (const tab of await tabs.allTextContents()) {
      await tabs.filter({ hasText: tab }).first().click();
      await page.locator('main').getByRole('tab', { name: tab, selected: true }).waitFor();
      await settle(page);
      found[`${screen.path}, ${tab}`] = await pressable(page);
    }
    if (screen.path === 'data') {
      const link = page.locator('main').getByRole('link', { name: /things/ });
      if ((await link.count()) > 0) {
        await page.locator('h1').evaluateAll((all) => all.forEach((one) => one.setAttribute('data-before', '')));
        await link.first().click();
        await page.locator('h1:not([data-before])').waitFor();
        await settle(page);
        found['data/things'] = await pressable(page);
      }
    }
    await keepPicture(page, `viewer-${screen.path}`);
  }
  const writing = Object.entries(found).flatMap(([path, names]) => names.filter((name) => !kReading.some((one) => one.test(name))).map((name) => `${path}: ${name}`));
  assert.deepEqual(writing, []);
  assert.ok(Object.values(found).some((names) => names.length > 0), 'no button was found on any screen');
  const kAsking = /\/(find|count|login)$/;
  assert.deepEqual(requests.filter(({ method, url }) => method !== 'GET' && !kAsking.test(url)).map(({ method, url }) => `${method} ${url}`), []);
  assert.deepEqual(refused, [], 'a screen asks for what a viewer may not see');
  await openScreen(page, kScreens.find(({ path }) => path === 'settings'));
  await page.getByText('Your role here is viewer').first().waitFor();
  assert.equal(await page.locator('main').getByRole('textbox').count(), 0, 'a viewer finds fields to fill in');
  assert.deepEqual(problems, []);
});

test('a developer sets variables, and finds no way to what is an owner\'s', async (t) => {
  const { server, app, at } = await startTown(t);
  const { page, problems } = await openAs(t, server, 'developer', `${at}/settings`);
  await page.getByLabel('Variable name').fill('GREETING');
  await page.getByLabel('Value').fill('good day');
  await page.getByRole('button', { name: 'Set variable' }).click();
  await page.getByRole('cell', { name: 'GREETING', exact: true }).waitFor();
  assert.deepEqual((await server.api('GET', app.space)).env.map(({ name }) => name), ['GREETING']);
  await page.getByText('Your role here is developer').first().waitFor();
  await settle(page);
  const names = await pressable(page);
  assert.deepEqual(names.filter((name) => /Rename|Remove the|Export|Import|Copy the|Rewind|Invite|Give|Restore|Delete/.test(name)), []);
  assert.deepEqual(problems, []);
});

test('to a stranger every screen of the space says what the server says of it', async (t) => {
  const { server, at } = await startTown(t);
  for (const screen of kScreens) {
    const { page, token, problems } = await openAs(t, server, 'stranger', `${at}/${screen.path}`);
    const answer = await fetch(`${server.url}/_/api/v1${at.replace('/_/p/', '/projects/').replace('/dev', '/spaces/dev')}`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(answer.status, 404);
    const { error } = await answer.json();
    await page.getByRole('alert').filter({ hasText: error }).waitFor();
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 0, `${screen.path} shows a screen`);
    assert.deepEqual(problems, []);
    await page.context().close();
  }
});
