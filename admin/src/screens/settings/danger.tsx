// What cannot be taken back by another click, each after a typed word.
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useChange, useRead } from '../../api/hooks';
import { useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Confirm } from '../../ui/dialog';
import { useFields } from '../../ui/fields';
import { Button, kInput, Panel, TextField } from '../../ui/kit';
import { spaceNameProblem } from '../../ui/rules';
import { RemoveProject } from './remove_project';

const Line = ({ about, children }: { about: string; children: ReactNode }) => (
  <div className="flex flex-wrap items-center gap-3 py-3 first:pt-0 last:pb-0">
    <p className="min-w-0 flex-1 basis-64 text-muted">{about}</p>
    {children}
  </div>
);

function Rename({ close }: { close: () => void }) {
  const { at, space, project } = useSpace();
  const navigate = useNavigate();
  const fields = useFields({ name: '' }, ({ name }) => ({ name: spaceNameProblem(name) }));
  const { name } = fields.values;
  const rename = useChange('space.rename', {
    stale: ['project.list', 'project.get', 'project.usage'],
    said: (now) => `The space is called ${now.name} now.`,
    then: (now) => void navigate({ to: '/p/$project/$space/settings', params: { project, space: now.name } }),
    quiet: true,
  });
  return (
    <Confirm
      title={`Rename ${space}`}
      open
      close={close}
      word={space}
      action="Rename the space"
      command={coho({ project }, 'space', 'rename', space, name || 'NAME')}
      change={rename}
      run={() => fields.ready() && rename.mutate({ ...at, name })}
    >
      <p className="mb-3">Its address changes at once, and clients of the old one get an error.</p>
      <TextField label="New name" {...fields.field('name')} />
    </Confirm>
  );
}

function Remove({ close }: { close: () => void }) {
  const { at, space, project } = useSpace();
  const navigate = useNavigate();
  const remove = useChange('space.remove', {
    stale: ['project.list', 'project.usage', 'space.trash'],
    said: `The space ${space} is in the trash.`,
    then: () => void navigate({ to: '/' }),
    quiet: true,
  });
  return (
    <Confirm
      title={`Remove ${space}`}
      open
      close={close}
      word={space}
      action="Remove the space"
      command={coho({ project }, 'space', 'remove', space)}
      change={remove}
      run={() => remove.mutate({ ...at, confirm: space })}
    >
      <p>It is out of service at once, and its name and domains are free. For some days it stays in the trash of the project and can be restored with all it had.</p>
    </Confirm>
  );
}

function GiveAway() {
  const { project } = useSpace();
  const found = useRead('project.get', { project });
  const teams = useRead('team.list', {});
  const [teamId, setTeamId] = useState('');
  const [isAsking, setAsking] = useState(false);
  const move = useChange('project.move', {
    stale: ['project.get', 'project.list', 'team.get'],
    said: 'The project belongs to that team now.',
    quiet: true,
    then: () => setAsking(false),
  });
  const others = (teams.data?.teams ?? []).filter((team) => team.id !== found.data?.teamId);
  if (others.length === 0) return null;
  return (
    <Line about="Give the project to another team: its members get their role there, those of the old one lose theirs.">
      <select aria-label="Team to give the project to" className={`${kInput} max-w-48`} value={teamId} onChange={(event) => setTeamId(event.target.value)}>
        <option value="">Choose a team</option>
        {others.map((team) => (
          <option key={team.id} value={team.id}>
            {team.name}
          </option>
        ))}
      </select>
      <Button look="danger" disabled={!teamId} onClick={() => setAsking(true)}>
        Give to the team
      </Button>
      <Confirm
        title={`Give ${project} to another team`}
        open={isAsking}
        close={() => setAsking(false)}
        word={project}
        action="Give to the team"
        command={coho({ project }, 'team', 'take', teamId)}
        change={move}
        run={() => move.mutate({ project, teamId })}
      >
        <p>It belongs to {others.find((team) => team.id === teamId)?.name} from now on, and only an owner there can give it back.</p>
      </Confirm>
    </Line>
  );
}

export function Danger() {
  const { project } = useSpace();
  const [open, setOpen] = useState<'rename' | 'remove' | null>(null);
  const close = () => setOpen(null);
  return (
    <Panel title="Danger zone" className="border-bad">
      <div className="divide-y divide-line">
        <Line about="Give the space another name: its address changes.">
          <Button look="danger" onClick={() => setOpen('rename')}>
            Rename the space
          </Button>
        </Line>
        <Line about="Take the space out of service and put it into the trash.">
          <Button look="danger" onClick={() => setOpen('remove')}>
            Remove the space
          </Button>
        </Line>
        <GiveAway />
        <Line about="Remove the project, once its spaces are removed and its trash is empty.">
          <RemoveProject project={project} />
        </Line>
      </div>
      {open === 'rename' && <Rename close={close} />}
      {open === 'remove' && <Remove close={close} />}
    </Panel>
  );
}
