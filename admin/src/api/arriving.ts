// Code that is fetched when it is first needed. A server that is away just now is waited for, like for its data; one that has another UI by now
// is said.
import { connection } from './connection';

const kTriesMax = 3;

export async function arriving<T>(load: () => Promise<T>): Promise<T> {
  for (let tries = 1; tries < kTriesMax; tries += 1) {
    try {
      return await load();
    } catch {
      connection.lost();
      await connection.reached();
    }
  }
  return load().catch(() => {
    throw new Error('This part of the UI is not on the server any more: it has a newer UI. Fix: load the page again.');
  });
}
