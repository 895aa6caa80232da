// Filters against the library sift 16, whose semantics are the reference where the documentation is silent (spec 40.7). Where Redd
// differs, docs/decisions/0005-query-language.md says why, and this file says where: each difference has its own narrow exception.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import siftModule from 'sift';
import { Chooser, evaluate } from './lib.mjs';

const { default: sift, EqualsOperation } = siftModule;

// ---- where Redd differs, as operators and comparisons for sift (numbers are those of the decision) ----

const isScalar = (value) => ['number', 'string', 'boolean'].includes(typeof value);
const same = (a, b) => {
  if (a == null || b == null) return a == null && b == null;
  return sameValue(a, b);
};
// D1 a member that is null is not one that is missing, inside values.
function sameValue(a, b) {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]));
}
const typed = (test) => (params, owner, options) => new EqualsOperation((value) => isScalar(value) && typeof value === typeof params && test(value, params), owner, options);
const kinds = {
  number: (v) => typeof v === 'number', string: (v) => typeof v === 'string', bool: (v) => typeof v === 'boolean',
  array: Array.isArray, null: (v) => v === null, object: (v) => v !== null && typeof v === 'object' && !Array.isArray(v),
};
const operations = {
  // D2 only numbers, texts and booleans have an order; sift compares arrays and objects by the text that JavaScript makes of them.
  $gt: typed((value, than) => value > than), $gte: typed((value, than) => value >= than),
  $lt: typed((value, than) => value < than), $lte: typed((value, than) => value <= than),
  // D3 only numbers have a remainder.
  $mod: ([divisor, remainder], owner, options) => new EqualsOperation((value) => typeof value === 'number' && value % divisor === remainder, owner, options),
  // D4 `object`, and lists of types.
  $type: (names, owner, options) => new EqualsOperation((value) => [names].flat().some((name) => kinds[name](value)), owner, options),
  $startsWith: (text, owner, options) => new EqualsOperation((value) => typeof value === 'string' && value.startsWith(text), owner, options),
  $endsWith: (text, owner, options) => new EqualsOperation((value) => typeof value === 'string' && value.endsWith(text), owner, options),
};
const siftMatches = (filter) => sift(filter, { compare: same, operations });

// ---- generated ----

const fields = ['a', 'b', 'c', 'a.b', 'a.0', 'a.1.b', 'b.a.c', 'c.b.0', 'a.b.c'];
const texts = ['', 'a', 'ab', 'Ab', 'b', 'é', '2024-01-01T00:00:00.000Z', '2024-06-01T00:00:00.000Z', 'a\nb', '10'];
const numbers = [0, 1, 2, -1, 1.5, 10, 1e21];

const scalar = (choose) => choose.one([null, true, false, choose.one(numbers), choose.one(texts), choose.one(texts)]);
function value(choose, depth) {
  const kind = choose.below(depth > 0 ? 6 : 3);
  if (kind < 3) return scalar(choose);
  if (kind < 5) return choose.times(3, () => value(choose, depth - 1));
  return object(choose, depth - 1);
}
const object = (choose, depth) => Object.fromEntries(choose.some(['a', 'b', 'c'], choose.below(4)).map((name) => [name, value(choose, depth)]));

const regex = (choose) => {
  const flags = choose.one(['', 'i', 'm', 's', 'im']);
  return { $regex: choose.one(['^a', 'b$', 'A', 'a.b', '^$', '\\d', '[é]', '(a|b)+', '^.{2,}$']), ...(flags && { $options: flags }) };
};
// A filter as JSON has it, with {$regex} wherever code would have a RegExp.
function condition(choose, depth) {
  const operators = {
    $eq: () => value(choose, 1), $ne: () => value(choose, 1),
    $gt: () => value(choose, 1), $gte: () => value(choose, 1), $lt: () => value(choose, 1), $lte: () => value(choose, 1),
    $in: () => choose.times(3, () => (choose.chance(0.2) ? regex(choose) : value(choose, 1))),
    $nin: () => choose.times(3, () => value(choose, 1)),
    $exists: () => choose.chance(0.5),
    $all: () => [scalar(choose), ...choose.times(2, () => scalar(choose))],
    $size: () => choose.below(4),
    $mod: () => [choose.one([2, 3]), choose.below(3)],
    $type: () => choose.one(['number', 'string', 'bool', 'array', 'null', 'object', ['string', 'null']]),
    $startsWith: () => choose.one(texts), $endsWith: () => choose.one(texts),
    $not: () => (choose.chance(0.3) ? scalar(choose) : condition(choose, depth - 1)),
    $elemMatch: () => (choose.chance(0.5) ? filter(choose, depth - 1) : condition(choose, 0)),
  };
  if (choose.chance(0.15)) return regex(choose);
  const names = Object.keys(operators).filter((name) => depth > 0 || !['$not', '$elemMatch'].includes(name));
  return Object.fromEntries(choose.some(names, choose.one([1, 1, 2])).map((name) => [name, operators[name]()]));
}
function filter(choose, depth) {
  const made = {};
  for (const field of choose.some(fields, choose.one([1, 1, 2]))) made[field] = choose.chance(0.3) ? value(choose, 2) : condition(choose, depth);
  if (depth > 0 && choose.chance(0.3)) made[choose.one(['$and', '$or', '$nor'])] = [filter(choose, depth - 1), ...choose.times(2, () => filter(choose, depth - 1))];
  return made;
}

// What code would write: RegExp objects instead of {$regex} in $in and as values, dates as the text that JSON has.
function forSift(one) {
  if (Array.isArray(one)) return one.map((item) => (item && item.$regex !== undefined ? new RegExp(item.$regex, item.$options) : forSift(item)));
  if (one === null || typeof one !== 'object') return one;
  return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, forSift(inner)]));
}

// ---- what one operator's test reaches, to know where an exception holds ----

// Does the path meet an array, or null, or a number a text, before its end? Is there an array in an array at its end?
function reach(document, path) {
  const found = { array: false, null: false, nested: false, end: false, characters: false };
  const walk = (one, parts) => {
    if (parts.length === 0) {
      if (Array.isArray(one)) { found.end = true; found.nested ||= one.some(Array.isArray); }
      return;
    }
    if (Array.isArray(one)) {
      found.array = true;
      if (/^\d+$/.test(parts[0])) walk(one[parts[0]], parts.slice(1));
      else one.forEach((item) => walk(item, parts));
    } else if (one === null) found.null = true;
    else if (typeof one === 'object') walk(one[parts[0]], parts.slice(1));
    else if (typeof one === 'string' && /^\d+$/.test(parts[0])) found.characters = true;
  };
  walk(document, path.split('.'));
  return found;
}
const withNull = (operand) => operand === null || (Array.isArray(operand) && operand.includes(null));

// The differences that depend on the document. Each names its operator and what the document must look like.
function operatorDiffers(name, operand, at) {
  if (at.characters) return true;                                                      // D9 a text has no members
  switch (name) {
    case '$eq': return at.array && withNull(operand);                                  // D5 a path that leads nowhere is missing
    case '$in': return at.array && withNull(operand);                                  // D5
    case '$ne': return at.array && withNull(operand);                                  // D5 and D6 $ne is the negation of equality
    case '$nin': return at.array || at.nested || (at.end && operand.some(Array.isArray));  // D6 sift decides at an element
    case '$exists': return at.array || at.null;                                        // D7
    case '$type': return at.null && [operand].flat().includes('null');                 // D7
    case '$elemMatch': return at.array || at.nested;                                   // D8 sift stops at the first array
    case '$all': return at.array && withNull(operand);                                 // D5
    default: return false;
  }
}
function differs(one, document) {
  return Object.entries(one).some(([key, inner]) => {
    if (key.startsWith('$')) return inner.some((branch) => differs(branch, document));
    return conditionDiffers(inner, reach(document, key));
  });
}
function conditionDiffers(inner, at) {
  if (inner === null || typeof inner !== 'object' || Array.isArray(inner) || !Object.keys(inner).some((key) => key.startsWith('$'))) return operatorDiffers('$eq', inner, at);
  return Object.entries(inner).some(([name, operand]) => {
    if (name === '$not') return conditionDiffers(operand, at) || (at.end && JSON.stringify(operand).includes('"$nin"'));  // D6
    return operatorDiffers(name, operand, at) || (name === '$elemMatch' && elementDiffers(operand));
  });
}
// Inside $elemMatch the document is an element: only what never differs is compared.
const elementDiffers = (operand) => /"\$(exists|nin|elemMatch)"|null/.test(JSON.stringify(operand));

test('generated filters match what sift matches', () => {
  const choose = new Chooser();
  const cases = Array.from({ length: 6000 }, () => ({ filter: filter(choose, 2), documents: Array.from({ length: 12 }, () => object(choose, 3)) }));
  const results = evaluate(cases.map((one) => ({ op: 'match', ...one })));
  const counts = { matched: 0, compared: 0, excepted: 0 };
  const failures = [];
  cases.forEach(({ filter: one, documents }, i) => {
    const expected = siftMatches(forSift(one));
    documents.forEach((document, j) => {
      if (differs(one, document)) { counts.excepted += 1; return; }
      counts.compared += 1;
      const matches = expected(document);
      counts.matched += matches ? 1 : 0;
      if (results[i].result?.[j] !== matches) failures.push(`${JSON.stringify(one)} on ${JSON.stringify(document)}: sift ${matches}, Redd ${results[i].result?.[j] ?? results[i].error}`);
    });
  });
  failures.sort((a, b) => a.length - b.length);
  assert.equal(failures.length, 0, `${failures.length} of ${JSON.stringify(counts)}\n${failures.slice(0, 25).join('\n')}`);
  assert.ok(counts.matched > 3_000 && counts.compared > 4 * counts.excepted, JSON.stringify(counts));
});

test('$date compares what JavaScript reads as the same moments', () => {
  const choose = new Chooser();
  const moment = () => new Date(Date.UTC(2024, choose.below(3), 1 + choose.below(3), choose.below(3), choose.below(2) * 30, 0, choose.below(2)));
  const written = (date) => choose.one([date.toISOString(), date.getTime(), date.toISOString().replace('Z', '+00:00'),
    new Date(date.getTime() + 5_400_000).toISOString().replace('Z', '+01:30')]);
  const compare = { $eq: (a, b) => a === b, $ne: (a, b) => a !== b, $gt: (a, b) => a > b, $gte: (a, b) => a >= b, $lt: (a, b) => a < b, $lte: (a, b) => a <= b };
  const cases = Array.from({ length: 1000 }, () => ({ operator: choose.one(Object.keys(compare)), left: moment(), right: moment() }));
  const results = evaluate(cases.map(({ operator, left, right }) =>
    ({ op: 'match', filter: { a: { [operator]: { $date: written(right) } } }, document: { a: written(left) } })));
  cases.forEach(({ operator, left, right }, i) =>
    assert.equal(results[i].result, compare[operator](left.getTime(), right.getTime()), `${left.toISOString()} ${operator} ${right.toISOString()}`));
});
