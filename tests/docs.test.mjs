// The pages of docs/apps do what they say: each page's code is deployed, its commands are run, their output is compared.
//   ```js index.js     a file of the app; it is deployed before the next commands
//   ```sh              commands, run in the app's folder, with $URL and $KEY as the index page explains them
//   ```text            what they print; … stands for what differs from run to run
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cohoBin, root, run, startRedd } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';

const folder = join(root, 'docs/apps');
const pages = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md').sort();

// → [{kind: 'file' | 'commands' | 'output', name, text, line}]
function blocksOf(markdown) {
  const blocks = [];
  for (const found of markdown.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)) {
    const [, language, name, text] = found;
    const kind = name ? 'file' : { sh: 'commands', text: 'output' }[language];
    const line = markdown.slice(0, found.index).split('\n').length;
    if (!kind) throw new Error(`line ${line}: a block of ${language} without a file name is not run by anything`);
    blocks.push({ kind, name, text, line });
  }
  return blocks;
}

const patternOf = (text) => new RegExp(`^${text.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '[\\s\\S]*?')}$`);

describe('docs/apps', () => {
  let server;
  before(async () => { server = await startRedd(); });
  after(() => server?.stop());

  test('the index names every page, and no page that is not there', () => {
    const named = [...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, page]) => page).sort();
    assert.deepEqual(named, pages);
  });

  for (const page of pages) {
    test(`${page} does what it says`, { timeout: 60_000 }, async () => {
      const blocks = blocksOf(readFileSync(join(folder, page), 'utf8'));
      const app = await makeApp(server, { name: page.replace(/\W+/g, '') });
      try {
        const { key } = await server.api('POST', `${app.space}/tokens`, { access: 'READWRITE' });
        const env = { PATH: `${dirname(cohoBin)}:${process.env.PATH}`, URL: `http://${app.host}/dev`, KEY: key, COHO_URL: server.url, COHO_TOKEN: server.token };
        let printed = null, changed = false, compared = 0;
        for (const { kind, name, text, line } of blocks) {
          if (kind === 'file') {
            await app.write({ [name]: text });
            changed = true;
          } else if (kind === 'commands') {
            if (changed) await app.deploy();
            changed = false;
            const result = await run('/bin/sh', ['-ec', text], { cwd: app.dir, env });
            assert.equal(result.code, 0, `line ${line}: ${result.stderr}${result.stdout}`);
            printed = result.stdout;
          } else {
            assert.match(printed.replaceAll('\r', '').trim(), patternOf(text), `line ${line}`);
            compared++;
          }
        }
        assert.ok(compared > 0, 'the page compares nothing');
      } finally {
        await app.remove();
      }
    });
  }
});
