// The last hour of a space as figures and charts.
import type { Activity } from '../../api/shapes';
import { Chart } from '../../ui/chart';
import { bytes, duration, number } from '../../ui/format';
import { Figure } from '../../ui/kit';
import { inWords, seriesOf, totalsOf } from './series';

const kGrid = 'grid grid-cols-2 gap-3 sm:grid-cols-4';
const kSmall = 'ml-1.5 text-sm font-normal text-muted';
const time = (ms: number | null | undefined) => (ms === null || ms === undefined ? '–' : duration(ms));
const whole = (value: number) => number(Math.round(value));

function share(part: number, all: number) {
  return all > 0 && part > 0 ? <span className={kSmall}>{((100 * part) / all).toFixed(1)} %</span> : null;
}

export function HourFigures({ activity }: { activity: Activity }) {
  const totals = totalsOf(activity);
  const memory = activity.workers.reduce((sum, worker) => sum + (worker.memoryBytes ?? 0), 0);
  return (
    <div className={kGrid}>
      <Figure label="Requests, last hour">{number(totals.requests)}</Figure>
      <Figure label="Errors, last hour" kind={totals.failures ? 'bad' : undefined}>
        {number(totals.failures)}
        {share(totals.failures, totals.requests)}
      </Figure>
      <Figure label="Refusals, last hour" kind={totals.refusals ? 'warn' : undefined}>
        {number(totals.refusals)}
        {share(totals.refusals, totals.requests)}
      </Figure>
      <Figure label="Workers">
        {number(activity.workers.length)}
        {memory > 0 && <span className={kSmall}>{bytes(memory)}</span>}
      </Figure>
      <Figure label="Duration, median (p50)">{time(totals.newest?.p50Ms)}</Figure>
      <Figure label="Duration, 99 of 100 (p99)">{time(totals.newest?.p99Ms)}</Figure>
      <Figure label="Documents">{number(activity.documents)}</Figure>
      <Figure label="Storage">{bytes(activity.bytes)}</Figure>
    </div>
  );
}

export function HourCharts({ activity }: { activity: Activity }) {
  const { times, requests, failures, refusals, p50, p99 } = seriesOf(activity, Date.now());
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3 xl:grid-cols-3">
      <Chart
        title="Requests in 10 s"
        times={times}
        lines={[{ label: 'requests', color: 'accent', values: requests }]}
        format={whole}
        wholes
        summary={inWords(requests, 'Requests', whole)}
      />
      <Chart
        title="Errors, refusals in 10 s"
        times={times}
        lines={[
          { label: 'errors', color: 'bad', values: failures },
          { label: 'refusals', color: 'warn', values: refusals },
        ]}
        format={whole}
        wholes
        summary={`${inWords(failures, 'Errors', whole)} ${inWords(refusals, 'Refusals', whole)}`}
      />
      <Chart
        title="Duration"
        times={times}
        lines={[
          { label: 'p50', color: 'good', values: p50 },
          { label: 'p99', color: 'accent', values: p99 },
        ]}
        format={duration}
        summary={`${inWords(p50, 'Median duration', duration)} ${inWords(p99, 'Duration that 99 of 100 stayed below', duration)}`}
      />
    </div>
  );
}

// Where the server keeps no hour: what it counted since it started.
export function SinceStart({ usage }: { usage: { requests: number; invocations: number; codeMs: number; documents: number; bytes: number } | undefined }) {
  return (
    <>
      <div className={kGrid}>
        <Figure label="Requests since the server started">{number(usage?.requests ?? 0)}</Figure>
        <Figure label="Time in code">{duration(usage?.codeMs ?? 0)}</Figure>
        <Figure label="Documents">{number(usage?.documents ?? 0)}</Figure>
        <Figure label="Storage">{bytes(usage?.bytes ?? 0)}</Figure>
      </div>
      <p className="text-muted">This server keeps no figures of the last hour, so there are no charts. A newer version of Redd does.</p>
    </>
  );
}
