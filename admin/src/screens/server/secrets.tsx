// The key that seals encrypted variables and API tokens.
import { useState } from 'react';
import { useChange } from '../../api/hooks';
import { Confirm } from '../../ui/dialog';
import { plural } from '../../ui/format';
import { Button, Panel } from '../../ui/kit';

export function Secrets() {
  const [isAsking, setAsking] = useState(false);
  const rotate = useChange('secrets.rotate', {
    said: (done) => `A new key seals ${plural(done.variables, 'variable')} and ${plural(done.tokens, 'API token')}.`,
    then: () => setAsking(false),
    quiet: true,
  });
  return (
    <Panel title="Secret key" actions={<Button onClick={() => setAsking(true)}>Rotate the key</Button>}>
      <p className="text-muted">Encrypted variables and API tokens are sealed by a key of this server. A new one seals them all anew; nothing is out of service meanwhile.</p>
      {isAsking && (
        <Confirm
          title="Rotate the secret key"
          open
          close={() => setAsking(false)}
          word=""
          action="Make a new key"
          command="coho secrets rotate"
          change={rotate}
          run={() => rotate.mutate({})}
        >
          <p>Backups made before need the old key to open their secrets, or the passphrase they were made with.</p>
        </Confirm>
      )}
    </Panel>
  );
}
