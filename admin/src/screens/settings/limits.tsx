// Bounds of a space below those of the server.
import { useChange } from '../../api/hooks';
import type { Space } from '../../api/shapes';
import { useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { FormBox, useFields } from '../../ui/fields';
import { Panel, TextField } from '../../ui/kit';
import { countProblem } from '../../ui/rules';

const kLimits = [
  ['requestDeadlineMs', 'Time for a request (ms)', '--deadline'],
  ['requestsMax', 'Requests at once', '--requests'],
  ['workerHeapMiB', 'Heap of a worker (MiB)', '--heap'],
] as const;

export function Limits({ space }: { space: Space }) {
  const { at, canWrite } = useSpace();
  const now = space.limits;
  const fields = useFields(
    { requestDeadlineMs: String(now.requestDeadlineMs), requestsMax: String(now.requestsMax), workerHeapMiB: String(now.workerHeapMiB) },
    (values) => ({
      requestDeadlineMs: countProblem(values.requestDeadlineMs),
      requestsMax: countProblem(values.requestsMax),
      workerHeapMiB: countProblem(values.workerHeapMiB) ?? (Number(values.workerHeapMiB) > 0 && Number(values.workerHeapMiB) < 16 ? 'At least 16, or 0.' : undefined),
    }),
  );
  const set = useChange('limits.set', { stale: ['space.get'], said: 'The limits are set.', quiet: true });
  const changed = kLimits.filter(([name]) => fields.values[name] !== String(now[name]));
  const run = () => set.mutate({ ...at, ...Object.fromEntries(kLimits.map(([name]) => [name, Number(fields.values[name])])) });
  const command = coho(at, 'space', 'limits', ...changed.flatMap(([name, , option]) => [option, fields.values[name]]));
  return (
    <Panel title="Limits">
      <p className="mb-3 text-muted">Below what the server allows; 0 means the server’s own bound.</p>
      {canWrite ? (
        <FormBox fields={fields} change={set} action="Set limits" command={command} disabled={changed.length === 0} run={run}>
          <div className="grid gap-3 sm:grid-cols-3">
            {kLimits.map(([name, label]) => (
              <TextField key={name} label={label} inputMode="numeric" {...fields.field(name)} />
            ))}
          </div>
        </FormBox>
      ) : (
        <dl className="grid gap-2 sm:grid-cols-3">
          {kLimits.map(([name, label]) => (
            <div key={name}>
              <dt className="text-muted">{label}</dt>
              <dd className="tabular-nums">{now[name] === 0 ? 'the server’s' : now[name]}</dd>
            </div>
          ))}
        </dl>
      )}
    </Panel>
  );
}
