// Schemas against ajv 8 with ajv-formats, fault by fault, and against the JSON Schema test suite (Debian: json-schema-test-suite).
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import Ajv from 'ajv';
import Ajv2019 from 'ajv/dist/2019.js';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { Chooser, evaluate } from './lib.mjs';

const options = { allErrors: true, strict: false, logger: false };
const drafts = { draft7: Ajv.default ?? Ajv, 2019: Ajv2019.default ?? Ajv2019, 2020: Ajv2020.default ?? Ajv2020 };

const newAjv = (draft) => {
  const ajv = new drafts[draft](options);
  (addFormats.default ?? addFormats)(ajv);
  return ajv;
};

// ---- generated ----

const names = ['a', 'b', 'c', 'name', 'a/b~c', 'é x'];
const texts = ['', 'a', 'ab', 'abc', 'é😀', 'a@b.co', '2024-01-01', '2024-01-01T00:00:00Z', 'http://a.b/c', '::1', 'x-1'];
const formats = ['email', 'date', 'date-time', 'time', 'uri', 'uri-reference', 'hostname', 'ipv4', 'ipv6', 'uuid', 'regex', 'json-pointer', 'unheard-of'];

function value(choose, depth) {
  const kind = choose.below(depth > 0 ? 8 : 5);
  if (kind === 0) return null;
  if (kind === 1) return choose.chance(0.5);
  if (kind === 2) return choose.one([0, 1, 2, 3, -1, 1.5, 10, 1e20, 0.1]);
  if (kind < 5) return choose.one(texts);
  if (kind === 5) return [value(choose, depth - 1), ...choose.times(3, () => value(choose, depth - 1))];  // empty ones: see below
  return Object.fromEntries(choose.some(names, choose.below(5)).map((name) => [name, value(choose, depth - 1)]));
}

function schema(choose, draft, depth) {
  if (depth === 0 || choose.chance(0.08)) return choose.one([true, false, {}, { type: choose.one(['string', 'number', 'integer', 'object', 'array']) }, { $ref: '#/definitions/d' }]);
  const inner = () => schema(choose, draft, depth - 1);
  const byName = (make = inner) => Object.fromEntries(choose.some(names, 1 + choose.below(3)).map((name) => [name, make()]));
  const someNames = () => choose.some(names, 1 + choose.below(3));
  const small = () => choose.below(4);
  const number = () => choose.one([0, 1, 2, 1.5, -1]);
  const list = (most) => Array.from({ length: 1 + choose.below(most) }, inner);
  const unique = (values) => [...new Map(values.map((one) => [JSON.stringify(one), one])).values()];
  const keywords = {
    type: () => choose.one(['string', 'number', 'integer', 'object', 'array', 'boolean', 'null', ['string', 'null'], ['object', 'array', 'integer']]),
    enum: () => unique(Array.from({ length: 1 + choose.below(3) }, () => value(choose, 1))),
    const: () => value(choose, 1),
    minimum: number, maximum: number, exclusiveMinimum: number, exclusiveMaximum: number,
    multipleOf: () => choose.one([1, 2, 0.5, 0.1]),
    minLength: small, maxLength: small,
    pattern: () => choose.one(['^a', '[0-9]', 'b$', '^\\w+$', '\\s']),
    format: () => choose.one(formats),
    items: () => (draft !== '2020' && choose.chance(0.3) ? list(3) : inner()),
    contains: inner, minItems: small, maxItems: small, uniqueItems: () => choose.chance(0.8),
    required: someNames, minProperties: small, maxProperties: small,
    properties: () => byName(), patternProperties: () => ({ [choose.one(['^a', 'b', '.'])]: inner() }),
    additionalProperties: () => (choose.chance(0.5) ? false : inner()),
    propertyNames: inner,
    allOf: () => list(2), anyOf: () => list(3), oneOf: () => list(3), not: inner, if: inner, then: inner, else: inner,
    $ref: () => choose.one(['#', '#/definitions/d', '#/definitions/e', '#/definitions/a~1b']),
  };
  if (draft !== '2020') keywords.additionalItems = () => (choose.chance(0.5) ? false : inner());
  if (draft === 'draft7') keywords.dependencies = () => byName(() => (choose.chance(0.5) ? someNames() : inner()));
  if (draft !== 'draft7') {
    Object.assign(keywords, {
      dependentRequired: () => byName(someNames), dependentSchemas: () => byName(), minContains: small, maxContains: small,
    });
  }
  if (draft === '2020') keywords.prefixItems = () => list(3);
  const chosen = choose.some(Object.keys(keywords), 1 + choose.below(5));
  const made = Object.fromEntries(chosen.map((keyword) => [keyword, keywords[keyword]()]));
  if (typeof made.type === 'string' && choose.chance(0.1)) made.nullable = made.type === 'null' || choose.chance(0.8);
  return made;
}

function rootSchema(choose, draft) {
  const root = schema(choose, draft, 3);
  const plain = (one) => (one.$ref && Object.keys(one).length === 1 ? {} : one);  // no circle of references alone
  const definitions = { d: plain(schema(choose, draft, 1)), e: plain(schema(choose, draft, 2)), 'a/b': { $ref: '#/definitions/d' } };
  return { ...(typeof root === 'object' ? root : { allOf: [root] }), definitions };
}

for (const draft of Object.keys(drafts)) {
  test(`generated schemas find the faults that ajv finds, in its words (${draft})`, () => {
    const choose = new Chooser();
    const cases = [];
    const ajv = newAjv(draft);
    while (cases.length < 600) {
      const one = rootSchema(choose, draft);
      const documents = Array.from({ length: 12 }, () => value(choose, 3));
      let answers;
      try {
        const validate = ajv.compile(one);
        answers = documents.map((document) => (validate(document) ? null : validate.errors));
      } catch (error) {
        if (error instanceof RangeError) continue;  // the schema refers to itself without end
        if (error instanceof TypeError) continue;   // ajv fails at some schemas of 2019 and later
        answers = error;
      }
      cases.push({ one, documents, answers });
    }
    const results = evaluate(cases.map(({ one, documents }) => ({ op: 'schema', schema: one, documents })));
    let faults = 0;
    cases.forEach(({ one, documents, answers }, i) => {
      if (answers instanceof Error) return assert.ok(results[i].error, `${JSON.stringify(one)}: ajv refuses it: ${answers.message}`);
      documents.forEach((document, j) => {
        if (results[i].result?.[j]?.[0].keyword === 'limit') return;  // it refers to itself without end, and ajv stopped before
        faults += answers[j]?.length ?? 0;
        assert.deepEqual(results[i].result?.[j], answers[j], `schema ${JSON.stringify(one)}\ndocument ${JSON.stringify(document)}\n${results[i].error ?? ''}`);
      });
    });
    assert.ok(faults > 3_000, `${faults} faults compared`);
  });
}

// Apart from the generated ones: in a loop over members ajv's `contains` remembers the item of the member before.
test('empty arrays and objects have the faults that ajv finds', () => {
  const schemas = [{ contains: {} }, { contains: { const: 1 } }, { minItems: 1 }, { minProperties: 1 }, { contains: { const: 1 }, minContains: 2 }, { items: false },
    { items: [false], additionalItems: false }, { uniqueItems: true }, { additionalProperties: false }, { propertyNames: false }, { contains: false, minContains: 0, maxContains: 1 }];
  const ajv = newAjv('2019');
  const documents = [[], {}, [[]], [{}]];
  const results = evaluate(schemas.map((schema) => ({ op: 'schema', schema, documents })));
  schemas.forEach((schema, i) => {
    const validate = ajv.compile(schema);
    assert.deepEqual(results[i].result, documents.map((document) => (validate(document) ? null : validate.errors)), JSON.stringify(schema));
  });
});

test('formats accept what ajv-formats accepts', () => {
  const choose = new Chooser();
  const seeds = ['a.b+c@example.co.uk', 'a@b', '2024-02-29', '2023-02-29', '12:59:59.5Z', '23:59:60Z', '24:00:00Z', '2024-01-01T12:00:00+01:00', '2024-01-01 00:00:00z',
    'http://user:pw@[::1]:80/a%20b?c=d#e', '//a/b', '/a/b?c', 'urn:a:b', 'mailto:a@b', 'a b', 'http://a.b/"', 'xn--a.example.', 'a'.repeat(64) + '.b', '1.2.3.4', '256.1.1.1',
    '1:2:3:4:5:6:7:8', '1::8', '::ffff:1.2.3.4', '1:2:3:4:5:6:7::', '::', ':::', '123e4567-e89b-12d3-a456-426614174000', 'urn:uuid:123e4567-e89b-12d3-a456-426614174000',
    '/a~0b/c~1', '/~2', '#/a%20', '0#', '1/a', '01', 'P1Y2M3DT4H5M6S', 'P1W', 'P', 'PT', 'P1DT', 'http://a/{b,c*}{?d:3}', '{', 'YWI=', 'YWJj', 'Y', '^a(b|c)+$', '(', '[a',
    'https://example.org/x?y', 'http://10.1.1.1/', 'http://172.16.0.1', 'http://8.8.8.8:80', 'ftp://é.example', '(?=a)b', '(a)\\1', 'a\\Z'];
  const letters = [...'aZ09.-:/@#?%~{}[] "\\TtP+é'];
  const ajv = newAjv('draft7');
  const known = Object.keys(ajv.formats);
  const mutated = (text) => {
    const at = choose.below(text.length + 1);
    const what = choose.below(3);
    return text.slice(0, at) + (what ? choose.one(letters) : '') + text.slice(at + (what === 1 ? 0 : 1));
  };
  const samples = [...seeds, ...Array.from({ length: 1500 }, () => mutated(mutated(choose.one(seeds))))];
  const numbers = [0, 1.5, 2 ** 31, -(2 ** 31), 2 ** 40];
  const results = evaluate(known.map((format) => ({ op: 'schema', schema: { format }, documents: [...samples, ...numbers] })));
  // Where RE2 and JavaScript do not agree on what an expression is: brackets, escapes, look-around, repeated anchors.
  const differs = (format, text) => format === 'regex' && /[{}[\]]|\\|\(\?|[$^][*+?]/.test(text);
  known.forEach((format, i) => {
    const validate = ajv.compile({ format });
    [...samples, ...numbers].forEach((sample, j) => {
      if (!differs(format, sample)) assert.equal(results[i].result[j] === null, validate(sample), `${format}: ${JSON.stringify(sample)}`);
    });
  });
});

// ---- the suite ----

// File, group (and test, where only one differs) → why Redd answers otherwise.
const excluded = new Map([
  ['refRemote.json', 'references reach only what stands in the schema'],
  ['ref.json: remote ref, containing refs itself', 'the metaschema is a remote reference'],
  ['definitions.json', 'the metaschema is a remote reference'],
  ['ref.json: ref overrides any sibling keywords', 'keywords beside $ref count, as in ajv 8 and since 2019-09'],
]);

test('the JSON Schema test suite, draft 7', () => {
  const folder = '/usr/share/json-schema-test-suite/tests/draft7';
  const inputs = [];
  const expected = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    for (const group of JSON.parse(readFileSync(join(folder, file), 'utf8'))) {
      if (excluded.has(file) || excluded.has(`${file}: ${group.description}`)) continue;
      inputs.push({ op: 'schema', schema: group.schema, documents: group.tests.map((one) => one.data) });
      expected.push({ name: `${file}: ${group.description}`, tests: group.tests });
    }
  }
  evaluate(inputs).forEach((answer, i) => {
    expected[i].tests.forEach((one, j) => {
      assert.equal(answer.result?.[j] === null, one.valid, `${expected[i].name}: ${one.description} ${answer.error ?? ''}`);
    });
  });
  assert.ok(expected.length > 100);
});
