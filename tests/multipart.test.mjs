// What a script sees of a multipart form is what Busboy makes of the bytes that the client sent: the corpus and a range of seeds of
// fuzz/multipart_fuzz.mjs.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { corpus, entryOf, formOf, startTarget } from '../fuzz/multipart_fuzz.mjs';

describe('HT-03 multipart forms', () => {
  let target;
  before(async () => { target = await startTarget(); });
  after(async () => { await target.stop(); });
  const same = async (form, seed, name) => {
    const difference = await target.compare(form, seed);
    if (difference) assert.deepEqual(difference.seen, difference.expected, name);
  };

  test('HT-03 the corpus', async () => {
    const names = await readdir(corpus);
    assert.ok(names.length >= 5, 'the corpus is there');
    for (const name of names) await same(entryOf(await readFile(join(corpus, name))), 1, name);
  });
  test('HT-03 whole and hurt forms from seeds 1 to 60', { timeout: 120_000 }, async () => {
    for (let seed = 1; seed <= 60; seed++) await same(formOf(seed), seed, `seed ${seed}`);
  });
});
