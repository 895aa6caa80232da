// The keys as the server has them now: what it would check the next token with.
import { useState } from 'react';
import { queries, useChange, useRead } from '../../api/hooks';
import type { AuthStatus } from '../../api/shapes';
import { useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { duration, plural } from '../../ui/format';
import { Badge, Button, Command, Empty, Moment, Panel, Show, Table } from '../../ui/kit';

function outcomeOf(before: AuthStatus | undefined, now: AuthStatus): string {
  if (now.error) return `The key set could not be fetched: ${now.error}`;
  if (before && before.triedAtMs !== null && before.triedAtMs === now.triedAtMs) return 'The set is fresh, so the server did not ask again.';
  return `Fetched: ${plural(now.keys.length, 'key')}.`;
}

function Keys({ status }: { status: AuthStatus }) {
  return (
    <>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        <dt className="text-muted">Age of the set</dt>
        <dd>{status.ageS === null ? 'not fetched yet' : duration(status.ageS * 1000)}</dd>
        <dt className="text-muted">Last asked</dt>
        <dd>
          <Moment ms={status.triedAtMs} />
        </dd>
      </dl>
      {status.error && (
        <p className="rounded-md border border-bad bg-bad-tint px-3 py-2 break-words text-bad">
          <b>The last try failed.</b> {status.error}
        </p>
      )}
      {status.keys.length > 0 ? (
        <Table label="Keys of the set" head={['Key ID', 'Kind', 'Algorithm']}>
          {status.keys.map((key, index) => (
            <tr key={`${key.kid} ${index}`}>
              <td className="font-mono text-xs break-all">{key.kid || <span className="text-muted">none</span>}</td>
              <td className="whitespace-nowrap">{key.kty}</td>
              <td>{key.alg ? <Badge>{key.alg}</Badge> : <span className="text-muted">any that fits</span>}</td>
            </tr>
          ))}
        </Table>
      ) : (
        <Empty title="No key is in the cache">The server fetches the set with the first token. “Fetch now” does it at once.</Empty>
      )}
      {status.unusable.length > 0 && (
        <div>
          <h3 className="font-medium">Keys that cannot be used</h3>
          <ul className="list-disc pl-5 text-muted">
            {status.unusable.map((one) => (
              <li key={one} className="break-words">
                {one}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

export function KeySet() {
  const { at } = useSpace();
  const status = useRead('auth.status', at, { refetchInterval: 5_000 });
  const [outcome, setOutcome] = useState('');
  const fetchNow = useChange('auth.status', {
    then: (answer) => {
      setOutcome(outcomeOf(status.data, answer));
      queries.setQueryData(['auth.status', at], answer);
    },
  });
  return (
    <Panel
      title="Keys in the cache"
      actions={
        status.data?.url && (
          <Button busy={fetchNow.isPending} onClick={() => fetchNow.mutate({ ...at, fetch: true })}>
            Fetch now
          </Button>
        )
      }
    >
      <Show query={status}>
        {(now) =>
          now.url ? (
            <div className="flex flex-col gap-4">
              <Keys status={now} />
              <p role="status" className="text-xs text-muted empty:hidden">
                {outcome}
              </p>
              <Command>{coho(at, 'auth', 'status', '--fetch')}</Command>
            </div>
          ) : (
            <Empty title="No key set">Give the JWKS URL of your identity provider, and its keys are listed here.</Empty>
          )
        }
      </Show>
    </Panel>
  );
}
