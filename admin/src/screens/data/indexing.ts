// Making an index takes as long as there are documents: it goes on in the background and tells how far it is.
import { work } from '../../api/client';
import { messageOf, queries } from '../../api/hooks';
import { number } from '../../ui/format';
import { toasts } from '../../ui/toasts';
import type { Place } from './guarded';

// What the server refused, or null. Leaving stops nothing: an index that has begun is finished.
export async function makeIndex(place: Place, fields: string[], documents: number): Promise<string | null> {
  const name = fields.join(', ');
  const task = toasts.task(`Making the index ${name} of ${place.collection}`);
  let refused: string | null = null;
  try {
    const last = await work<'index.create', { processed?: number }>('index.create', { ...place, fields }, ({ processed }) => {
      const done = Number(processed ?? 0);
      task.progress(documents ? Math.min(1, done / documents) : 0, `Making the index ${name} of ${place.collection}: ${number(done)} documents`);
    });
    toasts.good(`The index ${name} is ready: ${number(last.processed ?? 0)} documents.`);
  } catch (error) {
    refused = messageOf(error);
  }
  task.end();
  for (const one of ['collection.list', 'index.advice', 'document.find']) void queries.invalidateQueries({ queryKey: [one] });
  return refused;
}
