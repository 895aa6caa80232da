// One request: how it came and ended, where its time went, why it was refused, and what was printed on its way.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { LogLine, RequestFields } from '../../api/shapes';
import { useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { duration, shortId } from '../../ui/format';
import { Command, CopyButton, Empty, Moment, Panel, Show } from '../../ui/kit';
import { isEnd } from './groups';
import { Line, Status } from './line';
import { newest } from './stream';
import { Timeline } from './timeline';

const kLink = 'text-accent underline underline-offset-2';
const kLinesShown = 1_000;

function Facts({ end }: { end: LogLine }) {
  const { at } = useSpace();
  const { method, path, status, durationMs, deployment, client, address, error } = end.fields;
  const rows: [string, ReactNode][] = [
    ['Request', <code key="request" className="break-all">{`${method} ${path}`}</code>],
    ['Status', status === undefined ? '–' : <Status status={status} />],
    ['Ended', <Moment key="ended" ms={end.time} />],
    ['Took', durationMs === undefined ? '–' : duration(durationMs)],
    ['Client', [client, address].filter(Boolean).join(', ') || '–'],
    [
      'Deployment',
      deployment ? (
        <Link key="deployment" to="/p/$project/$space/deployments" params={at} className={`${kLink} font-mono`} title={deployment}>
          {shortId(deployment)}
        </Link>
      ) : (
        '–'
      ),
    ],
  ];
  if (error) rows.push(['Error', error]);
  return (
    <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3">
      {rows.map(([label, value]) => (
        <div key={label} className="min-w-0">
          <dt className="text-xs text-muted">{label}</dt>
          <dd className="break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Refusal({ fields }: { fields: RequestFields }) {
  const { at } = useSpace();
  return (
    <Panel title="Refused" className="border-warn">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
        {(['reason', 'expected', 'found'] as const).map((key) => (
          <div key={key} className="contents">
            <dt className="text-muted capitalize">{key}</dt>
            <dd className="break-words">{fields[key] || '–'}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-3">
        <Link to="/p/$project/$space/auth" params={at} className={kLink}>
          Test a token and see all refusals in Auth
        </Link>
      </p>
    </Panel>
  );
}

function Found({ lines }: { lines: LogLine[] }) {
  const end = lines.findLast(isEnd);
  const timeline = end?.fields.timeline;
  return (
    <>
      {end ? (
        <Panel title="Request">
          <Facts end={end} />
        </Panel>
      ) : (
        <p className="text-muted">The request has not ended yet, or the line of its end is no longer kept.</p>
      )}
      {end?.fields.reason && <Refusal fields={end.fields} />}
      {timeline && timeline.length > 0 && (
        <Panel title="Where the time went">
          <Timeline stages={timeline} />
        </Panel>
      )}
      <Panel title="Lines">
        <div className="-mx-3" role="log" aria-live="off" aria-label="Lines of the request">
          {lines.map((line) => (
            <Line key={line.id} line={line} withRequest={false} />
          ))}
        </div>
      </Panel>
    </>
  );
}

export function RequestView({ id }: { id: string }) {
  const { at } = useSpace();
  const read = useQuery({
    queryKey: ['log.tail', { ...at, request: id }],
    queryFn: ({ signal }) => newest({ ...at, request: id }, kLinesShown, signal),
    refetchInterval: (query) => (query.state.data?.some(isEnd) ? false : 2_000),
  });
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Link to="/p/$project/$space/logs" params={at} search={{}} className={kLink}>
          ← The whole log
        </Link>
        <code className="min-w-0 break-all" aria-label="Request id">
          {id}
        </code>
        <CopyButton text={id} label="Copy the id" />
      </div>
      <Show query={read}>
        {(lines) =>
          lines.length === 0 ? (
            <Empty title="No line of this request is in the log.">Lines are kept for a while only, the newest ten thousand unless the server is set otherwise.</Empty>
          ) : (
            <Found lines={lines} />
          )
        }
      </Show>
      <Command>{coho(at, 'log', '--request', id, '--tail', String(kLinesShown))}</Command>
    </div>
  );
}
