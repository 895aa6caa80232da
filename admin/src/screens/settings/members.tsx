// Who works in the project: its own members, those its team brings along, and invitations that wait.
import { useState } from 'react';
import { useNavigate } from '@tanstack/react-router';
import { useChange, useRead } from '../../api/hooks';
import type { Member, Project } from '../../api/shapes';
import { useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Confirm } from '../../ui/dialog';
import { RowActions } from '../../ui/fields';
import { Badge, Button, Panel, Show, Table } from '../../ui/kit';
import { ProjectInvitations } from './invite';
import { PersonCell, RoleSelect } from './person';

function MemberRow({ member }: { member: Member }) {
  const { project, isOwner } = useSpace();
  const [isAsking, setAsking] = useState(false);
  const who = member.user.email;
  const set = useChange('project.member.set', { stale: ['project.get', 'project.list'], said: `The role of ${who} is changed.`, quiet: true });
  const remove = useChange('project.member.remove', { stale: ['project.get', 'project.list'], said: `${who} is no member any more.`, then: () => setAsking(false), quiet: true });
  return (
    <tr>
      <PersonCell member={member} />
      <td>
        {isOwner ? (
          <RoleSelect label={`Role of ${who}`} who={who} role={member.role} change={set} set={(role, done) => set.mutate({ project, user: member.user.id, role }, { onSuccess: done })} />
        ) : (
          <Badge>{member.role}</Badge>
        )}
      </td>
      <td className="text-muted">project</td>
      <td>
        {isOwner && (
          <RowActions>
            <Button look="danger" aria-label={`Remove ${who}`} onClick={() => setAsking(true)}>
              Remove
            </Button>
          </RowActions>
        )}
        {isAsking && (
          <Confirm
            title={`Remove ${who} from the project`}
            open
            close={() => setAsking(false)}
            word=""
            action="Remove the member"
            change={remove}
            run={() => remove.mutate({ project, user: member.user.id })}
          >
            <p>They see nothing of the project any more, unless its team has them.</p>
          </Confirm>
        )}
      </td>
    </tr>
  );
}

function Leave({ found }: { found: Project }) {
  const { project } = useSpace();
  const me = useRead('me', {});
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const leave = useChange('project.leave', { stale: ['project.list'], said: `You have left ${project}.`, then: () => void navigate({ to: '/' }), quiet: true });
  if (!found.members.some((one) => one.user.id === me.data?.id)) return null;
  return (
    <div>
      <Button onClick={() => setAsking(true)}>Leave the project</Button>
      {isAsking && (
        <Confirm
          title={`Leave ${project}`}
          open
          close={() => setAsking(false)}
          word=""
          action="Leave"
          command={coho(null, 'leave', project)}
          change={leave}
          run={() => leave.mutate({ project })}
        >
          <p>To come back you need a new invitation.</p>
        </Confirm>
      )}
    </div>
  );
}

export function Members() {
  const { project, isOwner } = useSpace();
  const found = useRead('project.get', { project }, { refetchInterval: 5_000 });
  return (
    <Panel title="Members of the project">
      <Show query={found}>
        {(one) => (
          <div className="flex flex-col gap-4">
            <Table label="Members" head={['Who', 'Role', 'Through', '']}>
              {one.members.map((member) => (
                <MemberRow key={member.user.id} member={member} />
              ))}
              {one.teamMembers.map((member) => (
                <tr key={member.user.id}>
                  <PersonCell member={member} />
                  <td>
                    <Badge>{member.role}</Badge>
                  </td>
                  <td className="text-muted">team</td>
                  <td />
                </tr>
              ))}
            </Table>
            {isOwner && <ProjectInvitations found={one} />}
            <Leave found={one} />
          </div>
        )}
      </Show>
    </Panel>
  );
}
