// The published command line and people: logging in, projects, teams, tokens, settings, invitations, and its local server. Ann owns the
// server, Bob does not; each has a computer (tests/lib/published.mjs). What is printed is checked as a person sees it, and what it did
// through redd's own API. Most failures of this client end with the exit code 0; where it does not, the test says so.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchChromium, openPage } from '../browser/lib/chromium.mjs';
import { computer } from '../lib/published.mjs';
import { request, root, startRedd } from '../lib/redd.mjs';
import { until } from '../lib/until.mjs';

const password = 'correct horse battery';
const kDown = '\x1b[B', kEnter = '\r', kInterrupt = '\x03';

const app = `
import { app, Datastore } from 'codehooks-js';
app.get('/colour', (req, res) => res.json({ colour: process.env.COLOUR ?? null, pin: process.env.PIN ?? null }));
app.post('/pets', async (req, res) => res.json(await (await Datastore.open()).insertOne('pets', req.body)));
export default app.init();
`;

describe('the published command line and people', () => {
  let server, dir, ann, bob, project;
  const shop = () => ({ cwd: join(dir, 'ann/code/shop') });  // where Ann's project lies
  const inShop = (...args) => ann.good(args, shop());
  const rest = async (method, path, { token, body } = {}) => {
    const answer = await request(`${server.url}/_/api/v1${path}`, {
      method, body: body && JSON.stringify(body),
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body && { 'content-type': 'application/json' }) },
    });
    return { status: answer.status, ...answer.json };
  };
  const space = (name = 'dev') => server.api('GET', `/projects/${project}/spaces/${name}`);
  const api = (path, { method, body, ...headers } = {}) => request(`${server.url}/dev${path}`, {
    method, body: body && JSON.stringify(body), headers: { host: `${project}.api.localhost`, 'content-type': 'application/json', ...headers },
  });
  // The address that the client prints, which is also the one that it opened in the browser.
  const loginPage = async (running, person) => {
    const [, address] = await running.seen(/paste in this URL in a new browser tab\/window: (\S+)/);
    await until(async () => (await person.opened()).at(-1) === address);
    return address;
  };

  before(async () => {
    server = await startRedd();
    dir = await mkdtemp(join(tmpdir(), 'redd-published-'));
    for (const name of ['ann', 'bob']) await mkdir(join(dir, name, 'code'), { recursive: true });
    ann = await computer(server, { home: join(dir, 'ann'), cwd: join(dir, 'ann/code') });
    bob = await computer(server, { home: join(dir, 'bob'), cwd: join(dir, 'bob/code') });
    const code = (await readFile(join(server.dataDir, 'setup-code'), 'utf8')).trim();
    assert.equal((await rest('POST', '/setup', { body: { code, name: 'Ann Able', email: 'ann@example.org', password } })).status, 201);
    await server.api('POST', '/users', { email: 'bob@example.org', name: 'Bob Baker', password });
  });
  after(async () => {
    await Promise.all([ann?.close(), bob?.close()]);
    await server?.stop();
    if (dir) await rm(dir, { recursive: true, force: true });
  });

  test('CP-01 CP-09 login: the menu, the page in Chromium, the token', { timeout: 240_000 }, async (t) => {
    assert.match(await ann.good(['account']), /You need to log in or sign up first with/);
    const browser = await launchChromium();
    t.after(() => browser.close());
    const { page, problems } = await openPage(t, browser);
    page.setDefaultTimeout(60_000);
    const running = ann.open(['login'], { env: { ADMIN_URL: server.url.replace('127.0.0.1', 'localhost') } });
    await running.seen(/Exit/);
    running.type(kEnter);
    const address = await loginPage(running, ann);
    assert.match(address, /^http:\/\/localhost:\d+\/authenticate\/github\/[0-9a-f-]{36}$/);

    await page.goto(address);
    const fill = async (word) => {
      await page.getByLabel('E-mail').fill('ann@example.org');
      await page.getByLabel('Password', { exact: true }).fill(word);
      await page.locator('#login').getByRole('button', { name: 'Continue' }).click();
    };
    await fill('wrong horse battery');
    await page.getByRole('alert').filter({ hasText: /./ }).waitFor();
    assert.equal(await page.locator('#confirm').isVisible(), false);
    await fill(password);
    await page.getByRole('button', { name: 'Confirm' }).waitFor();
    assert.match(await page.locator('#confirm').textContent(), /at the address 127\.0\.0\.1 asks to act as Ann Able <ann@example\.org>/);
    assert.equal(await ann.token(), undefined, 'a token before the confirmation');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('Done: the command line is logged in.').waitFor();
    const { code, text } = await running.done;
    assert.equal(code, 0);
    assert.match(text, /Authentication complete, Ann Able!/);
    assert.doesNotMatch(text, /accept our terms/, 'who set the server up has accepted');
    assert.deepEqual(problems, []);

    const me = await rest('GET', '/me', { token: await ann.token() });
    assert.deepEqual([me.status, me.email, me.role], [200, 'ann@example.org', 'owner']);
    await page.goto(address);
    await fill(password);
    await page.getByRole('alert').filter({ hasText: /./ }).waitFor();
    assert.equal(await page.locator('#confirm').isVisible(), false, 'an address is good once');
  });

  test('CP-01 CP-09 login: named providers, the way out, and who else may not confirm', async () => {
    assert.match((await ann.screen(['login', 'nonsense'])), /Unknown authentication provider/);
    const leaving = ann.open(['login']);
    await leaving.seen(/Exit/);
    leaving.type(kDown);
    await leaving.seen(/Exit/);
    leaving.type(kDown);
    await leaving.seen(/Exit/);
    leaving.type(kEnter);
    assert.equal((await leaving.done).code, 0);

    const running = bob.open(['login', 'google']);
    const address = await loginPage(running, bob);
    assert.match(address, /\/authenticate\/google\//);
    const waiting = `/cli-logins/${address.split('/').at(-1)}`;
    const session = (await rest('POST', '/login', { body: { email: 'bob@example.org', password } })).token;
    await until(async () => (await rest('GET', waiting, { token: session })).status === 200);
    assert.equal((await rest('POST', waiting, { body: {} })).status, 401);
    assert.equal((await rest('POST', waiting, { token: 'nonsense', body: {} })).status, 401);
    assert.equal(await bob.token(), undefined);
    assert.equal((await rest('POST', waiting, { token: session, body: {} })).status, 200);
    const { text } = await running.done;
    assert.match(text, /Authentication complete, Bob Baker!/);
    assert.match(text, /use the command 'coho account' to accept our terms/);
    assert.equal((await rest('GET', '/me', { token: await bob.token() })).email, 'bob@example.org');
  });

  test('CP-01 account: the terms are asked for once', async () => {
    const printed = await bob.talk(['account'], [[/Read terms online/, `y${kEnter}`], [/Have you read and accept the terms/, `y${kEnter}`]]);
    assert.match(printed, /User name: Bob Baker\nE-mail: +bob@example\.org\nLogin: +redd\|[0-9a-f]{24}/);
    assert.match(printed, /You're all set!/);
    await until(async () => (await bob.opened()).includes('https://codehooks.io/terms'));
    assert.equal((await rest('GET', '/me', { token: await bob.token() })).termsAccepted, true);
    assert.doesNotMatch(await bob.screen(['account']), /accept our terms/);
  });

  test('CP-01 create: a project in a folder of its own, with the workflow for a CI', async () => {
    const printed = await ann.talk(['create', 'shop', '--ga-deploy'], [[/Project: /, kEnter], [/Select personal account or team/, kEnter]]);
    [, project] = /Successfully created a new project '(shop-[a-z0-9]{4})' in your account/.exec(printed);
    assert.match(printed, /Added new space 'dev' and set it to active/);
    assert.deepEqual(JSON.parse(await readFile(join(shop().cwd, 'config.json'), 'utf8')), { name: project, space: 'dev' });
    assert.match(await readFile(join(shop().cwd, 'index.js'), 'utf8'), /crudlify\(app\)/);
    assert.match(await readFile(join(shop().cwd, '.github/workflows/deploy-codehooks.yml'), 'utf8'), /codehooks deploy --admintoken/);
    assert.deepEqual((await space()).tokens.map(({ access }) => access), ['READWRITE']);
    assert.match(await ann.talk(['create', 'shop'], [[/Project: /, kEnter], [/Select personal/, kEnter]]), /Directory 'shop' exists!/);
    assert.match((await ann.run(['init'], shop())).stderr, /Project already initialized\. Remove config\.json to create a new/);
    assert.equal((await server.api('GET', '/projects')).projects.length, 1);
  });

  test('CP-01 init: in a folder that exists, into a team', async () => {
    const team = await rest('POST', '/teams', { token: await ann.token(), body: { name: 'Crew' } });
    const cwd = join(dir, 'ann/code/crewapp');
    await mkdir(cwd);
    const printed = await ann.talk(['init'], [[/Add project 'crewapp' in current folder/, `y${kEnter}`], [/Select personal account or team/, `${kDown}${kEnter}`]], { cwd });
    assert.match(printed, /Successfully created a new project 'crewapp-[a-z0-9]{4}' in 'team Crew'/);
    const { name } = JSON.parse(await readFile(join(cwd, 'config.json'), 'utf8'));
    assert.equal((await server.api('GET', `/projects/${name}`)).teamId, team.id);
    assert.match(await ann.talk(['create', 'second', team.id], [[/Project: /, kEnter]]), /Successfully created a new project 'second-.{4}' in 'team Crew'/);
    assert.deepEqual((await server.api('GET', `/teams/${team.id}`)).projects.map((one) => one.name).sort(), ['crewapp', 'second']);
    assert.match(await bob.good(['create', 'other', team.id]), /Team not found/);
    assert.match(await bob.good(['info', name]), /Project not found or you do not have access/);
  });

  test('CP-01 account: projects and teams', async () => {
    const printed = await ann.screen(['account']);
    assert.match(printed, /│ Crew +│ owner │/);
    assert.match(printed, new RegExp(`│ ${project} +│ Personal +│ dev +│`));
    assert.match(printed, /│ crewapp-.... +│ Crew\.\.\.id:[0-9a-f]{8}\.\. +│ dev +│/);
  });

  test('CP-02 verify under all its names, deploy and undeploy under theirs', async () => {
    await symlink(join(root, 'tests/node_modules'), join(shop().cwd, 'node_modules'));
    await writeFile(join(shop().cwd, 'package.json'), JSON.stringify({ dependencies: { 'codehooks-js': '1.4.3' } }));
    await writeFile(join(shop().cwd, 'index.js'), app);
    for (const name of ['verify', 'ver', 'comp']) assert.match(await inShop(name), /OK 🙌/u, name);
    assert.match(await inShop('dep'), /Deployed Codehook successfully!/);
    assert.match(await inShop('undep'), /successfully removed/);
    assert.match(await inShop('de'), /Deployed Codehook successfully!/);
    const [newest] = (await server.api('GET', `/projects/${project}/spaces/dev/deployments`)).deployments;
    assert.deepEqual([newest.active, newest.author], [true, 'Ann Able <ann@example.org>']);
  });

  test('CP-01 add-token and remove-token: a removed one is dead at once', async () => {
    const made = async (...args) => /Created new token (\S+) with access (\S+)/.exec(await inShop('add-token', ...args)).slice(1);
    const [reader, readerAccess] = await made('--readonly', '--description', 'for phones');
    const [writer, writerAccess] = await made();
    assert.deepEqual([readerAccess, writerAccess], ['READ', 'READWRITE']);
    const statuses = async (key) => [(await api('/colour', { 'x-apikey': key })).status, (await api('/pets', { method: 'POST', body: {}, 'x-apikey': key })).status];
    assert.deepEqual(await statuses(reader), [200, 403]);
    assert.deepEqual(await statuses(writer), [200, 200]);
    assert.deepEqual((await space()).tokens.find(({ key }) => key === reader), { key: reader, access: 'READ', description: 'for phones' });
    assert.match(await inShop('remove-token', writer), /Token removed\. Use '.*' to see all tokens\./);
    assert.deepEqual(await statuses(writer), [403, 403]);
    assert.deepEqual(await statuses(reader), [200, 403]);
    assert.match(await inShop('remove-token', writer), /The space has no such token/);
  });

  test('CP-01 set-env and remove-env', async () => {
    const [{ key }] = (await space()).tokens;
    const colour = async () => (await api('/colour', { 'x-apikey': key })).json;
    assert.match(await inShop('set-env', 'COLOUR', 'red'), /Added environment variable to 'dev'/);
    assert.match(await inShop('set-env', 'PIN', 'p1234', '--encrypted'), /Added environment variable to 'dev'/);
    await until(async () => (await colour()).pin === 'p1234');
    assert.deepEqual(await colour(), { colour: 'red', pin: 'p1234' });
    assert.deepEqual((await space()).env, [{ name: 'COLOUR', encrypted: false, value: 'red' }, { name: 'PIN', encrypted: true }]);
    assert.match((await ann.run(['set-env', 'bad name', 'x'], shop())).stderr, /The variable name 'bad name' must be letters/);
    const shown = await ann.screen(['info'], shop());
    assert.match(shown, /COLOUR=red[^]*PIN=\(encrypted\)/);
    assert.doesNotMatch(shown + await inShop('info', '--json'), /p1234/);
    assert.match(await inShop('remove-env', 'COLOUR'), /Environment variable removed/);
    assert.match(await inShop('remove-env', 'COLOUR'), /The space has no variable 'COLOUR'/);
    await until(async () => (await colour()).colour === null);
  });

  test('CP-01 jwks', async () => {
    assert.match(await inShop('jwks', 'http://id.example.org/keys.json'), /Set JWKS url for space dev/);
    assert.equal((await space()).jwks.url, 'https://id.example.org/keys.json', 'the client wants https');
    assert.match(await inShop('jwks', 'not an address'), /URL must be an address that begins with https:/);
    assert.equal((await space()).jwks.url, 'https://id.example.org/keys.json');
    assert.match(await inShop('jwks', ''), /Set JWKS url for space dev/);
    assert.equal((await space()).jwks.url, '');
  });

  test('CP-01 whitelist and whitelist-remove', async () => {
    const [{ key }] = (await space()).tokens;
    const status = async () => (await api('/colour', { 'x-apikey': key })).status;
    assert.match(await inShop('whitelist', '192.0.2.7'), /IP 192\.0\.2\.7 added to whitelist/);
    assert.deepEqual((await space()).allowedHosts, ['192.0.2.7']);
    assert.equal(await status(), 403);
    assert.match(await inShop('whitelist', 'nonsense'), /^Error: got invalid value "nonsense"; IPv4 must be an IPv4 address/);
    assert.match(await inShop('whitelist-remove', '192.0.2.8'), /'192\.0\.2\.8' is not one of the allowed hosts/);
    assert.match(await inShop('whitelist-remove', '192.0.2.7'), /IP 192\.0\.2\.7 removed from whitelist/);
    assert.equal(await status(), 200);
  });

  test('CP-01 add, use, remove-space', async () => {
    assert.match(await inShop('add', 'stage'), new RegExp(`New space stage added to ${project}`));
    assert.match(await inShop('add', 'vault', '--restricted'), /New space vault added/);
    assert.deepEqual([(await space('stage')).restricted ?? false, (await space('vault')).restricted], [false, true]);
    assert.match(await inShop('add', 'stage'), /Unable to add space\. The project has a space 'stage' already/);
    assert.match(await inShop('use'), new RegExp(`Project: ${project}\nActive space: dev`));
    assert.match(await inShop('use', 'stage'), /Active space set to 'stage'/);
    assert.equal(JSON.parse(await readFile(join(shop().cwd, 'config.json'), 'utf8')).space, 'stage');
    assert.match(await inShop('use', 'nowhere'), /Space not found/);
    assert.match(await ann.talk(['remove-space'], [[/Really delete space 'stage' and all its data/, `n${kEnter}`]], shop()), /No/);
    assert.equal((await space('stage')).name, 'stage');
    assert.match(await ann.talk(['remove-space'], [[/Really delete space 'stage' and all its data/, `y${kEnter}`]], shop()), /Space removed successfully/);
    assert.deepEqual((await server.api('GET', `/projects/${project}/trash`)).spaces.map(({ name }) => name), ['stage']);
    await assert.rejects(space('stage'), { status: 404 });
    assert.match(await inShop('use'), /No active space set/);
    assert.match(await inShop('use', 'dev'), /Active space set to 'dev'/);
    assert.equal(await inShop('remove-project'), 'Not implemented\n');
    assert.equal((await server.api('GET', `/projects/${project}`)).uniqueName, project);
  });

  test('CP-01 info', async () => {
    const [token, reader] = (await space()).tokens;
    const printed = await ann.screen(['info', '--examples'], shop());
    assert.match(printed, new RegExp(`Project name: ${project}\nTeam: .*\\(personal account\\)`));
    assert.match(printed, new RegExp(`API endpoint: +https://${project}\\.api\\.codehooks\\.io/dev\n`), 'its own text: not where redd is');
    assert.match(printed, new RegExp(`curl -H 'x-apikey: ${reader.key}' [^]*curl -H 'x-apikey: ${token.key}' `));
    assert.match(printed, /Name +│ +Tokens +│ Allowed Hosts │ Jwks │ +Env/);
    assert.match(printed, /│ dev \(active\) +│ [0-9a-f-]{36} \(RW\)[^]*\(R\) for phones/);
    assert.match(printed, /│ vault🔒/u);
    assert.match(printed, /Ann Able │ ann@example\.org \(yes\.\.it's you\) │ owner/);
    assert.match(await inShop('info', project, 'nowhere'), /Space not found/);
    const [only, ...others] = JSON.parse(await inShop('info', project, 'dev', '--json'));
    assert.deepEqual([only.name, only.jwks, only.allowedHosts, others], ['dev', '', [], []]);
    assert.deepEqual(only.Tokens[0], token);
  });

  test('CP-01 CP-09 add-admintoken, admintokens, remove-admintoken', async () => {
    const choose = (keys) => [[/Select personal account or team/, keys]];
    const mine = await ann.talk(['add-admintoken'], choose(kEnter));
    const crews = await ann.talk(['add-admintoken'], choose(`${kDown}${kEnter}`));
    const [secret, crewSecret] = [mine, crews].map((text) => /New admin token added: +(\S+)\n\nPlease copy this now/.exec(text)[1]);
    const query = (token) => ann.run(['query', 'pets', '--count', '--admintoken', token], shop());
    assert.equal((await query(secret)).stdout.trim(), '[{"count":1}]');
    assert.equal((await query(crewSecret)).code, 1, 'a token of another team');
    const listed = await ann.talk(['admintokens'], choose(kEnter));
    assert.match(listed, new RegExp(`Admin tokens for your account:[^]*5 first characters[^]*│ ${secret.slice(5, 10)} `));
    assert.doesNotMatch(listed, new RegExp(crewSecret.slice(5, 10)));
    const removed = await ann.talk(['remove-admintoken'], [...choose(kEnter), [/Select admin token to remove/, ''], [new RegExp(secret.slice(5, 10)), kEnter]]);
    assert.match(removed, /Admin token removed successfully from your account/);
    const dead = await query(secret);
    assert.deepEqual([dead.code, dead.stderr.trim()], [1, 'Unable to perform query. No access.']);
    assert.match(await ann.talk(['admintokens'], choose(kEnter)), /No admin tokens - add one with/);
    assert.match(await ann.talk(['remove-admintoken'], choose(kEnter)), /No admin tokens found/);
  });

  test('CP-01 invite: sent, taken back, declined, accepted', async () => {
    assert.match(await inShop('invite', 'nonsense'), /EmailAddress must be an e-mail address/);
    assert.match(await inShop('invite', 'bob@example.org', '--role', 'EMPEROR'), /Value "EMPEROR" does not exist in "ProjectRole" enum/);
    assert.match(await inShop('invite', 'bob@example.org'), /User invited\. Use '.* info' command to see if they have joined/);
    assert.match(await ann.screen(['info'], shop()), /Pending invitations:[^]*bob@example\.org │ owner │ ann@example\.org │ 20..-..-..T/);
    assert.match(await bob.good(['join', project]), /Project not found/, 'the client looks among the projects that one sees');
    assert.match(await inShop('invite', 'bob@example.org', '--remove'), /Invitation was removed/);
    assert.match(await inShop('invite', 'bob@example.org', '--remove'), /Invitation not found/);
    assert.doesNotMatch(await bob.screen(['account']), /invitations/);

    const answer = (key) => bob.talk(['account'], [[/Project 'shop' from ann@example\.org\. Join\?/, `${key}${kEnter}`]]);
    await inShop('invite', 'bob@example.org', '--role', 'VIEWER');
    assert.match(await answer('n'), /Declined invitation to 'shop'/);
    assert.match(await bob.good(['info', project]), /Project not found or you do not have access/);
    await inShop('invite', 'bob@example.org', '--role', 'VIEWER');
    assert.match(await answer('y'), /Successfully joined project 'shop'/);
    assert.match(await ann.screen(['info'], shop()), /Bob Baker │ bob@example\.org +│ viewer/);
  });

  test('CP-01 a viewer sees, and changes nothing', async () => {
    const cwd = join(dir, 'bob/code/shop');
    await mkdir(cwd);
    await writeFile(join(cwd, 'config.json'), JSON.stringify({ name: project, space: 'dev' }));
    const shown = JSON.parse(await bob.good(['info', '--json'], { cwd }));
    const { tokens, ...before } = await space();
    assert.deepEqual(shown.map(({ name }) => name), ['dev'], 'no restricted space');
    assert.deepEqual(shown[0].Tokens.map(({ key }) => key), tokens.map(({ key }) => `${key.slice(0, 8)}…`));
    assert.match(await bob.good(['count', 'pets'], { cwd }), /count: .*1/);
    const denied = async (...args) => {
      const { stdout, stderr } = await bob.run(args, { cwd });
      assert.match(stdout + stderr, /takes the role|403 Forbidden/, args.join(' '));
    };
    for (const args of [['add', 'mine'], ['add-token'], ['set-env', 'COLOUR', 'blue'], ['whitelist', '192.0.2.7'], ['invite', 'eve@example.org'], ['set', 'k', 'v']]) {
      await denied(...args);
    }
    const removing = bob.talk(['remove-space', 'dev'], [[/Really delete/, `y${kEnter}`]], { cwd });
    assert.match(await removing, /takes the role/);
    assert.equal((await bob.run(['query', 'pets', '--delete'], { cwd })).code, 1);
    assert.deepEqual(await space(), { tokens, ...before });
    assert.match(await bob.good(['use', 'vault'], { cwd }), /Space not found/);
  });

  test('CP-01 leave; join and leave in a team', async () => {
    assert.match(await bob.good(['leave', project]), /Bye bye! 😢/u);
    assert.match(await bob.good(['info', project]), /Project not found or you do not have access/);
    assert.match(await bob.good(['leave', project]), /Project not found - are you sure you are a member\?/);

    const { teams } = await rest('GET', '/teams', { token: await ann.token() });
    const { id } = teams.find(({ name }) => name === 'Crew');
    const invite = () => server.api('POST', `/teams/${id}/invitations`, { email: 'bob@example.org', role: 'developer' });
    await invite();
    assert.match(await bob.talk(['account'], [[/Team 'Crew' from ann@example\.org\. Join\?/, `n${kEnter}`]]), /Declined invitation to 'Crew'/);
    await invite();
    assert.match(await bob.talk(['account'], [[/Team 'Crew' from .*\. Join\?/, `y${kEnter}`]]), /Successfully joined team 'Crew'/);
    const { name } = JSON.parse(await readFile(join(dir, 'ann/code/crewapp/config.json'), 'utf8'));
    assert.match(await bob.good(['join', name]), /joined successfully!/, 'its team is in it already');
    assert.match(await bob.good(['leave', name]), /You are in this project through its team\. Fix: leave the team\./);

    await server.api('POST', `/projects/${name}/invitations`, { email: 'bob@example.org', role: 'owner' });
    assert.match(await bob.good(['join', name]), /joined successfully!/);
    const role = async () => (await server.api('GET', `/projects/${name}`)).members.find(({ user }) => user.email === 'bob@example.org')?.role;
    assert.equal(await role(), 'owner');
    assert.match(await bob.good(['leave', name]), /Bye bye!/);
    assert.notEqual(await role(), 'owner');
    assert.match(await bob.good(['info', name]), /Project name: crewapp-/, 'still in the team');
  });

  test('CP-04 log --follow, until it is interrupted', async () => {
    const [{ key }] = (await space()).tokens;
    const running = ann.open(['logs', '-f', '--tail', '1'], shop());
    await running.seen(/-----/);
    await api('/colour?follow=me', { 'x-apikey': key });
    await running.seen(/dev \S+ .*GET \/dev\/colour/);
    running.type(kInterrupt);
    await running.done;
  });

  test('CP-03 the data under short names, as somebody who is logged in', async () => {
    await writeFile(join(shop().cwd, 'more.json'), JSON.stringify([{ name: 'Polly' }, { name: 'Rex' }]));
    assert.match(await inShop('imp', 'more.json', 'more', '--dryrun'), /name: 'Polly'[^]*Finished import 2 objects/);
    assert.match(await inShop('co', 'more'), /count: .*0/, 'a dry run stores nothing');
    await inShop('imp', 'more.json', 'more');
    assert.match(await ann.good(['co', '-c', 'more', '-p', project, '-s', 'dev']), /count: .*2/);
    assert.deepEqual(JSON.parse(await ann.good(['q', '-c', 'more', '-p', project, '-s', 'dev', '-q', 'name=Rex', '-n'])), [{ count: 1 }]);
    const queue = await ann.run(['q', 'more', '--enqueue', 'topic', '--debug'], shop());
    assert.equal(queue.code, 1);
    assert.match(queue.stderr, /no queues/);
    assert.match(await inShop('idx', 'more', 'name'), /Finished creating index for 2 {2}objects/);
    assert.match(await ann.good(['ls', '-p', project, '-s', 'dev', '--json']), /collection: 'more',\n +indexes: \[ 'name' \]/);
    assert.match(await inShop('ls', '-s', 'vault'), /No collections here yet/);
    const stats = await inShop('stats', '--json');
    assert.match(stats, /_id: 'dev',\n +api: \d+,\n +codehook_invocation: [1-9]\d*,\n +datastore_objects: 3,/);
    const table = await ann.run(['count', 'more', '--table'], shop());
    assert.match(table.stderr, /showTableFormat is not defined/, 'its own fault');
  });

  test('admin, docs, welcome, completion', async () => {
    await inShop('admin');
    await inShop('docs');
    await until(async () => (await ann.opened()).includes('https://codehooks.io/docs/'));
    await until(async () => (await ann.opened()).includes('https://account.codehooks.io'));
    assert.match(await inShop('welcome'), /Thank you for installing codehooks/);
    assert.match(await inShop('completion'), /yargs command completion script[^]*complete -o bashdefault/);
  });

  test('localserver runs the same code, and takes an import', async () => {
    const probe = createServer().listen(0, 'localhost');
    await once(probe, 'listening');
    const { port } = probe.address();
    probe.close();
    await once(probe, 'close');
    const running = ann.open(['localserver', '-p', String(port), '--auth', '--apikey', 'secret'], shop());
    await running.seen(/Codehooks listening on \(http\/1\) http:\/\/localhost/);
    const local = (headers) => request(`http://localhost:${port}/dev/colour`, { headers });
    assert.equal((await local({ 'x-apikey': 'wrong' })).status, 403);
    assert.equal((await local({ 'x-apikey': 'secret' })).status, 200);
    assert.match(await inShop('import', 'more.json', 'pets', '--local', String(port)), /Finished import 2 objects/);
    assert.match(await inShop('count', 'pets'), /count: .*1/, 'not into redd');
    running.type(kInterrupt);
    await running.done;
  });

  test('CP-01 CP-09 logout; a login that was ended elsewhere', async () => {
    const token = await bob.token();
    assert.match(await bob.good(['logout']), /You are now logged out/);
    assert.equal(await bob.token(), undefined);
    assert.match(await bob.good(['account']), /You need to log in or sign up first with/);
    assert.equal((await rest('GET', '/me', { token })).status, 200, 'it only forgets the token');
    assert.equal((await rest('POST', '/logout', { token, body: {} })).status, 200);
    await bob.login(token);
    const ended = await bob.run(['info', project]);
    assert.equal(ended.code, 1);
    assert.match(ended.stdout, /Cannot read properties of null/, 'the client says no more');
    assert.match(await bob.talk(['create', 'other'], []).catch((error) => error.message), /Unable to initialize project/);
  });

  test('every command that --help lists is run in this file or in published.test.mjs', async () => {
    const help = await ann.good(['--help']);
    const commands = [...help.matchAll(/^ {2}index\.js (\S+).*?(?:\[aliases: (.+)\])?$/gm)].map(([, name, aliases]) => [name, ...(aliases?.split(', ') ?? [])]);
    assert.ok(commands.length >= 41, help);
    const texts = await Promise.all(['published', 'published_account'].map((name) => readFile(join(root, `tests/cli/${name}.test.mjs`), 'utf8')));
    const isRun = (name) => texts.some((text) => new RegExp(`[[(]'${name}'`).test(text));
    assert.deepEqual(commands.map(([name]) => name).filter((name) => !isRun(name)), []);
    // Further names of a command are resolved before anything is sent: those that no test uses show the same help.
    for (const [name, ...aliases] of commands) {
      for (const alias of aliases.filter((one) => !isRun(one))) {
        const [ofAlias, ofCommand] = [await ann.good([alias, '--help']), await ann.good([name, '--help'])];
        assert.equal(ofAlias, ofCommand, alias);
      }
    }
  });
});
