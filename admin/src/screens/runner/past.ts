// The last requests of this page, by space; a page that is loaded anew begins without any. Tokens are not in it.
import { session } from '../../api/session';
import { makeStore } from '../../api/store';
import type { Draft } from './request';

export interface Past {
  id: number;
  space: string; // PROJECT/SPACE
  draft: Draft;
  timeMs: number;
  status: number | null; // null: no answer came
  tookMs: number;
}

const kKept = 30;
let next = 1;

export const past = makeStore<readonly Past[]>([]);
session.store.watch(() => session.store.get().kind === 'none' && past.set([]));

export function remember(one: Omit<Past, 'id'>) {
  past.set([{ ...one, id: next++ }, ...past.get()].slice(0, kKept));
}
