// Where the time of a request went: its stages one after the other, and inside the worker's each call it made of the server.
import type { Stage } from '../../api/shapes';
import { duration } from '../../ui/format';
import { Table } from '../../ui/kit';

const kStages: Record<string, { about: string; look: string }> = {
  gateway: { about: 'Which space, may this address call it', look: 'bg-muted' },
  auth: { about: 'Token or key', look: 'bg-accent' },
  queue: { about: 'Until a worker took it', look: 'bg-warn' },
  worker: { about: 'Until its answer was whole', look: 'bg-good' },
};

const time = (us: number) => duration(us / 1000);

export function Timeline({ stages }: { stages: Stage[] }) {
  const timed = stages.filter((stage) => typeof stage.startUs === 'number' && typeof stage.durationUs === 'number');
  const whole = Math.max(1, ...timed.map((stage) => stage.startUs + stage.durationUs));
  const further = stages.filter((stage) => !timed.includes(stage));
  return (
    <>
      <Table label="Timeline" head={['Part', 'From', 'Took', <span className="sr-only">Bar</span>]}>
        {timed.map((stage, index) => {
          const known = kStages[stage.name];
          return (
            <tr key={index}>
              <td className={`text-xs ${known ? 'font-medium' : ''}`}>
                <span className={known ? '' : 'ml-2 border-l-2 border-good pl-2'}>
                  {stage.name} <span className="font-normal break-all text-muted">{stage.detail ?? known?.about}</span>
                </span>
              </td>
              <td className="text-xs whitespace-nowrap text-muted tabular-nums">{time(stage.startUs)}</td>
              <td className="text-xs whitespace-nowrap tabular-nums">{time(stage.durationUs)}</td>
              <td className="w-1/2 min-w-32" aria-hidden>
                <div className="relative mt-1 h-3 rounded-sm bg-raised">
                  <div
                    className={`absolute inset-y-0 min-w-0.5 rounded-sm ${known?.look ?? 'bg-good opacity-60'}`}
                    style={{ left: `${(100 * stage.startUs) / whole}%`, width: `${(100 * stage.durationUs) / whole}%` }}
                  />
                </div>
              </td>
            </tr>
          );
        })}
      </Table>
      {further.map((stage, index) => (
        <p key={index} className="mt-1 text-xs text-muted">
          {stage.name === 'more' ? `and ${stage.detail}` : `${stage.name} ${stage.detail ?? ''}`}
        </p>
      ))}
    </>
  );
}
