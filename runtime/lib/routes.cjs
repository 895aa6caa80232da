'use strict';
// Patterns of spec 20.5 and 10.5. Text patterns are matched by a small automaton in time linear in the path; regular
// expressions are the program's own and run as they are (the request deadline bounds them).

const kLiteral = 0;
const kName = 1;
const kStar = 2;

// The matcher of one pattern key: match(path) returns the params object, or null. `path` is the API path.
function compilePattern(key) {
  if (key.charCodeAt(0) === 0x7b /* { */) return new RegExpPattern(parseRegExpKey(key));
  return new TextPattern(key);
}

// '{"$regex":"/source/flags"}' as codehooks-js writes it. `g` and `y` keep state between calls and are dropped.
function parseRegExpKey(key) {
  const { $regex: text } = JSON.parse(key);
  const cut = String(text).lastIndexOf('/');
  if (cut < 1) throw new TypeError(`not a pattern: ${key}`);
  return new RegExp(text.slice(1, cut), text.slice(cut + 1).replace(/[gy]/g, ''));
}

class RegExpPattern {
  #expression;

  constructor(expression) {
    this.#expression = expression;
  }

  match(path) {
    const found = this.#expression.exec(path);
    if (found === null) return null;
    const params = {};
    for (let i = 1; i < found.length; ++i) if (found[i] !== undefined) params[i] = decode(found[i]);
    for (const name in found.groups) if (found.groups[name] !== undefined) put(params, name, decode(found.groups[name]));
    return params;
  }
}

class TextPattern {
  #tokens;
  #literal = null;  // the whole pattern, when nothing in it varies

  constructor(text) {
    const trimmed = text.replace(/\/+$/, '');
    this.#tokens = tokenize(trimmed);
    if (this.#tokens.length === 0) this.#literal = '';
    else if (this.#tokens.length === 1 && this.#tokens[0].kind === kLiteral) this.#literal = this.#tokens[0].text;
  }

  match(path) {
    const lower = asciiLower(path);
    const slash = lower.charCodeAt(lower.length - 1) === 0x2f;
    if (this.#literal !== null) {
      const same = lower === this.#literal || (slash && lower.length === this.#literal.length + 1 && lower.startsWith(this.#literal));
      return same ? {} : null;
    }
    return matchTokens(this.#tokens, path, lower) ?? (slash ? matchTokens(this.#tokens, path.slice(0, -1), lower.slice(0, -1)) : null);
  }
}

function tokenize(text) {
  const tokens = [];
  const part = /\*+|:([A-Za-z0-9_]+)/g;
  let at = 0;
  for (const found of text.matchAll(part)) {
    if (found.index > at) tokens.push({ kind: kLiteral, text: asciiLower(text.slice(at, found.index)) });
    tokens.push(found[1] === undefined ? { kind: kStar } : { kind: kName, name: found[1] });
    at = found.index + found[0].length;
  }
  if (at < text.length) tokens.push({ kind: kLiteral, text: asciiLower(text.slice(at)) });
  return tokens;
}

// reach[i][at] says whether tokens from i on can match the path from `at` on; filled from the end, so nothing is tried twice.
// Names then take as little as they can, stars as much as they can.
function matchTokens(tokens, path, lower) {
  const reach = reachable(tokens, lower);
  if (reach[0][0] === 0) return null;
  const params = {};
  let at = 0;
  for (let i = 0; i < tokens.length; ++i) {
    const token = tokens[i];
    if (token.kind === kLiteral) {
      at += token.text.length;
    } else if (token.kind === kStar) {
      let end = lower.length;
      while (reach[i + 1][end] === 0) --end;
      at = end;
    } else {
      let end = at + 1;
      while (reach[i + 1][end] === 0) ++end;
      put(params, token.name, decode(path.slice(at, end)));
      at = end;
    }
  }
  return params;
}

function reachable(tokens, lower) {
  const size = lower.length;
  const reach = new Array(tokens.length + 1);
  let next = new Uint8Array(size + 1);
  next[size] = 1;
  reach[tokens.length] = next;
  for (let i = tokens.length - 1; i >= 0; --i) {
    const token = tokens[i];
    const row = new Uint8Array(size + 1);
    if (token.kind === kLiteral) {
      const length = token.text.length;
      for (let at = size - length; at >= 0; --at) if (next[at + length] !== 0 && lower.startsWith(token.text, at)) row[at] = 1;
    } else if (token.kind === kStar) {
      for (let at = size, any = 0; at >= 0; --at) row[at] = any |= next[at];
    } else {
      for (let at = size - 1; at >= 0; --at) {
        if (lower.charCodeAt(at) !== 0x2f && (next[at + 1] !== 0 || row[at + 1] !== 0)) row[at] = 1;
      }
    }
    reach[i] = next = row;
  }
  return reach;
}

function asciiLower(text) {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}

function decode(text) {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function put(params, name, value) {
  if (name === '__proto__') Object.defineProperty(params, name, { value, enumerable: true, writable: true, configurable: true });
  else params[name] = value;
}

// Whether the library made the pattern for app.static or app.storage (spec 60.2).
const kFilesPattern = String.raw`(/[\w/_-]*|[\w/_-]+/)?([\w.-]+)?(\?[\w=&%-]+)?$/"}`;

function servesFiles(key) {
  return key.startsWith('{"$regex":"/^') && key.replaceAll('\\\\/', '/').endsWith(kFilesPattern.replaceAll('\\', '\\\\'));
}

// routehooks in registration order: the first whose method and pattern match wins (spec 20.5).
class RouteTable {
  #byMethod = new Map();
  #routes = [];

  add(key, functions) {
    const cut = key.indexOf(' ');
    if (cut < 1) throw new TypeError(`not a route: ${key}`);
    const pattern = key.slice(cut + 1);
    this.#routes.push({ key, method: key.slice(0, cut), pattern: compilePattern(pattern), functions, servesFiles: servesFiles(pattern) });
    this.#byMethod.clear();
  }

  get size() {
    return this.#routes.length;
  }

  // {functions, params} or null. HEAD falls back to GET.
  select(method, apiPath) {
    return this.#first(method, apiPath) ?? (method === 'HEAD' ? this.#first('GET', apiPath) : null);
  }

  #first(method, apiPath) {
    for (const route of this.#candidates(method)) {
      const params = route.pattern.match(apiPath);
      if (params !== null) return { route, params };
    }
    return null;
  }

  #candidates(method) {
    let found = this.#byMethod.get(method);
    if (found === undefined) {
      found = this.#routes.filter((route) => route.method === method || route.method === '*');
      if (this.#byMethod.size < 32) this.#byMethod.set(method, found);
    }
    return found;
  }
}

module.exports = { compilePattern, RouteTable };
