// The points of space.activity as lines over a whole hour: steps without requests are left out by the server and are zeros here.
import type { Activity, Point } from '../../api/shapes';

export interface Series {
  times: number[]; // seconds, as charts want them
  requests: (number | null)[]; // null before the server started: nobody counted then
  failures: (number | null)[];
  refusals: (number | null)[];
  p50: (number | null)[]; // milliseconds; null where no request reached the code
  p99: (number | null)[];
}

const kHourMs = 3_600_000;

export function seriesOf(activity: Activity, nowMs: number): Series {
  const { stepMs, startedMs, points } = activity;
  const stepAt = (ms: number) => Math.floor(ms / stepMs) * stepMs;
  // Where the clock of this machine is behind the server's, the newest point says what time it is.
  const end = Math.max(stepAt(nowMs), points.at(-1)?.timeMs ?? 0);
  const byTime = new Map(points.map((point) => [point.timeMs, point]));
  const out: Series = { times: [], requests: [], failures: [], refusals: [], p50: [], p99: [] };
  for (let time = end - kHourMs + stepMs; time <= end; time += stepMs) {
    const point = byTime.get(time);
    const count = (key: 'requests' | 'failures' | 'refusals') => point?.[key] ?? (time < stepAt(startedMs) ? null : 0);
    out.times.push(time / 1000);
    out.requests.push(count('requests'));
    out.failures.push(count('failures'));
    out.refusals.push(count('refusals'));
    out.p50.push(point?.p50Ms ?? null);
    out.p99.push(point?.p99Ms ?? null);
  }
  return out;
}

export interface Totals {
  requests: number;
  failures: number;
  refusals: number;
  newest: Point | undefined; // the last step in which a request reached the code
}

export function totalsOf({ points }: Activity): Totals {
  const sum = (key: 'requests' | 'failures' | 'refusals') => points.reduce((all, point) => all + point[key], 0);
  return { requests: sum('requests'), failures: sum('failures'), refusals: sum('refusals'), newest: points.findLast((point) => point.p50Ms !== null) };
}

const present = (values: (number | null)[]) => values.filter((value) => value !== null);

// What a chart shows, in a sentence for those who do not see it.
export function inWords(values: (number | null)[], name: string, format: (value: number) => string): string {
  const known = present(values);
  if (known.length === 0) return `${name}: none in the last hour.`;
  return `${name} in the last hour, in steps of ten seconds: at most ${format(Math.max(...known))}, at least ${format(Math.min(...known))}, last ${format(known.at(-1) ?? 0)}.`;
}
