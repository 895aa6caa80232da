// What may be called: the routes of the active deployment, and the last requests of this page.
import { useState } from 'react';
import { useStore } from '../../api/store';
import { duration } from '../../ui/format';
import { Badge, kInput, Panel } from '../../ui/kit';
import { past, type Past } from './past';
import type { KnownRoute } from './request';

const kRow = 'flex w-full min-w-0 items-baseline gap-2 rounded px-2 py-1 text-left hover:bg-raised aria-[current=true]:bg-tint';

function Method({ children }: { children: string }) {
  return <span className="w-14 shrink-0 font-mono text-xs font-semibold text-muted">{children === '*' ? 'ALL' : children}</span>;
}

interface RoutesProps {
  routes: KnownRoute[];
  chosen: KnownRoute | null;
  choose: (route: KnownRoute) => void;
}

export function Routes({ routes, chosen, choose }: RoutesProps) {
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().toLowerCase();
  const found = routes.filter(({ method, shown }) => `${method} ${shown}`.toLowerCase().includes(wanted));
  return (
    <Panel title="Routes">
      <input aria-label="Filter routes" placeholder="Filter" autoComplete="off" className={`${kInput} mb-2`} value={filter} onChange={(event) => setFilter(event.target.value)} />
      <ul aria-label="Routes" className="max-h-96 overflow-auto">
        {found.map((route, index) => (
          <li key={`${route.method} ${route.shown} ${index}`}>
            <button type="button" aria-current={route.method === chosen?.method && route.shown === chosen.shown} className={kRow} onClick={() => choose(route)}>
              <Method>{route.method}</Method>
              <span className="min-w-0 font-mono text-xs break-all">{route.shown}</span>
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="text-muted">{routes.length === 0 ? 'The code has no routes of its own. Type a path.' : 'No route has that in it.'}</p>}
    </Panel>
  );
}

export function PastRequests({ space, again }: { space: string; again: (one: Past) => void }) {
  const all = useStore(past).filter((one) => one.space === space);
  if (all.length === 0) return null;
  return (
    <Panel title="Sent from this page">
      <ul aria-label="Sent requests" className="max-h-72 overflow-auto">
        {all.map((one) => (
          <li key={one.id}>
            <button type="button" className={kRow} onClick={() => again(one)}>
              <Method>{one.draft.method}</Method>
              <span className="min-w-0 flex-1 font-mono text-xs break-all">{one.draft.path}</span>
              <span className="flex shrink-0 items-center gap-1 text-xs text-muted tabular-nums">
                {duration(one.tookMs)} <Badge kind={one.status !== null && one.status > 0 && one.status < 400 ? 'good' : 'bad'}>{one.status ?? 'none'}</Badge>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
