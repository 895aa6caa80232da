// spec 20.5 and 10.5: the pattern language, by the table that the server's matcher is tested with too.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { compilePattern, RouteTable } = createRequire(import.meta.url)('../lib/routes.cjs');
const table = JSON.parse(readFileSync(new URL('../../tests/vectors/route-patterns.json', import.meta.url)));

test('every row of route-patterns.json', () => {
  assert.ok(table.length > 80);
  for (const { pattern, path, match, params } of table) {
    assert.deepEqual(compilePattern(pattern).match(path), match ? params : null, `${pattern} on ${path}`);
  }
});

test('text patterns take time linear in the path', () => {
  const pattern = compilePattern(`/${'*a'.repeat(30)}*b`);
  const path = `/${'a'.repeat(8000)}`;
  const start = performance.now();
  assert.equal(pattern.match(path), null);
  assert.ok(performance.now() - start < 1000);
});

test('regular expression keys: flags kept but g and y, groups become params', () => {
  const key = (expression) => JSON.stringify({ $regex: expression.toString() });
  const pattern = compilePattern(key(/^\/re(.*)\/(?<name>\w+)$/gi));
  for (let i = 0; i < 3; ++i) assert.deepEqual(pattern.match('/RE1/x'), { 1: '1', 2: 'x', name: 'x' });
  assert.equal(pattern.match('/other'), null);
  assert.deepEqual(compilePattern(key(/^\/(?<=\/)look(?!x)/y)).match('/looky'), {});
  assert.throws(() => compilePattern('{"$regex":"/(/"}'), SyntaxError);
});

test('routes: registration order, method, all, HEAD by GET', () => {
  const routes = new RouteTable();
  for (const key of ['GET /a/:id', 'GET /a/one', '* /b', 'POST /b', 'GET {"$regex":"/^\\\\/c \\\\d$/"}']) routes.add(key, [key]);
  const select = (method, path) => routes.select(method, path)?.route.key;
  assert.equal(select('GET', '/a/one'), 'GET /a/:id');
  assert.equal(select('POST', '/b'), '* /b');
  assert.equal(select('DELETE', '/B/'), '* /b');
  assert.equal(select('HEAD', '/a/1'), 'GET /a/:id');
  assert.equal(select('POST', '/a/1'), undefined);
  assert.equal(select('GET', '/c 1'), 'GET {"$regex":"/^\\\\/c \\\\d$/"}');
});
