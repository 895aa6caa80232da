// Spaces that were removed from a project: each can come back, or go for good before its time.
import { useState } from 'react';
import { useChange, useRead } from '../../api/hooks';
import type { Trashed } from '../../api/shapes';
import { coho } from '../../ui/command';
import { Confirm, Dialog } from '../../ui/dialog';
import { FormBox, RowActions, useFields } from '../../ui/fields';
import { Button, Moment, Show, Table, TextField } from '../../ui/kit';
import { spaceNameProblem } from '../../ui/rules';

const kStale = ['space.trash', 'project.list', 'project.get', 'project.usage'] as const;

function Restore({ project, space, close }: { project: string; space: Trashed; close: () => void }) {
  const fields = useFields({ name: space.name }, ({ name }) => ({ name: spaceNameProblem(name) }));
  const restore = useChange('space.restore', { stale: [...kStale], said: (back) => `The space ${back.name} is back.`, then: close, quiet: true });
  const { name } = fields.values;
  const isRenamed = name !== space.name;
  return (
    <Dialog title={`Restore ${space.name}`} open close={close}>
      <FormBox
        fields={fields}
        change={restore}
        action="Restore the space"
        command={coho({ project }, 'space', 'restore', space.id, ...(isRenamed ? ['--as', name] : []))}
        run={() => restore.mutate({ project, id: space.id, name: isRenamed ? name : undefined })}
      >
        <TextField label="Name" hint="Another one, if the old name is taken by now" {...fields.field('name')} />
      </FormBox>
    </Dialog>
  );
}

function Row({ project, space, isOwner }: { project: string; space: Trashed; isOwner: boolean }) {
  const [open, setOpen] = useState<'restore' | 'purge' | null>(null);
  const close = () => setOpen(null);
  const purge = useChange('space.purge', { stale: [...kStale], said: `The space ${space.name} is deleted for good.`, then: close, quiet: true });
  return (
    <tr>
      <td className="font-medium">{space.name}</td>
      <td>
        <Moment ms={space.removedMs} />
      </td>
      <td>
        <Moment ms={space.purgeMs} />
      </td>
      <td>
        {isOwner && (
          <RowActions>
            <Button aria-label={`Restore ${space.name}`} onClick={() => setOpen('restore')}>
              Restore
            </Button>
            <Button look="danger" aria-label={`Delete for good: ${space.name}`} onClick={() => setOpen('purge')}>
              Delete for good
            </Button>
          </RowActions>
        )}
        {open === 'restore' && <Restore project={project} space={space} close={close} />}
        {open === 'purge' && (
          <Confirm
            title={`Delete ${space.name} for good`}
            open
            close={close}
            word={space.name}
            action="Delete for good"
            command={coho({ project }, 'space', 'purge', space.id)}
            change={purge}
            run={() => purge.mutate({ project, id: space.id, confirm: space.name })}
          >
            <p>Its code, documents, keys and files cannot be restored afterwards.</p>
          </Confirm>
        )}
      </td>
    </tr>
  );
}

export function Trash({ project, isOwner }: { project: string; isOwner: boolean }) {
  const trash = useRead('space.trash', { project });
  return (
    <Show query={trash}>
      {({ spaces }) =>
        spaces.length === 0 ? (
          <p className="text-muted">The trash is empty. A removed space stays here for some days and can be restored with all it had.</p>
        ) : (
          <Table label="Trash" head={['Space', 'Removed', 'Deleted for good', '']}>
            {spaces.map((space) => (
              <Row key={space.id} project={project} space={space} isOwner={isOwner} />
            ))}
          </Table>
        )
      }
    </Show>
  );
}
