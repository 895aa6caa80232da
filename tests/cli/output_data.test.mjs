// What the commands on a space's data and files print: plain, as JSON, and on a terminal.
import { after, before, describe, test } from 'node:test';
import { startRedd } from '../lib/redd.mjs';
import { makeApp } from '../lib/app.mjs';
import { inFolder, outputs } from '../lib/output.mjs';

const people = [{ _id: 'a', name: 'Ann', age: 41 }, { _id: 'b', name: 'Bob', age: 17 }, { _id: 'c', name: 'Cid <c@example.org>', city: 'Oslo' }];

describe('output: data', () => {
  let server, app;
  const keep = (name) => outputs(name, inFolder(server, app.dir), { [app.dir]: 'DIR', [app.project]: 'PROJECT' });
  before(async () => {
    server = await startRedd();
    app = await makeApp(server);
    await app.write({
      'people.json': JSON.stringify(people),
      'bad.json': '[{"_id": "x"}, {"_id": ',
      'many.json': JSON.stringify(Array.from({ length: 1500 }, (_, n) => ({ _id: `${1000 + n}`, n, town: `t${n % 500}` }))),
      'more.csv': 'name,age\nDan,33\n',
      'schema.json': JSON.stringify({ type: 'object', properties: { name: { type: 'string' } } }),
      'bad_schema.json': '{"type": "nonsense"}',
      'pages/a.html': '<p>a</p>', 'pages/b.txt': 'b',
    });
  });
  after(async () => {
    await server?.stop();
    await app?.remove();
  });

  test('import, export', async () => {
    const s = keep('import');
    await s.run('import', 'people', 'people.json');
    await s.run('import', 'people', 'people.json', '--json');
    await s.run('import', 'people', 'people.json', '--dryrun');
    await s.run('import', 'bad', 'bad.json');
    await s.run('import', 'people', 'none.json');
    await s.run('import', 'people', 'none.json', '--json');
    await s.run('export', 'people');
    await s.run('export', 'people', '--json', '-f', 'out.json');
    await s.run('export', 'people', '-f', 'out.csv');
    await s.run('export', 'people', '--csv');
    await s.run('export', 'people', '-f', 'no/such/folder.json');
    await s.check();
  });

  test('query, count', async () => {
    const s = keep('query');
    await s.run('query', 'people');
    await s.run('query', 'people', 'age>=18', '--json');
    await s.run('query', 'people', '--table');
    await s.terminal('query', 'people');
    await s.run('query', 'people', 'name=Nobody');
    await s.run('query', 'people', '--explain');
    await s.run('query', 'nothing');
    await s.run('query', 'people', '{"age": {"$nonsense": 1}}');
    await s.run('query', 'people', '{"age": {"$nonsense": 1}}', '--json');
    await s.run('query', 'people', 'name=Bob', '--update', '{"$set":{"age":18}}');
    await s.run('query', 'people', 'name=Bob', '--update', '{"$set":{"age":19}}', '--json');
    await s.run('query', 'people', 'name=Bob', '--update', 'nonsense');
    await s.run('query', 'people', 'name=Bob', '--delete');
    await s.run('count', 'people');
    await s.run('count', 'people', '--json');
    await s.run('count', 'people', 'age>=18');
    await s.run('count');
    await s.check();
  });

  test('collections and what they have', async () => {
    const s = keep('collections');
    await s.run('collections', '-s', 'nosuch');
    await s.run('collections');
    await s.run('createcollection', 'logs');
    await s.run('createcollection', 'capped', '--cap', '100', '--json');
    await s.run('createcollection', 'no good');
    await s.run('createindex', 'people', 'name');
    await s.run('createindex', 'people', 'age', '--json');
    await s.terminal('createindex', 'people', 'city');
    await s.run('createindex', 'people');
    await s.run('add-schema', 'people', '--schema', 'schema.json');
    await s.run('add-schema', 'people', '--schema', 'schema.json', '--json');
    await s.run('add-schema', 'people', '--schema', 'none.json');
    await s.run('add-schema', 'people', '--schema', 'bad_schema.json');
    await s.run('cap-collection', 'logs', '--cap', '1000');
    await s.run('cap-collection', 'logs', '--cap', '2000', '--json');
    await s.run('cap-collection', 'logs', '--cap', '0');
    await s.run('collections');
    await s.terminal('collections');
    await s.run('collections', '--json');
    await s.run('uncap-collection', 'logs');
    await s.run('uncap-collection', 'logs', '--json');
    await s.run('remove-schema', 'people');
    await s.run('remove-schema', 'people', '--json');
    await s.run('removeindex', 'people', 'name');
    await s.run('removeindex', 'people', 'age', '--json');
    await s.run('removeindex', 'people', 'age');
    await s.run('collections', '--advice');
    await app.good('import', 'many', 'many.json');
    await app.good('query', 'many', '{"town": "t3"}', '--sort', 'n');
    await app.good('count', 'many', '{"n": {"$gt": 1490}}');
    await s.run('collections', '--advice');
    await s.terminal('collections', '--advice');
    await s.run('collections', '--advice', '--json');
    await s.run('dropcollection', 'logs');
    await s.run('dropcollection', 'capped', '--json');
    await s.run('dropcollection', 'capped');
    await s.check();
  });

  test('keys', async () => {
    const s = keep('keys');
    await s.run('kv', 'list');
    await s.run('get', 'none');
    await s.run('get', 'none', '--json');
    await s.run('set', 'color', 'red');
    await s.run('set', 'colour', 'blue', '--json');
    await s.fed('from a pipe\n', 'set', 'piped');
    await s.run('set', 'bad', 'value', '--ttl', '-1');
    await s.run('get', 'color');
    await s.run('get', 'color', '--json');
    await s.run('get', 'color', '--text');
    await s.run('kv', 'set', 'other', '1');
    await s.run('kv', 'set', 'other', '2', '--json');
    await s.run('kv', 'get', 'other');
    await s.run('kv', 'get', 'other', '--json');
    await s.run('kv', 'list');
    await s.terminal('kv', 'list');
    await s.run('kv', 'list', 'col', '--json');
    await s.run('kv', 'list', '--text');
    await s.run('del', 'color');
    await s.run('del', 'color');
    await s.run('del', 'colour', '--json');
    await s.run('del');
    await s.run('kv', 'del', '*');
    await s.run('kv', 'del', 'other', '--json');
    await s.check();
  });

  test('files', async () => {
    const s = keep('files');
    await s.run('files', 'ls');
    await s.run('files', 'put', 'pages');
    await s.run('file-upload', 'pages/b.txt', '--target', '/more');
    await s.run('files', 'put', 'pages/b.txt', '--json');
    await s.run('file-upload', 'pages/b.txt', '--json');
    await s.run('files', 'put', 'none.txt');
    await s.run('files', 'put', 'none.txt', '--json');
    await s.run('files', 'ls');
    await s.terminal('files', 'ls', '/pages');
    await s.run('files', 'ls', '/pages', '--json');
    await s.run('file-list');
    await s.run('file-list', '/more', '--json');
    await s.run('files', 'ls', '/none');
    await s.run('files', 'get', '/b.txt', '-f', 'fetched.txt');
    await s.run('files', 'get', '/b.txt', '-f', 'again.txt', '--json');
    await s.run('files', 'get', '/none.txt');
    await s.run('files', 'rm', '/b.txt');
    await s.run('files', 'rm', '/b.txt');
    await s.run('files', 'rm', '--match', '^/pages/', '--dryrun');
    await s.run('files', 'rm', '--match', '^/pages/', '--json');
    await s.run('file-delete', '/more/b.txt');
    await s.run('file-delete', '/more/b.txt', '--json');
    await s.check();
  });
});
