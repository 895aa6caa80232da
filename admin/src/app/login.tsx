// The door: the first owner's account with the code of the server's terminal, a login with a password, an invitation's code, or a token.
import { useEffect, useState, type FormEvent, type ReactNode } from 'react';
import { ask } from '../api/client';
import { messageOf, queries, useRead } from '../api/hooks';
import { session } from '../api/session';
import { useStore } from '../api/store';
import type { Login as LoginAnswer } from '../api/shapes';
import { Button, Command, Loading, TextField } from '../ui/kit';
import { invitation } from './invitation';

type Way = 'setup' | 'password' | 'code' | 'token';
const kPasswordMin = 12;

function enter(token: string) {
  session.open(token);
  void queries.invalidateQueries();
}

// One form: its fields by name, what it runs, what it says when refused.
function Form({ action, run, children }: { action: string; run: (field: (name: string) => string) => Promise<void>; children: ReactNode }) {
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    setBusy(true);
    setError('');
    try {
      await run((name) => String(data.get(name) ?? ''));
    } catch (problem) {
      setError(messageOf(problem));
    }
    setBusy(false);
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
      {children}
      <p role="alert" className="text-bad empty:hidden">
        {error}
      </p>
      <Button look="main" type="submit" busy={isBusy}>
        {action}
      </Button>
    </form>
  );
}

const NewPassword = ({ label }: { label: string }) => (
  <TextField label={label} name="password" type="password" autoComplete="new-password" minLength={kPasswordMin} required hint={`${kPasswordMin} characters or more`} />
);

function Setup() {
  const run = async (field: (name: string) => string) => {
    const login: LoginAnswer = await ask('setup', { code: field('code').trim(), name: field('name'), email: field('email'), password: field('password') });
    enter(login.token);
  };
  return (
    <>
      <p className="mb-4 text-muted">
        This server is new. Make the owner’s account: the code stands in the file <code>setup-code</code> of its data directory, and <code>redd serve</code> has
        printed it.
      </p>
      <Form action="Make the owner’s account" run={run}>
        <TextField label="Setup code" name="code" required autoComplete="one-time-code" />
        <TextField label="Your name" name="name" autoComplete="name" required />
        <TextField label="E-mail" name="email" type="email" autoComplete="username" required />
        <NewPassword label="Password" />
      </Form>
    </>
  );
}

const kWays: [Way, string][] = [
  ['password', 'Password'],
  ['code', 'Invitation'],
  ['token', 'Token'],
];

const kSetupWay: [Way, string] = ['setup', 'First start'];

// `first`: the way that fits the server, when something is known of it.
export function LoginForms({ first = 'password' }: { first?: Way }) {
  const code = useStore(invitation);
  const [way, setWay] = useState<Way>(code ? 'code' : first);
  useEffect(() => {
    if (code) setWay('code');
  }, [code]);
  return (
    <>
      <div role="group" aria-label="Ways to log in" className="mb-4 flex rounded-md border border-line p-0.5">
        {(first === 'setup' ? [kSetupWay, ...kWays] : kWays).map(([name, label]) => (
          <button
            key={name}
            type="button"
            aria-pressed={way === name}
            onClick={() => setWay(name)}
            className="flex-1 rounded px-2 py-1 aria-pressed:bg-raised aria-pressed:font-medium"
          >
            {label}
          </button>
        ))}
      </div>
      {way === 'setup' && <Setup />}
      {way === 'password' && (
        <Form action="Log in" run={async (field) => enter((await ask('session.create', { email: field('email'), password: field('password') })).token)}>
          <TextField label="E-mail" name="email" type="email" autoComplete="username" required />
          <TextField label="Password" name="password" type="password" autoComplete="current-password" required />
        </Form>
      )}
      {way === 'code' && (
        <Form
          action="Open the account"
          run={async (field) => {
            const { token } = await ask('account.redeem', { code: field('code').trim(), name: field('name'), password: field('password') });
            invitation.set('');
            enter(token);
          }}
        >
          <TextField label="Code" name="code" key={code} defaultValue={code} required autoComplete="one-time-code" hint="Of an invitation, or for a new password" />
          <TextField label="Your name" name="name" autoComplete="name" hint="For a new account" />
          <NewPassword label="New password" />
        </Form>
      )}
      {way === 'token' && (
        <Form
          action="Log in"
          run={async (field) => {
            const token = field('token').trim();
            const answer = await fetch('/_/api/v1/me', { headers: { authorization: `Bearer ${token}` }, credentials: 'omit' });
            await answer.text();
            if (!answer.ok) throw new Error('The server does not know this token. Fix: copy it whole; a token that expired or was taken back needs a new one.');
            enter(token);
          }}
        >
          <TextField label="Token" name="token" type="password" required hint="The owner’s is in the file owner-token of the server’s data directory" />
        </Form>
      )}
    </>
  );
}

// The owner's account is made on the server's own machine; elsewhere, and where nobody has a password, a token is what one has.
const firstWay = (setup: { open: boolean; here: boolean; passwords: boolean } | undefined): Way =>
  setup?.open && setup.here ? 'setup' : setup && !setup.passwords ? 'token' : 'password';

export function LoginPage() {
  const setup = useRead('setup.get', {});
  return (
    <main className="flex min-h-full items-center justify-center p-4">
      <div className="w-full max-w-sm">
        <h1 className="mb-1 flex items-center gap-2 text-2xl font-semibold">
          <img src="/_/favicon.svg" alt="" className="size-8" /> Redd
        </h1>
        <p className="mb-5 text-muted">Code, database and settings of each space, on your own machine.</p>
        <div className="rounded-xl border border-line bg-panel p-5">{setup.isPending ? <Loading /> : <LoginForms first={firstWay(setup.data)} />}</div>
        <div className="mt-4">
          <Command>{`coho login ${location.origin}`}</Command>
        </div>
      </div>
    </main>
  );
}
