// Pages in a layout: what people write is shown and never obeyed, templates are no pages.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { serveApp } from '../lib/served.mjs';

describe('site-with-layouts', () => {
  let site;
  before(async () => { site = await serveApp('site-with-layouts'); });
  after(() => site?.stop());

  test('HT-13 a page stands in its layout, and what it is given is escaped', async () => {
    const home = await site.get('/?visitor=%3Cscript%3E');
    assert.deepEqual([home.status, home.headers['content-type']], [200, 'text/html; charset=utf-8']);
    assert.match(home.text, /^<!doctype html><title>Home<\/title>.*<main><h1>Hello &lt;script&gt;<\/h1><\/main>/s);
    assert.doesNotMatch(home.text, /<script>/);
  });

  test('HT-13 HT-05 a form adds a guest and leads back; without a name it says so', async () => {
    const added = await site.post('/guests', new URLSearchParams({ name: 'Åse & Bo' }));
    assert.deepEqual([added.status, added.headers.location], [303, 'guests']);
    assert.match((await site.get('/guests')).text, /<ul><li>Åse &amp; Bo<\/li><\/ul>/);
    const empty = await site.post('/guests', new URLSearchParams({ name: ' ' }));
    assert.equal(empty.status, 400);
    assert.match(empty.text, /class="error">Please write your name/);
    assert.equal((await site.get('/guests')).text.match(/<li>/g).length, 1);
  });

  test('FS-02 FS-04 the style sheet may be kept; templates and code are not served', async () => {
    const style = await site.get('/public/site.css');
    assert.deepEqual([style.status, style.headers['content-type'], style.headers['cache-control']], [200, 'text/css', 'public, max-age=3600']);
    assert.equal((await site.get('/public/site.css', { headers: { 'if-none-match': style.headers.etag } })).status, 304);
    for (const path of ['/views/home.hbs', '/index.js', '/package.json', '/public/../index.js']) assert.notEqual((await site.get(path)).status, 200, path);
  });

  test('HT-13 new templates show after a deploy, and not the ones kept from before', async () => {
    await site.app.write({ 'views/layout.hbs': '<title>New {{title}}</title>{{#block "main"}}{{/block}}' });
    await site.app.deploy();
    assert.match((await site.get('/')).text, /^<title>New Home<\/title><h1>/);
  });
});
