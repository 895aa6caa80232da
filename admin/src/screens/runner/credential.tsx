// With what the request is sent: nothing, a pasted access token, an API token of the space, or as one of the development provider's people.
import { useState } from 'react';
import { messageOf } from '../../api/hooks';
import type { Space } from '../../api/shapes';
import { kReadOnly, useSpace } from '../../app/space';
import { Button, SelectField, TextArea } from '../../ui/kit';
import { bareToken } from '../auth/token_text';
import { kDevUsers, tokenFor, useDevIdp } from './dev_idp';

export type CredentialKind = 'none' | 'paste' | 'key' | 'user';
export interface Credential {
  kind: CredentialKind;
  pasted: string;
  key: string;
  user: { name: string; token: string } | null;
}
export const kNoCredential: Credential = { kind: 'none', pasted: '', key: '', user: null };

export function bearerOf({ kind, pasted, user }: Credential): string {
  if (kind === 'paste') return bareToken(pasted);
  return kind === 'user' ? (user?.token ?? '') : '';
}

export const headerTakenBy = (kind: CredentialKind) => (kind === 'none' ? undefined : kind === 'key' ? 'x-apikey' : 'authorization');

export function headerOf(credential: Credential): [string, string] | null {
  if (credential.kind === 'none') return null;
  return credential.kind === 'key' ? ['x-apikey', credential.key] : ['authorization', `Bearer ${bearerOf(credential)}`];
}

export function credentialProblem(credential: Credential): string | null {
  switch (credential.kind) {
    case 'none':
      return null;
    case 'key':
      return credential.key ? null : 'Choose an API token.';
    case 'user':
      return credential.user ? null : 'Choose who signs in.';
    case 'paste':
      if (!bearerOf(credential)) return 'Paste an access token, or choose “None”.';
      return /^[\x21-\x7e]+$/.test(bearerOf(credential)) ? null : 'A token is one word without spaces.';
  }
}

interface Props {
  space: Space;
  credential: Credential;
  problem: string | null;
  set: (credential: Credential) => void;
}

export function CredentialFields({ space, credential, problem, set }: Props) {
  const { canWrite } = useSpace();
  const idp = useDevIdp(space.jwks);
  const [busy, setBusy] = useState('');
  const [failed, setFailed] = useState<string | null>(null);
  const { kind, user } = credential;

  const signIn = async (name: string) => {
    if (!idp) return;
    setBusy(name);
    setFailed(null);
    try {
      set({ ...credential, kind: 'user', user: { name, token: await tokenFor(idp, name, space.jwks) } });
    } catch (error) {
      setFailed(error instanceof TypeError ? `The identity provider at ${idp} is out of reach.` : messageOf(error));
    } finally {
      setBusy('');
    }
  };
  return (
    <div className="flex flex-col gap-3">
      <SelectField
        label="Token"
        value={kind}
        onChange={(event) => set({ ...credential, kind: event.target.value as CredentialKind })}
        error={kind === 'key' || kind === 'paste' ? null : (failed ?? problem)}
        hint={kind === 'none' ? 'The request is sent as a stranger’s.' : undefined}
      >
        <option value="none">None</option>
        {(idp || kind === 'user') && <option value="user">A development user</option>}
        <option value="paste">Paste an access token</option>
        <option value="key">An API token of the space</option>
      </SelectField>
      {kind === 'paste' && (
        <TextArea
          label="Access token"
          rows={3}
          autoComplete="off"
          className="break-all"
          value={credential.pasted}
          error={problem}
          onChange={(event) => set({ ...credential, pasted: event.target.value })}
        />
      )}
      {kind === 'key' && (
        <SelectField
          label="API token"
          value={credential.key}
          error={problem}
          disabled={!canWrite || space.tokens.length === 0}
          hint={!canWrite ? kReadOnly : space.tokens.length === 0 ? 'The space has none. Auth, “API tokens”, makes one.' : undefined}
          onChange={(event) => set({ ...credential, key: event.target.value })}
        >
          <option value="">Choose one</option>
          {canWrite &&
            space.tokens.map((one) => (
              <option key={one.key} value={one.key}>
                {one.key.slice(0, 8)}… {one.description} ({one.access === 'READ' ? 'read only' : 'read and write'})
              </option>
            ))}
        </SelectField>
      )}
      {kind === 'user' && (
        <div role="group" aria-label="Development users" className="flex flex-wrap items-center gap-2">
          {kDevUsers.map((name) => (
            <Button key={name} aria-pressed={user?.name === name} busy={busy === name} className="aria-pressed:border-accent aria-pressed:bg-tint" onClick={() => void signIn(name)}>
              Sign in as {name}
            </Button>
          ))}
          <span role="status" className="text-xs text-muted">
            {user ? `Signed in as ${user.name}` : ''}
          </span>
        </div>
      )}
    </div>
  );
}
