// What differs between two deployments: in what their code declares, and in the text of their bundles.
import type { Hooks } from '../../api/shapes';

export const kKinds: { key: keyof Hooks; label: string; one: string }[] = [
  { key: 'routes', label: 'Routes', one: 'route' },
  { key: 'auth', label: 'Auth hooks', one: 'auth hook' },
  { key: 'queues', label: 'Queues', one: 'queue' },
  { key: 'jobs', label: 'Jobs', one: 'job' },
  { key: 'realtime', label: 'Realtime channels', one: 'realtime channel' },
];

export interface Change {
  kind: 'added' | 'removed';
  text: string;
}

export interface KindChanges {
  key: keyof Hooks;
  label: string;
  changes: Change[];
}

export function manifestChanges(before: Hooks, after: Hooks): KindChanges[] {
  const missing = (from: string[], other: string[], kind: Change['kind']): Change[] =>
    from.filter((text) => !other.includes(text)).map((text) => ({ kind, text }));
  return kKinds.map(({ key, label }) => ({
    key,
    label,
    changes: [...missing(after[key], before[key], 'added'), ...missing(before[key], after[key], 'removed')],
  }));
}

const kSourceMap = /\n?\/\/# sourceMappingURL=data:[^\n]*\n?$/;

export const withoutMap = (bundle: string) => bundle.replace(kSourceMap, '\n');

// Bundles are mostly a few very long lines, so statements are compared.
const pieces = (bundle: string) => withoutMap(bundle).split(/(?<=[;{}\n])/).map((one) => one.trim()).filter(Boolean);

export type TextDiff = { kind: 'same' } | { kind: 'tooMuch'; before: number; after: number } | { kind: 'changes'; changes: Change[] };

const kEditsMax = 600;

export function textChanges(beforeText: string, afterText: string): TextDiff {
  let before = pieces(beforeText);
  let after = pieces(afterText);
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < before.length - head && tail < after.length - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  before = before.slice(head, before.length - tail);
  after = after.slice(head, after.length - tail);
  if (before.length === 0 && after.length === 0) return { kind: 'same' };
  const changes = shortestEdit(before, after);
  return changes ? { kind: 'changes', changes } : { kind: 'tooMuch', before: before.length, after: after.length };
}

// Myers, "An O(ND) Difference Algorithm and Its Variations": how far each diagonal reaches with d edits, kept per d, then walked back.
function shortestEdit(before: string[], after: string[]): Change[] | null {
  const reached: Map<number, number>[] = [];
  const now = new Map([[1, 0]]);
  for (let edits = 0; edits <= kEditsMax; edits += 1) {
    reached.push(new Map(now));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = isDown(now, diagonal, edits) ? (now.get(diagonal + 1) ?? 0) : (now.get(diagonal - 1) ?? 0) + 1;
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x += 1;
      now.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) return walkBack(reached, before, after);
    }
  }
  return null;
}

const isDown = (reach: Map<number, number>, diagonal: number, edits: number) =>
  diagonal === -edits || (diagonal !== edits && (reach.get(diagonal - 1) ?? 0) < (reach.get(diagonal + 1) ?? 0));

function walkBack(reached: Map<number, number>[], before: string[], after: string[]): Change[] {
  const out: Change[] = [];
  let x = before.length;
  let y = after.length;
  for (let edits = reached.length - 1; edits > 0; edits -= 1) {
    const reach = reached[edits] ?? new Map<number, number>();
    const diagonal = x - y;
    const down = isDown(reach, diagonal, edits);
    const from = down ? diagonal + 1 : diagonal - 1;
    x = reach.get(from) ?? 0;
    y = x - from;
    out.push(down ? { kind: 'added', text: after[y] ?? '' } : { kind: 'removed', text: before[x] ?? '' });
  }
  return out.reverse();
}
