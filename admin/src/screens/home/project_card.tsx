// A project: its spaces with what they serve and store, its trash, and its end when nothing is left in it.
import { Link } from '@tanstack/react-router';
import { useState, type ComponentProps } from 'react';
import { useRead } from '../../api/hooks';
import type { ProjectBrief, Usage } from '../../api/shapes';
import { bytes, dateTime, number } from '../../ui/format';
import { Badge, Button, Panel, Problem, Table } from '../../ui/kit';
import { RemoveProject } from '../settings/remove_project';
import { Trash } from '../settings/trash';
import { CreateSpace } from './create';

function SpaceRow({ project, space, usage }: { project: string; space: string; usage: Usage | undefined }) {
  const cell = 'text-right tabular-nums whitespace-nowrap';
  return (
    <tr>
      <td className="w-full">
        <Link to="/p/$project/$space/overview" params={{ project, space }} className="font-medium text-accent underline">
          {space}
        </Link>
      </td>
      <td className={cell}>{usage ? number(usage.requests) : '–'}</td>
      <td className={cell}>{usage ? number(usage.documents) : '–'}</td>
      <td className={cell}>{usage ? bytes(usage.bytes) : '–'}</td>
    </tr>
  );
}

const Right = (props: ComponentProps<'span'>) => <span className="block text-right" {...props} />;

export function ProjectCard({ project }: { project: ProjectBrief }) {
  const usage = useRead('project.usage', { project: project.uniqueName }, { refetchInterval: 5_000 });
  const trash = useRead('space.trash', { project: project.uniqueName });
  const [isAdding, setAdding] = useState(false);
  const isOwner = project.role === 'owner';
  const hasTrash = (trash.data?.spaces.length ?? 0) > 0;
  const title = (
    <span className="flex flex-wrap items-baseline gap-x-2">
      <span className="break-all">{project.name}</span>
      {project.uniqueName !== project.name && <code className="font-mono text-xs font-normal break-all text-muted">{project.uniqueName}</code>}
      <Badge>{project.role}</Badge>
    </span>
  );
  return (
    <Panel
      title={title}
      actions={
        isOwner && (
          <Button aria-label={`New space in ${project.uniqueName}`} onClick={() => setAdding(true)}>
            New space
          </Button>
        )
      }
    >
      {usage.error && <Problem error={usage.error} />}
      {project.spaces.length === 0 ? (
        <div className="flex flex-wrap items-center gap-3">
          <p className="min-w-0 flex-1 basis-64 text-muted">No space yet. {isOwner ? 'Make one, for example dev, and deploy code to it.' : 'An owner of the project can make one.'}</p>
          {isOwner && !hasTrash && <RemoveProject project={project.uniqueName} />}
        </div>
      ) : (
        <Table
          label={`Spaces of ${project.uniqueName}`}
          head={[
            'Space',
            <Right key="requests" title={usage.data ? `Since the server started, ${dateTime(usage.data.sinceMs)}` : undefined}>
              Requests
            </Right>,
            <Right key="documents">Documents</Right>,
            <Right key="stored">Stored</Right>,
          ]}
        >
          {project.spaces.map((space) => (
            <SpaceRow key={space} project={project.uniqueName} space={space} usage={usage.data?.spaces.find((one) => one.name === space)} />
          ))}
        </Table>
      )}
      {hasTrash && (
        <details className="mt-3" open={project.spaces.length === 0}>
          <summary className="text-muted">Trash: {number(trash.data?.spaces.length ?? 0)} removed</summary>
          <Trash project={project.uniqueName} isOwner={isOwner} />
        </details>
      )}
      {isAdding && <CreateSpace project={project.uniqueName} close={() => setAdding(false)} />}
    </Panel>
  );
}
