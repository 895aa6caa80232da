// The server as a whole. Teams are everybody's; the rest is for the server's owner, and the server refuses it to others.
import { useRead } from '../../api/hooks';
import { ScreenHead, Show } from '../../ui/kit';
import { PartLinks } from '../../ui/part_links';
import { Audit } from './audit';
import { Backups } from './backups';
import { Info } from './info';
import { Secrets } from './secrets';
import { Teams } from './teams';
import { Users } from './users';

const kAll = [
  ['info', 'About'],
  ['teams', 'Teams'],
  ['users', 'Users'],
  ['backups', 'Backups'],
  ['secrets', 'Secret key'],
  ['audit', 'Audit log'],
] as const;

export function Server() {
  const me = useRead('me', {});
  return (
    <div className="max-w-5xl">
      <ScreenHead title="Server" about="The server as a whole: its people, teams, backups and audit log." />
      <Show query={me}>
        {({ role }) => (
          <>
            {role === 'owner' && <PartLinks parts={kAll} />}
            <div className="flex flex-col gap-4 [&>div]:scroll-mt-14">
              <div id="info">
                <Info />
              </div>
              <div id="teams">
                <Teams />
              </div>
              {role === 'owner' ? (
                <>
                  <div id="users">
                    <Users />
                  </div>
                  <div id="backups">
                    <Backups />
                  </div>
                  <div id="secrets">
                    <Secrets />
                  </div>
                  <div id="audit">
                    <Audit />
                  </div>
                </>
              ) : (
                <p className="text-muted">Users, backups, the secret key and the audit log are shown to the server’s owner.</p>
              )}
            </div>
          </>
        )}
      </Show>
    </div>
  );
}
