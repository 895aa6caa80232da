'use strict';
// Evaluates the bundle as a CommonJS function body (spec 10.2, 10.3) and finds the manifest in it. Its require() knows Node's own
// modules and the ones that the server provides in provided/node_modules (spec 10.7), nothing else.

const path = require('node:path');
const vm = require('node:vm');  // compileFunction names the file and allows import(); it is no sandbox
const { createRequire, isBuiltin } = require('node:module');
const { kBundleName, takeSourceMap } = require('./stacks.cjs');

const kProvided = path.join(__dirname, '..', 'provided');
const kPackages = path.join(kProvided, 'node_modules') + path.sep;
const kAliases = { 'mongodb-5': 'mongodb' };

let fromProvided = null;

function requireForScript(name) {
  if (typeof name !== 'string' || name === '') throw new TypeError('require needs the name of a module');
  if (isBuiltin(name)) return require(name);
  return require(resolveProvided(name));
}
requireForScript.resolve = (name) => (isBuiltin(name) ? name : resolveProvided(name));
requireForScript.cache = Object.create(null);
requireForScript.main = undefined;

function resolveProvided(name) {
  if (/^[.\/\\]|^[a-z]+:|(^|[\/\\])\.\.([\/\\]|$)/i.test(name)) throw missing(name);
  fromProvided ??= createRequire(path.join(kProvided, 'package.json'));
  let file;
  try {
    file = fromProvided.resolve(kAliases[name] ?? name);
  } catch {
    throw missing(name);
  }
  if (!file.startsWith(kPackages)) throw missing(name);
  return file;
}

function missing(name) {
  const error = new Error(
    `Cannot find module '${name}': it is neither in the bundle nor among the modules that the server provides. ` +
      `Fix: run "npm install ${name}" in the project and deploy again, so that it is bundled; or ask the operator to add it to ` +
      "the server's modules.",
  );
  error.code = 'MODULE_NOT_FOUND';
  return error;
}

// The manifest object of the script; throws what the script throws.
function loadScript(bytes) {
  const source = takeSourceMap(bytes);
  const module = { exports: {}, id: kBundleName, filename: kBundleName, loaded: false, children: [], paths: [], parent: null };
  const body = vm.compileFunction(`${source}\n;return typeof EntryPoint === 'undefined' ? undefined : EntryPoint;`,
    ['exports', 'require', 'module', '__filename', '__dirname'],
    { filename: kBundleName, importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER });
  const entry = body.call(module.exports, module.exports, requireForScript, module, `/${kBundleName}`, '/');
  module.loaded = true;
  return manifestOf(entry ?? module.exports);
}

// EntryPoint.default, also through one more layer of interop.
function manifestOf(entry) {
  const exported = entry?.default ?? entry;
  return exported?.routehooks === undefined && exported?.default !== undefined ? exported.default : exported;
}

module.exports = { loadScript };
