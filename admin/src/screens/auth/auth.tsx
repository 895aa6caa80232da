// Whose requests a space answers: its key set and what tokens must say, a token put to the test, who was refused, tokens for machines, and
// from where one may call. The form of the policy is kept here, because testing a token can fill it.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useRead } from '../../api/hooks';
import { useSpace } from '../../app/space';
import { ScreenHead, Show } from '../../ui/kit';
import { TabPanel, Tabs } from '../../ui/tabs';
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
          <Tabs label="Parts of Auth" parts={kParts} open={open} go={go}>
            <TabPanel value="policy" className="grid items-start gap-4 xl:grid-cols-2">
              <PolicyForm space={now} draft={draft} setDraft={setDraft} />
              <KeySet />
            </TabPanel>
            <TabPanel value="test" keepMounted>
              <TokenTest
                policy={now.jwks}
                fill={(change) => {
                  setDraft({ ...(draft ?? draftOf(now.jwks)), ...change });
                  go('policy');
                }}
              />
            </TabPanel>
            <TabPanel value="refusals">
              <Refusals />
            </TabPanel>
            <TabPanel value="tokens">
              <ApiTokens tokens={now.tokens} />
            </TabPanel>
            <TabPanel value="callers" className="grid items-start gap-4 xl:grid-cols-2">
              <Callers space={now} />
            </TabPanel>
          </Tabs>
        )}
      </Show>
    </>
  );
}
