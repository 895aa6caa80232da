// crudlify with yup under a prefix: defaults are cast in, hooks change and refuse, and nothing that was refused is stored. The same app with each
// version of the library that has crudlify.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { serveApp } from '../lib/served.mjs';

for (const library of ['codehooks-js', 'codehooks-js-1.3', 'codehooks-js-1.2']) describe(`crudlify-yup with ${library}`, () => {
  let register;
  before(async () => { register = await serveApp('crudlify-yup', { packages: { 'codehooks-js': library } }); });
  after(() => register?.stop());
  const key = { key: true };
  const get = async (path) => (await register.get(path, key)).json;
  const create = (document, headers = {}) => register.post('/api/customer', document, { ...key, headers });
  const journal = async () => (await get('/journal')).map((one) => [one.event, one.customer]);

  test('CF-03 CF-04 HT-09 yup checks and casts, the middleware and the hook add theirs', async () => {
    const started = Date.now();
    const answer = await create({ name: '  Åsa  Berg Öst ', email: 'ASA@example.com', credit: '250' }, { 'x-user': 'kari' });
    assert.equal(answer.status, 201, answer.text);
    const { _id, since, ...rest } = answer.json;
    assert.deepEqual(rest, { name: 'Åsa  Berg Öst', email: 'asa@example.com', credit: 250, status: 'new', by: 'kari', initials: 'ÅBÖ' });
    assert.ok(Date.parse(since) >= started - 1000 && since.endsWith('Z'), since);
    assert.deepEqual(await get(`/api/customer/${_id}`), answer.json);
    assert.deepEqual(await journal(), [['created', _id]]);
    const plain = await create({ name: 'Bo' });
    assert.deepEqual([plain.json.credit, plain.json.status, plain.json.by], [100, 'new', 'nobody']);
  });

  test('CF-03 what yup refuses gets 400 with its error', async () => {
    for (const [document, path, message] of [
      [{}, 'name', 'name is a required field'],
      [{ name: 'x', email: 'nope' }, 'email', 'email must be a valid email'],
      [{ name: 'x', credit: -1 }, 'credit', 'credit must be greater than or equal to 0'],
      [{ name: 'x', status: 'lost' }, 'status', 'status must be one of the following values: new, active, closed'],
    ]) {
      const answer = await create(document);
      assert.deepEqual([answer.status, answer.json.path, answer.json.errors], [400, path, [message]]);
    }
    assert.equal((await get('/api/customer')).length, 2);
  });

  test('CF-04 a hook that throws refuses the document, and tells why', async () => {
    const answer = await create({ name: 'Another', email: 'asa@example.com' });
    assert.deepEqual([answer.status, answer.json.message], [400, 'asa@example.com is a customer already']);
    assert.equal((await get('/api/customer')).length, 2);
    assert.equal((await journal()).length, 2);
  });

  test('CF-01 CF-04 PUT, PATCH and DELETE go through their hooks', async () => {
    const { _id } = (await create({ name: 'Carl' })).json;
    const put = await register.put(`/api/customer/${_id}`, { name: 'Carl B', credit: 7, status: 'active' }, key);
    assert.deepEqual([put.status, put.json], [200, { name: 'Carl B', credit: 7, status: 'active', version: 2, _id }]);
    assert.deepEqual((await register.put(`/api/customer/${_id}`, { status: 'active' }, key)).json.errors, ['name is a required field']);

    const bank = await register.patch(`/api/customer/${_id}`, { credit: 1_000_000 }, key);
    assert.deepEqual([bank.status, bank.text], [404, 'Credit is changed by the bank']); // what the library answers
    const kept = await register.del(`/api/customer/${_id}`, key);
    assert.deepEqual([kept.status, kept.text], [404, `Customer ${_id} is active, not closed`]);
    assert.deepEqual(await get(`/api/customer/${_id}`), put.json);

    const patched = await register.patch(`/api/customer/${_id}`, { status: 'closed' }, key);
    assert.deepEqual(patched.json, { ...put.json, status: 'closed', changed: true });
    assert.deepEqual((await register.del(`/api/customer/${_id}`, key)).json, { _id });
    assert.deepEqual((await journal()).slice(-2), [['created', _id], ['deleted', _id]]);
  });

  test('CF-04 other collections have no hooks, and many are changed through the same one', async () => {
    for (const minutes of [5, 10, 20]) assert.equal((await register.post('/api/visit', { customer: 'c1', minutes }, key)).status, 201);
    assert.deepEqual((await register.patch('/api/visit/_byquery?minutes>5', { paid: true }, key)).json, { count: 2 });
    assert.deepEqual((await get('/api/visit?paid=true&sort=-minutes')).map((one) => one.minutes), [20, 10]);
    const refused = await register.patch('/api/customer/_byquery?status=new', { credit: 1 }, key);
    assert.deepEqual([refused.status, refused.text], [404, 'Credit is changed by the bank']);
    assert.deepEqual((await register.patch('/api/customer/_byquery?status=new', { status: 'active' }, key)).json, { count: 2 });
    assert.deepEqual(
      (await get('/api/customer?fields=status,changed&omit=')).map((one) => [one.status, one.changed]), [['active', true], ['active', true]],
    );
  });

  test('HT-08 CF-01 the first registered route wins, and there is nothing outside the prefix', async () => {
    assert.deepEqual(await get('/api/customer/report'), { customers: 2, credit: 350 });
    const outside = await register.get('/customer', key);
    assert.deepEqual([outside.status, outside.json], [404, { error: 'No route matching GET /customer' }]);
    assert.equal((await register.get('/api/customer')).status, 403);
    assert.equal((await register.get('/api/orders', key)).status, 404);
  });
});
