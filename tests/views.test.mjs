// res.render of codehooks-js: Handlebars with a layout and handlebars-layouts, and EJS; the templates are source files of the deployment.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { request, startRedd } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';

async function withApp(files, work) {
  const server = await startRedd();
  let app;
  try {
    app = await makeApp(server, { files });
    await app.deploy();
    await work((path) => request(app.url + path), app);
  } finally {
    await server.stop();
    await app?.remove();
  }
}

const routes = `
app.auth('/*', (req, res, next) => next());
app.get('/page', (req, res) => res.render('page', { title: 'A & B', items: ['x', 'y'] }));
app.get('/status', (req, res) => { res.status(418).set('x-own', '1'); res.render('page', { title: 'T', items: [] }); });
app.get('/missing', (req, res) => res.render('nothing', {}));
app.get('/broken', (req, res) => res.render('broken', {}));
app.get('/direct', (req, res) => { app.render('page', { title: 'D', items: [] }, (error, html) => res.send(error ? 'error' : 'direct:' + html)); });
export default app.init();`;

async function checkPages(get, app, page) {
  for (const attempt of ['from the file', 'from the cache']) {
    const answer = await get('/page');
    assert.deepEqual([answer.status, answer.text], [200, page('A &amp; B', ['x', 'y'])], attempt);
    assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8');
  }
  const own = await get('/status');
  assert.deepEqual([own.status, own.headers['x-own'], own.text], [418, '1', page('T', [])]);
  assert.equal((await get('/direct')).text, `direct:${page('D', [])}`);
  for (const path of ['/missing', '/broken']) assert.deepEqual([(await get(path)).status, (await get(path)).json.fatal], [500, true], path);
  const log = (await app.good('log', '--tail', '200')).stdout;
  assert.match(log, /File not found: \/views\/nothing\.(hbs|ejs)/);
}

test('HT-13 Handlebars pages with a layout', { timeout: 60_000 }, () => withApp({
  'index.js': `import { app } from 'codehooks-js';
import handlebars from 'handlebars';
import layouts from 'handlebars-layouts';
handlebars.registerHelper(layouts(handlebars));
app.set('views', '/views');
app.set('layout', '/views/layout.hbs');
app.set('view engine', { hbs: handlebars });
${routes}`,
  'views/layout.hbs': '<html><head>{{title}}</head>{{#block "body"}}none{{/block}}</html>',
  'views/page.hbs': '{{#extend "layout"}}{{#content "body"}}{{#each items}}<i>{{this}}</i>{{/each}}{{/content}}{{/extend}}',
  'views/broken.hbs': '{{#each}',
}, (get, app) => checkPages(get, app, (title, items) => `<html><head>${title}</head>${items.map((one) => `<i>${one}</i>`).join('')}</html>`)));

test('HT-13 EJS pages', { timeout: 60_000 }, () => withApp({
  'index.js': `import { app } from 'codehooks-js';
import ejs from 'ejs';
app.set('views', '/views');
app.set('view engine', { ejs });
${routes}`,
  'views/page.ejs': '<h1><%= title %></h1><% for (const one of items) { %><i><%= one %></i><% } %>',
  'views/broken.ejs': '<% if ( %>',
}, (get, app) => checkPages(get, app, (title, items) => `<h1>${title}</h1>${items.map((one) => `<i>${one}</i>`).join('')}`)));
