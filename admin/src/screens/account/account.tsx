// The person's own: name, password, what waits, and where they are logged in.
import { useRead } from '../../api/hooks';
import { Panel, ScreenHead, Show } from '../../ui/kit';
import { WaitingInvitations } from './invitations';
import { Name, Password } from './profile';
import { PersonalTokens } from './tokens';

export function Account() {
  const me = useRead('me', {});
  return (
    <div className="flex max-w-4xl flex-col gap-4 [&>:first-child]:mb-0">
      <ScreenHead title="Your account" about={me.data?.email} />
      <Show query={me}>
        {(one) =>
          one.id ? (
            <>
              <div className="grid gap-4 lg:grid-cols-2">
                <Name me={one} />
                <Password me={one} />
              </div>
              <WaitingInvitations evenNone />
              <PersonalTokens />
            </>
          ) : (
            <Panel title="A team’s token">
              <p className="text-muted">You are logged in with the token of a team, which is nobody’s account. Log in with a password to see yours.</p>
            </Panel>
          )
        }
      </Show>
    </div>
  );
}
