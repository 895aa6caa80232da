// A space at a glance: how it was called in the last hour, what runs, what it holds, and the next step where there is one.
import { Refusal } from '../../api/client';
import { useRead } from '../../api/hooks';
import { useSpace } from '../../app/space';
import { Loading, Problem, ScreenHead, Show } from '../../ui/kit';
import { HourCharts, HourFigures, SinceStart } from './charts';
import { Endpoints, LastDeploys, NextSteps, Workers } from './panels';

const kEveryMs = 2_000;

// Of servers that do not know space.activity.
function WithoutActivity() {
  const { at } = useSpace();
  const usage = useRead('project.usage', { project: at.project }, { refetchInterval: kEveryMs });
  const workers = useRead('worker.list', at, { refetchInterval: kEveryMs });
  return (
    <>
      <Show query={usage}>{({ spaces }) => <SinceStart usage={spaces.find(({ name }) => name === at.space)} />}</Show>
      <Show query={workers}>{(answer) => <Workers workers={answer.workers} />}</Show>
    </>
  );
}

function Working() {
  const { at } = useSpace();
  const activity = useRead('space.activity', at, { refetchInterval: (query) => (isUnknown(query.state.error) ? false : kEveryMs) });
  if (isUnknown(activity.error)) return <WithoutActivity />;
  if (activity.data) {
    return (
      <>
        <HourFigures activity={activity.data} />
        <HourCharts activity={activity.data} />
        <Workers workers={activity.data.workers} />
      </>
    );
  }
  return activity.error ? <Problem error={activity.error} retry={() => void activity.refetch()} /> : <Loading />;
}

const isUnknown = (error: unknown) => error instanceof Refusal && error.status === 404;

export function Overview() {
  const { at } = useSpace();
  const space = useRead('space.get', at, { refetchInterval: 5_000 });
  return (
    <>
      <ScreenHead title="Overview" about={`${at.project} / ${at.space} in the last hour, and now`} />
      <div className="flex flex-col gap-3">
        <Show query={space}>
          {(one) => (
            <>
              <NextSteps space={one} />
              <Endpoints space={one} />
            </>
          )}
        </Show>
        <Working />
        <LastDeploys />
      </div>
    </>
  );
}
