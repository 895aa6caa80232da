'use strict';
// What app.init() returned (spec 10.4 to 10.6), checked and put in the form that requests use.

const { openApiConfig } = require('./openapi_page.cjs');
const { RouteTable, compilePattern } = require('./routes.cjs');

class Manifest {
  routes = new RouteTable();
  auth = [];     // {key, pattern, functions}
  globals = [];  // {pattern or null, func}
  startup = null;
  app = null;
  openApi = null;  // what app.openapi() was given
  #conditional = false;
  #chains = new Map();  // route → globals + its functions, when no global depends on the path
  #raw;

  constructor(raw, warn) {
    if (raw === null || typeof raw !== 'object' || !isMap(raw.routehooks) || !isMap(raw.authhooks)) {
      throw new TypeError('The script exports no manifest. Fix: end index.js with "export default app.init();"');
    }
    this.#raw = raw;
    this.app = raw.app ?? null;
    this.openApi = openApiConfig(raw.settings);
    for (const [key, hooks] of Object.entries(raw.routehooks)) this.routes.add(key, functionsOf(hooks, key, warn));
    for (const [key, hooks] of Object.entries(raw.authhooks)) {
      this.auth.push({ key, pattern: compilePattern(key), functions: functionsOf(hooks, `auth ${key}`, warn) });
    }
    for (const hook of [raw.globalhooks ?? []].flat(Infinity)) this.#addGlobal(hook, warn);
    if (typeof raw.startup === 'function') this.startup = raw.startup;
  }

  #addGlobal(hook, warn) {
    if (typeof hook === 'function') {
      this.globals.push({ pattern: null, func: hook });
    } else if (hook !== null && typeof hook === 'object') {
      if (typeof hook.func !== 'function') return;  // app.realtime(path) without middleware
      this.globals.push({ pattern: compilePattern(hook.regex ?? hook.path), func: hook.func });
      this.#conditional = true;
    } else if (hook !== undefined && hook !== null) {
      warn(`app.use was given ${typeof hook} instead of a function; it is skipped`);
    }
  }

  // Global hooks that apply to the path, then the route's functions (spec 20.6).
  chainOf(route, apiPath) {
    if (this.#conditional) return this.#join(route, apiPath);
    let chain = this.#chains.get(route);
    if (chain === undefined) this.#chains.set(route, (chain = this.#join(route, apiPath)));
    return chain;
  }

  #join(route, apiPath) {
    const chain = [];
    for (const { pattern, func } of this.globals) if (pattern === null || pattern.match(apiPath) !== null) chain.push(func);
    chain.push(...route.functions);
    return chain;
  }

  // The first registered auth hook that matches decides (spec 30.5).
  authFor(apiPath) {
    return this.auth.find((entry) => entry.pattern.match(apiPath) !== null) ?? null;
  }

  // The payload of `ready`.
  summary() {
    const raw = this.#raw;
    const settings = {};
    for (const [key, value] of Object.entries(raw.settings ?? {})) if (key.startsWith('queue_worker:')) settings[key] = value;
    return {
      protocol: 1,
      node: process.version,
      routes: Object.keys(raw.routehooks),
      auth: Object.keys(raw.authhooks),
      globals: this.globals.length,
      queues: Object.keys(raw.queuehooks ?? {}),
      workers: Object.keys(raw.workerhooks ?? {}),
      jobs: Object.keys(raw.jobhooks ?? {}),
      realtime: Object.keys(raw.realtime ?? {}),
      settings,
      startup: this.startup !== null,
    };
  }
}

function isMap(value) {
  return value !== null && typeof value === 'object';
}

function functionsOf(hooks, where, warn) {
  const functions = [];
  for (const hook of [hooks].flat(Infinity)) {
    if (typeof hook === 'function') functions.push(hook);
    else if (hook !== undefined && hook !== null) warn(`${where}: ${typeof hook} instead of a function; it is skipped`);
  }
  return functions;
}

module.exports = { Manifest };
