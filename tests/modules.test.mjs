// Modules that the server provides (spec 10.7), through a bundle of the shape that the published command line's webpack makes, sent to
// the deploy endpoint as it is.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { request, startRedd } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';

// name → what a program does with its default import `d` and its namespace `m`; true when it worked.
const provided = {
  ajv: 'new d().compile({ type: "number" })(5)',
  async: 'typeof d.parallel === "function" && typeof m.waterfall === "function"',
  axios: 'typeof d.get === "function" && typeof d.create({}).post === "function"',
  'crc-32': 'm.str("abc") === 891568578',
  'cron-parser': 'd.parseExpression("0 0 * * *").next() instanceof Object',
  debug: 'typeof d("x") === "function"',
  'fast-sort': 'm.sort([2, 1]).asc().join() === "1,2"',
  'form-data': 'new d().getHeaders()["content-type"].startsWith("multipart/form-data")',
  jsonwebtoken: 'd.verify(d.sign({ a: 1 }, "secret"), "secret").a === 1',
  lodash: 'd.chunk([1, 2], 1).length === 2 && m.get({ a: { b: 1 } }, "a.b") === 1',
  mongodb: 'typeof m.MongoClient === "function" && new m.ObjectId().toString().length === 24',
  'mongodb-5': 'typeof m.MongoClient === "function"',
  nanoid: 'm.nanoid().length === 21',
  'node-fetch': 'typeof d === "function" && typeof d.default === "function" && typeof m.Headers === "function"',
  'query-to-mongo': 'd("a=1").criteria.a === 1',
  sift: '[1, 5].filter(d({ $gt: 2 })).join() === "5"',
  stripe: 'new d("sk_test").webhooks.generateTestHeaderString({ payload: "{}", secret: "s" }).startsWith("t=")',
  xml2js: 'typeof new d.Parser().parseString === "function"',
  yup: 'm.object({ a: m.number().required() }).isValidSync({ a: "5" })',
};
const builtins = ['assert', 'async_hooks', 'buffer', 'child_process', 'crypto', 'dns', 'events', 'fs', 'http', 'http2', 'https', 'net', 'os', 'path', 'process', 'punycode',
  'stream', 'string_decoder', 'timers', 'tls', 'url', 'util', 'worker_threads', 'zlib', 'node:fs/promises'];

const webpackBundle = (modules, body) => `var EntryPoint;
/******/ (() => { // webpackBootstrap
/******/ 	"use strict";
/******/ 	var __webpack_require__ = {};
/******/ 	(() => { __webpack_require__.n = (module) => {
/******/ 			var getter = module && module.__esModule ? () => (module['default']) : () => (module);
/******/ 			__webpack_require__.d(getter, { a: getter });
/******/ 			return getter; }; })();
/******/ 	(() => { __webpack_require__.d = (exports, definition) => { for (var key in definition) Object.defineProperty(exports, key, { enumerable: true, get: definition[key] }); }; })();
/******/ 	(() => { __webpack_require__.r = (exports) => { Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' }); Object.defineProperty(exports, '__esModule', { value: true }); }; })();
var __webpack_exports__ = {};
__webpack_require__.r(__webpack_exports__);
__webpack_require__.d(__webpack_exports__, { "default": () => (index), other: () => (index_other) });
${modules.map((name, i) => `;// external ${JSON.stringify(name)}\nconst external_${i}_namespaceObject = require(${JSON.stringify(name)});\nvar external_${i}_default = /*#__PURE__*/__webpack_require__.n(external_${i}_namespaceObject);`).join('\n')}
;// ./index.js
${body}
const index_other = 1;
EntryPoint = __webpack_exports__;
/******/ })()
;`;
const manifest = (routes) => `const index = ({ routehooks: ${routes}, authhooks: { '/*': [(req, res, next) => next()] }, globalhooks: [], queuehooks: {}, workerhooks: {}, jobhooks: {}, settings: {}, realtime: () => {}, app: {} });`;

describe('modules of the server', () => {
  let server, app;
  const deploy = (bundle) => server.api('POST', `${app.space}/deployments`, { bundle, language: 'Javascript' });
  before(async () => {
    server = await startRedd();
    app = await makeApp(server);
  });
  after(async () => { await server?.stop(); await app?.remove(); });

  test('RT-01 RT-03 a webpack bundle finds every provided module, with its default import', { timeout: 60_000 }, async () => {
    const names = Object.keys(provided);
    const checks = names.map((name, i) => `${JSON.stringify(name)}: () => { const m = external_${i}_namespaceObject, d = external_${i}_default(); return ${provided[name]}; }`);
    await deploy(webpackBundle([...names, ...builtins], `const checks = { ${checks.join(',\n')} };
      const run = (check) => { try { return check(); } catch (error) { return String(error); } };
      ${manifest('{ "GET /checks": [(req, res) => res.json(Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, run(check)])))] }')}`));
    const { json } = await request(`${app.url}/checks`);
    assert.deepEqual(json, Object.fromEntries(names.map((name) => [name, true])));
  });

  test('RT-03 a module that is not provided refuses the deploy, names it and the fix; the old code keeps serving', async () => {
    await deploy(webpackBundle([], manifest('{ "GET /old": [(req, res) => res.json({ old: true })] }')));
    for (const name of ['googleapis', 'aws-sdk', 'grpc', '@grpc/proto-loader', 'request', 'mongodb-3', 'node-geocoder', 'openid-client', 'passport-jwt', 'remarkable', 'google-auth-library', 'node-cron']) {
      await assert.rejects(deploy(webpackBundle([name], manifest('{}'))), (error) => {
        assert.equal(error.status, 400);
        assert.ok(error.json.error.includes(`Cannot find module '${name}'`), error.json.error);
        assert.match(error.json.error, /Fix: run "npm install /);
        return true;
      });
    }
    assert.deepEqual((await request(`${app.url}/old`)).json, { old: true });
  });

  test('RT-03 require does not reach the server\'s own files', async () => {
    for (const name of ['./worker.cjs', '/etc/passwd', '../lib/worker.cjs', 'lodash/../../../lib/worker.cjs', 'file:///etc/passwd']) {
      await assert.rejects(deploy(webpackBundle([name], manifest('{}'))), { status: 400 }, name);
    }
  });

  test('RT-01 what is no manifest is refused', async () => {
    for (const bundle of ['var EntryPoint;', 'var EntryPoint = {};', 'var EntryPoint = { default: { routehooks: {} } };', 'var EntryPoint = { default: 5 };', '}']) {
      await assert.rejects(deploy(bundle), (error) => error.status === 400 && typeof error.json.error === 'string', bundle);
    }
    assert.deepEqual((await request(`${app.url}/old`)).json, { old: true });
  });

  test('RT-01 names of one deployment\'s scope do not leak into the next', async () => {
    await deploy(webpackBundle([], `var leaked = 1; globalThis.leakedToo = 1; ${manifest('{ "GET /leak": [(req, res) => res.json([typeof leaked, typeof leakedToo])] }')}`));
    assert.deepEqual((await request(`${app.url}/leak`)).json, ['number', 'number']);
    await deploy(webpackBundle([], manifest('{ "GET /leak": [(req, res) => res.json([typeof leaked, typeof leakedToo])] }')));
    assert.deepEqual((await request(`${app.url}/leak`)).json, ['undefined', 'undefined']);
  });
});
