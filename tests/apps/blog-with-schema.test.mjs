// A blog: nothing that does not fit the schema is ever stored, by whichever call; the log stays short; drafts pass.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { serveApp } from '../lib/served.mjs';
import { until } from '../lib/until.mjs';

describe('blog-with-schema', () => {
  let blog;
  const key = { key: true };
  before(async () => { blog = await serveApp('blog-with-schema'); });
  after(() => blog?.stop());
  const good = { title: 'First post', author: 'ann@example.com', text: 'Hello' };
  const stored = async (id) => (await blog.get(`/posts/${id}`)).json;

  test('DB-11 DB-12 RT-06 the startup hook made the collection with its schema', async () => {
    const schema = JSON.parse(await readFile(new URL('blog-with-schema/post.schema.json', import.meta.url), 'utf8'));
    assert.deepEqual((await blog.get('/schema', key)).json, schema);
    const made = await blog.post('/posts', good, key);
    assert.equal(made.status, 201, made.text);
    assert.deepEqual(await stored(made.json._id), made.json);
    assert.match(made.json.published, /Z$/);
  });

  test('DB-11 each way of writing is checked, and all that is wrong is told', async () => {
    const wrong = await blog.post('/posts', { title: 'x', author: 'nobody', extra: 1, tags: ['OK'] }, key);
    assert.deepEqual([wrong.status, wrong.json.error], [400, 'Schema validation failed']);
    for (const part of [/^\/title must NOT have fewer than 3 characters$/, /^\/author must match format "email"$/, /additional properties/, /^\/tags\/0 must match pattern/]) {
      assert.ok(wrong.json.problems.some((one) => part.test(one)), `${part}: ${wrong.json.problems}`);
    }
    const { _id, ...post } = (await blog.post('/posts', { ...good, tags: ['a', 'b'] }, key)).json;
    assert.equal((await blog.put(`/posts/${_id}`, { title: 'No author' }, key)).status, 400);
    assert.equal((await blog.patch(`/posts/${_id}`, { title: '' }, key)).status, 400);
    assert.equal((await blog.patch(`/posts/${_id}`, { $unset: { author: '' } }, key)).status, 400);
    assert.equal((await blog.post(`/posts/${_id}/tags`, { tag: 'c' }, key)).status, 200);
    assert.equal((await blog.post(`/posts/${_id}/tags`, { tag: 'd' }, key)).status, 400); // a fourth
    assert.deepEqual(await stored(_id), { ...post, tags: ['a', 'b', 'c'], _id });
    const replaced = await blog.put(`/posts/${_id}`, { title: 'Another', author: 'bo@example.com' }, key);
    assert.deepEqual(replaced.json, { title: 'Another', author: 'bo@example.com', _id });
  });

  test('DB-05 DB-06 HT-11 what is missing is not a bad document', async () => {
    for (const answer of [await blog.put('/posts/none', good, key), await blog.patch('/posts/none', { title: 'abc' }, key), await blog.del('/posts/none', key)]) {
      assert.deepEqual([answer.status, answer.json], [404, { error: '5 NOT_FOUND: Not found' }]);
    }
    assert.deepEqual([(await blog.get('/posts/none')).status, (await blog.get('/posts/none')).text], [404, 'null']);
  });

  test('DB-14 the log keeps its five newest lines', async () => {
    const ids = [];
    for (let n = 0; n < 7; n++) ids.push((await blog.post('/posts', { ...good, title: `Post ${n}` }, key)).json._id);
    const log = (await blog.get('/log', key)).json;
    assert.deepEqual(log.map((one) => one.id), ids.slice(-5));
    assert.deepEqual((await blog.get('/posts')).json.slice(0, 2).map((one) => [one.title, one.text]), [['Post 6', undefined], ['Post 5', undefined]]);
  });

  test('DB-15 a draft passes, one with more time stays', async () => {
    assert.equal((await blog.post('/drafts?ttl=3600000', { title: 'stays' }, key)).status, 201);
    assert.equal((await blog.post('/drafts?ttl=1', { title: 'passes' }, key)).status, 201);
    await until(async () => (await blog.get('/drafts', key)).json.map((one) => one.title).join() === 'stays');
  });

  test('AU-03 everybody reads, nobody writes without a key', async () => {
    assert.equal((await blog.get('/posts')).status, 200);
    const refused = await blog.post('/posts', good);
    assert.deepEqual([refused.status, refused.text], [403, 'only with a key']);
    assert.equal((await blog.get('/log')).status, 403);
  });

  test('DB-11 without the schema anything goes', async () => {
    assert.equal((await blog.del('/schema', key)).status, 200);
    assert.equal((await blog.get('/schema', key)).json, null);
    assert.equal((await blog.post('/posts', { anything: true }, key)).status, 201);
  });
});
