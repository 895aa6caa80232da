// What coho makes of an app's files (spec 10.8), deployed and called.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { request, root, startRedd } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';

const open = "app.auth('/*', (req, res, next) => next());";
const simple = (text) => `import { app } from 'codehooks-js';\n${open}\napp.get('/which', (req, res) => res.json('${text}'));\nexport default app.init();\n`;

describe('bundler', () => {
  let server, app;
  const get = async (path) => (await request(`${app.url}${path}`)).json;
  before(async () => {
    server = await startRedd();
    app = await makeApp(server);
  });
  after(async () => { await server?.stop(); await app?.remove(); });

  test('RT-04 TypeScript, JSON with attributes, text assets, imports without extension, subpath imports, both kinds of modules', { timeout: 60_000 }, async () => {
    await app.write({
      'package.json': JSON.stringify({ type: 'module', imports: { '#lib/*': './lib/*.js' } }),
      'tsconfig.json': JSON.stringify({ compilerOptions: { strict: true, lib: ['es2015', 'dom'] }, files: ['./index.ts'] }),
      'index.ts': `import { app } from 'codehooks-js';
import type { Nothing } from './types';
import plain from './data.json';
import asserted from './data.json' assert { type: 'json' };
import attributed from './data.json' with { type: 'json' };
import html from './page.html';
import htm from './page.htm';
import css from './style.css';
import hbs from './view.hbs';
import txt from './note.txt';
import { shape } from './schema';
import { deep } from '#lib/deep';
import old from './old.cjs';
import ms from 'ms';
const required: string = require('./view.hbs');
enum Colour { red = 'r' }
const unused: Nothing | undefined = undefined;
${open}
app.get('/which', (req: any, res: any) => res.json({ plain, asserted, attributed, html, htm, css, hbs, txt, shape, deep, old, required, ms: ms('1s'), colour: Colour.red, unused: unused ?? null }));
export default app.init();
`,
      'types.ts': 'export interface Nothing { a: string }\n', 'data.json': '{"a": 1}', 'page.html': '<p>html</p>', 'page.htm': '<p>htm</p>', 'style.css': 'p{}', 'view.hbs': '{{a}}', 'note.txt': 'note',
      'schema.ts': "export const shape: string = 'ts';\n", 'lib/deep.js': "export const deep = 'deep';\n", 'old.cjs': "module.exports = 'cjs';\n",
    });
    const deployed = JSON.parse((await app.good('deploy', '--json')).stdout);
    assert.equal(deployed.language, 'Typescript');
    assert.ok(deployed.bundleBytes > 1000);
    assert.deepEqual(await get('/which'), { plain: { a: 1 }, asserted: { a: 1 }, attributed: { a: 1 }, html: '<p>html</p>', htm: '<p>htm</p>', css: 'p{}', hbs: '{{a}}', txt: 'note',
      shape: 'ts', deep: 'deep', old: 'cjs', required: '{{a}}', ms: 1000, colour: 'r', unused: null });
    await rm(join(app.dir, 'index.ts'));
  });

  test('RT-04 the entry: index.js, package.json main, server.js, --main, --dir', { timeout: 60_000 }, async () => {
    const which = async (...args) => { await app.good('deploy', ...args); return get('/which'); };
    await app.write({ 'index.js': simple('index'), 'server.js': simple('server'), 'src/app.js': simple('main'), 'sub/index.js': simple('sub'), 'package.json': '{"main": "src/app.js"}' });
    assert.equal(await which(), 'index');
    assert.equal(await which('--main', 'server.js'), 'server');
    assert.equal(await which('--dir', 'sub'), 'sub');
    await rm(join(app.dir, 'index.js'));
    assert.equal(await which(), 'main');
    await app.write({ 'package.json': '{}' });
    assert.equal(await which(), 'server');
    await rm(join(app.dir, 'server.js'));
    const missing = await app.coho(['deploy']);
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /missing index\.js/);
    assert.equal(await get('/which'), 'server');
  });

  test('RT-04 the app\'s own copies of packages win; what it did not install but the library needs is there', { timeout: 60_000 }, async () => {
    const modules = join(app.dir, 'node_modules');
    await rm(modules);
    await mkdir(modules);
    for (const name of ['codehooks-js', 'mime']) await symlink(join(root, 'tests/node_modules', name), join(modules, name));
    await app.write({
      'node_modules/lodash/package.json': '{"name":"lodash","version":"0.0.1","main":"index.js"}', 'node_modules/lodash/index.js': 'module.exports = { VERSION: "own", isArray: Array.isArray };',
      'index.js': `import { app } from 'codehooks-js';\nimport lodash from 'lodash';\nimport Ajv from 'ajv';\n${open}\napp.get('/which', (req, res) => res.json([lodash.VERSION, typeof Ajv]));\nexport default app.init();\n`,
    });
    await app.good('deploy');
    assert.deepEqual(await get('/which'), ['own', 'function']);
  });

  test('RT-04 what cannot be resolved is named with file, line and fix', async () => {
    await app.write({ 'lib/broken.js': "\nimport x from 'not-installed-at-all/sub';\nexport default x;\n", 'index.js': "import x from './lib/broken';\nexport default x;\n" });
    const refused = await app.coho(['deploy']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /not-installed-at-all\/sub[\s\S]*lib\/broken\.js:2:\d+[\s\S]*Fix: npm i not-installed-at-all/);
    await app.write({ 'index.js': "import './nowhere';\n" });
    assert.match((await app.coho(['deploy'])).stderr, /\.\/nowhere[\s\S]*index\.js:1:\d+/);
  });
});
