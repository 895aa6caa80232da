// Reading and changing from components: what is read is kept and shared by its operation and arguments, a change says what it makes stale.
import { QueryClient, useMutation, useQuery, type UseQueryOptions } from '@tanstack/react-query';
import { ask, Refusal, type Answer, type Args, type OperationName } from './client';
import { connection } from './connection';
import { session } from './session';
import { toasts } from '../ui/toasts';

export const queries = new QueryClient({
  defaultOptions: { queries: { retry: false, staleTime: 2_000, refetchOnWindowFocus: true, networkMode: 'always' }, mutations: { networkMode: 'always' } },
});
connection.whenHealed(() => void queries.invalidateQueries());
session.store.watch(() => session.store.get().kind === 'none' && queries.clear()); // whoever comes next sees nothing of it

type ReadOptions<N extends OperationName> = Omit<UseQueryOptions<Answer<N>, Error>, 'queryKey' | 'queryFn'>;

export function useRead<N extends OperationName>(name: N, args: Args<N>, options: ReadOptions<N> = {}) {
  return useQuery<Answer<N>, Error>({ ...options, queryKey: [name, args], queryFn: ({ signal }) => ask(name, args, { signal }) });
}

interface ChangeOptions<N extends OperationName> {
  stale?: OperationName[]; // what is read again afterwards, and when somebody else was first, whatever its arguments
  said?: string | ((answer: Answer<N>) => string); // a word when it is done
  then?: (answer: Answer<N>) => void;
  quiet?: boolean; // the component shows the refusal itself
}

// change.mutate(args) runs the operation. A refusal is shown as a message unless `quiet`, and is in change.error either way.
export function useChange<N extends OperationName>(name: N, { stale = [], said, then, quiet = false }: ChangeOptions<N> = {}) {
  return useMutation<Answer<N>, Error, Args<N>>({
    mutationFn: (args) => ask(name, args),
    onSuccess: (answer) => {
      for (const one of stale) void queries.invalidateQueries({ queryKey: [one] });
      if (said) toasts.good(typeof said === 'string' ? said : said(answer));
      then?.(answer);
    },
    onError: (error) => {
      if (error instanceof Refusal && error.status === 409) for (const one of stale) void queries.invalidateQueries({ queryKey: [one] }); // somebody else was first
      if (!quiet) sayRefusal(error);
    },
  });
}

export const sayRefusal = (error: unknown) => toasts.bad(messageOf(error));

export function messageOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (error instanceof TypeError) return 'The server is out of reach. What you did was perhaps not done; the page tries again by itself.';
  return error instanceof Error ? error.message : String(error);
}
