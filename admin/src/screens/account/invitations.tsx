// Invitations that wait for the person: into projects and into teams.
import { useChange, useRead } from '../../api/hooks';
import type { Invitation } from '../../api/shapes';
import { coho } from '../../ui/command';
import { Button, Command, Moment, Panel } from '../../ui/kit';

function Waiting({ invitation }: { invitation: Invitation }) {
  const place = invitation.teamId ? `the team ${invitation.teamName}` : `the project ${invitation.projectName || invitation.project}`;
  const accept = useChange('invitation.accept', { stale: ['invitation.list', 'project.list', 'team.list'], said: `You are in ${place} now.` });
  const decline = useChange('invitation.remove', { stale: ['invitation.list'], said: 'The invitation was declined.' });
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
      <div className="min-w-0 flex-1 basis-64">
        <div className="break-words">
          Into <b>{place}</b> as {invitation.role}
        </div>
        <div className="text-xs text-muted">
          From {invitation.createdByName || invitation.createdByEmail || 'the server’s owner'}, until <Moment ms={invitation.expiresMs} />
        </div>
      </div>
      <Button look="main" aria-label={`Accept the invitation into ${place}`} busy={accept.isPending} onClick={() => accept.mutate({ invitation: invitation.id })}>
        Accept
      </Button>
      <Button aria-label={`Decline the invitation into ${place}`} busy={decline.isPending} onClick={() => decline.mutate({ invitation: invitation.id })}>
        Decline
      </Button>
    </li>
  );
}

export function WaitingInvitations({ evenNone = false }: { evenNone?: boolean }) {
  const invitations = useRead('invitation.list', {}, { refetchInterval: 5_000 });
  const mine = (invitations.data?.invitations ?? []).filter((one) => one.mine);
  if (mine.length === 0 && !evenNone) return null;
  return (
    <Panel title="Invitations that wait for you">
      {mine.length === 0 && <p className="text-muted">None. Whoever owns a project or a team can invite you by your e-mail address.</p>}
      <ul className="divide-y divide-line">
        {mine.map((one) => (
          <Waiting key={one.id} invitation={one} />
        ))}
      </ul>
      {mine[0] && <Command>{coho(null, 'account', '--accept', mine[0].id)}</Command>}
    </Panel>
  );
}
