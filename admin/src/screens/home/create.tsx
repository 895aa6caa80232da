// Making a project, and a space in one.
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange, useRead } from '../../api/hooks';
import { coho } from '../../ui/command';
import { Dialog } from '../../ui/dialog';
import { FormBox, useFields } from '../../ui/fields';
import { CheckField, SelectField, TextField } from '../../ui/kit';
import { projectNameProblem, spaceNameProblem } from '../../ui/rules';

export function CreateProject({ close }: { close: () => void }) {
  const teams = useRead('team.list', {});
  const fields = useFields({ name: '', teamId: '' }, ({ name }) => ({ name: projectNameProblem(name) }));
  const create = useChange('project.create', { stale: ['project.list'], said: (made) => `The project ${made.uniqueName} is there. Next: a space in it.`, then: close, quiet: true });
  const { name, teamId } = fields.values;
  const usable = (teams.data?.teams ?? []).filter((team) => team.role !== 'viewer');
  return (
    <Dialog title="New project" open close={close}>
      <FormBox fields={fields} change={create} action="Create project" command={coho(null, 'create', name || 'NAME')} run={() => create.mutate({ name, teamId: teamId || undefined })}>
        <TextField label="Name" autoFocus hint="4 to 15 letters or digits; the server appends four characters to make it unique" {...fields.field('name')} />
        {usable.length > 1 && (
          <SelectField label="Team" hint="Its members have their role in the project" {...fields.field('teamId')}>
            <option value="">Your own</option>
            {usable.map((team) => (
              <option key={team.id} value={team.id}>
                {team.name}
              </option>
            ))}
          </SelectField>
        )}
      </FormBox>
    </Dialog>
  );
}

export function CreateSpace({ project, close }: { project: string; close: () => void }) {
  const navigate = useNavigate();
  const [isRestricted, setRestricted] = useState(false);
  const fields = useFields({ name: '' }, ({ name }) => ({ name: spaceNameProblem(name) }));
  const { name } = fields.values;
  const create = useChange('space.create', {
    stale: ['project.list', 'project.get', 'project.usage'],
    said: (made) => `The space ${made.name} is there.`,
    then: (made) => void navigate({ to: '/p/$project/$space/overview', params: { project, space: made.name } }),
    quiet: true,
  });
  const command = coho({ project }, 'add', name || 'NAME', isRestricted && '--restricted');
  return (
    <Dialog title={`New space in ${project}`} open close={close}>
      <FormBox fields={fields} change={create} action="Create space" command={command} run={() => create.mutate({ project, name, restricted: isRestricted || undefined })}>
        <TextField label="Name" autoFocus hint="1 to 30 lower-case letters, digits or “-”, as in dev or prod" {...fields.field('name')} />
        <CheckField label="Only owners of the project’s team see and change it" checked={isRestricted} onChange={(event) => setRestricted(event.target.checked)} />
      </FormBox>
    </Dialog>
  );
}
