// tools/ids.mjs is a gate: these are the ways through it that must be shut.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { node, root, run } from './lib/redd.mjs';

const row = (...cells) => `| ${cells.join(' | ')} |\n`;
const table = '## HTTP\n\n' + row('HT-01', 'A', 'one', 1) + row('HT-02', 'B', 'two', 1) + row('HT-03', 'C', 'three', 1)
  + '\n## Queues, later\n\n' + row('QU-01', 'A', 'four', 1);
const starting = "import { begin } from './lib/begin.mjs';\n";

async function ids(tests, ...args) {
  const folder = await mkdtemp(join(tmpdir(), 'redd-ids-'));
  const files = { 'capabilities.md': table, 'lib/begin.mjs': 'export const begin = () => start' + 'Redd();\n', ...tests };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, 'tests', name)), { recursive: true });
    await writeFile(join(folder, 'tests', name), text);
  }
  const result = await run(node, [join(root, 'tools/ids.mjs'), folder, ...args]);
  await rm(folder, { recursive: true });
  return result;
}
const named = (...names) => names.map((name) => `test('${name}', () => {});\n`).join('');

test('all ids have their test: exit 0; priority C and later groups need none', async () => {
  const { code, stdout } = await ids({ 'deep/a.test.mjs': starting.replace('./', '../') + named('HT-01 to HT-02 both') });
  assert.equal(code, 0);
  assert.match(stdout, /HT-02 B two\n +deep\/a\n/);
  assert.match(stdout, /0 of priority A or B without a test, 1 for later/);
});

test('a missing id is named and fails, whether its test is away, skipped, still to do, or drives no server', async () => {
  for (const rest of [
    '', "test.skip('HT-02 x', () => {});\n", "test('HT-02 x', { todo: 'later' }, () => {});\n", "// test('HT-02 x', () => {});\n",
    "const s = 'HT-02';\n",
  ]) {
    const { code, stderr } = await ids({
      'a.test.mjs': starting + named('HT-01 x') + rest, 'b.test.mjs': named('HT-02 alone'), 'lib/c.mjs': starting + named('HT-02 no test file'),
    });
    assert.equal(code, 1, rest);
    assert.match(stderr, /no test names HT-02\./, rest);
  }
});

test('an id that does not exist fails, and other numbers are let be', async () => {
  const wrong = await ids({ 'a.test.mjs': starting + named('HT-01 HT-02 x', 'HT-77 x') });
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /names HT-77/);
  assert.equal((await ids({ 'a.test.mjs': starting + named('HT-01 HT-02 ISO-99 x') })).code, 0);
});

test('--json says the same to programs, an id lists its tests', async () => {
  const tests = { 'a.test.mjs': starting + named('HT-01 x', 'HT-01 y') };
  const { code, stdout } = await ids(tests, '--json');
  const { ids: all, missing, later } = JSON.parse(stdout);
  assert.deepEqual([code, missing, later], [1, ['HT-02'], ['QU-01']]);
  assert.deepEqual(all[0], {
    id: 'HT-01', priority: 'A', capability: 'one', later: false,
    tests: [{ file: 'a.test.mjs', name: 'HT-01 x' }, { file: 'a.test.mjs', name: 'HT-01 y' }],
  });
  assert.equal((await ids(tests, 'HT-01')).stdout, 'a.test.mjs: HT-01 x\na.test.mjs: HT-01 y\n');
});
