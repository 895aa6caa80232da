// Buyers at the same time: what a conditional update promises, seen from outside.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { serveApp } from '../lib/served.mjs';

describe('inventory-transactions-by-cas', () => {
  let shop;
  const key = { key: true };
  before(async () => { shop = await serveApp('inventory-transactions-by-cas'); });
  after(() => shop?.stop());
  const product = async (sku) => (await shop.get(`/products/${sku}`, key)).json;
  const stocked = async (sku, stock) => assert.equal((await shop.post('/products', { sku, stock }, key)).status, 201);
  const order = (lines) => shop.post('/orders', lines, key);
  const statuses = (answers) => answers.reduce((all, { status }) => ({ ...all, [status]: (all[status] ?? 0) + 1 }), {});

  test('DB-04 a hundred buyers of sixty pieces: sixty get one, the stock is never negative', async () => {
    await stocked('lamp', 60);
    const lowest = { stock: Infinity };
    let buying = true;
    const watching = (async () => { while (buying) lowest.stock = Math.min(lowest.stock, (await product('lamp')).stock); })();
    const answers = await Promise.all(Array.from({ length: 100 }, () => order({ lamp: 1 })));
    buying = false;
    await watching;
    assert.deepEqual(statuses(answers), { 201: 60, 409: 40 });
    const { stock, sold, orders, version } = await product('lamp');
    assert.deepEqual([stock, sold, orders.length, new Set(orders).size, version], [0, 60, 60, 60, 61]);
    assert.deepEqual(new Set(orders), new Set(answers.filter((one) => one.status === 201).map((one) => one.json._id)));
    assert.ok(lowest.stock >= 0);
    assert.deepEqual((await shop.get('/orders', key)).json, { count: 60 });
  });

  test('DB-04 an order is filled wholly or not at all, while others buy', async () => {
    await stocked('table', 20);
    await stocked('chair', 50);
    const before = (await shop.get('/orders', key)).json.count;
    const answers = await Promise.all(Array.from({ length: 40 }, () => order({ table: 1, chair: 4 })));
    const filled = statuses(answers)[201];
    const [table, chair] = [await product('table'), await product('chair')];
    assert.ok(filled >= 1 && filled <= 12, String(filled)); // 50 chairs are 12 orders; some may be refused while others hold chairs
    assert.deepEqual([table.stock, table.sold, chair.stock, chair.sold], [20 - filled, filled, 50 - 4 * filled, 4 * filled]);
    assert.deepEqual([new Set(table.orders).size, new Set(chair.orders)], [filled, new Set(table.orders)]);
    assert.equal((await shop.get('/orders', key)).json.count, before + filled);
  });

  test('DB-02 DB-04 no count is lost when all read first and write then', async () => {
    await stocked('nail', 0);
    const answers = await Promise.all(Array.from({ length: 25 }, (_, n) => shop.post('/products/nail/recount', { found: n + 1 }, key)));
    const { counted, version } = await product('nail');
    assert.deepEqual([counted, version], [325, 26]);
    assert.deepEqual(answers.map((one) => one.json.version).sort((a, b) => a - b), Array.from({ length: 25 }, (_, n) => n + 2));
    assert.ok(answers.some((one) => one.json.attempts > 1), 'nobody had to try again');
  });

  test('DB-04 HT-05 of two who change the same version, one is told', async () => {
    await stocked('rug', 3);
    const read = await shop.get('/products/rug', key);
    assert.equal(read.headers.etag, '"1"');
    const put = (colour, etag) => shop.put('/products/rug', { colour }, { ...key, headers: etag ? { 'if-match': etag } : {} });
    const both = await Promise.all([put('red', '"1"'), put('blue', '"1"')]);
    assert.deepEqual(statuses(both), { 200: 1, 412: 1 });
    const winner = both.find((one) => one.status === 200);
    assert.deepEqual(await product('rug'), winner.json);
    assert.equal(winner.headers.etag, '"2"');
    assert.equal((await put('green')).status, 428);
    assert.equal((await put('green', '"7"')).status, 412);
  });

  test('DB-01 HT-11 wrong orders and products taken twice change nothing', async () => {
    for (const lines of [{}, { rug: 0 }, { rug: -1 }, { rug: 1.5 }, { rug: '1' }]) assert.equal((await order(lines)).status, 400, JSON.stringify(lines));
    assert.equal((await order({ nothing: 1 })).status, 409);
    const twice = await shop.post('/products', { sku: 'rug', stock: 9 }, key);
    assert.deepEqual([twice.status, twice.json.message], [409, '6 ALREADY_EXISTS: duplicate _id']);
    assert.equal((await product('rug')).stock, 3);
    assert.equal((await shop.get('/products/rug')).status, 403);
  });
});
