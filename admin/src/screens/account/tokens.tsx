// Tokens for one's own programs, and where one is logged in.
import { useChange, useRead } from '../../api/hooks';
import { Panel, Show } from '../../ui/kit';
import { TokenForm, TokenTable } from './token_parts';

export function PersonalTokens() {
  const tokens = useRead('personalToken.list', {}, { refetchInterval: 5_000 });
  const add = useChange('personalToken.add', { stale: ['personalToken.list'], quiet: true });
  const remove = useChange('personalToken.remove', { stale: ['personalToken.list'], said: 'The token is removed.', quiet: true });
  return (
    <Panel title="Tokens and logins">
      <div className="flex flex-col gap-4">
        <Show query={tokens}>
          {({ tokens: all }) =>
            all.length === 0 ? (
              <p className="text-muted">No token yet. Make one for a program of yours, as for CI.</p>
            ) : (
              <TokenTable
                tokens={all}
                change={remove}
                remove={(token, then) => remove.mutate({ tokenId: token.id }, { onSuccess: then })}
                command={['access-token', 'remove']}
              />
            )
          }
        </Show>
        <TokenForm command={['access-token', 'add']} change={add} make={(wanted, then) => add.mutate({ ...wanted }, { onSuccess: then })} />
      </div>
    </Panel>
  );
}
