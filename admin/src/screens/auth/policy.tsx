// The form of the policy: the key set and what a token must say. Before anything is saved, the server is asked whom it would refuse.
import { useState, type FormEvent } from 'react';
import { Refusal } from '../../api/client';
import { messageOf, queries, useChange } from '../../api/hooks';
import type { Impact, Policy, Space } from '../../api/shapes';
import { kReadOnly, useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Confirm, Dialog } from '../../ui/dialog';
import { Button, CheckField, Command, Panel, Problem, TextArea, TextField } from '../../ui/kit';
import { draftOf, fieldOf, isSame, jwksCommand, kAlgorithms, policyOf, urlProblem, type Draft, type Field } from './draft';
import { ImpactWords } from './impact';

interface Props {
  space: Space;
  draft: Draft | null;
  setDraft: (draft: Draft | null) => void;
}
// What waits for a yes: the policy (url "": its removal), and whom it would refuse, where the server can say so.
interface Waiting {
  policy: Policy;
  impact: Impact | null;
}

export function PolicyForm({ space, draft, setDraft }: Props) {
  const { at, canWrite } = useSpace();
  const [problem, setProblem] = useState<{ field: Field; text: string } | null>(null);
  const [waiting, setWaiting] = useState<Waiting | null>(null);
  const shown = draft ?? draftOf(space.jwks);
  const policy = policyOf(shown, space.jwks);
  const isChanged = !isSame(policy, space.jwks);
  const isFirst = !space.jwks.url;

  const save = useChange('jwks.set', {
    stale: ['auth.status'],
    said: (answer) => (answer.jwks.url ? 'The policy is saved and holds from the next request on.' : 'The policy is removed.'),
    quiet: true,
    then: (answer) => {
      queries.setQueryData(['space.get', at], answer);
      setDraft(null);
      setProblem(null);
      setWaiting(null);
    },
  });
  const refused = (error: unknown) => {
    setWaiting(null);
    setProblem({ field: fieldOf(messageOf(error)), text: messageOf(error) });
  };
  const impact = useChange('auth.impact', { quiet: true });

  const weigh = (next: Policy) => {
    save.reset();
    impact.mutate(
      { ...at, ...next },
      {
        onSuccess: (answer) => setWaiting({ policy: next, impact: answer }),
        onError: (error) => (error instanceof Refusal && error.status === 404 ? setWaiting({ policy: next, impact: null }) : refused(error)),
      },
    );
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wrong = urlProblem(shown.url);
    setProblem(wrong ? { field: 'url', text: wrong } : null);
    if (!wrong) weigh(policy);
  };
  const change = (part: Partial<Draft>) => {
    setProblem(null);
    setDraft({ ...shown, ...part });
  };
  const errorAt = (field: Field) => (problem?.field === field ? problem.text : null);
  const run = () => waiting && save.mutate({ ...at, ...waiting.policy }, { onError: refused });

  return (
    <Panel title="Policy">
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <p className="text-muted">
          {isFirst ? 'There is no JWKS URL yet: only API tokens open this space. Name your identity provider’s key set to accept its access tokens.' : 'A request is answered when its Bearer token is signed by a key of this set and says what stands here.'}
        </p>
        <fieldset disabled={!canWrite} className="flex min-w-0 flex-col gap-4">
          <TextField
            label="JWKS URL"
            type="url"
            placeholder="https://TENANT/.well-known/jwks.json"
            value={shown.url}
            error={errorAt('url')}
            onChange={(event) => change({ url: event.target.value })}
            hint="Where the identity provider publishes its public keys."
          />
          <TextField
            label="Issuer"
            placeholder="https://TENANT/"
            value={shown.issuer}
            onChange={(event) => change({ issuer: event.target.value })}
            hint="What “iss” must be, letter for letter, a slash at the end too. Empty: not checked."
          />
          <TextArea
            label="Audience"
            rows={2}
            placeholder="https://api.example.com"
            value={shown.audience}
            error={errorAt('audience')}
            onChange={(event) => change({ audience: event.target.value })}
            hint="One a line; “aud” must name one of them. Empty: not checked."
          />
          {space.jwks.algorithms && (
            <fieldset className="flex flex-col gap-1">
              <legend className="mb-1 font-medium">Algorithms</legend>
              <div className="grid grid-cols-3 gap-x-3 gap-y-1 sm:grid-cols-5">
                {kAlgorithms.map((name) => (
                  <CheckField
                    key={name}
                    label={name}
                    checked={shown.algorithms.includes(name)}
                    onChange={(event) => change({ algorithms: event.target.checked ? [...shown.algorithms, name] : shown.algorithms.filter((one) => one !== name) })}
                  />
                ))}
              </div>
              <p className="text-xs text-muted">{errorAt('algorithms') ? <span role="alert" className="text-bad">{errorAt('algorithms')}</span> : 'What may sign a token. None ticked: all of them.'}</p>
            </fieldset>
          )}
        </fieldset>
        {problem?.field === 'form' && <Problem error={new Error(problem.text)} />}
        {policy.url && <Command>{jwksCommand(at, policy)}</Command>}
        {canWrite ? (
          <div className="flex flex-wrap gap-2">
            <Button look="main" type="submit" disabled={!isChanged} busy={impact.isPending && !waiting}>
              Save
            </Button>
            {isChanged && (
              <Button onClick={() => { setDraft(null); setProblem(null); }}>
                Discard changes
              </Button>
            )}
            {!isFirst && (
              <Button look="danger" className="ml-auto" onClick={() => weigh({ url: '', issuer: '', audience: [] })}>
                Remove the policy
              </Button>
            )}
          </div>
        ) : (
          <p className="text-muted">{kReadOnly}</p>
        )}
      </form>

      <Dialog title={isFirst ? 'Accept tokens of this key set?' : 'Save the policy?'} open={Boolean(waiting?.policy.url)} close={() => setWaiting(null)}>
        <div className="flex flex-col gap-4">
          {waiting && <ImpactWords impact={waiting.impact} />}
          {waiting && <Command>{jwksCommand(at, waiting.policy)}</Command>}
          <div className="flex justify-end gap-2">
            <Button onClick={() => setWaiting(null)}>Back</Button>
            <Button look={waiting?.impact?.refused ? 'danger' : 'main'} busy={save.isPending} onClick={run}>
              {waiting?.impact?.refused ? 'Save all the same' : 'Save the policy'}
            </Button>
          </div>
        </div>
      </Dialog>
      <Confirm
        title="Remove the policy?"
        open={waiting?.policy.url === ''}
        close={() => setWaiting(null)}
        word={at.space}
        action="Remove the policy"
        command={coho(at, 'jwks', '')}
        change={save}
        run={run}
      >
        <div className="flex flex-col gap-3">
          <p>From the next request on, no access token opens this space: only API tokens do, and what the code’s own auth hooks let in.</p>
          {waiting && <ImpactWords impact={waiting.impact} />}
        </div>
      </Confirm>
    </Panel>
  );
}
