// API tokens of a space: what machines send as x-apikey in the place of a person's access token.
import { useState, type FormEvent } from 'react';
import { useChange } from '../../api/hooks';
import type { ApiToken } from '../../api/shapes';
import { kReadOnly, useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Confirm } from '../../ui/dialog';
import { Badge, Button, Command, CopyButton, Empty, Panel, SelectField, Table, TextField } from '../../ui/kit';

const kBegun = 8;
const begun = (key: string) => key.slice(0, kBegun);
const kAccess = { READWRITE: 'read and write', READ: 'read only' };

function Add() {
  const { at } = useSpace();
  const [access, setAccess] = useState<ApiToken['access']>('READWRITE');
  const [description, setDescription] = useState('');
  const [made, setMade] = useState<ApiToken | null>(null);
  const add = useChange('token.add', {
    stale: ['space.get'],
    quiet: true,
    then: (answer) => {
      setMade(answer);
      setDescription('');
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({ ...at, access, description: description.trim() });
  };
  const words = [...(access === 'READ' ? ['--readonly'] : []), ...(description.trim() ? ['--description', description.trim()] : [])];
  return (
    <Panel title="New token">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <div className="grid gap-3 sm:grid-cols-[2fr_1fr_auto] sm:items-start">
          <TextField label="What it is for" placeholder="nightly import" value={description} onChange={(event) => setDescription(event.target.value)} error={add.error?.message} />
          <SelectField label="Access" value={access} onChange={(event) => setAccess(event.target.value as ApiToken['access'])} hint={access === 'READ' ? 'GET and HEAD only.' : undefined}>
            <option value="READWRITE">Read and write</option>
            <option value="READ">Read only</option>
          </SelectField>
          <Button look="main" type="submit" busy={add.isPending} className="sm:mt-6">
            Create token
          </Button>
        </div>
        <Command>{coho(at, 'add-token', ...words)}</Command>
        {made && (
          <div role="status" className="flex flex-wrap items-center gap-2 rounded-md border border-good bg-good-tint px-3 py-2">
            <span className="text-good">Created. Send it as x-apikey:</span>
            <code className="min-w-0 flex-1 font-mono break-all">{made.key}</code>
            <CopyButton text={made.key} label="Copy the token" />
          </div>
        )}
      </form>
    </Panel>
  );
}

export function ApiTokens({ tokens }: { tokens: ApiToken[] }) {
  const { at, canWrite } = useSpace();
  const [leaving, setLeaving] = useState<ApiToken | null>(null);
  const remove = useChange('token.remove', { stale: ['space.get'], said: 'The token is removed.', quiet: true, then: () => setLeaving(null) });
  return (
    <div className="flex flex-col gap-4">
      {canWrite ? <Add /> : <p className="text-muted">{kReadOnly}</p>}
      <Panel title="Tokens of this space">
        {tokens.length === 0 ? (
          <Empty title="No API token">{canWrite ? 'Create one above for a program that has no person to sign in, such as a job or a webhook.' : 'A developer or owner can add one.'}</Empty>
        ) : (
          <Table label="API tokens" head={['Token', 'Access', 'What it is for', <span className="sr-only">Actions</span>]}>
            {tokens.map((one) => (
              <tr key={one.key} className="[&>td]:align-middle!">
                <td className="font-mono text-xs whitespace-nowrap">{begun(one.key)}…</td>
                <td>
                  <Badge kind={one.access === 'READ' ? 'plain' : 'warn'}>{kAccess[one.access]}</Badge>
                </td>
                <td className="min-w-32 break-words">{one.description || <span className="text-muted">–</span>}</td>
                <td className="text-right whitespace-nowrap">
                  {canWrite && (
                    <>
                      <CopyButton text={one.key} label={`Copy ${begun(one.key)}`} />{' '}
                      <Button look="danger" aria-label={`Remove ${begun(one.key)}`} onClick={() => setLeaving(one)}>
                        Remove
                      </Button>
                    </>
                  )}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Panel>
      <Confirm
        title={`Remove the token ${leaving ? begun(leaving.key) : ''}?`}
        open={leaving !== null}
        close={() => setLeaving(null)}
        word=""
        action="Remove the token"
        command={leaving ? coho(at, 'remove-token', begun(leaving.key)) : undefined}
        change={remove}
        run={() => leaving && remove.mutate({ ...at, key: leaving.key })}
      >
        <p>Programs that send it {leaving?.description && <>({leaving.description}) </>}are refused from the next request on. It cannot be brought back.</p>
      </Confirm>
    </div>
  );
}
