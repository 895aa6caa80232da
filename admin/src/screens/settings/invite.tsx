// Inviting somebody by e-mail address, into a project or a team. The server sends no mail: the code is handed on by whoever invites.
import { useState } from 'react';
import { useChange, useRead } from '../../api/hooks';
import type { Invitation, Project } from '../../api/shapes';
import { coho } from '../../ui/command';
import { FormBox, HandOn, RowActions, useFields } from '../../ui/fields';
import { Badge, Button, Moment, SelectField, Table, TextField } from '../../ui/kit';
import { emailProblem } from '../../ui/rules';

function Pending({ invitation }: { invitation: Invitation }) {
  const [isShown, setShown] = useState(false);
  const remove = useChange('invitation.remove', { stale: ['invitation.list'], said: 'The invitation is taken back.' });
  return (
    <>
      <tr>
        <td className="w-full min-w-40 break-all">{invitation.email}</td>
        <td>
          <Badge>{invitation.role}</Badge>
        </td>
        <td>
          <Moment ms={invitation.expiresMs} />
        </td>
        <td>
          <RowActions>
            {invitation.code && (
              <Button aria-expanded={isShown} aria-label={`Code of ${invitation.email}`} onClick={() => setShown(!isShown)}>
                Code
              </Button>
            )}
            <Button look="danger" aria-label={`Take back the invitation of ${invitation.email}`} busy={remove.isPending} onClick={() => remove.mutate({ invitation: invitation.id })}>
              Take back
            </Button>
          </RowActions>
        </td>
      </tr>
      {isShown && invitation.code && (
        <tr>
          <td colSpan={4}>
            <HandOn label="Code of the invitation" code={invitation.code} email={invitation.email} />
          </td>
        </tr>
      )}
    </>
  );
}

interface InviteProps {
  into: 'project' | 'team';
  belongs: (one: Invitation) => boolean;
  change: { isPending: boolean; error: Error | null };
  send: (email: string, role: string, then: (made: Invitation) => void) => void;
  command: (email: string, role: string) => string;
}

export function Invite({ into, belongs, change, send, command }: InviteProps) {
  const all = useRead('invitation.list', {}, { refetchInterval: 5_000 });
  const [made, setMade] = useState<Invitation | null>(null);
  const fields = useFields({ email: '', role: 'developer' }, ({ email }) => ({ email: emailProblem(email) }));
  const { email, role } = fields.values;
  const pending = (all.data?.invitations ?? []).filter(belongs);
  const run = () =>
    send(email, role, (invitation) => {
      setMade(invitation);
      fields.clear();
    });
  return (
    <div className="flex flex-col gap-3">
      {pending.length > 0 && (
        <Table label={`Invitations into the ${into}`} head={['Invited', 'Role', 'Until', '']}>
          {pending.map((one) => (
            <Pending key={one.id} invitation={one} />
          ))}
        </Table>
      )}
      <FormBox fields={fields} change={change} look="plain" action={`Invite into the ${into}`} command={command(email || 'EMAIL', role)} run={run}>
        <div className="grid gap-3 sm:grid-cols-[2fr_1fr]">
          <TextField label="E-mail of the invited" type="email" placeholder="name@example.org" {...fields.field('email')} />
          <SelectField label="Role of the invited" {...fields.field('role')}>
            <option>viewer</option>
            <option>developer</option>
            <option>owner</option>
          </SelectField>
        </div>
      </FormBox>
      {made?.code && <HandOn label="The invitation is made" code={made.code} email={made.email} />}
    </div>
  );
}

export function ProjectInvitations({ found }: { found: Project }) {
  const project = found.uniqueName;
  const invite = useChange('project.invite', { stale: ['invitation.list'], quiet: true });
  return (
    <Invite
      into="project"
      belongs={(one) => one.projectId === found.id}
      change={invite}
      send={(email, role, then) => invite.mutate({ project, email, role }, { onSuccess: then })}
      command={(email, role) => coho({ project }, 'invite', email, '--role', role)}
    />
  );
}
