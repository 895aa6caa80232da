// Indexes that slow queries would have wanted, with a button that makes them. A server that gives no advice shows nothing.
import { useState } from 'react';
import { useRead } from '../../api/hooks';
import type { Collection } from '../../api/shapes';
import { useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { duration, number, plural } from '../../ui/format';
import { Button, Command, Moment, Panel, Table } from '../../ui/kit';
import { toasts } from '../../ui/toasts';
import { makeIndex } from './indexing';

export function AdvicePanel({ collections }: { collections: Collection[] }) {
  const { at, canWrite } = useSpace();
  const advice = useRead('index.advice', at, { refetchInterval: (query) => (query.state.error ? false : 5_000) });
  const [busy, setBusy] = useState('');
  const known = new Map(collections.map((one) => [one.name, one]));
  const found = (advice.data?.advice ?? []).filter((one) => known.has(one.collection));
  if (found.length === 0) return null;
  return (
    <Panel title="Slow queries: indexes that would help" className="mt-4">
      <Table
        label="Indexes that would help"
        head={['Collection', 'Fields', 'Queries', 'Read on average', 'Slowest', 'Last', ...(canWrite ? ['Make it'] : [])]}
      >
        {found.map((one) => {
          const key = JSON.stringify([one.collection, one.fields]);
          const make = async () => {
            setBusy(key);
            const refused = await makeIndex({ ...at, collection: one.collection }, one.fields, known.get(one.collection)?.documents ?? 0);
            if (refused) toasts.bad(refused);
            setBusy('');
          };
          return (
            <tr key={key}>
              <td>{one.collection}</td>
              <td className="font-mono text-xs">{one.fields.join(', ')}</td>
              <td className="tabular-nums">{plural(one.queries, 'query', 'queries')}</td>
              <td className="tabular-nums">
                {number(Math.round(one.readAverage))} for {number(Math.round(one.returnedAverage))}
              </td>
              <td className="tabular-nums">{duration(one.slowestMs)}</td>
              <td>
                <Moment ms={one.lastMs} />
              </td>
              {canWrite && (
                <td className="text-right">
                  <Button busy={busy === key} onClick={() => void make()}>
                    Create index
                  </Button>
                </td>
              )}
            </tr>
          );
        })}
      </Table>
      <div className="mt-3">
        <Command>{coho(at, 'collections', '--advice')}</Command>
      </div>
    </Panel>
  );
}
