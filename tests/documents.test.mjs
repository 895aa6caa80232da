// Documents as scripts use them (spec 40), through the real server: what each call answers, what a query means, what indexes,
// schemas, caps and expiry do.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { request, startRedd } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';

// Runs what a test posts: a function body with `conn`, `collection` and `agg` in reach.
const code = `import { app, Datastore, aggregation } from 'codehooks-js';
app.auth('/*', (req, res, next) => next());
app.post('/run', async (req, res) => {
  const conn = await Datastore.open();
  try {
    res.json({ value: await new Function('conn', 'agg', 'res', 'return (async () => {' + req.body.code + '})()')(conn, aggregation, res) });
  } catch (error) {
    res.json({ error });
  }
});
app.get('/stream/:collection', async (req, res) => {
  const conn = await Datastore.open();
  conn.getMany(req.params.collection, {}, { sort: req.query.sort, limit: req.query.limit }).json(res);
});
export default app.init();
`;

describe('documents', () => {
  let server, app;
  const run = async (body) => {
    const answer = await request(`${server.url}/dev/run`, { method: 'POST', body: JSON.stringify({ code: body }), headers: { 'content-type': 'application/json' } });
    return answer.json ?? answer;
  };
  const value = async (body) => {
    const { value: got, error } = await run(body);
    assert.equal(error, undefined, JSON.stringify(error));
    return got;
  };
  before(async () => {
    server = await startRedd();
    app = await makeApp(server, { files: { 'index.js': code } });
    await app.deploy();
  });
  after(async () => { await server?.stop(); await app?.remove(); });

  test('DB-01 DB-12 insert: one, many, own and made ids, what JSON makes of values', async () => {
    const made = await value(`return conn.insertOne('ins', { at: new Date(0), gone: undefined, nan: NaN, re: /x/, n: 1.5 });`);
    assert.deepEqual(Object.keys(made), ['at', 'nan', 're', 'n', '_id']);
    assert.deepEqual([made.at, made.nan, made.re], ['1970-01-01T00:00:00.000Z', null, {}]);
    const many = await value(`return conn.collection('ins').insertMany([{ _id: 'own' }, { _id: 7 }, {}]);`);
    assert.deepEqual(many.slice(0, 2), [{ _id: 'own' }, { _id: '7' }]);
    assert.ok(many[2]._id > made._id);
    const { error } = await run(`return conn.insertOne('ins', [{ _id: 'new' }, { _id: 'own' }]);`);
    assert.deepEqual([error.code, error.status], [6, 409]);
    assert.equal(await value(`return conn.findOneOrNull('ins', 'new');`), null);
    assert.match((await run(`return conn.insertOne('ins', { big: 10n });`)).error.message, /BigInt/);
  });

  test('DB-02 DB-13 one document: by id, ids, query; legacy argument orders', async () => {
    await value(`await conn.insertOne('one', [{ _id: 'a', n: 1 }, { _id: 'b', n: 2 }, { _id: 'c', n: 2 }]);`);
    assert.equal((await value(`return conn.getOne('one', ['x', 'b']);`))._id, 'b');
    assert.equal((await value(`return conn.findOne('one', { n: 2 });`))._id, 'b');
    assert.deepEqual((await run(`return conn.findOne('one', { n: 9 });`)).error, { message: '5 NOT_FOUND: Not found', code: 5, status: 404 });
    assert.deepEqual(await value(`return conn.getMany('one', { filter: { n: 2 }, sort: { _id: -1 }, limit: 1 }).toArray();`), [{ _id: 'c', n: 2 }]);
    assert.deepEqual(await value(`return conn.updateMany('one', { seen: true }, { filter: { n: 2 } });`), { count: 2 });
    assert.deepEqual(await value(`return conn.removeMany('one', { filter: { n: 1 } });`), { count: 1 });
    assert.deepEqual(await value(`return conn.replaceMany('one', { n: 3 }, { filter: { n: 2 } });`), { count: 2 });
    assert.deepEqual(await value(`return conn.find('one', { n: 3 }).toArray();`), [{ n: 3, _id: 'b' }, { n: 3, _id: 'c' }]);
    assert.deepEqual(await value(`return conn.updateOne('one', 'new', { $inc: { n: 1 } }, {}, { upsert: true });`), { _id: 'new', n: 1 });
  });

  test('DB-03 streams: events, forEach in turn, iteration, pause, cancel, chained options', async () => {
    await value(`await conn.insertOne('str', Array.from({ length: 250 }, (_, i) => ({ _id: String(1000 + i), n: i })));`);
    assert.deepEqual(await value(`return new Promise((done) => { let sum = 0; conn.getMany('str').on('data', (one) => { sum += one.n; }).on('end', () => done(sum)); });`), 31125);
    assert.deepEqual(await value(`const seen = []; await conn.find('str').forEach(async (one) => { await null; seen.push(one.n); }); return [seen.length, seen[249]];`), [250, 249]);
    assert.equal(await value(`let n = 0; for await (const one of conn.find('str')) { if (++n === 3) break; } return n;`), 3);
    assert.deepEqual(await value(`return conn.find('str').sort({ n: -1 }).skip(2).limit(2).project({ n: 1, _id: 0 }).toArray();`), [{ n: 247 }, { n: 246 }]);
    assert.deepEqual(await value(`return new Promise((done) => { const seen = []; const stream = conn.find('str'); stream.on('data', (one) => {
      seen.push(one.n); if (one.n === 1) { stream.pause(); setImmediate(() => { seen.push('resumed'); stream.resume(); }); } if (one.n === 3) { stream.cancel(); } });
      stream.on('end', () => done(seen)); });`), [0, 1, 'resumed', 2, 3]);
    const stream = await value(`const stream = conn.find('str'); const same = (await stream) === stream; return same;`);
    assert.equal(stream, true);
  });

  test('HT-07 DB-03 stream.json(res) is a JSON array of one document a line', async () => {
    const answer = await request(`${server.url}/dev/stream/str?sort=-n&limit=2`);
    assert.equal(answer.headers['content-type'], 'application/json');
    assert.equal(answer.text, '[\n{"_id":"1249","n":249},\n{"_id":"1248","n":248}\n]');
    assert.equal((await request(`${server.url}/dev/stream/none`)).text, '[\n\n]');
  });

  test('DB-04 DB-05 DB-06 changes: patch, operators, upsert, literal dots, atomic compare-and-set', async () => {
    await value(`await conn.insertOne('chg', { _id: 'a', n: 1, tags: ['x', 'y', 'x'], deep: { k: 1 } });`);
    assert.deepEqual(await value(`return conn.updateOne('chg', 'a', { $set: { 'deep.k': 2 }, $inc: { n: 0.5, 'stats.total': 1 }, $push: { tags: 'z' }, $pull: { tags: 'x' }, plain: 1 });`),
      { _id: 'a', n: 1.5, tags: ['y', 'z'], deep: { k: 1 }, 'deep.k': 2, plain: 1, 'stats.total': 1 });
    assert.equal((await value(`return conn.findOne('chg', { 'stats.total': 1 });`))._id, 'a');
    assert.equal((await run(`return conn.updateOne('chg', 'a', { $inc: 5 });`)).error.message, 'The value of $inc must be an object where each property is a number');
    assert.match((await run(`return conn.updateOne('chg', 'a', { $explode: {} });`)).error.message, /^3 INVALID_ARGUMENT: .*\$explode/);
    assert.deepEqual(await value(`return conn.updateOne('chg', { kind: 'k', _id: 'u' }, { $inc: { n: 2 } }, { upsert: true });`), { kind: 'k', _id: 'u', n: 2 });
    assert.deepEqual(await value(`return conn.replaceOne('chg', 'a', { _id: 'other', x: 1 });`), { _id: 'a', x: 1 });
    const won = await value(`const all = await Promise.allSettled(Array.from({ length: 50 }, () => conn.updateOne('chg', { _id: 'u', kind: 'k' }, { $set: { kind: 'taken' } })));
      return all.filter((one) => one.status === 'fulfilled').length;`);
    assert.equal(won, 1);
    assert.deepEqual(await value(`return conn.removeOne('chg', { x: 1 });`), { _id: 'a' });
    assert.deepEqual(await value(`return conn.removeMany('chg', {});`), { count: 1 });
  });

  test('DB-07 DB-09 counts, projections, options from hints', async () => {
    await value(`await conn.insertOne('opt', Array.from({ length: 30 }, (_, i) => ({ _id: String(100 + i), n: i % 3, deep: { a: i, b: 1 } })));`);
    assert.deepEqual(await value(`return [await conn.count('opt'), await conn.count('opt', { n: 1 }), await conn.getMany('opt', {}, { hints: { $onlycount: true } }).toArray()];`),
      [{ count: 30 }, { count: 10 }, [{ count: 30 }]]);
    assert.deepEqual(await value(`return conn.find('opt', { n: 0 }, { limit: 1, fields: { 'deep.a': 1 } }).toArray();`), [{ _id: '100', deep: { a: 0 } }]);
    assert.deepEqual(await value(`return conn.find('opt', {}, { hints: { $sort: { n: -1, _id: 1 }, $limit: '1', $offset: 1, $fields: { deep: 0 } } }).toArray();`), [{ _id: '105', n: 2 }]);
    assert.deepEqual((await value(`return conn.find('opt', {}, { reverse: true, limit: 1 }).toArray();`))[0]._id, '129');
  });

  test('DB-08 queries with dates, regular expressions and nested arrays', async () => {
    await value(`await conn.insertOne('qry', [{ _id: '1', at: new Date('2024-05-01'), name: 'Åsa', items: [{ k: 1, v: 2 }, { k: 3, v: 4 }] }, { _id: '2', at: new Date('2024-06-01'), name: 'bo', tags: null }]);`);
    const ids = (query) => value(`return (await conn.find('qry', ${query}).toArray()).map((one) => one._id);`);
    assert.deepEqual(await ids(`{ at: { $gt: new Date('2024-05-15') } }`), ['2']);
    assert.deepEqual(await ids(`{ at: { $lt: { $date: '2024-05-15T00:00:00+02:00' } } }`), ['1']);
    assert.deepEqual(await ids(`{ name: /^BO$/i }`), ['2']);
    assert.deepEqual(await ids(`{ name: { $in: [/^å/i, 'x'] } }`), ['1']);
    assert.deepEqual(await ids(`{ items: { $elemMatch: { k: 3, v: { $gt: 3 } } } }`), ['1']);
    assert.deepEqual(await ids(`{ 'items.k': 3, 'items.0.v': 2 }`), ['1']);
    assert.deepEqual(await ids(`{ tags: null }`), ['1', '2']);
    assert.deepEqual(await ids(`{ tags: { $exists: true } }`), ['2']);
    assert.match((await run(`return conn.find('qry', { $where: '1' }).toArray();`)).error.message, /Invalid query: \$where/);
  });

  test('DB-10 indexes: made while writes go on, used, explained, listed, removed', async () => {
    await value(`await conn.insertOne('idx', Array.from({ length: 500 }, (_, i) => ({ n: i, g: i % 5, at: { day: i % 30 } })));`);
    const explain = (query, options = '{}') => value(`return (await conn.find('idx', ${query}, { ...${options}, explain: true }).toArray())[0];`);
    assert.equal((await explain(`{ n: 7 }`)).documentsRead, 500);
    await value(`await Promise.all([conn.createIndex('idx', ['n', 'at.day']), conn.createIndex('idx', { g: 1, n: 1 }), conn.insertOne('idx', { n: 1000, g: 1 })]);`);
    const found = await explain(`{ n: 7 }`);
    assert.deepEqual([found.access, found.index, found.documentsRead, found.returned], ['index', ['n'], 1, 1]);
    assert.equal((await explain(`{ n: 1000 }`)).returned, 1);
    assert.deepEqual((await explain(`{ g: 3 }`, `{ sort: { n: -1 }, limit: 4 }`)).index, ['g', 'n']);
    assert.equal((await explain(`{ g: 3 }`, `{ sort: { n: -1 }, limit: 4 }`)).documentsRead, 4);
    assert.deepEqual(await value(`return (await conn.find('idx', {}, { useIndex: 'n', start: 3, end: 5 }).toArray()).map((one) => one.n);`), [3, 4, 5]);
    assert.deepEqual((await explain(`{ 'at.day': { $gte: 29 } }`)).index, ['at.day']);
    const [listed] = (await value(`return conn.listCollections();`)).filter((one) => one.name === 'idx');
    assert.deepEqual(listed.indexes.map((one) => one.fields.join('+')).sort(), ['at.day', 'g+n', 'n']);
    await value(`await conn.removeIndex('idx', 'n');`);
    assert.notDeepEqual((await explain(`{ n: 7 }`)).index, ['n']);
    assert.match((await run(`return conn.createIndex('idx', []);`)).error.message, /needs the name of a field/);
  });

  test('DB-11 DB-12 a schema refuses what does not fit, whatever way it comes', async () => {
    const schema = { type: 'object', properties: { email: { type: 'string', format: 'email' }, n: { type: 'integer' } }, required: ['email'], additionalProperties: false };
    assert.deepEqual(await value(`return conn.createCollection('sch', { schema: ${JSON.stringify(schema)} });`), { name: 'sch' });
    const stored = await value(`return conn.insertOne('sch', { email: 'a@b.example' });`);
    const { error } = await run(`return conn.insertOne('sch', { email: 'nobody', extra: 1 });`);
    assert.equal(error.message, 'Schema validation failed');
    assert.deepEqual(error.schemaError.map((one) => one.keyword).sort(), ['additionalProperties', 'format']);
    assert.ok((await run(`return conn.updateOne('sch', '${stored._id}', { n: 'x' });`)).error.schemaError);
    assert.ok((await run(`return conn.replaceOne('sch', '${stored._id}', {});`)).error.schemaError);
    assert.deepEqual(await value(`return conn.getSchema('sch');`), schema);
    assert.deepEqual(await value(`return conn.removeSchema('sch');`), {});
    assert.equal((await value(`return conn.insertOne('sch', { email: 1 });`)).email, 1);
    assert.match((await run(`return conn.setSchema('sch', { type: 'nonsense' });`)).error.message, /type/);
  });

  test('DB-14 DB-15 a capped collection keeps the newest; documents with _ttl go', async () => {
    await value(`await conn.createCollection('cap', { cap: 2 }); for (const n of [1, 2, 3]) await conn.insertOne('cap', { n });`);
    assert.deepEqual(await value(`return (await conn.find('cap').toArray()).map((one) => one.n);`), [2, 3]);
    await value(`await conn.insertOne('ttl', [{ _id: 'soon', _ttl: 1 }, { _id: 'later', _ttl: 3600000 }]);`);
    while ((await value(`return conn.count('ttl');`)).count > 1);
    assert.equal(await value(`return conn.findOneOrNull('ttl', 'soon');`), null);
    assert.deepEqual(await value(`return [await conn.dropCollection('cap'), await conn.dropCollection('cap')];`), [{ name: 'cap', dropped: true }, { name: 'cap', dropped: false }]);
  });

  test('AG-01 aggregation over a stream, and as an option of the server, are the same', async () => {
    await value(`await conn.insertOne('agg', [{ g: 'a', n: 1, m: { v: 2 } }, { g: 'b', n: 0 }, { g: 'a', n: 5, m: { v: 4 } }, { n: 2 }, { g: 7 }]);`);
    const spec = `{ $sum: 'n', $avg: { $field: 'm.v', $label: 'mean' }, $min: ['n'], $max: 'n', $group: { $field: 'g', $sum: 'n', $max: 'n' } }`;
    const [byLibrary, byOption] = await value(`return [await agg(conn.getMany('agg'), ${spec}), (await conn.getMany('agg', {}, { aggregate: ${spec} }).toArray())[0]];`);
    assert.deepEqual(byOption, byLibrary);
    assert.equal(byLibrary.count, 5);
    assert.equal(byLibrary.g.a.n.sum, 6);
  });
});
