// A REST API with its own documentation: the document tells the truth, and both are public while the API is not.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { serveApp } from '../lib/served.mjs';

describe('rest-api-openapi', () => {
  let library;
  const key = { key: true };
  before(async () => { library = await serveApp('rest-api-openapi'); });
  after(() => library?.stop());
  const book = { title: 'Sult', author: 'Hamsun', year: 1890 };
  const document = async () => (await library.get('/openapi.json')).json;

  test('OA-01 the document says what the app is and what its routes say of themselves', async () => {
    const answer = await library.get('/openapi.json');
    assert.deepEqual([answer.status, answer.headers['content-type'].split(';')[0]], [200, 'application/json']);
    const { openapi, info, tags, paths, components } = answer.json;
    assert.deepEqual([openapi, info, tags], ['3.0.3', { title: 'Library', version: '2.1.0', description: 'Books and who has them' }, [{ name: 'Loans' }]]);
    const lend = paths['/books/{id}/loan'].post;
    assert.deepEqual([lend.summary, lend.operationId, lend.tags], ['Lend a book', 'lendBook', ['Loans']]);
    assert.deepEqual(lend.parameters, [{ name: 'id', in: 'path', required: true, schema: { type: 'string' }, description: 'The book' }]);
    assert.deepEqual(Object.keys(lend.responses), ['201', '404', '409']);
    assert.deepEqual(lend.requestBody.content['application/json'].schema, { $ref: '#/components/schemas/lendBook' });
    assert.equal(components.securitySchemes.apiKey.name, 'x-apikey');
    assert.deepEqual(Object.keys(paths['/loans']), ['get']);
  });

  test('OA-01 CF-03 the collections are in it with their schemas; the document and its page are not', async () => {
    const { paths, components } = await document();
    assert.deepEqual(Object.keys(paths['/books']).sort(), ['get', 'post']);
    assert.ok(paths['/shelves'] && paths['/books/{ID}'], Object.keys(paths).join(' '));
    assert.equal(components.schemas.Books.type, 'object');
    assert.deepEqual(Object.keys(components.schemas.Books.properties), ['title', 'author', 'year', 'tags']);
    assert.deepEqual(Object.keys(paths).filter((path) => /docs|openapi|:collection/.test(path)), []);
  });

  test('OA-01 AU-03 the page is public and names the document; the API is not public', async () => {
    const page = await library.get('/docs');
    assert.deepEqual([page.status, page.headers['content-type'].split(';')[0]], [200, 'text/html']);
    assert.match(page.text, /<title>Library<\/title>/);
    assert.match(page.text, /openapi\.json/);
    for (const path of ['/books', '/loans', '/docs/x', '/openapi.jsonx']) assert.equal((await library.get(path)).status, 403, path);
    assert.equal((await library.post('/books', book)).status, 403);
  });

  test('CF-01 CF-02 CF-03 the API does what the document says', async () => {
    const made = await library.post('/books', book, key);
    assert.equal(made.status, 201, made.text);
    assert.deepEqual(made.json, { ...book, tags: [], _id: made.json._id });
    const wrong = await library.post('/books', { ...book, year: 'old', author: undefined }, key);
    assert.equal(wrong.status, 400);
    assert.deepEqual(wrong.json.map((issue) => issue.path[0]), ['author', 'year']);
    assert.equal((await library.post('/films', {}, key)).status, 400);
    await library.post('/books', { title: 'Pan', author: 'Hamsun', year: 1894, tags: ['novel'] }, key);
    await library.post('/shelves', { anything: [1, { goes: true }] }, key);
    assert.deepEqual((await library.get('/books?year>=1891&fields=title', key)).json.map((one) => one.title), ['Pan']);
    assert.deepEqual((await library.get('/books?author=/^ham/i&sort=-year&limit=1', key)).json.map((one) => one.title), ['Pan']);
    assert.equal((await library.get('/shelves', key)).json[0].anything[1].goes, true);
  });

  test('OA-01 HT-09 a route with metadata runs as any other', async () => {
    const [{ _id }] = (await library.get('/books?title=Sult', key)).json;
    const lend = (id, loan) => library.post(`/books/${id}/loan`, loan, key);
    assert.deepEqual((await lend(_id, { reader: 'ann' })).json, { _id, reader: 'ann', days: 14 });
    const again = await lend(_id, { reader: 'bob' });
    assert.deepEqual([again.status, again.json], [409, { error: 'Lent already' }]);
    assert.equal((await lend('nothing', { reader: 'bob' })).status, 404);
    assert.equal((await lend(_id, { reader: 'bob', days: 99 })).status, 400);
    assert.deepEqual((await library.get('/loans?reader=ann', key)).json.length, 1);
    assert.deepEqual((await library.get('/loans?reader=bob', key)).json, []);
  });
});
