// Whose requests a space answers: its key set and what tokens must say, a token put to the test, who was refused, tokens for machines, and
// from where one may call. The form of the policy is kept here, because testing a token can fill it.
import { Tabs } from '@base-ui/react/tabs';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useRead } from '../../api/hooks';
import { useSpace } from '../../app/space';
import { ScreenHead, Show } from '../../ui/kit';
import { ApiTokens } from './api_tokens';
import { Callers } from './callers';
import { draftOf, type Draft } from './draft';
import { KeySet } from './key_set';
import { PolicyForm } from './policy';
import { Refusals } from './refusals';
import { TokenTest } from './token_test';

const kParts = [
  ['policy', 'Policy and keys'],
  ['test', 'Test a token'],
  ['refusals', 'Refused requests'],
  ['tokens', 'API tokens'],
  ['callers', 'Hosts and origins'],
] as const;

export function Auth() {
  const { at } = useSpace();
  const space = useRead('space.get', at, { refetchInterval: 5_000 });
  const { part } = useSearch({ from: '/p/$project/$space/auth' });
  const navigate = useNavigate();
  const [draft, setDraft] = useState<Draft | null>(null); // null: as the server has it
  const open = kParts.find(([name]) => name === part)?.[0] ?? 'policy';
  const go = (name: string) => void navigate({ to: '/p/$project/$space/auth', params: at, search: { part: name } });
  return (
    <>
      <ScreenHead title="Auth" about="Whose requests this space answers, and why others were refused." />
      <Show query={space}>
        {(now) => (
          <Tabs.Root value={open} onValueChange={(name) => go(String(name))}>
            <Tabs.List aria-label="Parts of Auth" className="mb-4 flex gap-1 overflow-x-auto border-b border-line">
              {kParts.map(([name, label]) => (
                <Tabs.Tab
                  key={name}
                  value={name}
                  className="-mb-px rounded-t-md border-b-2 border-transparent px-3 py-1.5 whitespace-nowrap -outline-offset-2 hover:bg-raised aria-selected:border-accent aria-selected:font-medium aria-selected:text-accent"
                >
                  {label}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <Tabs.Panel value="policy" className="grid items-start gap-4 xl:grid-cols-2">
              <PolicyForm space={now} draft={draft} setDraft={setDraft} />
              <KeySet />
            </Tabs.Panel>
            <Tabs.Panel value="test" keepMounted>
              <TokenTest
                policy={now.jwks}
                fill={(change) => {
                  setDraft({ ...(draft ?? draftOf(now.jwks)), ...change });
                  go('policy');
                }}
              />
            </Tabs.Panel>
            <Tabs.Panel value="refusals">
              <Refusals />
            </Tabs.Panel>
            <Tabs.Panel value="tokens">
              <ApiTokens tokens={now.tokens} />
            </Tabs.Panel>
            <Tabs.Panel value="callers" className="grid items-start gap-4 xl:grid-cols-2">
              <Callers space={now} />
            </Tabs.Panel>
          </Tabs.Root>
        )}
      </Show>
    </>
  );
}
