// Every command that `coho --help` lists, and those below it, has a snapshot: one as people see it and one with --json.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../lib/redd.mjs';
import { commandsOf } from '../lib/output.mjs';

const folder = join(root, 'tests/cli/snapshots');
// `backups` lists them, and has commands below it.
const kActingGroups = new Set(['backups']);
// Pages of text: a snapshot has their beginning, output_tools.test.mjs looks at their JSON.
const kPages = new Set(['completion', 'man']);

const linesKept = async () => {
  const files = await readdir(folder);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts.join('\n').split('\n').filter((line) => line.startsWith('$ ')).map((line) => line.replace(/^\$ (echo … \| )?/, ''));
};

test('every command has a snapshot, and one with --json', async () => {
  const lines = await linesKept();
  const commands = (await commandsOf()).filter(({ words, isGroup }) => !isGroup || kActingGroups.has(words[0]));
  assert.ok(commands.length > 90, `${commands.length} commands`);
  const missing = commands.flatMap(({ words }) => {
    const name = `coho ${words.join(' ')}`;
    const runs = lines.filter((line) => (line === name || line.startsWith(`${name} `)) && !line.includes('--help'));
    const json = runs.filter((line) => / --json( |$)/.test(line));
    return [...(runs.length > json.length ? [] : [name]), ...(json.length || kPages.has(words[0]) ? [] : [`${name} --json`])];
  });
  assert.deepEqual(missing, []);
});

test('a test makes each file of snapshots', async () => {
  const names = (await readdir(join(root, 'tests/cli'))).filter((name) => name.endsWith('.test.mjs'));
  const tests = (await Promise.all(names.map((name) => readFile(join(root, 'tests/cli', name), 'utf8')))).join('\n');
  const orphans = (await readdir(folder)).filter((file) => !new RegExp(`(snap|snapshots|outputs|keep)\\('${file.replace('.txt', '')}'`).test(tests));
  assert.deepEqual(orphans, []);
});
