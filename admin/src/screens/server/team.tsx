// One team: its projects, members, invitations and tokens, its name and its end.
import { useState } from 'react';
import { useChange, useRead } from '../../api/hooks';
import type { Member, TeamWhole } from '../../api/shapes';
import { coho } from '../../ui/command';
import { Confirm } from '../../ui/dialog';
import { FormBox, RowActions, useFields } from '../../ui/fields';
import { Badge, Button, Show, Table, TextField } from '../../ui/kit';
import { nameProblem } from '../../ui/rules';
import { TokenForm, TokenTable } from '../account/token_parts';
import { Invite } from '../settings/invite';
import { PersonCell, RoleSelect } from '../settings/person';

function MemberRow({ team, member }: { team: TeamWhole; member: Member }) {
  const me = useRead('me', {});
  const [isAsking, setAsking] = useState(false);
  const who = member.user.email;
  const isOwner = team.role === 'owner';
  const isOneself = member.user.id === me.data?.id;
  const set = useChange('team.member.set', { stale: ['team.get', 'team.list', 'project.list'], said: `The role of ${who} is changed.`, quiet: true });
  const remove = useChange('team.member.remove', { stale: ['team.get', 'team.list', 'project.list'], said: `${who} is out of the team.`, then: () => setAsking(false), quiet: true });
  return (
    <tr>
      <PersonCell member={member} />
      <td>
        {isOwner ? (
          <RoleSelect
            label={`Role of ${who} in ${team.name}`}
            who={who}
            role={member.role}
            change={set}
            set={(role, done) => set.mutate({ team: team.id, user: member.user.id, role }, { onSuccess: done })}
          />
        ) : (
          <Badge>{member.role}</Badge>
        )}
      </td>
      <td>
        {(isOwner || isOneself) && !team.isDefault && (
          <RowActions>
            <Button look="danger" aria-label={isOneself ? `Leave ${team.name}` : `Remove ${who} from ${team.name}`} onClick={() => setAsking(true)}>
              {isOneself ? 'Leave' : 'Remove'}
            </Button>
          </RowActions>
        )}
        {isAsking && (
          <Confirm
            title={isOneself ? `Leave ${team.name}` : `Remove ${who} from ${team.name}`}
            open
            close={() => setAsking(false)}
            word=""
            action={isOneself ? 'Leave the team' : 'Remove from the team'}
            command={coho(null, 'team', 'remove-member', team.id, who)}
            change={remove}
            run={() => remove.mutate({ team: team.id, user: member.user.id })}
          >
            <p>The projects of the team are out of reach then, but for those one is invited to by themselves.</p>
          </Confirm>
        )}
      </td>
    </tr>
  );
}

function Tokens({ team }: { team: TeamWhole }) {
  const tokens = useRead('adminToken.list', { team: team.id });
  const add = useChange('adminToken.add', { stale: ['adminToken.list'], quiet: true });
  const remove = useChange('adminToken.remove', { stale: ['adminToken.list'], said: 'The token is removed.', quiet: true });
  return (
    <Show query={tokens}>
      {({ tokens: all }) => (
        <>
          {all.length > 0 && (
            <TokenTable
              tokens={all}
              change={remove}
              remove={(token, then) => remove.mutate({ team: team.id, tokenId: token.id }, { onSuccess: then })}
              command={['remove-admintoken', '--team', team.id]}
            />
          )}
          <TokenForm
            teamId={team.id}
            command={['add-admintoken', '--team', team.id]}
            change={add}
            make={(wanted, then) => add.mutate({ team: team.id, ...wanted }, { onSuccess: then })}
          />
        </>
      )}
    </Show>
  );
}

function Ends({ team, close }: { team: TeamWhole; close: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const fields = useFields({ name: team.name }, ({ name }) => ({ name: nameProblem(name) }));
  const { name } = fields.values;
  const rename = useChange('team.rename', { stale: ['team.list', 'team.get'], said: 'The team has a new name.', quiet: true });
  const remove = useChange('team.remove', { stale: ['team.list'], said: `The team ${team.name} is removed.`, then: close, quiet: true });
  return (
    <>
      <FormBox
        fields={fields}
        change={rename}
        look="plain"
        action="Rename the team"
        disabled={name === team.name}
        command={coho(null, 'team', 'rename', team.id, name || 'NAME')}
        run={() => rename.mutate({ team: team.id, name })}
      >
        <TextField label="Name of the team" {...fields.field('name')} />
      </FormBox>
      {!team.isDefault && (
        <div>
          <Button look="danger" onClick={() => setAsking(true)}>
            Remove the team
          </Button>
        </div>
      )}
      {isAsking && (
        <Confirm
          title={`Remove the team ${team.name}`}
          open
          close={() => setAsking(false)}
          word={team.name}
          action="Remove the team"
          command={coho(null, 'team', 'remove', team.id)}
          change={remove}
          run={() => remove.mutate({ team: team.id })}
        >
          <p>Its projects must be given to another team first. Its tokens and invitations go with it.</p>
        </Confirm>
      )}
    </>
  );
}

export function TeamDetails({ id, close }: { id: string; close: () => void }) {
  const found = useRead('team.get', { team: id }, { refetchInterval: 5_000 });
  const invite = useChange('team.invite', { stale: ['invitation.list'], quiet: true });
  return (
    <div className="flex flex-col gap-4 border-t border-line p-3">
      <Show query={found}>
        {(team) => (
          <>
            <p className="text-muted">
              {team.projects.length === 0 ? 'It owns no project yet.' : <>Its projects: {team.projects.map((one) => one.uniqueName).join(', ')}</>}
            </p>
            <Table label={`Members of ${team.name}`} head={['Member', 'Role', '']}>
              {team.members.map((member) => (
                <MemberRow key={member.user.id} team={team} member={member} />
              ))}
            </Table>
            {team.role === 'owner' && (
              <>
                <Invite
                  into="team"
                  belongs={(one) => one.teamId === id}
                  change={invite}
                  send={(email, role, then) => invite.mutate({ team: id, email, role }, { onSuccess: then })}
                  command={(email, role) => coho(null, 'invite', email, '--role', role, '--team', id)}
                />
                <h3 className="font-semibold">Tokens of the team, as for CI</h3>
                <Tokens team={team} />
                <h3 className="font-semibold">The team itself</h3>
                <Ends team={team} close={close} />
              </>
            )}
          </>
        )}
      </Show>
    </div>
  );
}
