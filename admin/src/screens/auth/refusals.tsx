// Refused requests as they come: how many for which reason, and the last ones with what was expected of them.
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useRead } from '../../api/hooks';
import type { Refused } from '../../api/shapes';
import { useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Dialog } from '../../ui/dialog';
import { duration, number } from '../../ui/format';
import { Badge, Command, Empty, Moment, Panel, Show, Table } from '../../ui/kit';

const kTail = 100;

function Counts({ counts }: { counts: { reason: string; count: number }[] }) {
  const most = Math.max(...counts.map(({ count }) => count), 1);
  return (
    <ul className="grid grid-cols-[auto_1fr_auto] items-center gap-x-3 gap-y-1">
      {counts.map(({ reason, count }) => (
        <li key={reason} className="contents">
          <span>{reason}</span>
          <span aria-hidden className="h-2.5 rounded bg-raised">
            <span className="block h-full rounded bg-bad" style={{ width: `${Math.max(2, (100 * count) / most)}%` }} />
          </span>
          <span className="text-right tabular-nums">{number(count)}</span>
        </li>
      ))}
    </ul>
  );
}

function Details({ one }: { one: Refused }) {
  const { at } = useSpace();
  const rows: [string, string | undefined][] = [
    ['Request', `${one.method} ${one.path}`],
    ['Answer', `${one.status}${one.durationMs === undefined ? '' : ` after ${duration(one.durationMs)}`}`],
    ['Reason', one.reason],
    ['Expected', one.expected],
    ['Found', one.found],
    ['Client', [one.client, one.address].filter(Boolean).join(', ')],
    ['Deployment', one.deployment],
    ['Request ID', one.requestId],
  ];
  return (
    <div className="flex flex-col gap-4">
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        <dt className="text-muted">Time</dt>
        <dd>
          <Moment ms={one.time} />
        </dd>
        {rows.map(
          ([label, text]) =>
            text && (
              <div key={label} className="contents">
                <dt className="text-muted">{label}</dt>
                <dd className="wrap-anywhere">{text}</dd>
              </div>
            ),
        )}
      </dl>
      <Link to="/p/$project/$space/logs" params={at} search={{ request: one.requestId }} className="text-accent underline">
        This request in the log
      </Link>
      <Command>{coho(at, 'log', '--request', one.requestId)}</Command>
    </div>
  );
}

export function Refusals() {
  const { at } = useSpace();
  const refusals = useRead('auth.refusals', { ...at, tail: kTail }, { refetchInterval: 2_000 });
  const [open, setOpen] = useState<Refused | null>(null);
  return (
    <Show query={refusals}>
      {({ refusals: list, counts }) =>
        list.length === 0 && counts.length === 0 ? (
          <Empty title="No request was refused">The next one that is refused appears here within two seconds, with the reason. “Test a token” says beforehand what a token would meet.</Empty>
        ) : (
          <div className="flex flex-col gap-4">
            <Panel title="By reason">
              <Counts counts={counts} />
            </Panel>
            <Panel title="The last ones">
              <div className="flex flex-col gap-3">
                <Table label="Refused requests" head={['Time', 'Reason', 'Request', 'Expected', 'Found', 'Client']}>
                  {list.map((one) => (
                    <tr key={one.requestId} className="hover:bg-raised">
                      <td className="text-xs">
                        <Moment ms={one.time} />
                      </td>
                      <td className="whitespace-nowrap">
                        <Badge kind="bad">{one.reason ?? String(one.status)}</Badge>
                      </td>
                      <td className="min-w-40">
                        <button type="button" className="text-left font-mono text-xs break-all text-accent underline" onClick={() => setOpen(one)}>
                          {one.method} {one.path}
                        </button>
                      </td>
                      <td className="min-w-32 text-xs wrap-anywhere">{one.expected}</td>
                      <td className="min-w-32 text-xs wrap-anywhere">{one.found}</td>
                      <td className="text-xs whitespace-nowrap">{one.client}</td>
                    </tr>
                  ))}
                </Table>
                <Command>{coho(at, 'auth', 'refusals')}</Command>
              </div>
            </Panel>
            <Dialog title="A refused request" open={open !== null} close={() => setOpen(null)}>
              {open && <Details one={open} />}
            </Dialog>
          </div>
        )
      }
    </Show>
  );
}
