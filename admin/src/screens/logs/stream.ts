// The lines of a space's log as they come: what there was, then what is printed, without a gap and without a line twice. Connects again when
// the stream ends. At most kLinesMax lines are held; while it is paused, new ones wait.
import { useEffect, useRef, useState } from 'react';
import { ask, events, Refusal, send } from '../../api/client';
import type { LogLine } from '../../api/shapes';

export interface LogFilter {
  context?: string;
  level?: string;
  request?: string;
  grep?: string;
}

type Place = { project: string; space: string };
export type StreamState = 'loading' | 'live' | 'waiting';

export const kLinesMax = 10_000;
const kHistory = 2_000;
const kOverlap = 100; // read again by each connection, so that none is lost between history and stream
const kFlushMs = 40; // lines that come together are drawn together
const kAgainMs = 1_000;

const wait = (ms: number, signal: AbortSignal) =>
  new Promise<void>((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), done()), { once: true });
  });

// A server that is set to keep fewer lines refuses to be asked for so many: then as many as it gives unasked.
export async function newest(args: Place & LogFilter, count: number, signal: AbortSignal): Promise<LogLine[]> {
  try {
    return (await ask('log.tail', { ...args, tail: count }, { signal })).lines;
  } catch (error) {
    if (error instanceof Refusal && error.status === 400) return (await ask('log.tail', args, { signal })).lines;
    throw error;
  }
}

interface Sink {
  push: (line: LogLine) => void;
  state: (now: StreamState) => void;
  problem: (error: Error | null) => void;
}

async function follow(args: Place & LogFilter, sink: Sink, signal: AbortSignal) {
  let last = '';
  const take = (line: LogLine) => {
    if (line.id <= last) return;
    last = line.id;
    sink.push(line);
  };
  let hasHistory = false;
  while (!signal.aborted) {
    try {
      if (!hasHistory) for (const line of await newest(args, kHistory, signal)) take(line);
      hasHistory = true;
      const answer = await send('log.follow', { ...args, tail: kOverlap }, { signal });
      sink.problem(null);
      sink.state('live');
      for await (const { event, data } of events(answer)) if (event === 'log') take(JSON.parse(data) as LogLine);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Refusal) sink.problem(error);
    }
    sink.state('waiting');
    hasHistory = false; // what was printed meanwhile may be more than the overlap
    await wait(kAgainMs, signal);
  }
}

export function useLog({ project, space }: Place, { context, level, request, grep }: LogFilter) {
  const [lines, setLines] = useState<LogLine[]>([]);
  const [state, setState] = useState<StreamState>('loading');
  const [error, setError] = useState<Error | null>(null);
  const [isPaused, setPaused] = useState(false);
  const [held, setHeld] = useState(0);
  const paused = useRef(false);
  const flush = useRef(() => {});

  useEffect(() => {
    const end = new AbortController();
    let buffer: LogLine[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    flush.current = () => {
      timer = undefined;
      if (paused.current) return setHeld(buffer.length);
      const ready = buffer;
      buffer = [];
      setHeld(0);
      if (ready.length) setLines((old) => [...old, ...ready].slice(-kLinesMax));
    };
    const push = (line: LogLine) => {
      buffer.push(line);
      if (buffer.length > kLinesMax) buffer = buffer.slice(-kLinesMax);
      timer ??= setTimeout(() => flush.current(), kFlushMs);
    };
    setLines([]);
    setHeld(0);
    setState('loading');
    void follow({ project, space, context, level, request, grep }, { push, state: setState, problem: setError }, end.signal);
    return () => {
      end.abort();
      clearTimeout(timer);
      flush.current = () => {};
    };
  }, [project, space, context, level, request, grep]);

  const pause = (now: boolean) => {
    paused.current = now;
    setPaused(now);
    if (!now) flush.current();
  };
  return { lines, state, error, isPaused, held, pause };
}
