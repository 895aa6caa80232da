// Which test proves which capability. Reads tests/capabilities.md and the names of the tests that drive the real server; exits 1 when an id of
// priority A or B has no test (groups marked "later" are only listed), or when a test names an id that does not exist.
//   node ids.mjs SOURCE_DIR [--json] [ID …]      with ids: the names of their tests
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const [root, ...rest] = process.argv.slice(2);
const json = rest.includes('--json');
const asked = rest.filter((word) => !word.startsWith('--'));
const read = (file) => readFileSync(file, 'utf8');

// → [{id, priority, capability, later}]
function capabilities() {
  const all = [];
  let later = false;
  for (const line of read(join(root, 'tests/capabilities.md')).split('\n')) {
    if (line.startsWith('## ')) later = /\blater\b/.test(line);
    const [, id, priority, capability] = /^\| ([A-Z]{2}-\d\d) \| ([ABC]) \| (.+?) \| /.exec(line) ?? [];
    if (id) all.push({ id, priority, capability, later });
  }
  return all;
}

const testFiles = () => readdirSync(join(root, 'tests'), { recursive: true })
  .filter((file) => file.endsWith('.test.mjs') && !file.split(/[/\\]/).includes('node_modules')).map((file) => join(root, 'tests', file)).sort();

// Whether the file, or a helper that it imports, starts redd.
function drivesServer(file, seen = new Set()) {
  if (seen.has(file) || !existsSync(file)) return false;
  seen.add(file);
  const text = read(file);
  if (/(?<!function )\bstartRedd\(/.test(text)) return true;
  return [...text.matchAll(/\b(?:from |import\()'(\.[^']+)'/g)].some(([, from]) => drivesServer(resolve(dirname(file), from), seen));
}

// Names of tests that are run: neither skipped nor still to be done.
function testNames(text) {
  const names = [];
  for (const [whole, , name] of text.matchAll(/^\s*(?:await (?:\w+\.)?)?(?:test|it)\(\s*(['"`])((?:\\.|(?!\1)[^\n])*)\1.*$/gm)) {
    if (!/^[^=]*\{[^}]*\b(skip|todo)\b/.test(whole.slice(whole.indexOf(name) + name.length))) names.push(name);
  }
  return names;
}

// 'DB-01 to DB-07 documents' names seven ids.
function idsIn(name) {
  const ids = new Set(name.match(/\b[A-Z]{2}-\d\d\b/g));
  for (const [, group, first, last] of name.matchAll(/\b([A-Z]{2})-(\d\d) to \1-(\d\d)\b/g)) {
    for (let n = Number(first); n <= Number(last); n++) ids.add(`${group}-${String(n).padStart(2, '0')}`);
  }
  return ids;
}

const known = capabilities();
const tests = new Map(known.map(({ id }) => [id, []]));
const groups = new Set(known.map(({ id }) => id.slice(0, 2)));
const unknown = [];
for (const path of testFiles()) {
  if (!drivesServer(path)) continue;
  const file = relative(join(root, 'tests'), path);
  for (const name of testNames(read(path))) {
    for (const id of idsIn(name)) {
      if (tests.has(id)) tests.get(id).push({ file, name });
      else if (groups.has(id.slice(0, 2))) unknown.push({ id, file, name });
    }
  }
}

const without = (later) => known.filter((one) => one.later === later && one.priority !== 'C' && tests.get(one.id).length === 0).map(({ id }) => id);
const missing = without(false);
const files = (id) => [...Map.groupBy(tests.get(id), ({ file }) => file.replace('.test.mjs', ''))]
  .map(([file, those]) => (those.length > 1 ? `${file} ×${those.length}` : file)).join(', ');

if (json) {
  console.log(JSON.stringify({ ids: known.map((one) => ({ ...one, tests: tests.get(one.id) })), missing, later: without(true), unknown }, null, 2));
} else if (asked.length > 0) {
  for (const id of asked) for (const { file, name } of tests.get(id) ?? []) console.log(`${file}: ${name}`);
  process.exit(asked.every((id) => tests.has(id)) ? 0 : 1);
} else {
  for (const { id, priority, capability, later } of known) {
    console.log(`${id} ${priority} ${capability}${later ? ' (later)' : ''}`);
    console.log(`        ${files(id) || (later || priority === 'C' ? '-' : 'NO TEST')}`);
  }
}
for (const { id, file, name } of unknown) console.error(`ids: ${file} names ${id}, which tests/capabilities.md does not know: ${name}`);
if (missing.length > 0) {
  console.error(`ids: no test names ${missing.join(', ')}. Fix: a test in tests/ that drives the real server and begins with the id it proves`);
}
if (!json) console.log(`ids: ${known.length} capabilities, ${missing.length} of priority A or B without a test, ${without(true).length} for later`);
process.exit(missing.length + unknown.length > 0 ? 1 : 0);
