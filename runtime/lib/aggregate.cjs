'use strict';
// The option `aggregate` of find (spec 40.5, 40.11): one object of counts, sums, averages, extremes and groups instead of the documents. It says
// what aggregation() of the published library says, quirks included: `avg` divides by the records counted so far, and an accumulated 0 counts
// as not set. Objects made here have no prototype: names of groups come from documents.

const { invalidArgument } = require('./calls.cjs');

const kOperators = {
  $sum: (before, value) => ({ sum: (before?.sum || 0) + Number(value) }),
  $avg: (before, value, count) => {
    if (!before?.avg) return { avg: Number(value), sum_total: Number(value) };
    const total = before.sum_total + Number(value);
    return { avg: total / count, sum_total: total };
  },
  $min: (before, value) => ({ min: before?.min && !(value < before.min) ? before.min : value }),
  $max: (before, value) => ({ max: before?.max && !(value > before.max) ? before.max : value }),
};

const bare = () => Object.create(null);
const list = (value) => (Array.isArray(value) ? value : [value]);
const parts = (path) => String(path).split(/[.[\]]+/).filter((part) => part !== '');

function valueAt(object, path) {
  if (object !== null && typeof object === 'object' && Object.hasOwn(object, path)) return object[path];
  let value = object;
  for (const part of parts(path)) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}

// The object that stands at the path, made when there is none.
function slotAt(object, path) {
  let slot = object;
  for (const part of parts(path)) {
    if (slot[part] === null || typeof slot[part] !== 'object') slot[part] = bare();
    slot = slot[part];
  }
  return slot;
}

function count(sums, record, spec) {
  for (const name of Object.keys(spec)) {
    if (name === '$group') for (const group of list(spec.$group)) countGroup(sums, record, group);
    if (!Object.hasOwn(kOperators, name)) continue;
    for (const entry of list(spec[name])) {
      const field = entry?.$field ?? entry;
      const value = valueAt(record, field);
      if (value === undefined || value === null) continue;
      const slot = slotAt(sums, entry?.$label || field);
      Object.assign(slot, kOperators[name](slot, value, sums.count));
    }
  }
}

function countGroup(sums, record, group) {
  if (group === null || typeof group !== 'object') throw invalidArgument('$group needs an object with $field');
  const { $field: field, $label: label = field } = group;
  const found = valueAt(record, field);
  let key = found === undefined ? `**MISSING KEY [${field}]` : found;
  if (typeof key !== 'string' || !Number.isNaN(Number(key))) key = `(${key})`;
  const groups = (sums[String(label)] ??= bare());
  const own = (groups[key] ??= Object.assign(bare(), { count: 0 }));
  own.count++;
  count(own, record, group);
}

class Aggregate {
  #spec;
  #sums = Object.assign(bare(), { count: 0 });

  constructor(spec) {
    if (spec === null || typeof spec !== 'object' || Array.isArray(spec)) {
      throw invalidArgument('aggregate must be an object such as {"$sum": "price"}');
    }
    this.#spec = spec;
  }

  add(record) {
    this.#sums.count++;
    count(this.#sums, record, this.#spec);
  }

  get result() {
    return this.#sums;
  }
}

// Reads a cursor to its end. `open`: (options) → promise of its first batch. → what a cursor with the one object would give.
async function aggregateAll(calls, open, { aggregate, ...options }) {
  const all = new Aggregate(aggregate);
  let batch = await open(options);
  for (;;) {
    for (const item of batch.items) all.add(item);
    if (!batch.cursor) return { items: [all.result], cursor: 0 };
    batch = await calls.call('cursor.next', batch.cursor);
  }
}

module.exports = { Aggregate, aggregateAll };
