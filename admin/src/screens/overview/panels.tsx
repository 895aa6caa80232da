// What stands below the figures: where the space answers, what to do next, its workers and its last deployments.
import { Link } from '@tanstack/react-router';
import { useSpace } from '../../app/space';
import { useRead } from '../../api/hooks';
import type { Space, Worker } from '../../api/shapes';
import { coho } from '../../ui/command';
import { bytes, number, shortId } from '../../ui/format';
import { Badge, Command, CopyButton, Moment, Panel, Show, Table } from '../../ui/kit';

const kLink = 'text-accent underline underline-offset-2';
const kDeploysShown = 5;

export function Endpoints({ space }: { space: Space }) {
  return (
    <Panel title="Endpoint">
      <ul className="flex flex-col gap-1">
        {space.endpoints.map((endpoint) => (
          <li key={endpoint} className="flex min-w-0 items-center gap-2">
            <code className="min-w-0 font-mono break-all">{endpoint}</code>
            <CopyButton text={endpoint} label={`Copy${endpoint === space.endpoint ? '' : ' this one'}`} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export function NextSteps({ space }: { space: Space }) {
  const { at } = useSpace();
  if (space.deployment && space.jwks.url) return null;
  return (
    <Panel title="Next" className="border-accent">
      <ol className="flex flex-col gap-4">
        {!space.deployment && (
          <li className="flex flex-col gap-1.5">
            <b>Deploy code</b>
            <span className="text-muted">
              No code is deployed: nothing answers at the endpoint. Deploy from the folder of the code, or{' '}
              <Link to="/p/$project/$space/deployments" params={at} className={kLink}>
                upload a bundle
              </Link>
              .
            </span>
            <Command>{coho(at, 'deploy')}</Command>
          </li>
        )}
        {!space.jwks.url && (
          <li className="flex flex-col gap-1.5">
            <b>Protect it</b>
            <span className="text-muted">
              No JWKS URL is set: only API tokens of this space are accepted, and no signed-in person can call it.{' '}
              <Link to="/p/$project/$space/auth" params={at} className={kLink}>
                Set the JWKS URL
              </Link>
              .
            </span>
            <Command>{coho(at, 'jwks', 'URL')}</Command>
          </li>
        )}
      </ol>
    </Panel>
  );
}

const kStates: Record<string, 'good' | 'warn' | 'bad'> = { ready: 'good', busy: 'good', starting: 'warn', draining: 'warn', stopping: 'warn' };

export function Workers({ workers }: { workers: Worker[] }) {
  return (
    <Panel title="Workers">
      {workers.length === 0 ? (
        <p className="text-muted">No worker runs. A deploy starts one, or the next request to deployed code.</p>
      ) : (
        <Table label="Running workers" head={['Process', 'State', 'Deployment', 'Requests now', 'Memory']}>
          {workers.map((worker) => (
            <tr key={worker.id}>
              <td className="tabular-nums">{worker.pid}</td>
              <td>
                <Badge kind={kStates[worker.state] ?? 'plain'}>{worker.state}</Badge>
              </td>
              <td>
                <code title={worker.deployment}>{shortId(worker.deployment)}</code>
              </td>
              <td className="tabular-nums">{number(worker.invocations)}</td>
              <td className="whitespace-nowrap tabular-nums">{worker.memoryBytes ? bytes(worker.memoryBytes) : '–'}</td>
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}

export function LastDeploys() {
  const { at } = useSpace();
  const list = useRead('deploy.list', at, { refetchInterval: 5_000 });
  return (
    <Panel
      title="Last deployments"
      actions={
        <Link to="/p/$project/$space/deployments" params={at} className={kLink}>
          All deployments
        </Link>
      }
    >
      <Show query={list}>
        {({ deployments }) =>
          deployments.length === 0 ? (
            <p className="text-muted">Nothing was deployed yet.</p>
          ) : (
            <Table label="Newest deployments" head={['Deployment', 'When', 'Who', 'Version']}>
              {deployments.slice(0, kDeploysShown).map((one) => (
                <tr key={one.id}>
                  <td className="whitespace-nowrap">
                    <code title={one.id}>{shortId(one.id)}</code> {one.active && <Badge kind="good">active</Badge>}{' '}
                    {!one.active && one.percent > 0 && <Badge kind="warn">{one.percent} %</Badge>}
                  </td>
                  <td>
                    <Moment ms={one.createdMs} />
                  </td>
                  <td>{one.author || <span className="text-muted">–</span>}</td>
                  <td>{[one.gitBranch, one.gitHash.slice(0, 8)].filter(Boolean).join(' ') || <span className="text-muted">–</span>}</td>
                </tr>
              ))}
            </Table>
          )
        }
      </Show>
    </Panel>
  );
}
