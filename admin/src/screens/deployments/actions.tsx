// What changes which code answers: roll back, split, end a split, undeploy. Each takes effect at once, for every request.
import { useState } from 'react';
import type { OperationName } from '../../api/client';
import { useChange } from '../../api/hooks';
import type { Deployment } from '../../api/shapes';
import { useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Confirm, Dialog } from '../../ui/dialog';
import { dateTime, shortId } from '../../ui/format';
import { Button, Command, kInput, Problem } from '../../ui/kit';

export const kStale: OperationName[] = ['deploy.list', 'space.get', 'worker.list'];
const kQuickPercents = [1, 10, 25, 50];
const nameOf = (one: Deployment) => `${shortId(one.id)} of ${dateTime(one.createdMs)}`;

export function RollBack({ to, active, close }: { to: Deployment; active: Deployment | undefined; close: () => void }) {
  const { at } = useSpace();
  const change = useChange('deploy.rollback', {
    stale: kStale,
    quiet: true,
    said: (answer) => `${shortId(answer.restores)} answers again; the change-over took ${answer.tookMs} ms.`,
    then: close,
  });
  return (
    <Confirm
      open
      title={`${active ? 'Roll back to' : 'Put into service'} ${shortId(to.id)}`}
      close={close}
      word=""
      action={active ? 'Roll back' : 'Put into service'}
      change={change}
      command={coho(at, 'rollback', to.id)}
      run={() => change.mutate({ ...at, deployment: to.id })}
    >
      <div className="flex flex-col gap-2">
        <p>
          The code {nameOf(to)}
          {to.author && ` by ${to.author}`} {active ? `replaces the active ${nameOf(active)}` : 'becomes the active one; none is now'}. A worker of it is started first, then it
          answers every request at once. Data stays as it is; the history gets a new entry.
        </p>
      </div>
    </Confirm>
  );
}

export function SplitDialog({ deployment, percent: before, close }: { deployment: Deployment; percent: number; close: () => void }) {
  const { at } = useSpace();
  const [percent, setPercent] = useState(before || 10);
  const change = useChange('deploy.split', { stale: kStale, quiet: true, said: 'The split is set.', then: close });
  const isRight = Number.isInteger(percent) && percent >= 0 && percent <= 100;
  const result = percent === 0 ? 'The split ends: everyone meets the active deployment.' : percent === 100 ? 'It becomes the active deployment for everyone.' : `${percent} of a hundred clients meet it, the others the active one. A client stays on its side.`;
  return (
    <Dialog open title={`Split: clients for ${shortId(deployment.id)}`} close={close}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (isRight) change.mutate({ ...at, deployment: deployment.id, percent });
        }}
      >
        <p>The code {nameOf(deployment)} answers a part of the clients, in the place of the active one.</p>
        <div className="flex items-center gap-3">
          <input
            type="range"
            min={0}
            max={100}
            aria-label="Share of clients, as a slider"
            className="min-w-0 flex-1 accent-(--accent)"
            value={percent}
            onChange={(event) => setPercent(event.target.valueAsNumber)}
          />
          <div className="w-20 shrink-0">
            <input
              type="number"
              min={0}
              max={100}
              step={1}
              aria-label="Percent of clients"
              aria-invalid={!isRight}
              aria-describedby="split-result"
              className={kInput}
              value={Number.isNaN(percent) ? '' : percent}
              onChange={(event) => setPercent(event.target.valueAsNumber)}
            />
          </div>
          <span aria-hidden>%</span>
        </div>
        <div className="flex flex-wrap gap-1">
          {kQuickPercents.map((one) => (
            <Button key={one} onClick={() => setPercent(one)}>
              {one} %
            </Button>
          ))}
        </div>
        <p id="split-result" className={isRight ? 'text-muted' : 'text-bad'}>
          {isRight ? result : 'A whole number from 0 to 100 is needed.'}
        </p>
        {change.error && <Problem error={change.error} />}
        <Command>{coho(at, 'split', deployment.id, isRight ? String(percent) : 'PERCENT')}</Command>
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button look="main" type="submit" busy={change.isPending} disabled={!isRight}>
            Set the split
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

// Above the history while two versions answer.
export function SplitBanner({ deployment, percent, change }: { deployment: Deployment; percent: number; change?: () => void }) {
  const { at } = useSpace();
  const end = useChange('deploy.split', { stale: kStale, said: 'The split has ended.' });
  return (
    <section aria-label="Split" className="flex flex-wrap items-center gap-2 rounded-md bg-warn-tint px-3 py-2 text-warn">
      <span className="min-w-0 flex-1 basis-64">
        Two versions answer: {percent} % of the clients meet <code title={deployment.id}>{shortId(deployment.id)}</code>, the others the active one.
      </span>
      {change && (
        <>
          <Button onClick={change}>Change the share</Button>
          <Button busy={end.isPending} onClick={() => end.mutate({ ...at, deployment: deployment.id, percent: 0 })}>
            End the split
          </Button>
        </>
      )}
    </section>
  );
}

export function Undeploy({ active, close }: { active: Deployment; close: () => void }) {
  const { at } = useSpace();
  const change = useChange('deploy.undeploy', { stale: kStale, quiet: true, said: 'The code is out of service.', then: close });
  return (
    <Confirm
      open
      title="Take the code out of service"
      close={close}
      word={at.space}
      action="Undeploy"
      change={change}
      command={coho(at, 'undeploy')}
      run={() => change.mutate(at)}
    >
      <div className="flex flex-col gap-2">
        <p>
          The active {nameOf(active)} stops answering at once, and its jobs stop. Data and the history of deployments stay: any of them can be put into service again.
        </p>
      </div>
    </Confirm>
  );
}
