// What the commands print that ask no server: compile, addresses, first steps, the help; and what is not understood.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inFolder, outputs } from '../lib/output.mjs';

describe('output: tools', () => {
  let dir;
  const env = () => ({ COHO_URL: 'http://127.0.0.1:4000', COHO_TOKEN: 'none', COHO_CONFIG_DIR: dir });
  const keep = (name, more) => outputs(name, inFolder(null, dir, more ?? env()), { [dir]: 'DIR' });
  before(async () => { dir = await mkdtemp(join(tmpdir(), 'coho-tools-')); });
  after(() => rm(dir, { recursive: true, force: true }));

  test('compile', async () => {
    await writeFile(join(dir, 'index.js'), 'export default () => "compiled";\n');
    await writeFile(join(dir, 'bad.js'), 'import "not-installed-anywhere";\n');
    const s = keep('compile');
    await s.run('compile');
    await s.terminal('compile');
    await s.run('compile', '--tofile', 'out.cjs');
    await s.run('compile', '--json');
    await s.run('compile', '--main', 'bad.js');
    await s.run('compile', '--main', 'bad.js', '--json');
    await s.run('compile', '--main', 'none.js');
    await s.check();
  });

  test('admin, docs, welcome', async () => {
    const s = keep('tools');
    for (const name of ['admin', 'docs', 'welcome']) {
      await s.run(name);
      await s.run(name, '--json');
    }
    await s.terminal('welcome');
    await s.check();
  });

  test('completion and man: their first line', async () => {
    const coho = inFolder(null, dir, env());
    const s = outputs('completion', async (args, options) => {
      const result = await coho(args, options);
      return { ...result, stdout: `${result.stdout.split('\n')[0]}\n…\n` };
    });
    for (const shell of ['bash', 'zsh', 'fish']) await s.run('completion', shell);
    await s.run('man');
    await s.check();
    for (const args of [['completion', 'bash'], ['man']]) {
      const { stdout } = await coho([...args, '--json']);
      assert.equal(stdout.split('\n').length, 2, 'one line of JSON');
      const json = JSON.parse(stdout);
      assert.ok((json.script ?? json.page).length > 1000);
    }
  });

  test('what is not understood, and nobody logged in', async () => {
    const s = keep('usage', { COHO_CONFIG_DIR: dir });
    await s.run('nonsense');
    await s.run('nonsense', '--help');
    await s.run('nonsense', '--json');
    await s.run('team', 'frob', '--json');
    await s.run('user', 'add');
    await s.run('user', 'add', '--json');
    await s.run('space', 'copy', 'one');
    await s.run('projects', '--nonsense');
    await s.run('projects');
    await s.run('projects', '--json');
    await s.run('localserver', '--port', '99999');  // project.test.mjs runs one
    await s.run('localserver', '--port', '99999', '--json');
    await s.run('info', '-p', 'proj-abcd', '-s', 'No Good');
    await s.run('--version');
    await s.check();
    const { code, stderr } = await inFolder(null, dir, { ...env(), COHO_URL: 'http://127.0.0.1:1' })(['projects']);
    assert.equal(code, 1);
    assert.match(stderr, /127\.0\.0\.1:1/);
  });
});
