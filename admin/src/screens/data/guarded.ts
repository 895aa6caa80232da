// Writing a document only over the one that was read: whoever else changed it meanwhile is not overwritten unseen.
import { ask, Refusal, send } from '../../api/client';
import type { Document } from '../../api/shapes';
import { parseExact, same } from './exact';

export interface Place {
  project: string;
  space: string;
  collection: string;
}

export async function readDocument(place: Place, id: string, signal?: AbortSignal): Promise<Document> {
  return parseExact(await (await send('document.get', { ...place, id }, { signal })).text()) as Document;
}

// It is another by now: `current` is what stands there.
export class Conflict extends Error {
  constructor(readonly current: Document) {
    super('Somebody else changed this document since you read it.');
  }
}

async function guarded(place: Place, id: string, change: () => Promise<unknown>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (error instanceof Refusal && error.status === 409 && 'current' in error.details) throw new Conflict(await readDocument(place, id));
    throw error;
  }
}

export const replaceGuarded = (place: Place, id: string, document: Record<string, unknown>, expect: Document): Promise<void> =>
  guarded(place, id, () => ask('document.replace', { ...place, id, document, expect }));

// One field of a document, if that field still is what the person saw; what others changed in other fields stays.
export async function setField(place: Place, id: string, field: string, seen: Document, value: unknown): Promise<void> {
  const expect = await readDocument(place, id);
  if (!same(valueAt(expect, field), valueAt(seen, field))) throw new Conflict(expect);
  await guarded(place, id, () => ask('document.update', { ...place, id, change: { $set: { [field]: value } }, expect }));
}

// A literal key goes before a path, as in queries.
export function valueAt(document: unknown, field: string): unknown {
  if (typeof document !== 'object' || document === null) return undefined;
  const members = document as Record<string, unknown>;
  if (Object.hasOwn(members, field)) return members[field];
  const dot = field.indexOf('.');
  return dot < 0 ? undefined : valueAt(members[field.slice(0, dot)], field.slice(dot + 1));
}

export function withValue<T extends Record<string, unknown>>(document: T, field: string, value: unknown): T {
  const dot = field.indexOf('.');
  if (dot < 0 || Object.hasOwn(document, field)) return { ...document, [field]: value };
  const head = field.slice(0, dot);
  const inside = document[head];
  const isObject = typeof inside === 'object' && inside !== null && !Array.isArray(inside);
  return { ...document, [head]: withValue(isObject ? (inside as Record<string, unknown>) : {}, field.slice(dot + 1), value) };
}
