// The documents around the rows that are on the screen, read in windows of a hundred, whatever number the collection has. A window in the
// second half is read from the end backwards where the order allows it, because the server steps over every document before an offset.
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { send } from '../../api/client';
import type { Document } from '../../api/shapes';
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
  access: 'scan' | 'index' | 'ids';
  index: string[] | null;
  keysRead: number;
  documentsRead: number;
  sort: 'none' | 'index' | 'memory';
  returned: number;
  ms: number;
}

const sortOf = (sort: Sorting | null, isTurned = false) => (sort ? { [sort.field]: sort.descending === isTurned ? 1 : -1 } : undefined);

interface Part {
  offset: number;
  limit: number;
  reverse?: boolean;
  fields?: string[];
}

async function find(question: Question, part: Part, signal: AbortSignal): Promise<Document[]> {
  const { sort, ...rest } = question;
  const { reverse = false, ...what } = part;
  const args = { ...rest, ...what, sort: sortOf(sort, reverse), ...(reverse && !sort ? { reverse } : {}) };
  const text = await (await send('document.find', args, { signal })).text();
  const found = text.split('\n').filter(Boolean).map((line) => parseExact(line) as Document);
  return reverse ? found.reverse() : found;
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
  const from = useSettled(Math.floor(first / kWindow), 1);
  const until = Math.max(from, from + Math.floor((last - first) / kWindow) + 1);
  const end = Math.max(0, Math.ceil(total / kWindow) - 1);
  const numbers: number[] = [];
  for (let number = Math.max(0, Math.min(from, end)); number <= Math.min(until, end); number += 1) numbers.push(number);
  return useQueries({
    queries: numbers.map((number) => {
      const offset = number * kWindow;
      const behind = total - offset - kWindow;
      const part: Part =
        canTurn && offset > total / 2
          ? { offset: Math.max(0, behind), limit: Math.min(kWindow, kWindow + behind), reverse: true, fields }
          : { offset, limit: kWindow, fields };
      return {
        queryKey: ['document.find', 'window', question, part, part.reverse ? total : 0],
        queryFn: ({ signal }: { signal: AbortSignal }) => find(question, part, signal),
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
