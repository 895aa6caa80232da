// The API runner: a route is called with a token of one's choice, the answer is shown, and the copies as curl and as fetch do the same.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { makeApp } from '../lib/app.mjs';
import { run } from '../lib/redd.mjs';
import { kReachesIdp, logIn, openAdmin, openIdp, startSpace } from './lib/admin.mjs';
import { keepPicture, launchChromium } from './lib/chromium.mjs';
import { kAudience } from './lib/processes.mjs';

const kPixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const kScript = `
import { app } from 'codehooks-js';
app.get('/hello', (req, res) => res.json({ message: 'hello', who: req.user?.sub ?? req.headers['x-user'] ?? 'a machine' }));
app.get('/items/:id', (req, res) => res.json({ id: req.params.id, query: req.query, note: req.headers['x-note'] ?? null }));
app.post('/echo', (req, res) => res.json({ body: req.body, note: req.headers['x-note'] ?? null, type: req.headers['content-type'] }));
app.get('/picture', (req, res) => { res.set('content-type', 'image/png'); res.end(Buffer.from('${kPixel}', 'base64')); });
app.get('/words', (req, res) => { res.set('content-type', 'text/plain'); res.end('plain words <b>not bold</b>'); });
app.get('/away', (req, res) => res.redirect(process.env.ELSEWHERE));
app.get(/^\\/v\\d+\\/thing$/, (req, res) => res.json({ matched: true }));
export default app.init();
`;

let browser, idp, closeIdp;
before(async () => {
  browser = await launchChromium();
  ({ idp, close: closeIdp } = await openIdp());
});
after(async () => {
  await browser?.close();
  await closeIdp?.();
});

const policy = () => ({ url: idp.jwks, issuer: idp.issuer, audience: [kAudience] });

const open = async (t, { app: other, deploy, ...options } = {}) => {
  const started = await startSpace(t, { args: kReachesIdp, script: kScript, deploy });
  const app = other ? await other(started.server) : started.app;
  await started.server.api('PUT', `${app.space}/jwks`, policy());
  const opened = await openAdmin(t, browser, started.server, { path: `/_/p/${app.project}/dev/runner`, permissions: ['clipboard-read', 'clipboard-write'], ...options });
  await opened.page.getByRole('heading', { level: 1, name: 'API runner' }).waitFor();
  return { ...started, app, ...opened };
};
const send = (page) => page.getByRole('button', { name: 'Send', exact: true }).click();
const status = (page, text) => page.getByRole('region', { name: 'Answer' }).getByRole('status').filter({ hasText: text }).waitFor();
const shownJson = async (page) => {
  const lines = page.getByLabel('Body of the answer').locator('.cm-line');
  await lines.last().waitFor(); // the editor is fetched when it is first needed
  return JSON.parse((await lines.allTextContents()).join('\n'));
};
const signIn = async (page, name) => {
  await page.getByLabel('Token', { exact: true }).selectOption('user');
  await page.getByRole('button', { name: `Sign in as ${name}` }).click();
  await page.getByRole('status').filter({ hasText: `Signed in as ${name}` }).waitFor();
};
const copied = async (page, what) => {
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await page.getByRole('button', { name: `Copy as ${what}` }).click();
  return (await page.waitForFunction(() => navigator.clipboard.readText())).jsonValue();
};

test('signed in as alice, /hello is called; the copy as curl answers the same in a shell', async (t) => {
  const { page, requests, problems } = await open(t);
  await page.getByLabel('Filter routes').fill('hello');
  await page.getByRole('list', { name: 'Routes' }).getByRole('button', { name: 'GET /hello' }).click();
  assert.equal(await page.getByRole('list', { name: 'Routes' }).getByRole('button').count(), 1);
  await signIn(page, 'alice');
  await send(page);
  await status(page, '200');
  const answer = await shownJson(page);
  assert.equal(answer.message, 'hello');
  await keepPicture(page, 'runner-hello');
  const command = await copied(page, 'curl');
  const shell = await run('/bin/sh', ['-c', command]);
  assert.equal(shell.code, 0, shell.stderr);
  assert.deepEqual(JSON.parse(shell.stdout), answer);
  await page.getByRole('list', { name: 'Sent requests' }).getByRole('button', { name: /\/hello/ }).waitFor();
  const cookies = await page.context().cookies();
  assert.deepEqual(cookies, []);
  assert.ok(requests.some(({ url, method }) => url.endsWith('/dev/token') && method === 'POST'));
  assert.deepEqual(problems, []);
});

test('a body, headers and parts of the path with every kind of quote arrive as they were typed, by the page, by curl and by fetch', async (t) => {
  const { page, problems } = await open(t);
  await signIn(page, 'bob');
  await page.getByLabel('Method').selectOption('POST');
  await page.getByLabel('Path', { exact: true }).fill('/echo');
  await page.getByRole('button', { name: 'Add a header' }).click();
  await page.getByLabel('Name of header 1').fill('X-Note');
  const note = `it's "so" $HOME \`id\` \\n !`;
  await page.getByLabel('Value of header 1').fill(note);
  const body = { text: `it's "quoted" $(id) \\ \`x\` é ☃` };
  await page.getByLabel('Body as JSON').click();
  await page.keyboard.insertText(JSON.stringify(body));
  await send(page);
  await status(page, '200');
  const answer = await shownJson(page);
  assert.deepEqual(answer, { body, note, type: 'application/json' });
  const shell = await run('/bin/sh', ['-c', await copied(page, 'curl')]);
  assert.deepEqual(JSON.parse(shell.stdout), answer);
  const script = await run(process.execPath, ['--input-type=module', '-e', await copied(page, 'fetch')]);
  assert.equal(script.stdout, `200 ${JSON.stringify(answer)}\n`);

  await page.getByRole('list', { name: 'Routes' }).getByRole('button', { name: 'GET /items/:id' }).click();
  await page.getByLabel(':id', { exact: true }).fill('a/b ?&#\'é');
  await page.getByRole('button', { name: 'Add a parameter' }).click();
  await page.getByLabel('Name of parameter 1').fill('q');
  await page.getByLabel('Value of parameter 1').fill('1 & 2=[3]');
  await send(page);
  await page.getByLabel('Body of the answer').getByText('1 & 2=[3]').waitFor();
  const item = await shownJson(page);
  assert.deepEqual(item, { id: 'a/b ?&#\'é', query: { q: '1 & 2=[3]' }, note });
  const again = await run('/bin/sh', ['-c', await copied(page, 'curl')]);
  assert.deepEqual(JSON.parse(again.stdout), item);
  await keepPicture(page, 'runner-item');

  await page.getByRole('list', { name: 'Sent requests' }).getByRole('button', { name: /\/echo/ }).click();
  assert.equal(await page.getByLabel('Path', { exact: true }).inputValue(), '/echo');
  assert.equal(await page.getByLabel('Method').inputValue(), 'POST');
  assert.deepEqual(problems, []);
});

test('what cannot be sent is told at its field, and nothing is sent', async (t) => {
  const { page, requests, app, problems } = await open(t);
  const said = (text) => page.getByRole('alert').filter({ hasText: text }).waitFor();
  await page.getByLabel('Path', { exact: true }).fill('hello?x=1');
  await send(page);
  await said('The path begins with /');
  await page.getByLabel('Path', { exact: true }).fill('/hello?x=1');
  await said('goes into the rows of the query');
  await page.getByLabel('Path', { exact: true }).fill('/items/:id');
  await said('Give it a value.');
  await page.getByLabel(':id', { exact: true }).fill('..');
  await said('Browsers resolve');
  await page.getByLabel(':id', { exact: true }).fill('1');
  await page.getByRole('button', { name: 'Add a header' }).click();
  for (const [name, value, text] of [['Co okie', 'x', 'no name of a header'], ['Cookie', 'x', 'let no page change it'], ['X-Note', 'snow ☃', 'Latin letters'], ['', 'x', 'Give the header a name']]) {
    await page.getByLabel('Name of header 1').fill(name);
    await page.getByLabel('Value of header 1').fill(value);
    await said(text);
  }
  await page.getByLabel('Token', { exact: true }).selectOption('paste');
  await said('Paste an access token');
  await page.getByLabel('Name of header 1').fill('Authorization');
  await said('is what “Token” sets');
  await page.getByRole('button', { name: 'Remove header 1' }).click();
  await page.getByLabel('Access token').fill('Bearer one two');
  await said('without spaces');
  await page.getByLabel('Method').selectOption('PUT');
  await page.getByLabel('Body as JSON').click();
  await page.keyboard.insertText('{"a": }');
  await said('The body is not JSON');
  await keepPicture(page, 'runner-wrong');
  await send(page);
  assert.ok(!requests.some(({ url }) => url.startsWith(app.url)), 'something was sent');
  assert.equal(await page.getByRole('button', { name: 'Copy as curl' }).count(), 0);
  assert.deepEqual(problems, []);
});

test('a refusal is explained, and its token goes to the test of the Auth screen, in no address', async (t) => {
  const { page, server, app, problems } = await open(t);
  const token = await idp.token({ audience: 'https://other.redd.test', scope: 'read' });
  await page.getByLabel('Path', { exact: true }).fill('/hello');
  await send(page);
  await status(page, '401');
  await page.getByText('Redd refused it before the code ran:').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Explain this token' }).count(), 0, 'there was no token');
  await page.getByLabel('Token', { exact: true }).selectOption('paste');
  await page.getByLabel('Access token').fill(token);
  await send(page);
  await page.getByRole('status').filter({ hasText: 'audience' }).waitFor();
  await keepPicture(page, 'runner-refused');
  await page.getByRole('button', { name: 'Explain this token' }).click();
  await page.getByRole('heading', { level: 1, name: 'Auth' }).waitFor();
  await page.getByRole('status').filter({ hasText: 'Refused: audience.' }).waitFor();
  assert.ok(!page.url().includes(token.slice(-20)));
  assert.ok(!(await page.evaluate(() => JSON.stringify([history.state, localStorage, sessionStorage]))).includes(token.slice(-20)));
  const { refusals } = await server.api('GET', `${app.space}/auth/refusals`);
  assert.deepEqual(refusals.map(({ reason }) => reason), ['audience', 'no credential']);
  assert.deepEqual(problems, []);
});

test('an API token, a picture, a text, a regular expression, a space that other origins may not read', async (t) => {
  const { page, server, app, requests, problems } = await open(t, {
    app: (server) => makeOther(t, server),
  });
  await server.api('POST', `${app.space}/tokens`, { access: 'READWRITE', description: 'runner' });
  await page.getByLabel('Token', { exact: true }).selectOption('key');
  await page.getByLabel('API token', { exact: true }).locator('option', { hasText: 'runner' }).waitFor({ state: 'attached' });
  await page.getByLabel('API token', { exact: true }).selectOption({ index: 1 });
  const route = (name) => page.getByRole('list', { name: 'Routes' }).getByRole('button', { name }).click();
  await route('GET /picture');
  await send(page);
  const picture = page.getByRole('img', { name: 'The body of the answer' });
  await picture.waitFor();
  assert.equal(await picture.evaluate((image) => image.decode().then(() => image.naturalWidth)), 1);
  await route('GET /words');
  await send(page);
  await page.getByLabel('Body of the answer').getByText('plain words <b>not bold</b>').waitFor();
  await page.getByText('an origin of its own').waitFor();
  await route(/thing/);
  await page.getByText('The route is a regular expression').waitFor();
  await page.getByLabel('Path', { exact: true }).fill('/v2/thing');
  await send(page);
  await page.getByLabel('Body of the answer').getByText('matched').waitFor();
  assert.ok(requests.some(({ url }) => url === `http://${app.host}/dev/v2/thing`), 'a space of another project is reached under its own host name');
  const shell = await run('/bin/sh', ['-c', await copied(page, 'curl')]);
  assert.deepEqual(JSON.parse(shell.stdout), { matched: true });

  await server.api('PUT', `${app.space}/cors-origins`, { origins: ['https://app.example.com'] });
  await page.reload();
  await logIn(page, server.token);
  await page.getByLabel('Path', { exact: true }).fill('/words');
  await send(page);
  await page.getByRole('alert').filter({ hasText: 'lets only pages of https://app.example.com' }).waitFor();
  assert.deepEqual(problems, []);
});

const makeOther = async (t, server) => {
  const app = await makeApp(server, { name: 'second', files: { 'index.js': kScript } });
  t.after(() => app.remove());
  await app.deploy();
  return app;
};

test('a redirect is not followed: it could lead off the machine', async (t) => {
  const { page, server, app, problems } = await open(t);
  await server.api('PUT', `${app.space}/env/ELSEWHERE`, { value: `${idp.url}/userinfo` });
  const asked = async () => (await (await fetch(`${idp.url}/dev/stats`)).json()).userinfo;
  const earlier = await asked();
  await signIn(page, 'carol');
  await page.getByRole('list', { name: 'Routes' }).getByRole('button', { name: 'GET /away' }).click();
  await send(page);
  await status(page, /redirect|401/);
  assert.equal(await asked(), earlier, 'the page went where the answer sent it');
  await page.getByText('this page does not follow').waitFor();
  assert.deepEqual(problems, []);
});

test('without code the next step is said', async (t) => {
  const { page, problems } = await open(t, { deploy: false });
  await page.getByText('No code is deployed').waitFor();
  await page.getByRole('main').getByRole('link', { name: 'Deployments' }).click();
  await page.getByRole('heading', { level: 1, name: 'Deployments' }).waitFor();
  assert.deepEqual(problems, []);
});

test('in the dark and on a phone nothing is cut off', async (t) => {
  const { page, problems } = await open(t, { colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('list', { name: 'Routes' }).getByRole('button', { name: 'POST /echo' }).click();
  await signIn(page, 'carol');
  await page.getByRole('button', { name: 'Add a header' }).click();
  await page.getByLabel('Body as JSON').click();
  await page.keyboard.insertText('{"a": 1}');
  await send(page);
  await status(page, '200');
  await page.getByLabel('Body of the answer').waitFor();
  await keepPicture(page, 'runner-phone');
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page scrolls sideways');
  assert.deepEqual(problems, []);
});
