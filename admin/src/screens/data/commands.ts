// The words of coho that say what one looks for.
import type { Sorting } from './windows';

export const queryWords = (filter: Record<string, unknown>) => (Object.keys(filter).length ? ['--query', JSON.stringify(filter)] : []);
export const sortWords = (sort: Sorting | null) => (sort ? [`--sort=${sort.descending ? '-' : ''}${sort.field}`] : []);
