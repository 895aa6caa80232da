// People by mouse: members and invitations, the own account, users and teams, and what else the server's owner has there.

import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import test, { after, before } from 'node:test';
import { addPerson, kPassword, logInAs, openAdmin, startSpace } from './lib/admin.mjs';
import { keepPicture, launchChromium, openPage } from './lib/chromium.mjs';

let browser;
before(async () => (browser = await launchChromium()));
after(() => browser?.close());

const said = (page, text) => page.getByRole('status', { name: 'Messages' }).getByText(text).waitFor();
const region = (page) => (name) => page.getByRole('region', { name, exact: true });
const as = (server, token, path, method = 'GET', body = undefined) =>
  fetch(`${server.url}/_/api/v1${path}`, {
    method, headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) }, body: body && JSON.stringify(body),
  });

/** A page on which `email` is logged in with their password. */
async function openAs(t, server, email, path = '/_/') {
  const opened = await openPage(t, browser);
  await opened.page.goto(`http://localhost:${server.port}${path}`);
  await logInAs(opened.page, email);
  return opened;
}

test('an invitation by mouse; its link opens an account; the role is changed and taken away', async (t) => {
  const { server, app, at } = await startSpace(t, { deploy: false });
  const { page, problems } = await openAdmin(t, browser, server, { path: `${at}/settings` });
  const members = region(page)('Members of the project');
  await members.getByLabel('E-mail of the invited').fill('not an address');
  await members.getByRole('button', { name: 'Invite into the project' }).click();
  await members.getByRole('alert').filter({ hasText: 'name@example.org' }).waitFor();
  await members.getByLabel('E-mail of the invited').fill('ada@example.org');
  await members.getByLabel('Role of the invited').selectOption('viewer');
  await members.getByText(`coho invite ada@example.org --role viewer --project ${app.project}`).waitFor();
  await members.getByRole('button', { name: 'Invite into the project' }).click();
  const link = await members.getByText(/#code=/).textContent();
  await keepPicture(page, 'invited');
  const [invitation] = (await server.api('GET', '/invitations')).invitations;
  assert.equal(`${invitation.email} ${invitation.role}`, 'ada@example.org viewer');
  assert.ok(link.endsWith(`/_/#code=${encodeURIComponent(invitation.code)}`));

  const guest = await openPage(t, browser);
  await guest.page.goto(link);
  assert.equal(await guest.page.getByLabel('Code', { exact: true }).inputValue(), invitation.code);
  assert.ok(!guest.page.url().includes(invitation.code), 'the code stays in the address');
  await guest.page.getByLabel('Your name').fill('Ada');
  await guest.page.getByLabel('New password').fill(kPassword);
  await guest.page.getByRole('button', { name: 'Open the account' }).click();
  await guest.page.getByRole('link', { name: 'dev', exact: true }).waitFor();
  assert.ok(guest.requests.every(({ url }) => !url.includes(invitation.code)), 'the code went into an address');

  const role = members.getByRole('combobox', { name: 'Role of ada@example.org' });
  await role.selectOption('developer');
  const question = page.getByRole('dialog', { name: 'ada@example.org: developer in place of viewer' });
  await question.getByText('Developers deploy').waitFor();
  await keepPicture(page, 'role');
  await question.getByRole('button', { name: 'Cancel' }).click();
  assert.equal(await role.inputValue(), 'viewer');
  assert.deepEqual((await server.api('GET', `/projects/${app.project}`)).members.map((one) => one.role), ['viewer'], 'a role that was only chosen counts');
  await role.selectOption('developer');
  await page.getByRole('button', { name: 'Change the role' }).click();
  await said(page, 'role of ada@example.org is changed');
  const found = await server.api('GET', `/projects/${app.project}`);
  assert.deepEqual(found.members.map(({ user, role }) => [user.name, role]), [['Ada', 'developer']]);
  await members.getByRole('button', { name: 'Remove ada@example.org' }).click();
  await page.getByRole('button', { name: 'Remove the member' }).click();
  await said(page, 'no member any more');
  assert.deepEqual((await server.api('GET', `/projects/${app.project}`)).members, []);

  await members.getByLabel('E-mail of the invited').fill('bob@example.org');
  await members.getByRole('button', { name: 'Invite into the project' }).click();
  await members.getByRole('button', { name: 'Take back the invitation of bob@example.org' }).click();
  await said(page, 'taken back');
  assert.deepEqual((await server.api('GET', '/invitations')).invitations, []);
  assert.deepEqual([...problems, ...guest.problems], []);
});

test('whoever has an account finds the invitation on the first screen, joins with it, declines another, and leaves again', async (t) => {
  const { server, app } = await startSpace(t, { deploy: false });
  const { token } = await addPerson(server, 'ada@example.org');
  const other = await server.api('POST', '/projects', { name: 'another' });
  for (const project of [app.project, other.uniqueName]) await server.api('POST', `/projects/${project}/invitations`, { email: 'ada@example.org', role: 'developer' });
  const { page, problems } = await openAs(t, server, 'ada@example.org');
  await page.getByText('There is no project yet').waitFor();
  await page.getByRole('button', { name: 'Decline the invitation into the project another' }).click();
  await said(page, 'declined');
  await page.getByRole('button', { name: 'Accept the invitation into the project hello' }).click();
  await page.getByRole('link', { name: 'dev', exact: true }).click();
  const { projects } = await (await as(server, token, '/projects')).json();
  assert.deepEqual(projects.map(({ uniqueName, role }) => [uniqueName, role]), [[app.project, 'developer']]);
  assert.deepEqual((await server.api('GET', '/invitations')).invitations, []);
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Leave the project' }).click();
  await page.getByRole('button', { name: 'Leave', exact: true }).click();
  await page.getByText('There is no project yet').waitFor();
  assert.deepEqual((await server.api('GET', `/projects/${app.project}`)).members, []);
  assert.deepEqual(problems, []);
});

test('one\'s own account: name, password, a token for one project that is shown once', async (t) => {
  const { server, app } = await startSpace(t, { deploy: false });
  const { user, token } = await addPerson(server, 'ada@example.org', { name: 'Ada' });
  await server.api('POST', `/projects/${app.project}/invitations`, { email: 'ada@example.org', role: 'owner' });
  const [{ id }] = (await (await as(server, token, '/invitations')).json()).invitations;
  await as(server, token, `/invitations/${id}`, 'POST');
  const { page, problems } = await openAs(t, server, 'ada@example.org', '/_/account');
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await page.getByRole('button', { name: 'Set name' }).click();
  await said(page, 'name is changed');
  assert.equal((await server.api('GET', '/users')).users.find((one) => one.id === user.id).name, 'Ada Lovelace');

  const password = region(page)('Password');
  const kNew = 'quite another phrase';
  await password.getByLabel('Current password').fill('wrong word here');
  await password.getByLabel('New password', { exact: true }).fill('short');
  await password.getByLabel('New password again').fill('shorter');
  await password.getByRole('button', { name: 'Set password' }).click();
  await password.getByRole('alert').filter({ hasText: 'has 5 of at least 12' }).waitFor();
  await password.getByRole('alert').filter({ hasText: 'another one than above' }).waitFor();
  await password.getByLabel('New password', { exact: true }).fill(kNew);
  await password.getByLabel('New password again').fill(kNew);
  await password.getByRole('button', { name: 'Set password' }).click();
  await password.getByRole('alert').filter({ hasText: /password/i }).waitFor();
  const login = (word) => as(server, '', '/login', 'POST', { email: 'ada@example.org', password: word });
  assert.equal((await login(kPassword)).status, 200, 'a wrong current password changed it');
  await password.getByLabel('Current password').fill(kPassword);
  await password.getByRole('button', { name: 'Set password' }).click();
  await said(page, 'password is set');
  assert.equal((await login(kNew)).status, 200);
  assert.equal((await login(kPassword)).status, 401);

  const tokens = region(page)('Tokens and logins');
  await tokens.getByRole('button', { name: 'Create token' }).click();
  await tokens.getByRole('alert').filter({ hasText: '1 to 200 bytes' }).waitFor();
  await tokens.getByLabel('Token name').fill('ci');
  await tokens.getByLabel('Token role').selectOption('viewer');
  await tokens.getByLabel('Expires after days').fill('30');
  await tokens.getByLabel('Only this project').selectOption(app.project);
  await tokens.getByLabel('Only this space').selectOption('dev');
  await tokens.getByText(`coho access-token add --name ci --role viewer --only-project ${app.project} --only-space dev --days 30`).waitFor();
  await tokens.getByRole('button', { name: 'Create token' }).click();
  const secret = await tokens.getByRole('status').getByRole('code').textContent();
  assert.equal((await as(server, secret, app.space)).status, 200);
  assert.equal((await as(server, secret, `${app.space}/env/X`, 'PUT', { value: 'x' })).status, 403);
  await keepPicture(page, 'token-made');
  await page.getByRole('link', { name: 'Projects' }).click();
  await page.getByRole('link', { name: 'Your account' }).click();
  const row = tokens.getByRole('row', { name: /^ci/ });
  await row.waitFor();
  assert.ok(!(await page.content()).includes(secret), 'the secret is shown again');
  await row.getByRole('button', { name: 'Remove ci' }).click();
  await page.getByRole('button', { name: 'Remove the token' }).click();
  await said(page, 'The token is removed');
  await row.waitFor({ state: 'detached' });
  assert.equal((await as(server, secret, app.space)).status, 401);
  assert.deepEqual(problems, []);
});

test('users: added with a code to hand on, changed, given a new password, removed by their typed address', async (t) => {
  const { server } = await startSpace(t, { deploy: false });
  const { page, problems } = await openAdmin(t, browser, server, { path: '/_/server' });
  const users = region(page)('Users').first();
  const all = async () => (await server.api('GET', '/users')).users;
  await users.getByLabel('E-mail of the new user').fill('bob');
  await users.getByRole('button', { name: 'Add user' }).click();
  await users.getByRole('alert').filter({ hasText: 'name@example.org' }).waitFor();
  await users.getByLabel('E-mail of the new user').fill('bob@example.org');
  await users.getByLabel('Name of the new user').fill('Bob');
  await users.getByRole('button', { name: 'Add user' }).click();
  const code = () => users.getByRole('status').getByRole('code').first().textContent();
  const redeem = async (word) => (await as(server, '', '/accounts', 'POST', { code: await code(), password: word })).status;
  await users.getByText('The account is made').waitFor();
  assert.equal(await redeem(kPassword), 201);
  await users.getByRole('button', { name: 'Password link for bob@example.org' }).click();
  await users.getByText('With this code a new password is set').waitFor();
  assert.equal(await redeem('quite another phrase'), 201);
  await users.getByRole('button', { name: 'Change bob@example.org' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Robert');
  await page.getByLabel('E-mail', { exact: true }).fill('robert@example.org');
  await page.getByRole('button', { name: 'Change the account' }).click();
  await users.getByText('robert@example.org', { exact: true }).waitFor();
  assert.ok((await all()).some(({ name, email }) => name === 'Robert' && email === 'robert@example.org'));
  await users.getByRole('button', { name: 'Remove robert@example.org' }).click();
  const remove = page.getByRole('button', { name: 'Remove the account' });
  assert.ok(await remove.isDisabled());
  await page.getByLabel(/Type robert@example.org/).fill('robert@example.org');
  await remove.click();
  await said(page, 'is removed');
  assert.equal((await all()).length, 1);
  assert.deepEqual(problems, []);
});

test('teams: made, renamed, joined by invitation, with a token of its own, left without and removed', async (t) => {
  const { server, app, at } = await startSpace(t, { deploy: false });
  const { token } = await addPerson(server, 'ada@example.org');
  const { page, problems } = await openAdmin(t, browser, server, { path: '/_/server' });
  const teams = region(page)('Teams');
  await teams.getByLabel('Name of the new team').fill('Backend');
  await teams.getByRole('button', { name: 'Create team' }).click();
  await teams.getByLabel('Name of the team', { exact: true }).fill('Platform');
  await teams.getByRole('button', { name: 'Rename the team' }).click();
  await said(page, 'new name');
  const team = (await server.api('GET', '/teams')).teams.find(({ name }) => name === 'Platform');
  assert.ok(team, 'no team has the new name');
  await teams.getByLabel('E-mail of the invited').fill('ada@example.org');
  await teams.getByRole('button', { name: 'Invite into the team' }).click();
  await teams.getByRole('cell', { name: 'ada@example.org', exact: true }).waitFor();
  const [{ id }] = (await (await as(server, token, '/invitations')).json()).invitations;
  assert.equal((await as(server, token, `/invitations/${id}`, 'POST')).status, 200);
  await teams.getByRole('combobox', { name: 'Role of ada@example.org in Platform' }).selectOption('owner');
  await page.getByRole('button', { name: 'Change the role' }).click();
  await said(page, 'role of ada@example.org is changed');
  const members = async () => (await server.api('GET', `/teams/${team.id}`)).members.map(({ user, role }) => [user.email, role]);
  assert.ok((await members()).some(([email, role]) => email === 'ada@example.org' && role === 'owner'));
  await keepPicture(page, 'team');

  await teams.getByLabel('Token name').fill('deploys');
  await teams.getByRole('button', { name: 'Create token' }).click();
  const secret = await teams.getByRole('status').filter({ hasText: 'deploys' }).getByRole('code').textContent();
  assert.equal((await (await as(server, secret, '/me')).json()).teamId, team.id);
  await teams.getByRole('button', { name: 'Remove deploys' }).click();
  await page.getByRole('button', { name: 'Remove the token' }).click();
  await said(page, 'The token is removed');
  assert.equal((await as(server, secret, '/me')).status, 401);

  await teams.getByRole('button', { name: 'Remove ada@example.org from Platform' }).click();
  await page.getByRole('button', { name: 'Remove from the team' }).click();
  await said(page, 'out of the team');
  assert.equal((await members()).length, 1);

  // A project is given to the team, and back; a team that owns one is not removed.
  await page.goto(`http://localhost:${server.port}${at}/settings`);
  await page.getByRole('button', { name: 'Token', exact: true }).click();
  await page.getByLabel('Token', { exact: true }).fill(server.token);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByLabel('Team to give the project to').selectOption('Platform');
  await page.getByRole('button', { name: 'Give to the team' }).click();
  await page.getByLabel(`Type ${app.project} to go on`).fill(app.project);
  await page.getByRole('dialog').getByRole('button', { name: 'Give to the team' }).click();
  await said(page, 'belongs to that team');
  assert.equal((await server.api('GET', `/projects/${app.project}`)).teamId, team.id);
  await page.getByRole('link', { name: 'Server' }).click();
  await teams.getByRole('button', { name: /Platform/ }).click();
  const remove = async () => {
    await teams.getByRole('button', { name: 'Remove the team' }).click();
    await page.getByLabel(/Type Platform/).fill('Platform');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove the team' }).click();
  };
  await remove();
  await page.getByRole('dialog').getByRole('alert').filter({ hasText: /owns the project/ }).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  const me = await server.api('GET', '/me');
  await server.api('PUT', `/projects/${app.project}/team`, { teamId: me.defaultTeamId });
  await remove();
  await said(page, 'The team Platform is removed');
  assert.ok(!(await server.api('GET', '/teams')).teams.some(({ name }) => name === 'Platform'));
  assert.deepEqual(problems, []);
});

test('backups, the secret key and the audit log', async (t) => {
  const { server, app } = await startSpace(t, { deploy: false });
  await server.api('PUT', `${app.space}/env/SEALED`, { value: 'kept', encrypted: true });
  const { page, problems } = await openAdmin(t, browser, server, { path: '/_/server' });
  const backups = region(page)('Backups').first();
  await backups.getByText('There is no backup yet').waitFor();
  await backups.getByRole('button', { name: 'Back up now' }).click();
  await said(page, 'is made');
  const [{ name, bytes }] = (await server.api('GET', '/backups')).backups;
  await backups.getByRole('button', { name: `Verify ${name}` }).click();
  await said(page, 'is whole');
  const coming = page.waitForEvent('download');
  await backups.getByRole('button', { name: `Download ${name}` }).click();
  const download = await coming;
  assert.equal(download.suggestedFilename(), name);
  assert.equal((await stat(await download.path())).size, bytes);
  await keepPicture(page, 'backups');
  await backups.getByRole('button', { name: `Delete ${name}` }).click();
  await page.getByRole('button', { name: 'Delete the backup' }).click();
  await backups.getByText('There is no backup yet').waitFor();
  assert.deepEqual((await server.api('GET', '/backups')).backups, []);

  await page.getByRole('button', { name: 'Rotate the key' }).click();
  await page.getByRole('button', { name: 'Make a new key' }).click();
  await said(page, 'seals 1 variable and 0 API tokens');

  const audit = region(page)('Audit log').first();
  await audit.getByRole('cell', { name: 'secrets.rotate' }).waitFor();
  await audit.getByRole('button', { name: 'Verify the log' }).click();
  await audit.getByText('No row was changed').waitFor();
  for (let i = 0; i < 50; i += 1) await server.api('PUT', `${app.space}/env/V${i}`, { value: 'x' });
  await audit.getByRole('cell', { name: /V49$/ }).waitFor();
  await audit.getByRole('button', { name: 'Older' }).click();
  await audit.getByRole('cell', { name: 'project.create' }).waitFor();
  assert.ok(await audit.getByRole('button', { name: 'Older' }).isDisabled());
  await audit.getByRole('button', { name: 'Newest' }).click();
  await audit.getByRole('cell', { name: /V49$/ }).waitFor();
  assert.deepEqual(problems, []);
});

test('somebody who does not own the server sees teams, and is told whose the rest is', async (t) => {
  const { server } = await startSpace(t, { deploy: false });
  await addPerson(server, 'ada@example.org');
  const { page, requests, problems } = await openAs(t, server, 'ada@example.org', '/_/server');
  await page.getByText('shown to the server’s owner').waitFor();
  await region(page)('Teams').getByRole('listitem').first().waitFor();
  assert.equal(await page.getByRole('button', { name: /Rotate|Back up|Add user|Verify/ }).count(), 0);
  assert.ok(requests.every(({ url }) => !/\/(users|backups|audit)/.test(url)), 'asked for what is not theirs');
  assert.ok(!(await page.content()).includes(server.dataDir));
  assert.deepEqual(problems, []);
});
