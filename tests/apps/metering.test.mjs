// Metering: counters that are right however events arrive, a month that is closed once, and aggregation over streams.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { serveApp } from '../lib/served.mjs';

describe('metering', () => {
  let meter, sent = 0;
  const key = { key: true };
  before(async () => { meter = await serveApp('metering'); });
  after(() => meter?.stop());
  const event = (customer, type, units, at, more) => meter.post('/events', {
    id: `e${String(++sent).padStart(4, '0')}`, customer, type, units, at, ...more,
  }, key);
  const get = async (path) => (await meter.get(path, key)).json;

  test('DB-04 an upsert by text id makes the document, and dots in the names of a change are letters', async () => {
    const answer = await event('acme', 'api.call', 2, '2026-03-01T23:59:59.999Z');
    assert.deepEqual([answer.status, answer.json], [202, { counted: true, total: 2 }]);
    assert.deepEqual((await event('acme', 'api.call', 0.5, '2026-03-01T00:00:00Z')).json, { counted: true, total: 2.5 });
    await event('acme', 'mail', 1, '2026-03-01T12:00:00Z');
    const { updated, ...rest } = await get('/usage/acme/2026-03-01');
    assert.deepEqual(rest, { _id: 'acme:2026-03-01', 'events.api.call': 2.5, total: 3.5, customer: 'acme', day: '2026-03-01', 'events.mail': 1 });
    assert.match(updated, /^\d{4}-\d\d-\d\dT.*Z$/);
    const none = await meter.get('/usage/acme/2026-03-02', key);
    assert.deepEqual([none.status, none.json.code], [404, 5]);
  });

  test('DB-01 DB-04 events counted together are all counted, repeated ones once', async () => {
    const at = '2026-03-05T10:00:00Z';
    const body = (n) => ({ id: `burst-${n % 40}`, customer: 'burst', type: 'call', units: 1, at });
    const answers = await Promise.all(Array.from({ length: 120 }, (_, n) => meter.post('/events', body(n), key)));
    assert.deepEqual([answers.filter((one) => one.status === 202).length, answers.filter((one) => one.status === 200).length], [40, 80]);
    const { 'events.call': calls, total } = await get('/usage/burst/2026-03-05');
    assert.deepEqual([calls, total], [40, 40]);
  });

  test('DB-04 a change that cannot be counted is refused and changes nothing', async () => {
    const answer = await event('acme', 'api.call', 'many', '2026-03-01T00:00:00Z');
    assert.equal(answer.status, 500);
    assert.match(await meter.log(), /The value of \$inc must be an object where each property is a number/);
    assert.equal((await get('/usage/acme/2026-03-01')).total, 3.5);
  });

  test('DB-08 DB-09 days are chosen by text range, with only the asked fields', async () => {
    for (const [day, units] of [['2026-02-28', 7], ['2026-03-31', 4], ['2026-04-01', 9]]) await event('acme', 'mail', units, `${day}T08:00:00Z`);
    assert.deepEqual(await get('/usage/acme'), { '2026-02-28': 7, '2026-03-01': 3.5, '2026-03-31': 4, '2026-04-01': 9 });
    assert.deepEqual(await get('/usage/acme?from=2026-03-01&to=2026-04-01'), { '2026-03-01': 3.5, '2026-03-31': 4 });
    assert.deepEqual(await get('/usage/acm'), {});
  });

  test('KV-03 DB-03 DB-04 a month is closed once, also when two close it together', async () => {
    const close = () => meter.post('/periods/2026-03/close', {}, key);
    const answers = await Promise.all([close(), close(), close()]);
    const done = answers.filter((one) => one.status === 200);
    assert.ok(done.length >= 1);
    for (const one of answers) if (one.status !== 200) assert.deepEqual([one.status, one.json], [409, { error: '2026-03 is being closed' }]);
    assert.equal(done.reduce((sum, one) => sum + one.json.invoices, 0), 2);
    const again = (await close()).json; // the lock is gone, and nothing is left to invoice
    assert.deepEqual(again, { month: '2026-03', invoices: 0, all: [
      { _id: 'acme:2026-03', total: 7.5, lines: ['2026-03-01', '2026-03-31'] },
      { _id: 'burst:2026-03', total: 40, lines: ['2026-03-05'] },
    ] });
    assert.equal((await get('/usage/acme/2026-03-31')).invoice, 'acme:2026-03');
    assert.equal((await get('/usage/acme/2026-04-01')).invoice, undefined);
  });

  test('AG-01 DB-03 sums, averages, extremes and groups over a stream', async () => {
    for (const [units, size] of [[2, 10], [4, 30], [9, undefined]]) await event('Zoë', 'scan', units, '2026-05-01T00:00:00Z', { meta: { size } });
    await meter.post('/events', { id: 'typeless', customer: '42', units: 1, type: 'scan', at: '2026-05-01T00:00:00Z' }, key);
    assert.deepEqual(await get('/report?type=scan'), {
      count: 4,
      units: { sum: 16, avg: 4, sum_total: 16, min: 1 },
      size: { avg: 20, sum_total: 40 },
      most: { max: 9 },
      type: { scan: { count: 4, units: { sum: 16 } } },
      'by customer': {
        'Zoë': { count: 3, units: { max: 9 }, type: { scan: { count: 3 } } }, '(42)': { count: 1, units: { max: 1 }, type: { scan: { count: 1 } } },
      },
    });
    const all = await get('/report');
    assert.equal(all.count, all.type.call.count + all.type.scan.count + all.type.mail.count + all.type['api.call'].count);
    assert.equal(all['by customer'].burst.type.call.count, 40);
    assert.deepEqual(await get('/report?type=none'), { count: 0 });
  });
});
