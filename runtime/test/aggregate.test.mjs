// The option `aggregate` says what the published library's aggregation() says: the two over the same generated records.
import test from 'node:test';
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { agg } from 'codehooks-js/aggregation/index.mjs';

const { Aggregate } = createRequire(import.meta.url)('../lib/aggregate.cjs');

async function byLibrary(records, spec) {
  const stream = new EventEmitter();
  const result = agg(stream, spec);
  for (const record of records) stream.emit('data', record);
  stream.emit('end');
  return JSON.parse(JSON.stringify(await result));
}

function byUs(records, spec) {
  const all = new Aggregate(spec);
  for (const record of records) all.add(record);
  return JSON.parse(JSON.stringify(all.result));
}

// Numbers that repeat from run to run.
function* numbers(seed) {
  for (let state = seed; ;) yield (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
}

test('AG-01 as the library, over generated records', async () => {
  const random = numbers(7);
  const next = (n) => Math.floor(random.next().value * n);
  const pick = (...values) => values[next(values.length)];
  const record = () => ({
    n: pick(undefined, null, -2, 0, 1, 2.5, 40), m: { k: pick(1, 2, 3), s: pick('b', 'a', 'c') },
    g: pick('x', 'y', '7', '', 5, true, null, undefined),
  });
  const fields = [
    () => 'n', () => 'm.k', () => ['n', 'm.k'], () => ({ $field: 'n', $label: 'total' }), () => [{ $field: 'm.k', $label: 'deep.er' }, 'n'],
  ];
  const spec = (depth) => ({
    ...Object.fromEntries(['$sum', '$avg', '$min', '$max'].filter(() => next(2)).map((name) => [name, pick(...fields)()])),
    ...(depth > 0 && next(2) ? { $group: pick({ $field: 'g', ...spec(depth - 1) }, [
      { $field: 'm.s', $label: 'letter' }, { $field: 'g', $label: 'm.s', ...spec(depth - 1) },
    ]) } : {}),
  });
  for (let round = 0; round < 300; ++round) {
    const records = Array.from({ length: next(30) }, record);
    const asked = spec(2);
    assert.deepEqual(byUs(records, asked), await byLibrary(records, asked), JSON.stringify(asked));
  }
});

test('AG-01 extremes of text, names with dots of their own, and names that mean something to JavaScript', () => {
  assert.deepEqual(byUs([{ s: 'b' }, { s: 'a' }, { s: 'c' }], { $min: 's', $max: 's' }), { count: 3, s: { min: 'a', max: 'c' } });
  assert.deepEqual(byUs([{ 'a.b': 2, a: { b: 5 } }], { $sum: 'a.b' }), { count: 1, a: { b: { sum: 2 } } });
  const all = new Aggregate({
    $sum: [{ $field: 'n', $label: '__proto__.polluted' }, { $field: 'n', $label: 'constructor.prototype.polluted' }], $group: { $field: 'g' },
  });
  all.add({ n: 1, g: '__proto__' });
  assert.equal({}.polluted, undefined);
  assert.equal(all.result.g.__proto__.count, 1);
});

test('AG-01 what is no specification is refused', () => {
  for (const spec of [[], 'n', 7]) assert.throws(() => new Aggregate(spec), /INVALID_ARGUMENT: aggregate must be an object/);
  assert.throws(() => byUs([{}], { $group: 'n' }), /\$group needs an object/);
});
