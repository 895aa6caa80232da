// Places in a long sorted list that are known: at row `at` begin the documents with `value`. From such a place an index finds the next
// documents at once, while an offset from either end steps over all that stand before it.
import { valueAt } from './guarded';

const kKept = 300;

export interface Anchor {
  at: number;
  value: string | number;
}

export class Anchors {
  private known: Anchor[] = [];

  // From documents that stand at `first` and behind it: the first place at which the value changes.
  learn(first: number, documents: readonly unknown[], field: string) {
    for (let index = 1; index < documents.length; index += 1) {
      const value = valueAt(documents[index], field);
      if ((typeof value !== 'string' && typeof value !== 'number') || value === valueAt(documents[index - 1], field)) continue;
      if (!this.known.some((one) => one.at === first + index)) this.known = [...this.known.slice(1 - kKept), { at: first + index, value }];
      return;
    }
  }

  nearest(row: number, side: 'before' | 'behind'): Anchor | null {
    let best: Anchor | null = null;
    for (const one of this.known) {
      const isFit = side === 'before' ? one.at <= row : one.at >= row;
      if (isFit && (!best || Math.abs(one.at - row) < Math.abs(best.at - row))) best = one;
    }
    return best;
  }
}
