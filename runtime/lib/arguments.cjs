'use strict';
// How arguments of the datastore travel: RegExp objects in queries as {"$regex", "$options"}, everything else as JSON.stringify
// makes it (spec 40.2, 40.7), and the argument orders of older programs (spec 40.3).

const { invalidArgument } = require('./calls.cjs');

const kOptionNames = new Set(['filter', 'hints', 'useIndex', 'startIndex', 'endIndex', 'start', 'end', 'limit', 'offset', 'skip',
  'reverse', 'sort', 'fields', 'enqueue', 'aggregate']);
const kLegacyMarks = ['filter', 'hints', 'useIndex', 'startIndex', 'endIndex', 'limit', 'offset', 'reverse', 'sort', 'enqueue',
  'aggregate'];

function isObject(value) {
  return value !== null && typeof value === 'object';
}

// JSON.stringify, whose complaints about BigInt and circles are the caller's fault and say so.
function jsonOf(value, what) {
  let text;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw invalidArgument(`${what} has no JSON: ${error.message}`);
  }
  if (text === undefined) throw invalidArgument(`${what} has no JSON: its toJSON() gives undefined`);
  return text;
}

// The JSON of a query. Stringified first: that refuses what is circular before anything walks it.
function encodeQuery(query) {
  const text = jsonOf(query, 'a query');
  return hasRegExp(query) ? JSON.stringify(plainQuery(query)) : text;
}

function hasRegExp(value) {
  if (!isObject(value)) return false;
  if (value instanceof RegExp) return true;
  for (const key in value) if (hasRegExp(value[key])) return true;
  return false;
}

// A copy whose RegExp objects are {$regex, $options}; {$regex: /x/i} keeps the flags of the expression itself.
function plainQuery(query) {
  if (query instanceof RegExp) return { $regex: query.source, $options: flagsOf(query) };
  if (!isObject(query) || typeof query.toJSON === 'function') return query;
  if (Array.isArray(query)) return query.map(plainQuery);
  if (query.$regex instanceof RegExp) {
    const { $regex, $options, ...rest } = query;
    return { ...rest, $regex: $regex.source, $options: $options ?? flagsOf($regex) };
  }
  const copy = {};
  for (const key of Object.keys(query)) {
    const value = plainQuery(query[key]);
    if (key === '__proto__') Object.defineProperty(copy, key, { value, enumerable: true, writable: true, configurable: true });
    else copy[key] = value;
  }
  return copy;
}

function flagsOf(expression) {
  return expression.flags.replace(/[gyd]/g, '');
}

// The query argument Q: an id, an array of ids, or a query object; missing means everything.
function queryText(query) {
  if (query === undefined || query === null) return '{}';
  if (typeof query === 'number' || typeof query === 'bigint') return JSON.stringify(String(query));
  if (typeof query === 'string') return JSON.stringify(query);
  if (!isObject(query)) throw invalidArgument(`a query is an id or an object, not ${typeof query}`);
  if (Array.isArray(query)) return JSON.stringify({ _id: { $in: query.map(String) } });
  return encodeQuery(query);
}

function documentText(document, what) {
  if (!isObject(document)) throw invalidArgument(`${what} must be an object, not ${document === null ? 'null' : typeof document}`);
  return jsonOf(document, what);
}

// A change is data, but for the queries that $pull may hold.
function changeText(change) {
  if (!isObject(change) || Array.isArray(change)) throw invalidArgument('a change must be an object');
  const text = jsonOf(change, 'a change');
  return isObject(change.$pull) ? JSON.stringify({ ...change, $pull: plainQuery(change.$pull) }) : text;
}

function collectionText(name) {
  if (typeof name !== 'string' || name === '') throw invalidArgument('the collection needs a name');
  return JSON.stringify(name);
}

// Whether the second of two arguments is the options of the old getMany(collection, options).
function isLegacyOptions(value) {
  if (!isObject(value) || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.some((key) => kLegacyMarks.includes(key)) && keys.every((key) => kOptionNames.has(key));
}

function hasFilter(value) {
  return isObject(value) && Object.hasOwn(value, 'filter');
}

// getMany(collection, query, options) in any of its forms → {query, options}.
function findArguments(count, query, options) {
  if (count <= 1 && isLegacyOptions(query)) return { query: query.filter ?? {}, options: withoutFilter(query) };
  return { query: query ?? {}, options: isObject(options) ? withoutFilter(options) : {} };
}

function withoutFilter({ filter, ...options }) {
  return options;
}

module.exports = { queryText, documentText, changeText, collectionText, findArguments, hasFilter, isObject };
