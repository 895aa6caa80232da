// The API runner: a route of the deployed code is called from here as a browser would call it, with a token of one's choice.
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useRead } from '../../api/hooks';
import type { Space } from '../../api/shapes';
import { useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Button, Command, CopyButton, Empty, Panel, Problem, ScreenHead, Show } from '../../ui/kit';
import { handed } from '../auth/handed';
import { AnswerView } from './answer';
import { asCurl, asFetch } from './copies';
import { bearerOf, CredentialFields, credentialProblem, headerOf, headerTakenBy, kNoCredential, type Credential } from './credential';
import { RequestFields } from './form';
import { past, remember } from './past';
import { isRight, kNewDraft, problemsOf, readRoute, readyOf, type Draft, type KnownRoute } from './request';
import { PastRequests, Routes } from './routes';
import { sendRequest, type Answer } from './send';

// The space under this page's own origin if it has such an address: then the browser hides nothing of an answer.
const addressOf = (space: Space) => space.endpoints.find((one) => new URL(one).origin === location.origin) ?? space.endpoint;

function unreadable(space: Space, url: string): Error {
  const isShut = new URL(url).origin !== location.origin && space.corsOrigins.length > 0 && !space.corsOrigins.includes(location.origin);
  return new Error(
    isShut
      ? `This space lets only pages of ${space.corsOrigins.join(', ')} read its answers. Add ${location.origin} under Auth, “Hosts and origins”, or copy the request as curl.`
      : `No answer came that the browser lets a page read from ${new URL(url).host}. Copy the request as curl to see what happens.`,
  );
}

const kNothingWrong = problemsOf({ ...kNewDraft });

function Bench({ space }: { space: Space }) {
  const { at } = useSpace();
  const navigate = useNavigate();
  const key = `${at.project}/${at.space}`;
  const routes = (space.deployment?.routes ?? []).map(readRoute);
  const [route, setRoute] = useState<KnownRoute | null>(null);
  const [draft, setDraft] = useState<Draft>(() => past.get().find((one) => one.space === key)?.draft ?? kNewDraft);
  const [credential, setCredential] = useState<Credential>(kNoCredential);
  const [isChecked, setChecked] = useState(false); // problems are told from the first try to send on
  const [answer, setAnswer] = useState<{ got: Answer; isForeign: boolean } | null>(null);
  const [failure, setFailure] = useState<Error | null>(null);
  const [running, setRunning] = useState<AbortController | null>(null);
  const last = useRef<AbortController | null>(null);
  useEffect(() => () => last.current?.abort(), []);

  const problems = problemsOf(draft, headerTakenBy(credential.kind));
  const noToken = credentialProblem(credential);
  const ready = isRight(problems) && !noToken ? readyOf(addressOf(space), draft, headerOf(credential)) : null;
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });

  const choose = (one: KnownRoute) => {
    setRoute(one);
    setChecked(false);
    change({ method: one.method === '*' ? draft.method : one.method, path: one.path || '/', parts: {} });
  };
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (!ready) return;
    const controller = new AbortController();
    last.current = controller;
    setRunning(controller);
    setAnswer(null);
    setFailure(null);
    const timeMs = Date.now();
    const note = (status: number | null) => remember({ space: key, draft, timeMs, status, tookMs: Date.now() - timeMs });
    try {
      const got = await sendRequest(ready, controller.signal);
      note(got.status);
      setAnswer({ got, isForeign: new URL(ready.url).origin !== location.origin });
    } catch {
      note(null);
      if (!controller.signal.aborted) setFailure(unreadable(space, ready.url));
    } finally {
      setRunning(null);
    }
  };
  const bearer = bearerOf(credential);
  const explain = () => {
    handed.give(bearer);
    void navigate({ to: '/p/$project/$space/auth', params: at, search: { part: 'test' } });
  };
  const about = route && !route.path ? `The route is a regular expression: ${route.shown}. Type a path that it matches.` : addressOf(space);

  return (
    <div className="grid items-start gap-4 lg:grid-cols-[18rem_minmax(0,1fr)]">
      <div className="flex min-w-0 flex-col gap-4">
        <Routes routes={routes} chosen={route} choose={choose} />
        <PastRequests space={key} again={(one) => { setRoute(null); setDraft(one.draft); setChecked(false); }} />
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <Panel title="Request">
          <form onSubmit={(event) => void send(event)} noValidate className="flex flex-col gap-4">
            <RequestFields draft={draft} problems={isChecked ? problems : kNothingWrong} about={about} change={change} />
            <CredentialFields space={space} credential={credential} problem={isChecked ? noToken : null} set={setCredential} />
            <div className="flex flex-wrap items-center gap-2">
              <Button look="main" type="submit" busy={running !== null}>
                Send
              </Button>
              {running && <Button onClick={() => running.abort()}>Stop</Button>}
              {ready && (
                <span className="ml-auto flex flex-wrap gap-1">
                  <CopyButton text={asCurl(ready)} label="Copy as curl" />
                  <CopyButton text={asFetch(ready)} label="Copy as fetch" />
                </span>
              )}
            </div>
            {ready && <Command>{asCurl(ready)}</Command>}
          </form>
        </Panel>
        {failure && <Problem error={failure} />}
        {answer && <AnswerView answer={answer.got} isForeign={answer.isForeign} explain={bearer ? explain : null} />}
      </div>
    </div>
  );
}

export function Runner() {
  const { at } = useSpace();
  const space = useRead('space.get', at, { refetchInterval: 5_000 });
  return (
    <>
      <ScreenHead title="API runner" about="Call a route of the deployed code from here, with a token or without." />
      <Show query={space}>
        {(now) =>
          now.deployment ? (
            <Bench space={now} />
          ) : (
            <Empty title="No code is deployed">
              <span>
                Deploy first: in the project’s folder, or by hand under{' '}
                <Link to="/p/$project/$space/deployments" params={at} className="text-accent underline">
                  Deployments
                </Link>
                .
              </span>
              <Command>{coho(at, 'deploy')}</Command>
            </Empty>
          )
        }
      </Show>
    </>
  );
}
