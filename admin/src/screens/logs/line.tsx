// One line of the log, and the small words about requests that the list, the groups and the view of a request share.
import { Link } from '@tanstack/react-router';
import type { LogLine } from '../../api/shapes';
import { useSpace } from '../../app/space';
import { Badge } from '../../ui/kit';
import { clean } from './groups';

const kLevels: Record<string, 'bad' | 'warn' | 'plain'> = { error: 'bad', warn: 'warn' };
const kClock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hour12: false });
const kIdShown = 6;

export function Clock({ ms }: { ms: number }) {
  return (
    <time dateTime={new Date(ms).toISOString()} title={new Date(ms).toISOString()} className="shrink-0 text-muted tabular-nums">
      {kClock.format(ms)}
    </time>
  );
}

export function Level({ level }: { level: string }) {
  return (
    <span className="w-12 shrink-0">
      <Badge kind={kLevels[level] ?? 'plain'}>{level}</Badge>
    </span>
  );
}

export function Status({ status }: { status: number }) {
  return <Badge kind={status >= 500 ? 'bad' : status >= 400 ? 'warn' : 'good'}>{status}</Badge>;
}

export function RequestLink({ id }: { id: string }) {
  const { at } = useSpace();
  const short = id.slice(-kIdShown);
  return (
    <Link
      to="/p/$project/$space/logs"
      params={at}
      search={{ request: id }}
      aria-label={`Request ${short} (${id})`}
      title={id}
      className="shrink-0 text-accent underline underline-offset-2"
    >
      {short}
    </Link>
  );
}

export function Line({ line, withRequest = true }: { line: LogLine; withRequest?: boolean }) {
  return (
    <div className="flex flex-wrap items-baseline gap-x-2 px-3 py-1 font-mono text-xs hover:bg-raised sm:flex-nowrap" data-level={line.level}>
      <Clock ms={line.time} />
      <Level level={line.level} />
      <span className="w-24 shrink-0 truncate text-muted" title={line.context}>
        {line.context}
      </span>
      <span className="order-last min-w-0 basis-full break-words whitespace-pre-wrap sm:order-none sm:flex-1 sm:basis-0">{clean(line.text)}</span>
      {withRequest && line.requestId && <RequestLink id={line.requestId} />}
    </div>
  );
}
