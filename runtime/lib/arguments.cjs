'use strict';
// How arguments of the datastore travel: RegExp objects in queries as {"$regex", "$options"}, everything else as JSON.stringify
// makes it (spec 40.2, 40.7), and the argument orders of older programs (spec 40.3).

const { invalidArgument } = require('./calls.cjs');

const kOptionNames = new Set(['filter', 'hints', 'useIndex', 'startIndex', 'endIndex', 'start', 'end', 'limit', 'offset', 'skip', 'reverse', 'sort',
  'fields', 'enqueue', 'aggregate']);
const kLegacyMarks = ['filter', 'hints', 'useIndex', 'startIndex', 'endIndex', 'limit', 'offset', 'reverse', 'sort', 'enqueue', 'aggregate'];

function isObject(value) {
  return value !== null && typeof value === 'object';
}

function encodeQuery(query) {
  return hasRegExp(query, 0) ? JSON.stringify(query, regExpOut) : JSON.stringify(query);
}

function regExpOut(key, value) {
  return value instanceof RegExp ? { $regex: value.source, $options: value.flags.replace(/[gyd]/g, '') } : value;
}

// {$regex: /x/i} keeps the flags of the expression itself.
function hasRegExp(value, depth) {
  if (!isObject(value) || depth > 100) return false;
  if (value instanceof RegExp) return true;
  for (const key in value) if (hasRegExp(value[key], depth + 1)) return true;
  return false;
}

function flattenRegExp(query, depth = 0) {
  if (!isObject(query) || depth > 100 || query instanceof RegExp || query instanceof Date) return query;
  if (Array.isArray(query)) return query.map((one) => flattenRegExp(one, depth + 1));
  if (query.$regex instanceof RegExp) {
    const { $regex, $options, ...rest } = query;
    return { ...rest, $regex: $regex.source, $options: $options ?? $regex.flags.replace(/[gyd]/g, '') };
  }
  const copy = {};
  for (const key of Object.keys(query)) {
    const value = flattenRegExp(query[key], depth + 1);
    if (key === '__proto__') Object.defineProperty(copy, key, { value, enumerable: true, writable: true, configurable: true });
    else copy[key] = value;
  }
  return copy;
}

// The query argument Q: an id, an array of ids, or a query object; missing means everything.
function queryText(query) {
  if (query === undefined || query === null) return '{}';
  if (typeof query === 'number' || typeof query === 'bigint') return JSON.stringify(String(query));
  if (typeof query === 'string') return JSON.stringify(query);
  if (!isObject(query)) throw invalidArgument(`a query is an id or an object, not ${typeof query}`);
  if (Array.isArray(query)) return JSON.stringify({ _id: { $in: query.map(String) } });
  return hasRegExp(query, 0) ? encodeQuery(flattenRegExp(query)) : JSON.stringify(query);
}

function documentText(document, what) {
  if (!isObject(document)) throw invalidArgument(`${what} must be an object, not ${document === null ? 'null' : typeof document}`);
  return JSON.stringify(document);
}

// A change is data, but for the queries that $pull may hold.
function changeText(change) {
  if (!isObject(change) || Array.isArray(change)) throw invalidArgument(`a change must be an object, not ${Array.isArray(change) ? 'an array' : String(change)}`);
  return isObject(change.$pull) ? encodeQuery({ ...change, $pull: flattenRegExp(change.$pull) }) : JSON.stringify(change);
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
