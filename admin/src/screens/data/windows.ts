// The documents around the rows that are on the screen, read in windows of a hundred, whatever number the collection has. The server steps
// over every key or document before an offset: in a long list a window is read from where the way is shortest, the front, the end or a known place.
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { send } from '../../api/client';
import type { Document } from '../../api/shapes';
import { Anchors, type Anchor } from './anchors';
import { parseExact } from './exact';

export const kWindow = 100;
const kForgetMs = 20_000; // after a window has left the screen
const kSettleMs = 80; // a window that is only scrolled past is not read
const kAliveMax = 20_000; // more documents than these are not read again by themselves
const kAliveMs = 4_000;

export interface Sorting {
  field: string;
  descending: boolean;
}
export interface Question {
  project: string;
  space: string;
  collection: string;
  filter: Record<string, unknown>;
  sort: Sorting | null;
}
export interface Explained {
  access: 'scan' | 'range' | 'index' | 'ids';
  index: string[] | null;
  keysRead: number;
  documentsRead: number;
  sort: 'none' | 'index' | '_id' | 'memory';
  returned: number;
  ms: number;
}

const sortOf = (sort: Sorting | null, isTurned = false) => (sort ? { [sort.field]: sort.descending === isTurned ? 1 : -1 } : undefined);

interface Part {
  offset: number;
  limit: number;
  isTurned?: boolean; // read backwards, given forwards
  bound?: Record<string, unknown>; // beside the filter
  fields?: string[];
}

async function find(question: Question, { isTurned = false, bound, ...what }: Part, signal: AbortSignal): Promise<Document[]> {
  const { sort, filter, ...rest } = question;
  const order = sort || !isTurned ? { sort: sortOf(sort, isTurned) } : { reverse: true };
  const args = { ...rest, ...what, ...order, filter: bound ? { $and: [filter, bound] } : filter };
  const text = await (await send('document.find', args, { signal })).text();
  const found = text.split('\n').filter(Boolean).map((line) => parseExact(line) as Document);
  return isTurned ? found.reverse() : found;
}

interface Long {
  total: number;
  anchors: Anchors;
}

// A window of a long list. What lies between the place it is read from and the window is stepped over, so the least of it decides.
async function findFar(question: Question, fields: string[], offset: number, { total, anchors }: Long, signal: AbortSignal): Promise<Document[]> {
  const limit = Math.min(kWindow, total - offset);
  const end = offset + limit;
  const fromEnd: Part = { offset: total - end, limit, fields, isTurned: true };
  const plain: Part = offset <= fromEnd.offset ? { offset, limit, fields } : fromEnd;
  const { sort } = question;
  const [before, behind] = sort ? [anchors.nearest(offset, 'before'), anchors.nearest(end, 'behind')] : [null, null];
  const bound = ({ value }: Anchor, rises: string, falls: string) => (sort ? { [sort.field]: { [sort.descending ? falls : rises]: value } } : {});
  const ways: Part[] = [];
  if (before) ways.push({ offset: offset - before.at, limit, fields, bound: bound(before, '$gte', '$lte') });
  if (behind) ways.push({ offset: behind.at - end, limit, fields, isTurned: true, bound: bound(behind, '$lt', '$gt') });
  const best = ways.sort((a, b) => a.offset - b.offset)[0];
  let found = best && best.offset < plain.offset ? await find(question, best, signal) : [];
  if (found.length !== limit) found = await find(question, plain, signal); // values of another kind stand on the way
  if (sort) anchors.learn(offset, found, sort.field);
  return found;
}

// How many documents match. Its error is what is wrong with the filter.
export function useTotal({ sort: _, ...question }: Question) {
  return useQuery({
    queryKey: ['document.count', question],
    queryFn: async ({ signal }) => ((await (await send('document.count', question, { signal })).json()) as { count: number }).count,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => ((query.state.data ?? Infinity) <= kAliveMax ? kAliveMs : false),
  });
}

// How the server finds the first of them.
export function useExplained(question: Question) {
  return useQuery({
    queryKey: ['document.find', 'explain', question],
    queryFn: async ({ signal }) => {
      const { sort, ...rest } = question;
      const answer = await send('document.find', { ...rest, sort: sortOf(sort), limit: kWindow, explain: true, format: 'json' }, { signal });
      const [explained] = (await answer.json()) as Explained[];
      return explained ?? null;
    },
  });
}

// Whole documents from the front: which fields there are.
export function useSample(question: Question) {
  return useQuery({
    queryKey: ['document.find', 'sample', question],
    structuralSharing: false,
    queryFn: ({ signal }) => find({ ...question, sort: null }, { offset: 0, limit: 50 }, signal),
    placeholderData: keepPreviousData,
  });
}

// `value` once it has not changed for a moment; at once when it is next to what it was.
function useSettled(value: number, near: number): number {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    if (Math.abs(value - settled) <= near) return setSettled(value);
    const timer = setTimeout(() => setSettled(value), kSettleMs);
    return () => clearTimeout(timer);
  }, [value, settled, near]);
  return settled;
}

interface Windows {
  row: (index: number) => Document | undefined; // undefined: it has not come yet
  error: Error | null;
  isFetching: boolean;
}

export function useWindows(question: Question, fields: string[], total: number, first: number, last: number, canTurn: boolean): Windows {
  const { sort } = question;
  const from = useSettled(Math.floor(first / kWindow), 1);
  const until = Math.max(from, from + Math.floor((last - first) / kWindow) + 1);
  const end = Math.max(0, Math.ceil(total / kWindow) - 1);
  const isLong = canTurn && total > kAliveMax;
  const anchors = useMemo(() => new Anchors(), [question, total]);
  const withSorted = sort ? [...new Set([...fields, sort.field])] : fields;
  const numbers: number[] = [];
  for (let number = Math.max(0, Math.min(from, end)); number <= Math.min(until, end); number += 1) numbers.push(number);
  return useQueries({
    queries: numbers.map((number) => {
      const offset = number * kWindow;
      return {
        queryKey: ['document.find', 'window', question, fields, offset, isLong ? total : 0],
        queryFn: ({ signal }: { signal: AbortSignal }) =>
          isLong ? findFar(question, withSorted, offset, { total, anchors }, signal) : find(question, { offset, limit: kWindow, fields }, signal),
        structuralSharing: false as const, // exact numbers are objects that must stay what they are
        gcTime: kForgetMs,
        refetchInterval: total <= kAliveMax ? kAliveMs : (false as const),
      };
    }),
    combine: (results) => ({
      row: (index: number) => results[numbers.indexOf(Math.floor(index / kWindow))]?.data?.[index % kWindow],
      error: results.find((one) => one.error)?.error ?? null,
      isFetching: results.some((one) => one.isFetching),
    }),
  });
}
