// A token put to the test: each check with what was expected and what the token says. The token is in the field and nowhere else.
import { useEffect, useState, type FormEvent } from 'react';
import { useChange } from '../../api/hooks';
import type { Explanation, Policy } from '../../api/shapes';
import { kReadOnly, useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Button, Command, Empty, Panel, Problem, TextArea } from '../../ui/kit';
import type { Draft } from './draft';
import { Told } from './explanation';
import { fixesOf } from './fixes';
import { handed } from './handed';
import { bareToken } from './token_text';

interface Props {
  policy: Policy;
  fill: (change: Partial<Draft>) => void;
}

export function TokenTest({ policy, fill }: Props) {
  const { at, canWrite } = useSpace();
  const [token, setToken] = useState(handed.take);
  const [problem, setProblem] = useState<string | null>(null);
  const [told, setTold] = useState<{ answer: Explanation; policy: string } | null>(null);
  const explain = useChange('token.explain', { quiet: true, then: (answer) => setTold({ answer, policy: JSON.stringify(policy) }) });
  const test = (text: string) => {
    setProblem(text ? null : 'Paste the access token that the app sends.');
    setTold(null);
    if (text) explain.mutate({ ...at, token: text });
  };
  useEffect(() => {
    if (token) test(bareToken(token));
    // Once: a token that was handed over is tested at once.
  }, []);
  if (!canWrite) return <Empty title="Testing a token needs the role developer">{kReadOnly}</Empty>;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    test(bareToken(token));
  };
  return (
    <div className="flex flex-col gap-4">
      <Panel title="Test a token">
        <form onSubmit={submit} className="flex flex-col gap-3">
          <TextArea
            label="Access token"
            rows={4}
            autoComplete="off"
            className="break-all"
            placeholder="eyJhbGciOi…"
            value={token}
            error={problem}
            onChange={(event) => setToken(event.target.value)}
            hint="What stands behind “Authorization: Bearer”. It is sent to your server for this test only: no log and no storage has it."
          />
          <div className="flex flex-wrap gap-2">
            <Button look="main" type="submit" busy={explain.isPending}>
              Test
            </Button>
            {(token || told) && (
              <Button onClick={() => { setToken(''); setTold(null); setProblem(null); explain.reset(); }}>
                Forget it
              </Button>
            )}
          </div>
          <Command>{coho(at, 'token', 'explain', '-')}</Command>
        </form>
      </Panel>
      {explain.error && <Problem error={explain.error} />}
      {told && (
        <>
          {told.policy !== JSON.stringify(policy) && (
            <p role="status" className="rounded-md bg-warn-tint px-3 py-2 text-warn">
              The policy has changed since this test. Test the token again.
            </p>
          )}
          <Told answer={told.answer} fixes={fixesOf(told.answer, policy)} fill={fill} />
        </>
      )}
    </div>
  );
}
