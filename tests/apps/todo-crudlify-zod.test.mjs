// A todo list made by crudlify and zod: its REST routes, and the query language of its addresses in depth.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { serveApp } from '../lib/served.mjs';

const todos = [
  { title: 'Buy milk', priority: 2, due: '2026-01-05T10:00:00.000Z', tags: ['home', 'shop'], owner: { name: 'Åsa' } },
  { title: 'buy stamps', priority: 4, done: true, tags: ['shop'], owner: { name: 'Bo', team: 'mail' } },
  { title: 'Call Ann', priority: 5, due: '2026-02-01T00:00:00.000Z', tags: ['work', 'phone'] },
  { title: 'Read a, b & c', priority: 1, tags: [] },
  { title: 'Sleep', tags: ['home'], owner: { name: 'Åsa', team: 'night' } },
];

describe('todo-crudlify-zod', () => {
  let list;
  before(async () => {
    list = await serveApp('todo-crudlify-zod');
    for (const todo of todos) await list.post('/todo', todo, { key: true });
  });
  after(() => list?.stop());
  const get = (path) => list.get(path, { key: true });
  // The titles that an address gives. Written as people type it; only what a URL cannot hold is escaped.
  const titles = async (query) => {
    const answer = await get(`/todo?${query}`);
    assert.equal(answer.status, 200, `${query}: ${answer.text}`);
    return answer.json.map((one) => one.title);
  };
  const [milk, stamps, ann, read, sleep] = todos.map((one) => one.title);
  const search = (cases) => async () => {
    for (const [query, expected] of cases) assert.deepEqual(await titles(query), expected, query);
  };
  const json = (value) => encodeURIComponent(JSON.stringify(value));

  test('CF-01 CF-03 what is posted is parsed by zod: defaults, trimming, unknown members', async () => {
    const answer = await list.post('/todo', { title: '  Sweep ', colour: 'red' }, { key: true });
    assert.equal(answer.status, 201);
    const { _id, ...rest } = answer.json;
    assert.match(_id, /^[0-9a-f]{24}$/);
    assert.deepEqual(rest, { title: 'Sweep', done: false, priority: 3, tags: [] });
    assert.deepEqual((await get(`/todo/${_id}`)).json, answer.json);
    assert.deepEqual((await list.del(`/todo/${_id}`, { key: true })).json, { _id });
    const gone = await get(`/todo/${_id}`);
    assert.deepEqual([gone.status, gone.text], [404, '5 NOT_FOUND: Not found']);
  });

  test('CF-03 what zod refuses gets 400 with its issues, and is not stored', async () => {
    const answer = await list.post('/todo', { title: '', priority: 7, due: 'tomorrow' }, { key: true });
    assert.equal(answer.status, 400);
    assert.deepEqual(answer.json.map((issue) => [issue.path.join('.'), issue.code]), [
      ['title', 'too_small'], ['priority', 'too_big'], ['due', 'invalid_format'],
    ]);
    assert.equal((await list.post('/todo', [1], { key: true })).status, 400);
    assert.equal((await get('/todo')).json.length, todos.length);
  });

  test('CF-01 a list is a JSON array in order of creation, also an empty one', async () => {
    const answer = await get('/todo');
    assert.match(answer.headers['content-type'], /^application\/json/);
    assert.deepEqual(answer.json.map((one) => one.title), todos.map((one) => one.title));
    assert.deepEqual((await get('/todo?title=none')).json, []);
  });

  test('CF-02 equality, types and lists of values', search([
    ['title=Sleep', [sleep]],
    ['title="Read a, b %26 c"', [read]],
    ['done=true', [stamps]],
    ['done=false&priority=2', [milk]],
    ['priority=1,2,5', [milk, ann, read]],
    ['priority!=1,2,5', [stamps, sleep]],
    ['priority!=3', [milk, stamps, ann, read]],
    ['priority=!3', [milk, stamps, ann, read]],
    ['priority="3"', []], // quoted: text, and no number equals it
    ['tags=shop', [milk, stamps]], // any element
    ['tags=work,home', [milk, ann, sleep]],
    ['tags!=shop', [ann, read, sleep]],
  ]));

  test('CF-02 comparisons, dates, presence', search([
    ['priority>3', [stamps, ann]],
    ['priority>=3', [stamps, ann, sleep]],
    ['priority<2', [read]],
    ['priority<=2', [milk, read]],
    ['priority>1&priority<4', [milk, sleep]],
    ['due>2026-01-05', [milk, ann]],
    ['due>2026-01-05T10:00:00Z', [ann]],
    ['due<=2026-01-05T10:00:00Z', [milk]],
    ['due=2026-02-01T00:00:00Z', [ann]],
    ['due', [milk, ann]],
    ['!due', [stamps, read, sleep]],
    ['title>C', [stamps, ann, read, sleep]], // by code point: lower case after upper case
  ]));

  test('CF-02 patterns, operators by name, nested members', search([
    ['title=/^buy/i', [milk, stamps]],
    ['title=/^buy/', [stamps]],
    ['title!=/^buy/i', [ann, read, sleep]],
    ['title:startsWith=Buy', [milk]],
    ['title:endsWith=s', [stamps]],
    ['priority:in=1,5', [ann, read]],
    ['priority:gte=4', [stamps, ann]],
    ['tags:size=2', [milk, ann]],
    ['tags:all=home,shop', [milk]],
    ['owner.name=Åsa', [milk, sleep]],
    ['owner.team', [stamps, sleep]],
    ['owner[name]=Åsa', [milk]], // the object itself, so one with another member differs
  ]));

  test('CF-02 DB-09 sorting, paging, fields', async () => {
    assert.deepEqual(await titles('sort=-priority,title'), [ann, stamps, sleep, milk, read]);
    assert.deepEqual(await titles('sort=done,-title'), [sleep, read, ann, milk, stamps]);
    assert.deepEqual(await titles('sort=-_id&limit=2'), [sleep, read]);
    assert.deepEqual(await titles('sort=priority&limit=2&offset=1'), [milk, sleep]);
    assert.deepEqual(await titles('offset=4'), [sleep]);
    assert.deepEqual(await titles('offset=99'), []);
    assert.deepEqual(await titles('limit=lots'), todos.map((one) => one.title));
    const [fields] = (await get('/todo?title=Sleep&fields=title,owner.team')).json;
    assert.deepEqual([Object.keys(fields).sort(), fields.owner], [['_id', 'owner', 'title'], { team: 'night' }]);
    const [omitted] = (await get('/todo?title=Sleep&omit=_id,tags,owner')).json;
    assert.deepEqual(omitted, { title: 'Sleep', done: false, priority: 3 });
  });

  test('CF-02 DB-07 filters, hints and counts as JSON', async () => {
    const by = (q, h) => `q=${json(q)}${h ? `&h=${json(h)}` : ''}`;
    assert.deepEqual(await titles(by({ $or: [{ priority: 5 }, { tags: 'shop' }] })), [milk, stamps, ann]);
    assert.deepEqual(await titles(by({ title: { $regex: '^BUY', $options: 'i' }, done: { $ne: true } })), [milk]);
    assert.deepEqual(await titles(by({}, { $sort: { title: -1 }, $limit: 2, $offset: 1 })), [sleep, read]);
    assert.deepEqual(await titles(by({}, { sort: { priority: 1 }, limit: 1, offset: 1 })), [milk]);
    assert.deepEqual(await titles(`${by({ done: false })}&sort=-title&limit=2`), [sleep, read]); // without h the options of the address apply
    assert.deepEqual((await get(`/todo?${by({ title: 'Sleep' }, { $fields: { title: 1, _id: 0 } })}`)).json, [{ title: 'Sleep' }]);
    assert.deepEqual((await get(`/todo?${by({ done: false }, { $onlycount: true })}`)).json, [{ count: 4 }]);
  });

  test('CF-02 AG-01 a= gives one aggregated object', async () => {
    const spec = { $sum: 'priority', $max: 'priority', $group: { $field: 'done', $sum: 'priority' } };
    const answer = await get(`/todo?a=${json(spec)}&q=${json({ priority: { $gte: 3 } })}`);
    assert.deepEqual(answer.json, [{
      count: 3, priority: { sum: 12, max: 5 }, done: { '(false)': { count: 2, priority: { sum: 8 } }, '(true)': { count: 1, priority: { sum: 4 } } },
    }]);
  });

  test('CF-02 an address that cannot be understood is refused with its reason', async () => {
    const broken = await get('/todo?q={"done":');
    assert.equal(broken.status, 400);
    assert.match(broken.text, /JSON/);
    for (const [query, reason] of [
      [`q=${json({ title: { $near: 1 } })}`, /Invalid query: .*\$near/], [`q=${json({ $where: '1' })}`, /\$where/],
      ['title=/(/', /regular expression/i],
    ]) {
      const answer = await get(`/todo?${query}`);
      assert.ok(answer.status >= 400, `${query}: ${answer.status}`);
      assert.match(answer.text, reason, query);
    }
  });

  test('CF-01 CF-03 PUT replaces and is checked, PATCH changes', async () => {
    const { _id } = (await list.post('/todo', { title: 'Draft', owner: { name: 'Bo' } }, { key: true })).json;
    const put = await list.put(`/todo/${_id}`, { title: 'Final', priority: 2 }, { key: true });
    assert.deepEqual([put.status, put.json], [200, { title: 'Final', priority: 2, _id }]);
    const refused = await list.put(`/todo/${_id}`, { priority: 2 }, { key: true });
    assert.deepEqual([refused.status, refused.json[0].path], [400, ['title']]);
    assert.deepEqual((await list.patch(`/todo/${_id}`, { done: true, _id: 'other' }, { key: true })).json, {
      title: 'Final', priority: 2, done: true, _id,
    });
    assert.deepEqual((await list.patch(`/todo/${_id}`, { $push: { tags: 'x' }, $inc: { priority: 1 } }, { key: true })).json.tags, ['x']);
    assert.equal((await list.patch('/todo/nowhere', { done: true }, { key: true })).status, 404);
    assert.equal((await list.put('/todo/nowhere', { title: 'x' }, { key: true })).status, 400); // with a schema any failure is 400
    assert.equal((await list.del(`/todo/${_id}`, { key: true })).status, 200);
    assert.equal((await list.del(`/todo/${_id}`, { key: true })).status, 404);
  });

  test('CF-01 by query many are changed and removed, and only those', async () => {
    for (const n of [1, 2, 3]) await list.post('/notes', { n, any: ['thing', { deep: n }] }, { key: true });
    assert.deepEqual((await list.patch('/notes/_byquery?n>=2', { seen: true }, { key: true })).json, { count: 2 });
    assert.deepEqual((await get('/notes?seen=true&fields=n&sort=n')).json.map((one) => one.n), [2, 3]);
    assert.deepEqual((await list.del('/notes/_byquery?n=2', { key: true })).json, { count: 1 });
    assert.deepEqual((await get('/notes?sort=n')).json.map((one) => [one.n, one.any[1].deep]), [[1, 1], [3, 3]]);
  });

  test('CF-01 AU-01 nothing without a key, nothing beside the schema, and the key in the address is no filter', async () => {
    assert.equal((await list.get('/todo')).status, 403);
    assert.equal((await list.post('/todo', { title: 'x' })).status, 403);
    assert.deepEqual((await list.get(`/todo?apikey=${list.key}&title=Sleep`)).json.length, 1);
    const other = await list.post('/secrets', { a: 1 }, { key: true });
    assert.deepEqual([other.status, other.json], [400, { error: 'Collection schema not found: secrets' }]);
    const read = await get('/secrets');
    assert.deepEqual([read.status, read.json], [404, { error: 'Schema error for collection secrets' }]);
    assert.equal((await list.del('/secrets/_byquery', { key: true })).status, 404);
  });
});
