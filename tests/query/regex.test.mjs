// Regular expressions of filters against JavaScript's own: RE2 where it can, PCRE2 for look-around and back-references.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Chooser, evaluate } from './lib.mjs';

const atoms = ['a', 'b', 'A', '1', '.', '\\d', '\\w', '\\s', '\\S', '\\W', '[ab]', '[^a]', '[a-c1]', '[\\s\\d]', '[^\\n]', 'é', '\\u00e9', '\\x61', '\\.', '\\/', '-', '\\n', '[^]', '[]', '\\-', '[\\]a]', '[[a]'];
const anchors = ['^', '$', '\\b', '\\B'];
const around = ['(?=', '(?!', '(?<=', '(?<!'];

function source(choose, depth) {
  const pieces = Array.from({ length: 1 + choose.below(3) }, () => {
    const kind = choose.below(10);
    if (kind === 0) return choose.one(anchors);
    if (kind < 6 || depth === 0) return choose.one(atoms) + (choose.chance(0.3) ? choose.one(['*', '+', '?', '*?', '+?', '{1,2}', '{2}']) : '');
    const inner = `${source(choose, depth - 1)}${choose.chance(0.4) ? `|${source(choose, depth - 1)}` : ''}`;
    if (kind === 6) return choose.one(around) + inner.replaceAll(/[*+?]\??|\{[\d,]+\}/g, '') + ')';  // PCRE2 looks behind over fixed lengths
    return `${choose.one(['(', '(?:'])}${inner})${choose.chance(0.3) ? choose.one(['?', '*', '+']) : ''}`;
  });
  return pieces.join('');
}
const text = (choose) => Array.from({ length: choose.below(8) }, () => choose.one([...'aabbA1 .-/\néz[]'])).join('');

test('generated expressions find what JavaScript finds', () => {
  const choose = new Chooser();
  const cases = [];
  while (cases.length < 4000) {
    const one = (choose.chance(0.2) ? `(${source(choose, 1)})${source(choose, 1)}\\1` : source(choose, 2));
    const flags = choose.one(['', 'i', 'm', 's', 'im']);
    // JavaScript empties a group at each round of a loop around it, PCRE2 keeps what it held.
    if (/\\1/.test(one) && /\)[*+?{]/.test(one)) continue;
    let regex;
    try { regex = new RegExp(one, flags); } catch { continue; }
    cases.push({ one, flags, regex, texts: Array.from({ length: 12 }, () => text(choose)) });
  }
  const results = evaluate(cases.map(({ one, flags, texts }) => ({ op: 'match', filter: { a: { $regex: one, $options: flags } }, documents: texts.map((a) => ({ a })) })));
  const failures = [];
  let refused = 0;
  cases.forEach(({ one, regex, texts }, i) => {
    if (results[i].error) { refused += 1; return; }
    texts.forEach((a, j) => {
      if (results[i].result[j] !== regex.test(a)) failures.push(`${regex} on ${JSON.stringify(a)}: JavaScript ${regex.test(a)}`);
    });
  });
  failures.sort((a, b) => a.length - b.length);
  assert.equal(failures.length, 0, `${failures.length}\n${failures.slice(0, 20).join('\n')}`);
  const refusals = results.filter((result) => result.error).map((result) => result.error);
  assert.ok(refused < cases.length / 20, `${refused} of ${cases.length} refused: ${[...new Set(refusals)].slice(0, 8).join('\n')}`);
});
