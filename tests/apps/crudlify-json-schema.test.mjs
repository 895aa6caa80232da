// crudlify with JSON Schema: ajv's errors as they are, all of them, and the routes that work on many documents.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { serveApp } from '../lib/served.mjs';
import { until } from '../lib/until.mjs';

describe('crudlify-json-schema', () => {
  let catalogue;
  const key = { key: true };
  const product = (n, more) => ({ name: `Product ${n}`, sku: `ABC-0${n}`, price: n * 10, ...more });
  before(async () => {
    catalogue = await serveApp('crudlify-json-schema');
    for (const [n, more] of [
      [1, { maker: { country: 'NO' }, labels: ['new', 'wool'] }], [2, { stock: 5, maker: { country: 'SE' } }], [3, { stock: 0, labels: ['wool'] }],
      [4, { stock: 9, maker: { country: 'NO', mail: 'a@b.no' } }],
    ]) {
      const answer = await catalogue.post('/product', product(n, more), key);
      assert.equal(answer.status, 201, answer.text);
    }
  });
  after(() => catalogue?.stop());
  const get = async (path) => (await catalogue.get(path, key)).json;
  const names = async (query) => (await get(`/product?${query}`)).map((one) => one.name.slice(8)).join();

  test('CF-03 RT-04 the schema of a JSON file holds, with defaults by the app\'s own ajv', async () => {
    const [first] = await get('/product?sku=ABC-01');
    const { _id, ...rest } = first;
    assert.deepEqual(rest, { name: 'Product 1', sku: 'ABC-01', price: 10, maker: { country: 'NO' }, labels: ['new', 'wool'], stock: 0 });
  });

  test('CF-03 every error of a document is told, as ajv words it', async () => {
    const answer = await catalogue.post('/product', {
      sku: 'abc', price: 0, maker: { mail: 'nobody', town: 'Oslo' }, labels: ['a', 'a'], colour: 'red',
    }, key);
    assert.equal(answer.status, 400);
    assert.deepEqual(answer.json.map((error) => [error.instancePath, error.keyword]).sort(), [
      ['', 'additionalProperties'], ['', 'required'], ['/labels', 'uniqueItems'], ['/maker', 'additionalProperties'], ['/maker/mail', 'format'],
      ['/price', 'exclusiveMinimum'], ['/sku', 'pattern'],
    ]);
    const required = answer.json.find((error) => error.keyword === 'required');
    assert.deepEqual(required, {
      instancePath: '', schemaPath: '#/required', keyword: 'required', params: { missingProperty: 'name' },
      message: "must have required property 'name'",
    });
    assert.equal((await get('/product')).length, 4);
    assert.equal((await catalogue.post('/review', { product: 'x', stars: 4.5, at: 'yesterday' }, key)).json.length, 2);
    assert.equal((await catalogue.post('/review', { product: 'x', stars: 4, at: '2026-01-01T12:00:00Z' }, key)).status, 201);
  });

  test('CF-01 CF-03 PUT is checked without the _id, which the schema would refuse', async () => {
    const [one] = await get('/product?sku=ABC-03');
    const put = await catalogue.put(`/product/${one._id}`, { ...one, price: 31 }, key);
    assert.deepEqual([put.status, put.json], [200, { ...one, price: 31 }]);
    const refused = await catalogue.put(`/product/${one._id}`, { ...one, price: 'free' }, key);
    assert.deepEqual([refused.status, refused.json.map((error) => error.message)], [400, ['must be number']]);
    assert.deepEqual(await get(`/product/${one._id}`), put.json);
    const nowhere = await catalogue.put('/product/nowhere', product(9), key);
    assert.deepEqual([nowhere.status, nowhere.json.message], [400, '5 NOT_FOUND: Not found']);
    assert.deepEqual((await catalogue.put('/drafts/nowhere', { a: 1 }, key)).status, 404);
  });

  test('CF-01 DB-04 PATCH by query changes what the filter names, by fields or by operators', async () => {
    assert.deepEqual((await catalogue.patch(`/product/_byquery?maker.country=NO`, { $inc: { stock: 10 } }, key)).json, { count: 2 });
    assert.deepEqual((await get('/product?sort=sku')).map((one) => one.stock), [10, 5, 0, 19]);
    const q = encodeURIComponent(JSON.stringify({ labels: 'wool', stock: { $lt: 5 } }));
    assert.deepEqual((await catalogue.patch(`/product/_byquery?q=${q}`, { stock: 1, _id: 'all the same' }, key)).json, { count: 1 });
    assert.equal(new Set((await get('/product')).map((one) => one._id)).size, 4);
    assert.deepEqual((await catalogue.patch('/product/_byquery?sku=NONE', { stock: 0 }, key)).json, { count: 0 });
    assert.equal(await names('stock<=1'), '3');
    const bad = await catalogue.patch('/product/_byquery?sku=ABC-01', { $inc: { stock: 'many' } }, key);
    assert.deepEqual([bad.status, bad.text], [404, 'The value of $inc must be an object where each property is a number']);
  });

  test('DB-11 CF-01 what crudlify does not check, PATCH, the schema of the collection does', async () => {
    const [one] = await get('/product?sku=ABC-02');
    for (const change of [{ price: -1 }, { $set: { price: 'free' } }, { colour: 'red' }, { $unset: { name: '' } }, { $push: { labels: 5 } }]) {
      const answer = await catalogue.patch(`/product/${one._id}`, change, key);
      assert.equal(answer.status, 400, JSON.stringify(change));
      assert.deepEqual([answer.json.message, answer.json.schemaError.length], ['Schema validation failed', 1]);
    }
    const answer = await catalogue.patch(`/product/${one._id}`, { price: 'free', maker: { mail: 'nobody' } }, key);
    assert.deepEqual(answer.json.schemaError.map((error) => [error.instancePath, error.keyword]).sort(), [
      ['/maker/mail', 'format'], ['/price', 'type'],
    ]);
    const many = await catalogue.patch('/product/_byquery?price>0', { $inc: { price: -25 } }, key);
    assert.equal(many.status, 400);
    assert.deepEqual(await get(`/product/${one._id}`), one);
    assert.equal((await get('/product?price<=0')).length, 0); // all of them or none
    assert.equal((await catalogue.patch(`/product/${one._id}`, { price: 21 }, key)).json.price, 21);
    assert.equal((await catalogue.patch(`/product/${one._id}`, { price: 20 }, key)).status, 200);
  });

  test('CF-01 DB-06 DELETE by query removes what the filter names, and a broken filter removes nothing', async () => {
    for (const [query, status] of [['q={"stock":', 404], ['q={"stock":{"$bogus":1}}', 404], ['q=[]', 200]]) {
      const answer = await catalogue.del(`/drafts/_byquery?${encodeURI(query)}`, key);
      assert.equal(answer.status, status, `${query}: ${answer.text}`);
    }
    assert.equal((await catalogue.del(`/product/_byquery?q=${encodeURIComponent('{"stock":{"$bogus":1}}')}`, key)).status, 404);
    assert.equal((await get('/product')).length, 4);
    assert.deepEqual((await catalogue.del('/product/_byquery?price>20&price<40', key)).json, { count: 1 });
    assert.equal(await names('sort=price'), '1,2,4');
    assert.deepEqual((await catalogue.del('/product/_byquery?price>1000', key)).json, { count: 0 });
  });

  test('RT-06 DB-11 DB-12 the startup hook ran once for the deployment, not for each worker', async () => {
    assert.deepEqual(await get('/status'), { deployments: 1, stage: 'test', schema: 'product', drafts: null });
    await catalogue.app.good('set-env', 'STAGE', 'live');
    const renewed = await until(async () => { const status = await get('/status'); return status.stage === 'live' && status; });
    assert.equal(renewed.deployments, 1);
    await catalogue.app.deploy();
    assert.equal((await get('/status')).deployments, 2);
  });

  test('CF-03 null means any document, and what no schema names is refused', async () => {
    const draft = await catalogue.post('/drafts', { anything: [{ goes: true }], when: null }, key);
    assert.equal(draft.status, 201);
    assert.deepEqual(await get(`/drafts/${draft.json._id}`), { anything: [{ goes: true }], when: null, _id: draft.json._id });
    assert.equal((await catalogue.post('/orders', product(1), key)).status, 400);
    assert.equal((await catalogue.post('/product', product(1))).status, 403);
  });
});
