// coho on a space's data, against the real redd: documents, collections, indexes, keys, import and export.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { access, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { coho, cohoBin, run, startRedd } from '../lib/redd.mjs';

describe('coho with data', () => {
  let server, dir, project;
  const inside = (args, options = {}) => coho(server, args, { cwd: dir, ...options, env: { COHO_CONFIG_DIR: join(dir, 'config-home'), ...options.env } });
  const good = async (args, options) => {
    const result = await inside(args, options);
    assert.equal(result.code, 0, `coho ${args.join(' ')}: ${result.stderr}${result.stdout}`);
    return result.stdout;
  };
  const bad = async (args, pattern, code = 1) => {
    const result = await inside(args);
    assert.equal(result.code, code, `coho ${args.join(' ')}: ${result.stdout}`);
    assert.match(result.stderr, pattern);
    return result;
  };
  const json = async (...args) => JSON.parse(await good(args));
  const ids = async (...args) => (await json('query', ...args)).map((one) => one._id);
  const file = (name, text) => writeFile(join(dir, name), text);

  before(async () => {
    server = await startRedd();
    dir = await mkdtemp(join(tmpdir(), 'coho-data-'));
    project = (await server.api('POST', '/projects', { name: 'mydata' })).uniqueName;
    await server.api('POST', `/projects/${project}/spaces`, { name: 'dev' });
    await file('config.json', JSON.stringify({ name: project, space: 'dev' }));
    await file('people.json', JSON.stringify([
      { _id: 'a', name: 'Ann', age: 31, status: 'open', address: { city: 'Oslo' } },
      { _id: 'b', name: 'Bo, "B"', age: 17, status: 'closed', tags: ['x', 'y'] },
      { _id: 'c', name: 'arne', age: 65, status: 'gone' },
      { _id: 'd', name: 'Dag', status: 'open', deleted: true },
    ]));
    await good(['import', 'people', 'people.json']);
  });
  after(async () => {
    await server?.stop();
    if (dir) await rm(dir, { recursive: true, force: true });
  });

  test('CP-03 filters as text and as JSON, positional and with -c and -q', async () => {
    assert.deepEqual(await ids('people', 'name=/^a/i', 'age>=18'), ['a', 'c']);
    assert.deepEqual(await ids('people', 'name=/^a/ age>=18'), ['c']);
    assert.deepEqual(await ids('-c', 'people', '-q', 'status=open,closed&!deleted'), ['a', 'b']);
    assert.deepEqual(await ids('people', '{"age":{"$gte":18,"$lt":65}}'), ['a']);
    assert.deepEqual(await ids('people', 'age>=18', 'age<65'), ['a']);
    assert.deepEqual(await ids('people', 'address.city=Oslo'), ['a']);
    assert.deepEqual(await ids('people', 'tags=y'), ['b']);
    assert.deepEqual(await ids('people', 'name="Bo, \\"B\\""'), ['b']);
    assert.deepEqual(await ids('nothing-here'), []);
    await bad(['query', 'people', 'age>'], /the condition 'age>' has no value/);
    await bad(['query', 'people', '{age:1}'], /not a JSON object/);
    await bad(['query', 'people', '{"$wat":1}'], /Invalid query/);
    await bad(['query'], /no collection is named/);
    await bad(['query', 'people', '--table', '--csv'], /./, 2);
    await bad(['query', 'people', '--space', 'other'], /Unknown space.*from/);
  });

  test('CP-03 sort, limit, offset, fields, reverse; and the forms in which documents are shown', async () => {
    assert.deepEqual(await ids('people', '--sort', '-age', '--limit', '2'), ['c', 'a']);
    assert.deepEqual(await ids('people', '--sort', '{"name":1}', '--offset', '3'), ['c']);
    assert.deepEqual(await ids('people', '--reverse', '--limit', '1'), ['d']);
    assert.deepEqual(await json('query', 'people', '_id=a', '--fields', 'name,address.city'), [{ _id: 'a', name: 'Ann', address: { city: 'Oslo' } }]);
    assert.equal(await good(['query', 'people', 'age<18', '--jsonl']), '{"_id":"b","name":"Bo, \\"B\\"","age":17,"status":"closed","tags":["x","y"]}\n');
    assert.equal(await good(['query', 'people', 'age<18', '--fields', 'name', '--pretty']), '{\n  "_id": "b",\n  "name": "Bo, \\"B\\""\n}\n');
    assert.equal(await good(['query', 'people', '--fields', '_id,name,address.city', '--csv', '--limit', '2']), '_id,name,address.city\na,Ann,Oslo\nb,"Bo, ""B""",\n');
    const table = await good(['query', 'people', '--table']);
    assert.deepEqual(table.split('\n')[0].trim().split(/\s+/), ['_id', 'name', 'age', 'status', 'address', 'tags', 'deleted']);
    assert.match(table, /\na {4}Ann {6,}31 {3}open +\{"city":"Oslo"\}\n/);
  });

  test('CP-03 count, update, replace and delete by query', async () => {
    assert.equal(await good(['count', 'people']), '4\n');
    assert.deepEqual(await json('count', '-c', 'people', '-q', 'status=open', '--json'), { count: 2 });
    assert.equal(await good(['query', 'people', 'status=open', '--count']), '2\n');
    assert.equal(await good(['query', 'people', 'status=open', '--update', '{"$inc":{"age":1}}']), 'Updated 2 documents of people\n');
    assert.equal((await json('query', 'people', '_id=a'))[0].age, 32);
    assert.deepEqual(await json('query', 'people', '_id=c', '--replace', '{"name":"new"}', '--json'), { count: 1 });
    assert.deepEqual(await json('query', 'people', '_id=c'), [{ name: 'new', _id: 'c' }]);
    await bad(['query', 'people', '--delete'], /no filter says which documents.*'\{\}'/);
    await bad(['query', 'people', '{}', '--update', '{"$nope":{}}'], /nope/);
    await bad(['query', 'people', '{}', '--update', 'x=1'], /--update needs a JSON object/);
    assert.equal(await good(['query', 'people', '_id=d', '--delete']), 'Deleted 1 document of people\n');
    assert.equal(await good(['count', 'people']), '3\n');
  });

  test('CP-05 keys: get, set, del, list, with and without kv', async () => {
    assert.deepEqual(await json('set', 'greeting', 'hei du'), { key: 'greeting', value: 'hei du' });
    assert.deepEqual(await json('get', 'greeting'), { key: 'greeting', value: 'hei du' });
    assert.equal(await good(['kv', 'get', 'greeting', '--text']), 'hei du\n');
    await good(['kv', 'set', '--keyspace', 'øks', 'a/b?c=%', '--', '-1']);
    assert.equal(await good(['kv', 'get', 'a/b?c=%', '--keyspace', 'øks', '--text']), '-1\n');
    await bad(['get', 'a/b?c=%'], /has no value/);
    await good(['set', 'piped', '--ttl', '60000'], { input: 'from\nstdin\n' });
    assert.equal((await json('get', 'piped')).value, 'from\nstdin');
    for (const key of ['user:1', 'user:2', 'user:3']) await good(['set', key, `value of ${key}`]);
    assert.deepEqual(await json('get', 'user:*'), ['1', '2', '3'].map((n) => ({ key: `user:${n}`, value: `value of user:${n}` })));
    assert.equal(await good(['kv', 'list', 'user:', '--reverse', '--limit', '2', '--text']), 'user:3 value of user:3\nuser:2 value of user:2\n');
    assert.equal(await good(['del', 'user:1']), 'Deleted 1 key\n');
    assert.equal(await good(['del', 'user:1']), 'Deleted 0 keys\n');
    assert.equal(await good(['kv', 'del', '--prefix', 'user:']), 'Deleted 2 keys\n');
    const [greeting, piped] = await json('kv', 'list', '--json');
    assert.deepEqual(greeting, { key: 'greeting', value: 'hei du' });
    assert.deepEqual({ ...piped, expiresMs: 0 }, { key: 'piped', value: 'from\nstdin', expiresMs: 0 });
    assert.ok(piped.expiresMs > Date.now() - 60_000 && piped.expiresMs <= Date.now() + 60_000, `expires at ${piped.expiresMs}`);
    await bad(['kv', 'del'], /no key is named/);
    await good(['set', 'short', 'x', '--ttl', '1']);
    while ((await inside(['get', 'short'])).code === 0);  // until it has expired
  });

  test('CP-06 CP-08 collections, indexes, schemas and caps', async () => {
    await file('schema.json', '{"type":"object","required":["n"],"properties":{"n":{"type":"number"}}}');
    await good(['createcollection', 'shelf', '--schema', 'schema.json', '--cap', '100']);
    await file('shelf.jsonl', Array.from({ length: 50 }, (_, n) => JSON.stringify({ n, kind: n % 2 ? 'odd' : 'even' })).join('\n'));
    await good(['import', 'shelf', 'shelf.jsonl']);
    await bad(['query', 'shelf', 'n=1', '--update', '{"n":"text"}'], /Schema validation failed: \/n must be number/);
    assert.match(await good(['createindex', '-c', 'shelf', '-i', 'n']), /^Index on n of shelf \(\d+ documents\)\n$/);
    assert.match(await good(['createindex', 'shelf', 'kind,n']), /^Index on kind,n of shelf/);
    const { collections } = await json('collections', '--json');
    const shelf = collections.find((one) => one.name === 'shelf');
    assert.equal(shelf.documents, 50);
    assert.equal(shelf.cap, 100);
    assert.deepEqual(shelf.schema.required, ['n']);
    assert.deepEqual(shelf.indexes, [{ fields: ['n'], state: 'ready' }, { fields: ['kind', 'n'], state: 'ready' }]);
    assert.match(await good(['ls']), /\nshelf +50 +yes +100 +n {2}kind,n\n/);
    assert.deepEqual((await json('query', 'shelf', '--useindex', 'n', '--start', '10', '--end', '12')).map((one) => one.n), [10, 11, 12]);
    assert.deepEqual((await json('query', 'shelf', '--useindex', 'n', '--start', '10', '--end', '12', '--reverse')).map((one) => one.n), [12, 11, 10]);
    assert.ok((await good(['query', 'shelf', 'n=7', '--explain'])).includes('index'), 'explain names the index');
    await good(['cap-collection', 'shelf', '--cap', '10']);
    assert.equal(await good(['count', 'shelf']), '10\n');
    await good(['uncap-collection', '-c', 'shelf']);
    await good(['remove-schema', 'shelf']);
    await good(['query', 'shelf', 'n=45', '--update', '{"n":"text"}']);
    await good(['removeindex', '-c', 'shelf', '-i', 'kind,n']);
    await bad(['removeindex', '-c', 'shelf', '-i', 'kind,n'], /Unknown index/);
    await good(['add-schema', 'shelf', '--schema', 'schema.json']);
    await bad(['add-schema', 'shelf', '--schema', 'nothing.json'], /there is no file nothing\.json/);
    await good(['dropcollection', 'shelf']);
    await bad(['dropcollection', 'shelf'], /Unknown collection/);
    assert.ok(!(await good(['collections'])).includes('shelf'));
  });

  test('CP-07 what is exported and imported again is the same: JSON, NDJSON, CSV', async () => {
    const lines = Array.from({ length: 3000 }, (_, n) => `{"_id":"${String(n).padStart(5, '0')}","n":${n}.50,"big":12345678901234567890${n},"text":"æ, \\"q\\"\\n${n}"}`);
    await file('in.jsonl', `${lines.join('\n')}\n`);
    assert.match(await good(['import', '-c', 'round', '-f', 'in.jsonl']), /^Imported into round: 3,000 documents \(/);
    assert.match(await good(['export', '-c', 'round', '-f', 'out.jsonl']), /^Exported round to out\.jsonl: 3,000 documents/);
    assert.equal(await readFile(join(dir, 'out.jsonl'), 'utf8'), await readFile(join(dir, 'in.jsonl'), 'utf8'));
    assert.equal(await good(['export', 'round']), `[\n${lines.join(',\n')}\n]\n`);
    assert.deepEqual(await json('export', 'round', '-f', 'out.json', '--json'), { collection: 'round', file: 'out.json', count: 3000, bytes: (await readFile(join(dir, 'out.json'))).length });
    await good(['import', 'round', 'out.json']);
    assert.equal(await good(['count', 'round']), '3000\n', 'documents with a known _id replace the old ones');
    await good(['export', 'round', 'n<3', '--sort', '-n', '--fields', '_id,n,text', '-f', 'out.csv']);
    assert.equal(await readFile(join(dir, 'out.csv'), 'utf8'), '_id,n,text\n00002,2.5,"æ, ""q""\n2"\n00001,1.5,"æ, ""q""\n1"\n00000,0.5,"æ, ""q""\n0"\n');
    const imported = await inside(['import', 'fromcsv', 'out.csv']);
    assert.match(imported.stderr, /Columns left out: _id/);
    assert.deepEqual((await json('query', 'fromcsv', '--fields', '{"_id":0}', '--sort', 'n')), [0, 1, 2].map((n) => ({ n: n + 0.5, text: `æ, "q"\n${n}` })));
    assert.deepEqual((await readdir(dir)).filter((name) => name.endsWith('.part')), []);
  });

  test('CP-07 import from standard input, of another encoding, in part, and dry', async () => {
    await good(['import', '-c', 'odd', '-f', '-', '--csv', '--separator', ';'], { input: 'name;n;on\nKåre;1;true\n"a;b";;\n' });
    assert.deepEqual(await json('query', 'odd', '--fields', '{"_id":0}'), [{ name: 'Kåre', n: 1, on: true }, { name: 'a;b' }]);
    await writeFile(join(dir, 'latin.csv'), Buffer.from('name\nBl\xe5b\xe6r\n', 'latin1'));
    await good(['import', 'latin', 'latin.csv', '--encoding', 'latin1']);
    assert.equal((await json('query', 'latin'))[0].name, 'Blåbær');
    await bad(['import', 'latin', 'latin.csv', '--encoding', 'klingon'], /the encoding 'klingon' is not known/);
    await file('many.jsonl', Array.from({ length: 30 }, (_, n) => `{"n":${n}}\n`).join(''));
    assert.match(await good(['import', 'part', 'many.jsonl', '--dryrun']), /Nothing stored.*30 documents/);
    assert.equal(await good(['count', 'part']), '0\n');
    await good(['import', 'part', 'many.jsonl', '--skip', '5', '--rowcount', '10']);
    assert.deepEqual((await json('query', 'part')).map((one) => one.n), [5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    await bad(['import', 'part'], /no file is named/);
    await bad(['import', 'part', 'nothing.json'], /cannot read .*nothing\.json/);
  });

  test('CP-07 a bad document is named by its line, what stands before it is stored, --skip goes on', async () => {
    const lines = Array.from({ length: 25_000 }, (_, n) => `{"n":${n},"pad":"${'x'.repeat(100)}"}`);
    const broken = lines.with(21_233, '{"n":21233,"pad":tru}');
    await file('broken.jsonl', broken.join('\n'));
    const refused = await bad(['import', 'resumed', 'broken.jsonl'], /^Error: line 21234: .*21,233 documents are stored\. To go on behind them: --skip 21233/s);
    assert.doesNotMatch(refused.stderr, /Line \d+:/, 'the line of the request is not the line of the file');
    assert.equal(await good(['count', 'resumed']), '21233\n');
    await file('mended.jsonl', lines.join('\n'));
    await good(['import', 'resumed', 'mended.jsonl', '--skip', '21233']);
    assert.equal(await good(['count', 'resumed']), '25000\n');
    assert.deepEqual((await json('query', 'resumed', '--sort', 'n', '--offset', '21230', '--limit', '5', '--fields', 'n')).map((one) => one.n), [21230, 21231, 21232, 21233, 21234]);
    await file('broken.csv', 'a,b\n1,2\n3,4,5\n');
    await bad(['import', 'x', 'broken.csv'], /line 3: 3 fields, and the first line names 2\..*1 document is stored/s);
    await file('cut.json', '[{"a":1},\n{"b":');
    await bad(['import', 'x', 'cut.json'], /line 2: the input ends inside the document/);
  });

  test('CP-03 CP-07 SEC-39 an answer that breaks off leaves no file; on a terminal nothing of it is obeyed', async () => {
    const hostile = '{"a":"T","key":"T","value":"T"}\n'.replaceAll('T', '\\u001b[2J\u009b31m\u202e');
    const fake = createServer((request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write(request.url.includes('/raw/') ? hostile.replaceAll('\\u001b', '\u001b') : hostile, () => (request.url.includes('/broken/') ? response.destroy() : response.end()));
    }).listen(0, '127.0.0.1');
    await once(fake, 'listening');
    const env = { COHO_URL: `http://127.0.0.1:${fake.address().port}`, COHO_TOKEN: 'x' };
    try {
      const broken = await inside(['export', 'broken', '-f', 'cut.jsonl'], { env });
      assert.equal(broken.code, 1);
      assert.match(broken.stderr, /broke off/);
      await assert.rejects(access(join(dir, 'cut.jsonl')));
      for (const args of ['query raw', 'query fine', 'query fine --table', 'query fine --csv', 'query fine --pretty', 'export fine --jsonl', 'kv list --text', 'kv list']) {
        const screen = await run('script', ['-qec', `${cohoBin} ${args}`, '/dev/null'], { cwd: dir, env: { ...env, COHO_CONFIG_DIR: dir, TERM: 'xterm' } });
        assert.equal(screen.code, 0, `${args}: ${screen.stdout}`);
        const shown = screen.stdout.replaceAll('\u001b[K', '');  // our own: the progress line is cleared
        assert.doesNotMatch(shown, /[\u001b\u009b\u202e]/, args);
      }
    } finally {
      fake.close();
    }
  });

  test('CP-07 a long document stream is one request under back-pressure: coho | head ends it', async () => {
    const { code, stdout } = await run('sh', ['-c', `${cohoBin} export resumed --jsonl | head -n 3`], {
      cwd: dir, env: { COHO_URL: server.url, COHO_TOKEN: server.token, COHO_CONFIG_DIR: dir } });
    assert.equal(code, 0);
    assert.equal(stdout.trim().split('\n').length, 3);
    assert.equal(await good(['count', 'resumed']), '25000\n', 'the server goes on');
  });
});
