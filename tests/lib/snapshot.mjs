// What commands print, kept as text files in tests/cli/snapshots, one a command, so that a change of the output is seen in a review.
//
//   const snap = snapshots('space-list', { [project]: 'PROJECT' });
//   await snap.run('coho space list', () => app.coho(['space', 'list']));
//   await snap.check();
//
// The file holds, for each run, `$ COMMAND`, what it printed, what it printed on standard error with `! ` before each line, and `= CODE`
// unless that is 0. What differs from run to run is replaced: ids of deployments (ID1, ID2 … in order of appearance), dates, durations, sizes,
// the server's port, and the texts given. Runs of spaces count as two, so that columns may be wider elsewhere.
// UPDATE_SNAPSHOTS=1 writes the files instead of comparing.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { root } from './redd.mjs';

const folder = join(root, 'tests/cli/snapshots');

export function snapshots(name, texts = {}) {
  const pieces = [];
  return {
    async run(command, start) {
      const { code, stdout, stderr } = await start();
      const errors = stderr ? stderr.trimEnd().split('\n').map((line) => `! ${line}\n`).join('') : '';
      pieces.push(`$ ${command}\n${stdout}${stdout && !stdout.endsWith('\n') ? '\n' : ''}${errors}${code ? `= ${code}\n` : ''}`);
      return { code, stdout, stderr };
    },
    async check() {
      const file = join(folder, `${name}.txt`), text = stable(pieces.join('\n'), texts);
      if (process.env.UPDATE_SNAPSHOTS) {
        await mkdir(folder, { recursive: true });
        return writeFile(file, text);
      }
      const kept = await readFile(file, 'utf8').catch(() => assert.fail(`there is no ${file}; make it with UPDATE_SNAPSHOTS=1`));
      assert.equal(text, kept, `${file} differs; if that is meant: UPDATE_SNAPSHOTS=1`);
    },
  };
}

function stable(text, texts) {
  let out = text;
  for (const [from, to] of Object.entries(texts)) out = out.replaceAll(from, to);
  const ids = new Map();
  const numbered = (id) => { if (!ids.has(id)) ids.set(id, `ID${ids.size + 1}`); return ids.get(id); };
  return out
    .replace(/\b[0-9a-f]{24}\b/g, numbered)
    .replace(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?/g, 'DATE')
    .replace(/("(\w+Ms|bundleBytes)":)\d+/g, '$1N')
    .replace(/\b\d+ [KM]B\b/g, 'SIZE')
    .replace(/(localhost|127\.0\.0\.1):\d+/g, '$1:PORT')
    .replace(/ {2,}/g, '  ')
    .replace(/ +$/gm, '');
}
