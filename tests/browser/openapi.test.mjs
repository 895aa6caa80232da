// The page of app.openapi() in a real browser, with everything off this machine blocked: it shows the operations and asks nobody else.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { makeApp } from '../lib/app.mjs';
import { startRedd } from '../lib/redd.mjs';
import { keepPicture, launchChromium, openPage } from './lib/chromium.mjs';

const code = `import { app, openapi, response, body, param } from 'codehooks-js';
import { object, string } from 'yup';
app.openapi({ info: { title: 'Pets of the town', version: '3.1.4' } });
app.get('/pets/:id', openapi({ summary: 'One pet', responses: { 200: { description: 'A pet' } } }), (req, res) => res.json({ id: req.params.id }));
app.post('/pets', openapi({ summary: 'A new pet' }), (req, res) => res.status(201).json(req.body));
app.auth('/pets/*', (req, res, next) => next());
app.crudlify({ toys: object({ name: string().required() }) });
export default app.init();
`;

let browser, server, app;
before(async () => {
  browser = await launchChromium();
  server = await startRedd();
  app = await makeApp(server, { files: { 'index.js': code } });
  await app.deploy();
});
after(async () => { await browser?.close(); await server?.stop(); await app?.remove(); });

test('OA-01 the documents are public, the assets are cached for ever', async () => {
  const spec = await (await fetch(`${server.url}/dev/openapi.json`)).json();
  assert.equal(spec.openapi, '3.0.3');
  assert.deepEqual(spec.servers, [{ url: '/dev' }]);
  assert.ok(spec.paths['/pets/{id}'].get && spec.paths['/toys'].post, Object.keys(spec.paths).join());
  const html = await (await fetch(`${server.url}/dev/docs`)).text();
  assert.equal(html.includes('unpkg.com'), false);
  for (const [, path] of html.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
    const asset = await fetch(server.url + path);
    assert.equal(asset.status, 200, path);
    assert.match(asset.headers.get('cache-control'), /immutable/);
    await asset.arrayBuffer();
  }
  assert.equal((await fetch(`${server.url}/_/assets/swagger-ui/5.11.0/index.html`)).status, 404);
  assert.equal((await fetch(`${server.url}/_/assets/../api/v1/me`)).status, 401);
});

for (const [name, address] of [['the bare address', () => server.url.replace('127.0.0.1', 'localhost')], ['the project\'s host', () => `http://${app.host}`]]) {
  test(`OA-01 the page shows the operations and tries one, at ${name}`, { timeout: 60_000 }, async (t) => {
    const { page, requests, problems } = await openPage(t, browser);
    const blocked = [];
    await page.context().route((url) => !/(^|\.)localhost$/.test(url.hostname), (route) => { blocked.push(route.request().url()); return route.abort(); });
    await page.goto(`${address()}/dev/docs`);
    await page.getByText('Pets of the town').waitFor();
    await page.getByText('One pet').waitFor();
    await page.getByText('A new pet').waitFor();
    await page.getByText('/pets/{id}').click();
    await page.getByRole('button', { name: 'Try it out' }).click();
    await page.getByPlaceholder('id').fill('rex');
    const answered = page.waitForResponse((response) => response.url().endsWith('/dev/pets/rex'));
    await page.getByRole('button', { name: 'Execute' }).click();
    assert.deepEqual(await (await answered).json(), { id: 'rex' });
    await keepPicture(page, 'openapi');
    assert.deepEqual(blocked, []);
    assert.deepEqual(problems.filter((problem) => !problem.includes('.localhost:')), []);
    assert.ok(requests.length >= 5, JSON.stringify(requests));
    assert.ok(requests.every(({ url }) => /^(data|blob):/.test(url) || /(^|\.)localhost$/.test(new URL(url).hostname)));
  });
}
