// What the differential tests of the query room share: the room as a program, and seeded choices.
import { spawnSync } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const program = join(process.env.REDD_TEST_BIN ?? join(root, 'build/release/bin'), 'query_eval');

// [{op, …}, …] → [{result} or {error}, …]; see src/query/testing/query_eval.cc.
export function evaluate(inputs) {
  const input = inputs.map((one) => JSON.stringify(one) + '\n').join('');
  const { stdout, status, error, signal } = spawnSync(program, { input, maxBuffer: 1 << 30, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`query_eval ended with ${status ?? signal}`);
  const lines = stdout.split('\n');
  lines.pop();
  if (lines.length !== inputs.length) throw new Error(`${inputs.length} inputs, ${lines.length} answers`);
  return lines.map((line) => JSON.parse(line));
}

// The same choices for the same seed; REDD_SEED tries others.
export class Chooser {
  constructor(seed = Number(process.env.REDD_SEED ?? 1)) { this.state = seed >>> 0; }
  random() {  // mulberry32
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
  below(n) { return Math.floor(this.random() * n); }
  chance(probability) { return this.random() < probability; }
  one(list) { return list[this.below(list.length)]; }
  some(list, count) {
    const rest = [...list];
    return Array.from({ length: Math.min(count, rest.length) }, () => rest.splice(this.below(rest.length), 1)[0]);
  }
  times(most, make) { return Array.from({ length: this.below(most + 1) }, make); }
}
