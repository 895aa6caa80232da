// The log by request: one row per request with how it ended, and below it, when it is opened, what was printed on its way.
import { useMemo, useState } from 'react';
import type { LogLine } from '../../api/shapes';
import { duration, plural } from '../../ui/format';
import { byRequest, type Entry } from './groups';
import { Clock, Line, RequestLink, Status } from './line';
import { Scroller } from './scroller';

function RequestRow({ entry, isOpen, toggle }: { entry: Extract<Entry, { kind: 'request' }>; isOpen: boolean; toggle: () => void }) {
  const fields = entry.end?.fields;
  const first = entry.end ?? entry.lines[0];
  return (
    <div className="border-b border-line text-xs">
      <div className="flex items-baseline gap-x-2 px-3 py-1 font-mono hover:bg-raised">
        <button type="button" aria-expanded={isOpen} onClick={toggle} className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-2 text-left">
          <span aria-hidden className={`inline-block text-muted ${isOpen ? 'rotate-90' : ''}`}>
            ›
          </span>
          {first && <Clock ms={first.time} />}
          {fields?.status !== undefined && <Status status={fields.status} />}
          <span className="min-w-0 break-all">{fields ? `${fields.method} ${fields.path}` : 'Not ended, or its end is not shown'}</span>
          <span className="text-muted">
            {fields?.durationMs !== undefined && `${duration(fields.durationMs)}, `}
            {plural(entry.lines.length, 'line')}
            {fields?.reason && `, refused: ${fields.reason}`}
          </span>
        </button>
        <RequestLink id={entry.id} />
      </div>
      {isOpen && (
        <div className="border-l-2 border-accent bg-ground pl-2" role="group" aria-label={`Lines of ${entry.id}`}>
          {entry.lines.map((line) => (
            <Line key={line.id} line={line} withRequest={false} />
          ))}
          {entry.end && <Line line={entry.end} withRequest={false} />}
        </div>
      )}
    </div>
  );
}

export function Requests({ lines }: { lines: LogLine[] }) {
  const entries = useMemo(() => byRequest(lines), [lines]);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string) => {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    setOpen(next);
  };
  return (
    <Scroller label="Requests" items={entries} keyOf={(entry) => entry.key}>
      {(entry) => (entry.kind === 'line' ? <Line line={entry.line} /> : <RequestRow entry={entry} isOpen={open.has(entry.id)} toggle={() => toggle(entry.id)} />)}
    </Scroller>
  );
}
