// A small line chart over time (uPlot, fetched when the first chart is shown), with the newest values in words for those who do not see it.
import { useEffect, useRef } from 'react';
import type uPlot from 'uplot';

export interface Line {
  label: string;
  color: 'accent' | 'good' | 'warn' | 'bad' | 'muted';
  values: (number | null)[];
}

interface ChartProps {
  title: string;
  times: number[]; // seconds since 1970, rising
  lines: Line[];
  format: (value: number) => string;
  height?: number;
  wholes?: boolean; // counts: no marks between whole numbers
  summary?: string; // what the line shows, in words, for those who do not see it
}

const kWholeSteps = [1, 2, 5].flatMap((one) => Array.from({ length: 9 }, (_, power) => one * 10 ** power)).sort((a, b) => a - b);
const kDayS = 86_400;
const kHour = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hour12: false });
const kDay = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short' });

// A value between two gaps would be a line of no length: it is drawn as a point.
const alone = (plot: uPlot, series: number) => {
  const values = plot.data[series] ?? [];
  return Array.from(values.keys()).filter((at) => values[at] != null && values[at - 1] == null && values[at + 1] == null);
};

export function Chart({ title, times, lines, format, height = 130, wholes = false, summary }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const data = useRef<uPlot.AlignedData>([[]]);
  data.current = [times, ...lines.map((line) => line.values)] as uPlot.AlignedData;

  useEffect(() => {
    let isGone = false;
    const element = place.current;
    if (!element) return;
    const color = (name: string) => getComputedStyle(element).getPropertyValue(`--${name}`).trim();
    const make = async () => {
      const [{ default: Plot }] = await Promise.all([import('uplot'), import('uplot/dist/uPlot.min.css')]);
      if (isGone) return;
      chart.current?.destroy();
      const axis = { stroke: () => color('muted'), grid: { stroke: () => color('line'), width: 1 }, ticks: { show: false }, font: '11px system-ui' };
      chart.current = new Plot(
        {
          width: Math.max(80, element.clientWidth),
          height,
          legend: { show: false },
          cursor: { drag: { x: false, y: false }, points: { size: 6 } },
          scales: { y: { range: (_, __, max) => [0, Math.max(max, 1) * 1.1] } },
          axes: [
            { ...axis, size: 26, values: (_, marks, __, ___, step) => marks.map((mark) => (step < kDayS ? kHour : kDay).format(mark * 1000)) },
            { ...axis, size: 58, ...(wholes && { incrs: kWholeSteps }), values: (_, marks) => marks.map((mark) => format(mark)) },
          ],
          series: [{}, ...lines.map((line) => ({ label: line.label, stroke: () => color(line.color), width: 1.5, points: { show: false, filter: alone, size: 4 } }))],
        },
        data.current,
        element,
      );
    };
    make().catch(() => {}); // the figures beside the title stand there without it
    const watch = new ResizeObserver(() => chart.current?.setSize({ width: Math.max(80, element.clientWidth), height }));
    watch.observe(element);
    const theme = new MutationObserver(() => chart.current?.redraw());
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => {
      isGone = true;
      watch.disconnect();
      theme.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
    // The lines of a chart do not change their number or names.
  }, []);

  useEffect(() => chart.current?.setData(data.current));

  const newest = lines.map((line) => ({ ...line, now: line.values.at(-1) }));
  return (
    <figure className="min-w-0 rounded-lg border border-line bg-panel p-3">
      <figcaption className="mb-1 flex flex-wrap items-baseline gap-x-3">
        <span className="flex-1 font-medium">{title}</span>
        {newest.map((line) => (
          <span key={line.label} className="text-xs text-muted">
            <span aria-hidden className="mr-1 inline-block size-2 rounded-full" style={{ background: `var(--${line.color})` }} />
            {line.label} <b className="text-ink tabular-nums">{line.now === null || line.now === undefined ? '–' : format(line.now)}</b>
          </span>
        ))}
      </figcaption>
      <div ref={place} aria-hidden style={{ height }} className="overflow-hidden" />
      {summary && <p className="sr-only">{summary}</p>}
    </figure>
  );
}
