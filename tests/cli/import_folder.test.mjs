// coho import --from-codehooks: a folder of what the published CLI exports.
import test from 'node:test';
import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { coho, startRedd } from '../lib/redd.mjs';

test('a folder of exports becomes collections', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'redd-folder-'));
  const server = await startRedd();
  t.after(async () => { await server.stop(); await rm(dir, { recursive: true, force: true }); });
  const { uniqueName: project } = await server.api('POST', '/projects', { name: 'moved' });
  await server.api('POST', `/projects/${project}/spaces`, { name: 'dev' });
  const from = join(dir, 'export');
  await mkdir(from);
  await writeFile(join(from, 'orders.json'), JSON.stringify([{ _id: '1', total: 5 }, { _id: '2', total: 7 }], null, 2));
  await writeFile(join(from, 'people.jsonl'), '{"_id":"a","name":"Ann"}\n{"_id":"b","name":"Bob"}\n{"_id":"c","name":"Cy"}\n');
  await writeFile(join(from, 'prices.csv'), 'item,price\ntea,2.5\ncake,4\n');
  await writeFile(join(from, 'README.md'), 'not a collection');
  const inFolder = (...args) => coho(server, ['import', '-p', project, '-s', 'dev', ...args], { cwd: dir });

  const tried = JSON.parse((await inFolder('--from-codehooks', 'export', '--dryrun', '--json')).stdout);
  assert.deepEqual(tried.collections.map((one) => [one.collection, one.count]), [['orders', 2], ['people', 3], ['prices', 2]]);
  assert.deepEqual(tried.skipped, ['README.md']);
  const done = await inFolder('--from-codehooks', 'export');
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stdout, /COLLECTION +DOCUMENTS +SIZE +FILE\norders +2 .*\npeople +3 .*\nprices +2 .*\nImported 7 documents in 3 collections/);
  assert.match(done.stderr, /Left out: README\.md/);
  const count = async (name) => (await server.api('POST', `/projects/${project}/spaces/dev/collections/${name}/count`, {})).count;
  assert.deepEqual([await count('orders'), await count('people'), await count('prices')], [2, 3, 2]);

  await writeFile(join(from, 'people.jsonl'), '{"_id":"a","name":"Ann"}\n{"_id":"b","name":}\n');
  const wrong = await inFolder('--from-codehooks', 'export');
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /people\.jsonl: .*line 2/i);
  await writeFile(join(from, 'orders.csv'), 'a\n1\n');
  assert.match((await inFolder('--from-codehooks', 'export')).stderr, /both the collection orders/);
  assert.match((await inFolder('--from-codehooks', 'nowhere')).stderr, /cannot read the folder/);
  assert.match((await inFolder('--from-codehooks', 'export', '-f', 'x.json')).stderr, /give neither -c nor -f/);
});
