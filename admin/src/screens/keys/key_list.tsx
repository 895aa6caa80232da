// Keys with their values as a virtual list; a press on a key opens it.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import type { KeyValue } from '../../api/shapes';
import { duration } from '../../ui/format';
import { Badge } from '../../ui/kit';

const kRowPx = 34;
const kShownChars = 300;
const kColumns = 'grid grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)_5.5rem] items-center gap-3 px-3';

export function KeyList({ keys, open }: { keys: KeyValue[]; open: (entry: KeyValue) => void }) {
  const place = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: keys.length, getScrollElement: () => place.current, estimateSize: () => kRowPx, overscan: 8 });
  return (
    <div role="table" aria-label="Keys" aria-rowcount={keys.length + 1} className="overflow-hidden rounded-lg border border-line bg-panel">
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className={`${kColumns} border-b border-line bg-raised py-1.5 text-xs font-medium text-muted`}>
          <span role="columnheader">Key</span>
          <span role="columnheader">Value</span>
          <span role="columnheader">Stays for</span>
        </div>
      </div>
      <div ref={place} role="rowgroup" tabIndex={0} aria-label="Keys and values" className="max-h-[60vh] overflow-auto">
        <div role="presentation" className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const one = keys[index];
            if (!one) return null;
            return (
              <div
                key={one.key}
                role="row"
                aria-rowindex={index + 2}
                className={`${kColumns} absolute inset-x-0 top-0 border-b border-line hover:bg-raised`}
                style={{ height: kRowPx, transform: `translateY(${start}px)` }}
              >
                <span role="cell" className="min-w-0">
                  <button
                    type="button"
                    title={one.key}
                    className="block max-w-full truncate text-left font-mono text-xs text-accent hover:underline"
                    onClick={() => open(one)}
                  >
                    {one.key}
                  </button>
                </span>
                <span role="cell" className="min-w-0 truncate font-mono text-xs">
                  <Value value={one.value} />
                </span>
                <span role="cell" className="text-xs tabular-nums">
                  <TimeLeft expiresMs={one.expiresMs} />
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Value({ value }: { value: unknown }) {
  if (typeof value === 'number') {
    return (
      <>
        {value} <Badge>number</Badge>
      </>
    );
  }
  return <>{String(value).slice(0, kShownChars)}</>;
}

// Counts down by itself.
export function TimeLeft({ expiresMs }: { expiresMs: number | undefined }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!expiresMs) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [expiresMs]);
  if (!expiresMs) return <span className="text-muted">always</span>;
  const left = Math.max(0, expiresMs - now);
  const text = left === 0 ? 'gone' : duration(Math.ceil(left / 1_000) * 1_000).replace('.0 s', ' s');
  return <span className={left < 60_000 ? 'text-warn' : ''}>{text}</span>;
}
