// What the code of a space printed and what each request left, as it comes; or one request by itself (`?request=ID`).
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { number } from '../../ui/format';
import { Badge, Button, CheckField, Command, Empty, Loading, Problem, ScreenHead } from '../../ui/kit';
import { Filters, useSettled } from './filters';
import { Line } from './line';
import { RequestView } from './request';
import { Requests } from './requests';
import { Scroller } from './scroller';
import { kLinesMax, useLog, type LogFilter, type StreamState } from './stream';

function commandOf(at: { project: string; space: string }, filter: LogFilter) {
  const options = Object.entries(filter).flatMap(([name, value]) => (value ? [`--${name}`, value] : []));
  return coho(at, 'log', '--follow', ...options);
}

function LiveState({ state, isPaused, held }: { state: StreamState; isPaused: boolean; held: number }) {
  if (isPaused) return <Badge kind="warn">Paused{held > 0 && `, ${number(held)} new`}</Badge>;
  if (state === 'live') return <Badge kind="good">Live</Badge>;
  return <Badge>{state === 'loading' ? 'Connecting …' : 'Connecting again …'}</Badge>;
}

function Nothing({ isFiltered, info }: { isFiltered: boolean; info: string }) {
  if (isFiltered) return <Empty title="No line fits the filter.">Lines that fit appear here as they are printed.</Empty>;
  return (
    <Empty title="Nothing was printed yet.">
      What the code prints with console.log appears here at once, and so does every request. This shows where to call it:
      <Command>{info}</Command>
    </Empty>
  );
}

function LiveLog() {
  const { at } = useSpace();
  const [typed, setTyped] = useState<LogFilter>({});
  const filter = useSettled(typed);
  const [isGrouped, setGrouped] = useState(false);
  const log = useLog(at, filter);
  const isFiltered = Object.values(filter).some(Boolean);
  return (
    <div className="flex flex-col gap-2">
      <Filters filter={typed} change={setTyped} lines={log.lines} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <span role="status" aria-label="Stream">
          <LiveState state={log.state} isPaused={log.isPaused} held={log.held} />
        </span>
        <Button aria-pressed={log.isPaused} onClick={() => log.pause(!log.isPaused)}>
          {log.isPaused ? 'Resume' : 'Pause'}
        </Button>
        <CheckField label="By request" checked={isGrouped} onChange={(event) => setGrouped(event.target.checked)} />
        <span className="ml-auto text-xs text-muted tabular-nums">
          {number(log.lines.length)} of at most {number(kLinesMax)} lines
        </span>
      </div>
      {log.error && <Problem error={log.error} />}
      {log.lines.length > 0 ? (
        isGrouped ? (
          <Requests lines={log.lines} />
        ) : (
          <Scroller label="Log lines" items={log.lines} keyOf={(line) => line.id}>
            {(line) => <Line line={line} />}
          </Scroller>
        )
      ) : log.state === 'loading' ? (
        <Loading />
      ) : (
        <Nothing isFiltered={isFiltered} info={coho(at, 'info')} />
      )}
      <Command>{commandOf(at, filter)}</Command>
    </div>
  );
}

export function Logs() {
  const { request } = useSearch({ from: '/p/$project/$space/logs' });
  return (
    <>
      <ScreenHead title="Logs" about={request ? 'One request' : 'What the code printed and each request left, as it comes'} />
      {request && <RequestView key={request} id={request} />}
      <div hidden={Boolean(request)}>
        <LiveLog />
      </div>
    </>
  );
}
