// What coho prints about itself: completion, as real shells take it, and the manual page.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cohoBin, run } from '../lib/redd.mjs';

describe('coho about itself', () => {
  let dir;
  before(async () => { dir = await mkdtemp(join(tmpdir(), 'coho-help-')); });
  after(async () => { await rm(dir, { recursive: true, force: true }); });
  const ask = async (...args) => {
    const { code, stdout, stderr } = await run(cohoBin, args);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const script = async (shell) => {
    const file = join(dir, shell === 'zsh' ? '_coho' : `coho.${shell}`);
    await writeFile(file, await ask('completion', shell));
    return file;
  };

  test('bash completes commands, commands of commands, and options', async () => {
    const file = await script('bash');
    const complete = async (...words) => {
      const list = words.map((word) => `'${word}'`).join(' ');
      const { stdout, stderr } = await run('bash', ['-c', `source ${file}; COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _coho; printf '%s\\n' "\${COMPREPLY[@]}"`]);
      assert.equal(stderr, '');
      return stdout.trim().split('\n').sort();
    };
    assert.deepEqual(await complete('coho', 'completi'), ['completion']);
    assert.deepEqual(await complete('coho', 'kv', ''), ['--help', '-h', 'del', 'get', 'list', 'set']);
    assert.deepEqual(await complete('coho', 'deploy', '--hi'), ['--history']);
    assert.deepEqual(await complete('coho', 'logs', '--fol'), ['--follow'], 'an alias leads to its command');
  });

  test('fish completes the same, with descriptions', async () => {
    const file = await script('fish');
    const complete = async (line) => (await run('fish', ['--no-config', '-c', `source ${file}; complete -C '${line}'`])).stdout.trim().split('\n');
    assert.ok((await complete('coho dep')).includes('deploy\tBundle index.ts or index.js and put it into service'));
    assert.deepEqual((await complete('coho kv ')).map((line) => line.split('\t')[0]).sort(), ['del', 'get', 'list', 'set']);
    assert.match((await complete('coho logs --fol')).join(), /^--follow\t/);
  });

  test('zsh completes the same at its prompt', async () => {
    await script('zsh');
    // A zsh at a terminal of its own: after the Tab key, ^X has the line printed instead of run.
    await writeFile(join(dir, '.zshrc'), `PS1=; fpath=(${dir} $fpath); autoload -Uz compinit; compinit -u -D
show() { BUFFER="print -r -- LINE:\${(q)BUFFER}:END"; zle accept-line }
zle -N show; bindkey '^X' show\n`);
    const file = join(dir, 'driver.zsh');
    await writeFile(file, `zmodload zsh/zpty
zpty z zsh -i
for line in "coho completi" "coho kv se" "coho logs --fol"; do
  zpty -w -n z "$line"$'\t\x18'
  zpty -r -m z answer $'*\nLINE:*:END*'
  print -r -- "$answer"
done
zpty -d z\n`);
    const { stdout } = await run('zsh', ['-f', file], { env: { TERM: 'dumb', ZDOTDIR: dir } });
    const lines = [...stdout.matchAll(/\nLINE:(.*?):END/g)].map((found) => found[1].replaceAll('\\', '').trim());
    assert.deepEqual(lines, ['coho completion', 'coho kv set', 'coho logs --follow'], stdout);
  });

  test('an unknown shell is refused with the ones there are', async () => {
    const { code, stderr } = await run(cohoBin, ['completion', 'tcsh']);
    assert.equal(code, 2);
    assert.match(stderr, /bash.*zsh.*fish|\{bash,fish,zsh\}/);
  });

  test('the manual page is well formed and knows every command', async () => {
    const file = join(dir, 'coho.1');
    await writeFile(file, `${await ask('man')}`);
    const lint = await run('mandoc', ['-T', 'lint', '-W', 'error', file]);
    assert.equal(lint.stdout, '');
    const { stdout: page } = await run('mandoc', ['-T', 'ascii', '-O', 'width=200', file]);
    const plain = page.replace(/.\x08/g, '');
    const help = await ask('--help');
    const names = help.slice(help.indexOf('Subcommands:')).split('\n').slice(1).map((line) => line.match(/^ {2}([a-z-]+)/)?.[1]).filter(Boolean);
    assert.ok(names.length > 30, help);
    for (const name of names) assert.match(plain, new RegExp(`^ {3}coho ${name}( |$)`, 'm'), name);
    assert.match(plain, /ENVIRONMENT AND FILES/);
  });
});

describe('coho compile', () => {
  let dir;
  before(async () => { dir = await mkdtemp(join(tmpdir(), 'coho-compile-')); });
  after(async () => { await rm(dir, { recursive: true, force: true }); });
  const compile = (...args) => run(cohoBin, ['compile', ...args], { cwd: dir });

  test('says what the code makes, and writes the bundle where it is asked for', async () => {
    await writeFile(join(dir, 'index.js'), 'export default () => "compiled";\n');
    const { code, stdout } = await compile('--json', '--tofile', 'out.cjs');
    assert.equal(code, 0);
    const { ok, entry, bundleBytes, file } = JSON.parse(stdout);
    assert.deepEqual([ok, entry, file], [true, 'index.js', join(dir, 'out.cjs')]);
    const script = await readFile(file, 'utf8');
    assert.equal(Buffer.byteLength(script), bundleBytes);
    assert.ok(script.includes('compiled'));
  });

  test('names the module that is missing, and writes nothing', async () => {
    await writeFile(join(dir, 'index.js'), 'import "not-installed-anywhere";\n');
    const { code, stdout, stderr } = await compile('--tofile', 'none.cjs');
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /not-installed-anywhere/);
    await assert.rejects(readFile(join(dir, 'none.cjs')), { code: 'ENOENT' });
  });
});
