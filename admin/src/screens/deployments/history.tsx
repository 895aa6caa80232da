// The deployments that are kept, newest first.
import type { Deployment } from '../../api/shapes';
import { bytes, plural, shortId } from '../../ui/format';
import { Badge, Button, Moment, Table } from '../../ui/kit';

export type Doing = { what: 'details' | 'rollback' | 'split'; id: string } | { what: 'upload' | 'undeploy' };

function Version({ one }: { one: Deployment }) {
  if (!one.gitBranch && !one.gitHash) return <span className="text-muted">–</span>;
  return (
    <div className="max-w-40">
      <div className="truncate" title={one.gitBranch}>
        {one.gitBranch}
      </div>
      {one.gitHash && (
        <code className="text-xs text-muted" title={one.gitHash}>
          {one.gitHash.slice(0, 8)}
        </code>
      )}
    </div>
  );
}

export function History({ deployments, canWrite, start }: { deployments: Deployment[]; canWrite: boolean; start: (doing: Doing) => void }) {
  const active = deployments.find((one) => one.active);
  return (
    <Table label="Deployments" head={['Deployment', 'Created', 'Branch, commit', 'Bundle', <span className="sr-only">What can be done</span>]}>
      {deployments.map((one) => {
        const name = shortId(one.id);
        return (
          <tr key={one.id} data-id={one.id}>
            <td className="whitespace-nowrap">
              <button type="button" className="font-mono text-accent underline underline-offset-2" aria-label={`Details of ${name}`} title={one.id} onClick={() => start({ what: 'details', id: one.id })}>
                {name}
              </button>{' '}
              {one.active && <Badge kind="good">active</Badge>} {one.percent > 0 && one.percent < 100 && <Badge kind="warn">{one.percent} %</Badge>}
              {one.restores && <div className="text-xs text-muted">is {shortId(one.restores)} again</div>}
            </td>
            <td>
              <Moment ms={one.createdMs} />
              {one.author && <div className="max-w-48 truncate text-xs text-muted">by {one.author}</div>}
            </td>
            <td>
              <Version one={one} />
            </td>
            <td className="whitespace-nowrap">
              {bytes(one.bundleBytes)}
              <div className="text-xs text-muted">{[one.language, plural(one.hooks.routes.length, 'route')].filter(Boolean).join(', ')}</div>
            </td>
            <td className="w-px">
              {canWrite && !one.active && (
                <div className="flex justify-end gap-1">
                  <Button aria-label={`${active ? 'Roll back to' : 'Put into service'} ${name}`} onClick={() => start({ what: 'rollback', id: one.id })}>
                    {active ? 'Roll back' : 'Put into service'}
                  </Button>
                  {active && (
                    <Button aria-label={`Split with ${name}`} onClick={() => start({ what: 'split', id: one.id })}>
                      Split
                    </Button>
                  )}
                </div>
              )}
            </td>
          </tr>
        );
      })}
    </Table>
  );
}
