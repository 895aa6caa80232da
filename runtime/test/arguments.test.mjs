// What has no JSON is refused as the caller's mistake (spec 40.2, 40.12), before anything is sent.
import test from 'node:test';
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const { documentText, queryText, changeText } = createRequire(import.meta.url)('../lib/arguments.cjs');

const circle = {};
circle.self = circle;

test('DB-01 DB-04 DB-08 BigInt, circles and toJSON() of nothing are invalid arguments with code and status', () => {
  for (const [value, reason] of [[{ n: 1n }, /BigInt/], [circle, /circular/], [{ toJSON() {} }, /toJSON\(\) gives undefined/]]) {
    for (const encode of [(one) => documentText(one, 'a document'), queryText, changeText]) {
      assert.throws(() => encode(value), (error) => {
        assert.match(error.message, /^3 INVALID_ARGUMENT: a (document|query|change) has no JSON: /);
        assert.match(error.message, reason);
        assert.deepEqual([error.code, error.status], [3, 400]);
        return true;
      });
    }
  }
});

test('DB-08 expressions travel as $regex in queries and in what $pull matches', () => {
  const sent = JSON.parse(queryText({ name: /^a/gi, tags: { $in: [/b/] } }));
  assert.deepEqual(sent, { name: { $regex: '^a', $options: 'i' }, tags: { $in: [{ $regex: 'b', $options: '' }] } });
  assert.equal(changeText({ $pull: { list: /x/ }, $set: { a: 1 } }), '{"$pull":{"list":{"$regex":"x","$options":""}},"$set":{"a":1}}');
});
