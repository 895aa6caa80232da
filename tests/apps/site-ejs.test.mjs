// EJS pages; a page that fails says so to its author, not to the visitor.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { serveApp } from '../lib/served.mjs';

describe('site-ejs', () => {
  let site;
  before(async () => { site = await serveApp('site-ejs'); });
  after(() => site?.stop());

  test('HT-13 the list is made of the template, escaped', async () => {
    const page = await site.get('/');
    assert.deepEqual([page.status, page.headers['content-type']], [200, 'text/html; charset=utf-8']);
    assert.equal(page.text.trim(), '<ul><li>Tea: 3.50</li><li>Cake &lt;fresh&gt;: 12.50</li></ul>');
  });

  test('HT-13 HT-11 a template that throws is a 500 with its reason in the log', async () => {
    const page = await site.get('/broken');
    assert.equal(page.status, 500);
    assert.doesNotMatch(page.text, /nothing/);
    assert.match(await site.log(), /nothing is not defined/);
    assert.equal((await site.get('/')).status, 200);
  });
});
