// Teams: each owns projects, and its members have their role in all of them.
import { useState } from 'react';
import { useChange, useRead } from '../../api/hooks';
import { coho } from '../../ui/command';
import { FormBox, useFields } from '../../ui/fields';
import { Badge, Panel, Show, TextField } from '../../ui/kit';
import { nameProblem } from '../../ui/rules';
import { TeamDetails } from './team';

function CreateTeam({ done }: { done: (id: string) => void }) {
  const fields = useFields({ name: '' }, ({ name }) => ({ name: nameProblem(name) }));
  const { name } = fields.values;
  const create = useChange('team.create', {
    stale: ['team.list'],
    said: `The team ${name} is there.`,
    then: (team) => {
      fields.clear();
      done(team.id);
    },
    quiet: true,
  });
  return (
    <FormBox fields={fields} change={create} look="plain" action="Create team" command={coho(null, 'team', 'create', name || 'NAME')} run={() => create.mutate({ name })}>
      <TextField label="Name of the new team" {...fields.field('name')} />
    </FormBox>
  );
}

export function Teams() {
  const teams = useRead('team.list', {}, { refetchInterval: 5_000 });
  const me = useRead('me', {});
  const [open, setOpen] = useState('');
  return (
    <Panel title="Teams">
      <Show query={teams}>
        {({ teams: all }) => (
          <div className="flex flex-col gap-4">
            <ul aria-label="Teams" className="divide-y divide-line rounded-md border border-line">
              {all.map((team) => (
                <li key={team.id}>
                  <button
                    type="button"
                    aria-expanded={open === team.id}
                    className="flex w-full items-center gap-2 px-3 py-2 text-left hover:bg-raised"
                    onClick={() => setOpen(open === team.id ? '' : team.id)}
                  >
                    <span aria-hidden className="text-muted">
                      {open === team.id ? '▾' : '▸'}
                    </span>
                    <span className="min-w-0 flex-1 font-medium break-words">{team.name}</span>
                    {team.isDefault && <span className="text-xs text-muted">{team.id === me.data?.defaultTeamId ? 'your own' : 'of one person'}</span>}
                    <Badge>{team.role}</Badge>
                  </button>
                  {open === team.id && <TeamDetails id={team.id} close={() => setOpen('')} />}
                </li>
              ))}
            </ul>
            <CreateTeam done={setOpen} />
          </div>
        )}
      </Show>
    </Panel>
  );
}
