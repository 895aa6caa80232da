// What a space is set to, who works in its project, and what can be done with it as a whole.
import type { ReactNode } from 'react';
import { useRead } from '../../api/hooks';
import type { Space } from '../../api/shapes';
import { kReadOnly, useSpace } from '../../app/space';
import { Badge, Panel, ScreenHead, Show } from '../../ui/kit';
import { PartLinks } from '../../ui/part_links';
import { Archive } from './archive';
import { CopySpace } from './copy_space';
import { Danger } from './danger';
import { DiffSpaces } from './diff_spaces';
import { Domains } from './domains';
import { Limits } from './limits';
import { Members } from './members';
import { Rewind } from './rewind';
import { Trash } from './trash';
import { Variables } from './variables';

// In their order: address on the page, name, what it shows, and whether it is an owner's alone.
const kParts: readonly { id: string; label: string; ownersOnly?: boolean; Part: (props: { space: Space }) => ReactNode }[] = [
  { id: 'variables', label: 'Variables', Part: Variables },
  { id: 'limits', label: 'Limits', Part: Limits },
  { id: 'domains', label: 'Domains', Part: Domains },
  { id: 'members', label: 'Members', Part: Members },
  { id: 'differences', label: 'Differences', Part: DiffSpaces },
  { id: 'copy', label: 'Copy', ownersOnly: true, Part: CopySpace },
  { id: 'archive', label: 'Export and import', ownersOnly: true, Part: Archive },
  { id: 'rewind', label: 'Rewind', ownersOnly: true, Part: Rewind },
  { id: 'trash', label: 'Trash', Part: ProjectTrash },
  { id: 'danger', label: 'Danger zone', ownersOnly: true, Part: Danger },
];

function ProjectTrash() {
  const { project, isOwner } = useSpace();
  return (
    <Panel title="Trash of the project">
      <Trash project={project} isOwner={isOwner} />
    </Panel>
  );
}

const kDeveloper = 'Your role here is developer: members, copies, archives, rewinding and removal are for owners of the project.';

export function Settings() {
  const { project, space, at, role, canWrite, isOwner } = useSpace();
  const known = useRead('space.get', at, { refetchInterval: 5_000 });
  const parts = kParts.filter((one) => isOwner || !one.ownersOnly);
  return (
    <div className="max-w-4xl">
      <ScreenHead
        title="Settings"
        about={
          <>
            Of the space {space} in the project {project}. Your role here: <Badge>{role}</Badge>
          </>
        }
      />
      {!isOwner && <p className="mb-4 rounded-md bg-raised px-3 py-2">{canWrite ? kDeveloper : kReadOnly}</p>}
      <PartLinks parts={parts.map(({ id, label }) => [id, label] as const)} />
      <Show query={known}>
        {(one) => (
          <div className="flex flex-col gap-4">
            {parts.map(({ id, Part }) => (
              <div key={id} id={id} className="scroll-mt-14">
                <Part space={one} />
              </div>
            ))}
          </div>
        )}
      </Show>
    </div>
  );
}
