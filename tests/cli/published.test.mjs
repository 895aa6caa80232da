// The published command line on a space: code, data, keys, logs, usage. What is printed is checked as a person sees it.
// published() works as a CI does, with --admintoken; loggedIn() as a person with a login, for the commands that want one.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { computer } from '../lib/published.mjs';
import { request, root, startRedd } from '../lib/redd.mjs';

// The client decodes its token and looks at exp. The owner's token may be any text, so also one in this shape.
const userToken = () => {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const nowS = Math.floor(Date.now() / 1000);
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: 'owner', name: 'Ann Able', email: 'ann@example.com', iat: nowS, exp: nowS + 3600 })}.${randomBytes(32).toString('base64url')}`;
};

const app = (message) => `
import { app, Datastore } from 'codehooks-js';
import lodash from 'lodash';
import fetch from 'node-fetch';
app.get('/hello', async (req, res) => {
  const conn = await Datastore.open();
  const visits = await conn.incr('visits', 1);
  res.json({ message: ${JSON.stringify(message)}, upper: lodash.upperFirst('external'), fetches: typeof fetch, visits });
});
app.get('/second', (req, res) => res.end('two'));
app.auth('/*', (req, res, next) => next());
app.job('0 0 1 1 *', (_, job) => job.end());
export default app.init();
`;

describe('the published command line', () => {
  let server, dir, project, ci, person;

  const withToken = (args) => [...args, '--admintoken', server.token];
  const published = (args, options) => ci.run(withToken(args), options);
  const good = (args, options) => ci.good(withToken(args), options);
  const loggedIn = (...args) => person.good(args);
  const query = async (...args) => JSON.parse(await good(['query', ...args]));
  const names = async (...args) => (await query('pets', ...args)).map((one) => one.name);
  const hello = (path = '/hello') => request(`${server.url}/dev${path}`, { headers: { host: `${project}.api.localhost` } });
  const file = (name, text) => writeFile(join(dir, 'app', name), text);

  before(async () => {
    server = await startRedd({ env: { REDD_OWNER_TOKEN: userToken() } });
    dir = await mkdtemp(join(tmpdir(), 'redd-published-'));
    ci = await computer(server, { home: join(dir, 'ci'), cwd: join(dir, 'app') });
    person = await computer(server, { home: join(dir, 'person'), cwd: join(dir, 'app') });
    await person.login(server.token);
    await server.api('POST', '/projects', { name: 'another' });  // the default one: Host decides, not the address
    project = (await server.api('POST', '/projects', { name: 'mypets' })).uniqueName;
    await server.api('POST', `/projects/${project}/spaces`, { name: 'dev' });
    await mkdir(join(dir, 'app'));
    await symlink(join(root, 'tests/node_modules'), join(dir, 'app/node_modules'));
    await file('config.json', JSON.stringify({ name: project, space: 'dev' }));
    await file('package.json', JSON.stringify({ dependencies: { 'codehooks-js': '1.4.3' } }));
    await file('index.js', app('first'));
    await file('pets.json', JSON.stringify([
      { _id: '1', name: 'Polly', type: 'Parrot', age: 3 }, { _id: '2', name: 'Pollux', type: 'Dog', age: 5 },
      { _id: '3', name: 'Zoé & Bo', type: 'Fish', age: 1 }, { _id: '4', name: 'Goldie', type: 'Fish', age: 2 },
    ]));
  });
  after(async () => {
    await server?.stop();
    if (dir) await rm(dir, { recursive: true, force: true });
  });

  test('compile', async () => {
    assert.match(await good(['compile']), /OK 🙌/u);
    await mkdir(join(dir, 'broken'));
    await writeFile(join(dir, 'broken/index.js'), 'let let = ;');
    const broken = await published(['compile'], { cwd: join(dir, 'broken') });
    assert.match(broken.stdout + broken.stderr, /Module parse failed|Unexpected token/);
  });

  test('CP-02 deploy: its own bundle, with externals, answers requests', async () => {
    const printed = await good(['deploy']);
    assert.match(printed, new RegExp(`Project: ${project}`));
    assert.match(printed, /Deployed Codehook successfully! 🙌/u);
    const { json } = await hello();
    assert.deepEqual(json, { message: 'first', upper: 'External', fetches: 'function', visits: 1 });
    const [active] = (await server.api('GET', `/projects/${project}/spaces/dev/deployments`)).deployments;
    assert.equal(active.active, true);
  });

  test('CP-02 a script that does not load: the message is printed, the old code goes on', async () => {
    await file('index.js', `${app('broken')}\nthrow new TypeError('not today');`);
    const printed = (await published(['deploy'])).stdout;
    assert.match(printed, /not today/);
    assert.doesNotMatch(printed, /successfully/);
    assert.equal((await hello()).json.message, 'first');
  });

  test('CP-02 deploy --history and --json', async () => {
    await file('index.js', app('second'));
    await good(['deploy']);
    assert.equal((await hello()).json.message, 'second');
    const printed = await ci.screen(withToken(['deploy', '--history']));
    assert.match(printed, /DeploymentID/);
    assert.match(printed, /\(active\)/);
    const json = await good(['deploy', '--history', '--json']);
    assert.equal(json.match(/DeploymentID: '[0-9a-f]{24}'/g).length, 2);
    assert.ok(json.indexOf('(active)') < json.indexOf('},'), 'the first is the active one');
  });

  test('CP-02 deploy --rollback, undeploy', async () => {
    const undone = await good(['deploy', '--rollback']);
    assert.match(undone, /Rollback cmd\n\{\n {2}id: '[0-9a-f]{24}'/);
    assert.equal((await hello()).json.message, 'first');
    assert.equal((await good(['deploy', '--history', '--json'])).match(/DeploymentID: '[0-9a-f]{24}'/g).length, 1, 'the undone one is gone');
    assert.match(await good(['undeploy']), /successfully removed/);
    assert.equal((await hello()).status, 404);
    await good(['deploy']);
    assert.equal((await hello()).json.message, 'second');
  });

  test('CP-07 import of JSON and CSV, export of both', async () => {
    assert.match(await good(['import', 'pets.json', 'pets']), /Finished import 4 objects/);
    await file('more.csv', 'name;age;_secret\nMimi;7;x\nNemo;0.5;y\n');
    assert.match(await good(['import', '--filepath', 'more.csv', '--collection', 'csvpets', '--separator', ';', '--rowcount']), /Finished import of 2 objects 2/);
    assert.deepEqual((await query('csvpets')).map(({ _id, ...rest }) => rest), [{ name: 'Mimi', age: 7, rowcount: 1 }, { name: 'Nemo', age: 0.5, rowcount: 2 }]);
    const exported = JSON.parse(await good(['export', 'pets']));
    assert.deepEqual(exported, JSON.parse(await readFile(join(dir, 'app/pets.json'), 'utf8')));
    await good(['export', 'pets', '--csv', '--filepath', 'out.csv']);
    assert.match(await good(['export', 'pets', '--csv']), /^_id,name,type,age\n1,Polly,Parrot,3\n/);
  });

  test('CP-07 a file of more documents than one request holds', async () => {
    await file('many.json', JSON.stringify(Array.from({ length: 12_000 }, (_, n) => ({ n, text: 'x'.repeat(50) }))));
    assert.match(await good(['import', 'many.json', 'many']), /Finished import 12000 objects/);
    assert.deepEqual(await query('many', '--count'), [{ count: 12_000 }]);
    assert.equal((await query('many')).length, 12_000);
    assert.equal(JSON.parse(await good(['export', 'many'])).length, 12_000);
  });

  test('CP-03 query: filters and all options', async () => {
    assert.deepEqual(await names('name=Polly'), ['Polly']);
    assert.deepEqual(await names('name=/^pol/'), ['Polly', 'Pollux']);
    assert.deepEqual(await names('type=Fish&age>1'), ['Goldie']);
    assert.deepEqual(await names('name=Zoé %26 Bo'), ['Zoé & Bo']);
    assert.deepEqual(await names('--limit', '2'), ['Polly', 'Pollux']);
    assert.deepEqual(await names('--offset', '1', '--limit', '1'), ['Pollux']);
    assert.deepEqual(await names('--reverse'), ['Goldie', 'Zoé & Bo', 'Pollux', 'Polly']);
    assert.deepEqual(await names('--useindex', 'age', '--start', '2', '--end', '3'), ['Goldie', 'Polly']);
    assert.deepEqual(await query('pets', 'name=Polly', '--fields', 'name,age'), [{ _id: '1', name: 'Polly', age: 3 }]);
    assert.deepEqual(await query('pets', 'type=Fish', '--count'), [{ count: 2 }]);
    assert.match(await good(['query', 'pets', 'name=Polly', '--pretty']), /name: 'Polly'/);
    assert.match(await good(['query', 'pets', 'name=Polly', '--csv']), /_id,name,type,age\n1,Polly,Parrot,3/);
    assert.match(await ci.screen(withToken(['query', 'pets', 'name=Polly', '--table'])), /_id +│ name +│ type +│ age[^]*1 +│ Polly +│ Parrot +│ 3/);
  });

  test('CP-03 query: update, replace, delete; queues are refused', async () => {
    assert.deepEqual(await query('pets', 'type=Fish', '--update', '{"$set": {"wet": true}}'), [{ count: 2 }]);
    assert.deepEqual(await names('wet=true'), ['Zoé & Bo', 'Goldie']);
    assert.deepEqual(await query('pets', 'name=Goldie', '--update', '{"name":"Renée"}'), [{ count: 1 }]);
    assert.deepEqual(await names('name=Renée'), ['Renée']);
    assert.deepEqual(await query('pets', 'name=Pollux', '--replace', '{"name":"Rex"}'), [{ count: 1 }]);
    assert.deepEqual(await query('pets', 'name=Rex'), [{ _id: '2', name: 'Rex' }]);
    const long = { text: 'y'.repeat(40_000) };
    assert.deepEqual(await query('pets', 'name=Rex', '--update', JSON.stringify(long)), [{ count: 1 }], 'a header of 40 KB');
    assert.deepEqual(await query('pets', 'name=Rex', '--delete'), [{ count: 1 }]);
    assert.equal((await names()).length, 3);
    const queue = await published(['query', 'pets', '--enqueue', 'topic', '--debug']);
    assert.equal(queue.code, 1);
    assert.match(queue.stderr, /Unable to perform query[^]*no queues/);
    const broken = await published(['query', 'pets', '--update', '{broken', '--debug']);
    assert.match(broken.stderr, /x-updatebyquery is not valid JSON/);
  });

  test('CP-06 createindex and removeindex', async () => {
    assert.match(await good(['createindex', '-c', 'many', '-i', 'n', '-i', 'text']), /Finished creating index for 12000 {2}objects/);
    const known = await server.api('GET', `/projects/${project}/spaces/dev/collections`);
    assert.deepEqual(known.collections.find((one) => one.name === 'many').indexes.map((one) => one.fields), [['n'], ['text']]);
    assert.match(await good(['createindex', 'pets', 'name']), /Finished creating index for 3 {2}objects/);
    assert.match(await good(['createindex', 'empty', 'name']), /Finished creating index for 0 {2}objects/);
    const removed = await good(['removeindex', 'pets', 'name']);
    assert.match(removed, /^200\nRemoved index for/);
    assert.match(removed, /index: \[ 'name' \]/);
  });

  test('CP-02 who deployed is in the history of somebody who is logged in', async () => {
    await file('index.js', app('third'));
    assert.match(await loggedIn('deploy'), /Deployed Codehook successfully!/);
    assert.match(await loggedIn('deploy', '--history', '--json'), /User: 'Ann Able',[^]*\(active\)/);
  });

  test('CP-03 count (its --table names a function that it has not, and prints nothing)', async () => {
    assert.match(await loggedIn('count', 'pets'), /^200 OK\n.*count: .*3/);
  });

  test('CP-05 set, get, del', async () => {
    const inColours = (text) => text.replace(/\x1b\[\d+m/g, '');
    assert.equal(inColours(await loggedIn('set', 'color-one', 'red')), "{ key: 'color-one', val: 'red', value: 'red' }\n");
    await loggedIn('set', 'color-two', 'blue', '--ttl', '60000');
    assert.match(inColours(await loggedIn('get', 'color-one')), /val: 'red'/);
    assert.match(await loggedIn('get', 'color*', '--text'), /color-one red\ncolor-two blue\n\n 2 keys/);
    await loggedIn('set', 'k', 'v', '--keyspace', 'other');
    assert.match(inColours(await loggedIn('get', '*', '--keyspace', 'other')), /key: 'k'[^]*\n 1 keys/);
    assert.match(inColours(await loggedIn('del', 'color-one')), /removed: true/);
    const gone = await person.run(['get', 'color-one']);
    assert.equal(gone.code, 1);
    assert.match(gone.stdout, /404 Not Found/);
  });

  test('CP-04 log', async () => {
    await hello();
    const printed = await loggedIn('log', '--tail', '20');
    assert.match(printed, new RegExp(`Project: ${project}\nSpace: dev\n`));
    assert.match(printed, /GET \/dev\/hello/);
    assert.doesNotMatch(await loggedIn('log', '--context', 'jobhooks'), /GET \/dev\/hello/);
  });

  test('CP-08 collection and stats', async () => {
    assert.match(await loggedIn('collection', '--json'), /collection: 'many', indexes: \[ 'n', 'text' \]|collection: 'many',\n\s+indexes: \[ 'n', 'text' \]/);
    assert.match(await person.screen(['collection']), /Collection +│ Indexes +│ Created[^]*pets/);
    const stats = await loggedIn('stats');
    assert.match(stats, /--- dev ---/);
    assert.match(stats, /API\/func call : [1-9]/);
    assert.match(stats, /Data objects  : 12,0\d\d/);
    assert.match(stats, /Data storage  : [\d.]+ MB/);
    assert.match(stats, /Function time : [\d.]+m?s/);
  });

  test('AU-05 a wrong token, no project, an unknown space', async () => {
    const denied = await ci.run(['query', 'pets', '--admintoken', 'nonsense']);
    assert.equal(denied.code, 1);
    assert.match(denied.stderr, /Unable to perform query\. No access\./);
    assert.match((await ci.run(['import', 'pets.json', 'pets', '--admintoken', 'nonsense'])).stdout, /Unable to import\. No access\./);
    assert.match((await ci.run(['deploy', '--history', '--admintoken', 'nonsense'])).stderr, /401 status code, not logged in\?/);
    await mkdir(join(dir, 'nowhere'), { recursive: true });
    const nowhere = await published(['query', 'pets', '--debug'], { cwd: join(dir, 'nowhere') });
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.stderr, /Unknown project/);
    assert.match((await published(['query', 'pets', '-s', 'prod', '--debug'])).stderr, /Unknown space/);
  });

  test('AU-05 without a token it asks for a login', async () => {
    assert.match(await ci.good(['query', 'pets']), /You need to log in or sign up first with/);
  });
});
