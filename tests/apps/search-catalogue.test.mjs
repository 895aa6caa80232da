// A catalogue: the same answers with an index and without, pages that do not overlap, and a search that reads only what it needs.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { serveApp } from '../lib/served.mjs';

const kBrands = ['acme', 'bolt', 'coil', 'dune'];
const products = Array.from({ length: 800 }, (_, n) => ({
  _id: String(n).padStart(4, '0'), code: `${'AB'[n % 2]}-${String(n).padStart(4, '0')}`, name: `${n % 10 === 3 ? 'Garden' : 'Kitchen'} lamp (${n})`,
  brand: kBrands[n % 4], price: (n * 37) % 500, maker: { country: ['no', 'se'][n % 5 === 0 ? 0 : 1] }, tags: n % 8 === 0 ? ['sale', 'new'] : ['old'],
}));

describe('search-catalogue', () => {
  let shop;
  const key = { key: true };
  before(async () => {
    shop = await serveApp('search-catalogue');
    const answer = await shop.post('/products', products, key);
    assert.deepEqual([answer.status, answer.json], [201, { stored: 800 }], answer.text);
  });
  after(() => shop?.stop());
  const search = async (query) => {
    const answer = await shop.get(`/search?${query}`);
    assert.equal(answer.status, 200, answer.text);
    return { items: answer.json, ids: answer.json.map((one) => one._id), total: Number(answer.headers['x-total-count']) };
  };
  const explain = async (query) => (await shop.get(`/explain?${query}`, key)).json;
  const ids = (choose) => products.filter(choose).map((one) => one._id);

  const cases = [
    ['brand=acme', (one) => one.brand === 'acme', 'brand'],
    ['brand=acme,dune', (one) => ['acme', 'dune'].includes(one.brand), 'brand'],
    ['min=100&max=120', (one) => one.price >= 100 && one.price <= 120, 'price'],
    ['min=490', (one) => one.price >= 490, 'price'],
    ['code=A-00', (one) => one.code.startsWith('A-00'), 'code'],
    ['country=no&tag=sale', (one) => one.maker.country === 'no' && one.tags.includes('sale'), 'maker.country'],
    ['name=garden%20LAMP', (one) => one.name.startsWith('Garden'), null],
    ['name=(13)', (one) => one.name.includes('(13)'), null],
    ['tag=sale', (one) => one.tags.includes('sale'), null],
    ['name=.*', () => false, null],
  ];

  test('DB-08 DB-10 RT-06 each search finds what it should, and its index is used', async () => {
    for (const [query, choose, index] of cases) {
      const expected = ids(choose);
      const { ids: found, total } = await search(`${query}&limit=100&sort=_id`);
      assert.deepEqual([found, total], [expected.slice(0, 100), expected.length], query);
      const plan = await explain(query);
      assert.deepEqual([plan.access, plan.index], index ? ['index', [index]] : ['scan', null], `${query}: ${JSON.stringify(plan)}`);
      if (index) assert.ok(plan.documentsRead <= expected.length || query.includes('tag'), `${query}: ${JSON.stringify(plan)}`);
    }
  });

  test('DB-09 pages in order do not overlap and miss nothing', async () => {
    const seen = [];
    for (let offset = 0; ; offset += 30) {
      const { ids: page } = await search(`brand=bolt&sort=-price,_id&limit=30&offset=${offset}`);
      seen.push(...page);
      if (page.length < 30) break;
    }
    const expected = products.filter((one) => one.brand === 'bolt').sort((a, b) => b.price - a.price || (a._id < b._id ? -1 : 1));
    assert.deepEqual(seen, expected.map((one) => one._id));
    assert.deepEqual((await search('brand=bolt&offset=1000')).ids, []);
    assert.equal((await search('brand=bolt')).ids.length, 20);
  });

  test('DB-09 DB-10 a page in the order of an index reads no more than the page', async () => {
    const plan = await explain('sort=-price&limit=5');
    assert.deepEqual([plan.index, plan.sort, plan.documentsRead], [['price'], 'index', 5], JSON.stringify(plan));
    assert.deepEqual((await search('sort=-price&limit=2')).items.map((one) => one.price), [499, 499]);
  });

  test('DB-09 only the fields asked for, nested ones too', async () => {
    const [first] = (await search('brand=acme&limit=1&fields=name,maker.country')).items;
    assert.deepEqual(first, { _id: '0000', name: 'Kitchen lamp (0)', maker: { country: 'no' } });
  });

  test('DB-10 along an index between two bounds, both ways', async () => {
    const prices = async (query) => (await shop.get(`/range?index=price&${query}`, key)).json.map((one) => one.price);
    assert.deepEqual(await prices('from=9&to=11'), [9, 9, 10, 10, 11, 11].filter((price) => products.some((one) => one.price === price)).slice(0, 6));
    assert.deepEqual(await prices('from=9&to=11&reverse=true'), (await prices('from=9&to=11')).reverse());
  });

  test('DB-10 without its index a search finds the same, by reading everything', async () => {
    const before = await search('min=100&max=120&limit=100&sort=_id');
    assert.equal((await shop.del('/indexes/price', key)).status, 204);
    const plan = await explain('min=100&max=120&limit=100');
    assert.deepEqual([plan.access, plan.index, plan.documentsRead], ['scan', null, 800]);
    assert.deepEqual(await search('min=100&max=120&limit=100&sort=_id'), before);
  });

  test('AU-03 the search is public, the rest is not', async () => {
    for (const path of ['/explain', '/range?index=price&from=1&to=2', '/search/x']) assert.equal((await shop.get(path)).status, 403, path);
    assert.equal((await shop.post('/products', [{}])).status, 403);
  });
});
