'use strict';
// Query strings and forms as spec 20.2 wants them: repeated keys make arrays, a[b]=c nests, a[]=1 appends. Bounded in
// number and depth; the key __proto__ is never taken.

const kPairsMax = 1000;
const kDepthMax = 5;

function parseQuery(text) {
  const result = {};
  if (text === '') return result;
  let pairs = 0;
  let at = 0;
  while (at <= text.length && pairs++ < kPairsMax) {
    let end = text.indexOf('&', at);
    if (end < 0) end = text.length;
    if (end > at) addPair(result, text.slice(at, end));
    at = end + 1;
  }
  return result;
}

function addPair(result, pair) {
  const equals = pair.indexOf('=');
  const name = decodePart(equals < 0 ? pair : pair.slice(0, equals));
  const value = equals < 0 ? '' : decodePart(pair.slice(equals + 1));
  const bracket = name.indexOf('[');
  if (bracket < 1) return assign(result, name, value);
  const path = [name.slice(0, bracket)];
  const rest = name.slice(bracket);
  if (!/^(\[[^[\]]*\])+$/.test(rest)) return assign(result, name, value);
  path.push(...rest.slice(1, -1).split(']['));
  if (path.length > kDepthMax) return assign(result, name, value);
  return nest(result, path, value);
}

function nest(target, path, value) {
  for (let i = 0; i + 1 < path.length; ++i) {
    const key = path[i];
    if (key === '__proto__') return;
    const append = path[i + 1] === '';
    if (key === '' && Array.isArray(target)) {
      const made = append ? [] : {};
      target.push(made);
      target = made;
      continue;
    }
    if (!Object.hasOwn(target, key)) target[key] = append ? [] : {};
    else if (target[key] === null || typeof target[key] !== 'object') target[key] = append ? [target[key]] : { '': target[key] };
    target = target[key];
  }
  const last = path[path.length - 1];
  if (Array.isArray(target)) target.push(value);
  else assign(target, last, value);
}

function assign(target, key, value) {
  if (key === '__proto__') return;
  if (!Object.hasOwn(target, key)) target[key] = value;
  else if (Array.isArray(target[key])) target[key].push(value);
  else target[key] = [target[key], value];
}

function decodePart(text) {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

function parseCookies(header) {
  const cookies = {};
  if (typeof header !== 'string') return cookies;
  for (const part of header.split(';')) {
    const equals = part.indexOf('=');
    if (equals < 1) continue;
    const name = part.slice(0, equals).trim();
    if (name === '__proto__' || Object.hasOwn(cookies, name)) continue;
    const value = part.slice(equals + 1).trim().replace(/^"(.*)"$/, '$1');
    cookies[name] = decodePart(value.replaceAll('+', '%2B'));
  }
  return cookies;
}

module.exports = { parseQuery, parseCookies };
