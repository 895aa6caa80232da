// A URL shortener: names that are taken, redirects, counters that count right, and what must not become a link.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { serveApp } from '../lib/served.mjs';
import { until } from '../lib/until.mjs';

describe('url-shortener', () => {
  let links;
  const key = { key: true };
  before(async () => { links = await serveApp('url-shortener'); });
  after(() => links?.stop());
  const add = (body) => links.post('/links', body, key);
  const stats = async (name) => (await links.get(`/links/${name}/stats`, key)).json;

  test('DB-01 HT-05 an own name is the id, a name is made otherwise', async () => {
    const own = await add({ url: 'https://example.com/a?b=c&d=ø#e', name: 'docs' });
    const { _id, target } = own.json;
    assert.deepEqual([own.status, own.headers.location, _id, target], [201, '/r/docs', 'docs', 'https://example.com/a?b=c&d=%C3%B8#e']);
    const made = await add({ url: 'http://example.org' });
    assert.match(made.json._id, /^[2-9a-z]{7}$/);
    assert.equal((await links.get(`/r/${made.json._id}`)).headers.location, 'http://example.org/');
  });

  test('DB-01 of twenty who want one name at once, one gets it', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => add({ url: `https://example.com/${n}`, name: 'race' })));
    assert.deepEqual(answers.map((one) => one.status).sort(), [201, ...Array(19).fill(409)]);
    const winner = answers.find((one) => one.status === 201).json.target;
    assert.equal((await links.get('/r/race')).headers.location, winner);
    assert.deepEqual(answers.find((one) => one.status === 409).json, { error: 'The name race is taken' });
  });

  test('HT-05 AU-03 anybody is redirected; only to web addresses', async () => {
    const found = await links.get('/r/docs');
    assert.deepEqual([found.status, found.headers.location], [302, 'https://example.com/a?b=c&d=%C3%B8#e']);
    assert.equal((await links.get('/r/docs?permanent')).status, 301);
    assert.equal((await links.send('HEAD', '/r/docs')).status, 302);
    const none = await links.get('/r/nothing');
    assert.deepEqual([none.status, none.headers['content-type']], [404, 'text/html; charset=utf-8']);
    for (const body of [
      { url: 'javascript:alert(1)' }, { url: '/relative' }, {}, { url: ['https://a.example', 'https://b.example', {}] },
      { url: 'https://ok.example', name: '../x' }, { url: 'https://ok.example', name: '' },
    ]) {
      assert.equal((await add(body)).status, 400, JSON.stringify(body));
    }
    assert.equal((await links.get('/links', key)).json.length, 3);
  });

  test('RT-05 HT-02 HT-08 a regular expression with a named group comes before the pattern that would match too', async () => {
    const before = (await stats('docs')).hits;
    const shown = await links.get('/r/docs+');
    assert.deepEqual([shown.status, shown.headers['content-type'], shown.text], [
      200, 'text/plain; charset=utf-8', 'https://example.com/a?b=c&d=%C3%B8#e',
    ]);
    assert.deepEqual([(await links.get('/r/nothing+')).status, (await links.get('/r/+')).status], [404, 404]); // the latter is a name
    assert.equal((await stats('docs')).hits, before);
  });

  test('KV-03 KV-04 HT-05 hits that arrive together are all counted, after the answer', async () => {
    await add({ url: 'https://example.com', name: 'doc' }); // whose counters begin like those of docs
    const before = (await stats('docs')).hits;
    await Promise.all(Array.from({ length: 50 }, () => links.get('/r/docs')));
    const days = await until(async () => {
      const now = await stats('docs');
      const ofDays = Object.values(now.days).reduce((sum, n) => sum + n, 0);
      return now.hits === before + 50 && ofDays === now.hits && now.days;
    });
    assert.match(Object.keys(days)[0], /^\d{4}-\d\d-\d\d$/);
    assert.deepEqual(await stats('doc'), { name: 'doc', hits: 0, days: {} });
  });

  test('DB-09 DB-06 KV-04 lists are paged, and a removed link leaves with its counters', async () => {
    const ids = async (query) => (await links.get(`/links${query}`, key)).json.map((one) => one._id);
    assert.deepEqual((await ids('')).slice(0, 2), ['doc', 'race']);
    assert.deepEqual(await ids('?limit=1&offset=1'), ['race']);
    assert.deepEqual((await links.del('/links/docs', key)).json, { _id: 'docs' });
    const again = await links.del('/links/docs', key);
    assert.deepEqual([again.status, again.json], [404, { message: '5 NOT_FOUND: Not found', code: 5, status: 404 }]);
    assert.equal((await links.get('/r/docs')).status, 404);
    assert.deepEqual(await stats('docs'), { name: 'docs', hits: 0, days: {} });
    assert.equal((await links.get('/r/race')).status, 302);
  });

  test('AU-01 AU-03 the hook opens the redirect and nothing beside it', async () => {
    for (const path of ['/links', '/links/race/stats', '/r', '/r/race/x']) assert.equal((await links.get(path)).status, 403, path);
    assert.equal((await links.post('/links', { url: 'https://example.com' })).status, 403);
    assert.equal((await links.del('/links/race')).status, 403);
  });
});
