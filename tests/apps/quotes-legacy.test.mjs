// An app of years ago, with the packages it was written for: codehooks-js 1.0.11 and codehooks-crudlify.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { serveApp } from '../lib/served.mjs';

const quotes = [
  { quote: 'Well begun is half done.', author: 'Aristotle', day: 1 },
  { quote: 'Know thyself.', author: 'Socrates', day: 2 },
  { quote: 'Nothing is enough for the man…', author: 'Epicurus', day: 2 },
  { quote: 'Quality is not an act, it is a habit.', author: 'aristotle', day: 3 },
];

describe('quotes-legacy', () => {
  let site;
  const ids = [];
  const key = { key: true };
  before(async () => {
    site = await serveApp('quotes-legacy', { packages: { 'codehooks-js': 'codehooks-js-1.0' } });
    for (const quote of quotes) {
      const answer = await site.post('/quotes', quote, key);
      assert.equal(answer.status, 201, answer.text);
      ids.push(answer.json._id);
    }
  });
  after(() => site?.stop());
  const get = async (path) => (await site.get(path, key)).json;

  test('RT-01 RT-02 DB-03 HT-05 the global Datastore, data events, and an answer that is ended twice', async () => {
    assert.deepEqual((await site.get('/today?day=2')).json, { day: 2, quotes: [quotes[1].quote, quotes[2].quote] });
    const none = await site.get('/today?day=99');
    assert.deepEqual([none.status, none.json], [404, { error: 'No quote for day 99' }]);
    assert.equal((await site.get('/search?author=x')).status, 403);
  });

  test('DB-13 DB-09 getMany(collection, options): filter, sort, page and hints in one object', async () => {
    assert.deepEqual(await get('/search?author=ARIS'), [
      { quote: quotes[3].quote, author: 'aristotle' }, { quote: quotes[0].quote, author: 'Aristotle' },
    ]);
    const page = await get('/search?author=^[AES]&limit=2&offset=1');
    assert.deepEqual(page.map((one) => one.author), ['Socrates', 'Epicurus']); // of one day: as they were stored
    assert.deepEqual(await get('/count'), { count: 4 });
    assert.equal((await get(`/byids?id=nothing,${ids[2]},${ids[1]}`))._id, ids[1]);
  });

  test('DB-10 DB-13 a scan in the order of an index, between bounds, forwards and backwards', async () => {
    assert.equal((await site.post('/old/index', {}, key)).status, 200);
    assert.equal((await site.post('/old/index', {}, key)).status, 200); // an index that is there already is fine
    const authors = async (query) => (await get(`/range/author${query}`)).map((one) => one.author).join();
    assert.equal(await authors(''), 'Aristotle,Epicurus,Socrates,aristotle');
    assert.equal(await authors('?start=B'), 'Epicurus,Socrates,aristotle');
    assert.equal(await authors('?start=Aristotle&end=Epicurus'), 'Aristotle,Epicurus'); // both bounds belong to it
    assert.equal(await authors('?end=Z&reverse=true'), 'Socrates,Epicurus,Aristotle');
    assert.equal(await authors('?start=b'), '');
    const days = async (query) => (await get(`/range/day${query}`)).map((one) => one.day).join();
    assert.equal(await days('?start=2'), '2,2,3');
    assert.equal(await days('?start=1&end=2&reverse=true&limit=2'), '2,2');
    assert.equal((await site.post('/quotes', { quote: 'Ten comes after nine, as a number', day: 10 }, key)).status, 201);
    assert.equal(await days(''), '1,2,2,3,10'); // as a text it would come before 2
    assert.equal((await site.del('/quotes/_byquery?day=10', key)).status, 200);
    assert.equal(await days('?start=4'), '');
  });

  test('DB-13 DB-04 DB-05 DB-06 updateMany, replaceMany and removeMany take the filter last', async () => {
    const post = async (path, body) => (await site.post(path, body, key)).json;
    assert.deepEqual(await post('/old/mark', { from: 2 }), { count: 3 });
    assert.deepEqual((await get('/quotes?marked=true&fields=day')).map((one) => one.day), [2, 2, 3]);
    assert.deepEqual(await post('/old/blank', { author: 'Epicurus' }), { count: 1 });
    assert.deepEqual(await get(`/quotes/${ids[2]}`), { quote: '', author: 'removed', day: 0, _id: ids[2] });
    assert.deepEqual(await post('/old/remove', {}), { count: 1 });
    assert.deepEqual((await get('/quotes')).map((one) => one._id), [ids[0], ids[1], ids[3]]);
    assert.deepEqual(await post('/old/remove', {}), { count: 0 });
  });

  test('DB-12 collection() has the same methods', async () => {
    const { read, removed } = (await site.post('/old/collection', { quote: 'x', day: 9 }, key)).json;
    assert.deepEqual(read, { quote: 'x', day: 9, _id: removed._id, seen: 1 });
    assert.equal((await get('/quotes')).length, 3);
  });

  test('CF-01 CF-02 CF-03 the separate crudlify package serves the same routes', async () => {
    const plain = await site.post('/quotes', { quote: 'New', day: '7' }, key);
    assert.deepEqual([plain.status, plain.json.author, plain.json.day], [201, 'unknown', 7]);
    const refused = await site.post('/quotes', { author: 'nobody' }, key);
    assert.equal(refused.status, 400);
    assert.match(refused.json, /is a required field/);
    assert.deepEqual((await get('/quotes?author=/^aris/i&sort=-day&limit=1')).map((one) => one.day), [3]);
    const { _id } = plain.json;
    assert.deepEqual((await site.put(`/quotes/${_id}`, { quote: 'Changed', day: 8 }, key)).json, { quote: 'Changed', day: 8, _id });
    assert.deepEqual((await site.patch(`/quotes/${_id}`, { author: 'me' }, key)).json, { quote: 'Changed', day: 8, _id, author: 'me' });
    assert.deepEqual((await site.patch('/quotes/_byquery?day>2', { late: true }, key)).json, { count: 2 });
    assert.deepEqual((await site.del('/quotes/_byquery?late=true&day=8', key)).json, { count: 1 });
    assert.equal((await site.del(`/quotes/${_id}`, key)).status, 404);
    const other = await site.get('/other', key);
    assert.deepEqual([other.status, other.text], [404, 'No collection other']);
  });
});
