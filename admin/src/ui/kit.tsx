// The parts all screens are made of. Each takes what its HTML element takes; looks are here and nowhere else.
import { useEffect, useId, useState, type ComponentProps, type ReactNode } from 'react';
import { Refusal } from '../api/client';
import { messageOf } from '../api/hooks';
import { copyText } from './clipboard';
import { dateTime } from './format';
import { Sideways } from './sideways';
import { toasts } from './toasts';

type Look = 'main' | 'plain' | 'danger' | 'bare';
const kButton: Record<Look, string> = {
  main: 'bg-accent text-on-accent border-accent hover:brightness-110',
  plain: 'bg-panel text-ink border-line hover:bg-raised',
  danger: 'bg-panel text-bad border-bad hover:bg-bad-tint',
  bare: 'border-transparent text-ink hover:bg-raised',
};

export function Button({ look = 'plain', busy = false, className = '', children, disabled, ...rest }: ComponentProps<'button'> & { look?: Look; busy?: boolean }) {
  return (
    <button
      type="button"
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={`inline-flex min-h-8 items-center justify-center gap-1.5 rounded-md border px-3 py-1 font-medium whitespace-nowrap disabled:opacity-60 ${kButton[look]} ${className}`}
      {...rest}
    >
      {busy && <span className="size-3 animate-spin rounded-full border-2 border-current border-t-transparent" aria-hidden />}
      {children}
    </button>
  );
}

export const kInput = 'w-full min-h-8 rounded-md border border-line bg-panel px-2.5 py-1 text-ink placeholder:text-muted aria-invalid:border-bad';

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string | null;
}

// A label, its input, a hint, and at the field what is wrong with it.
export function Field({ label, hint, error, children }: FieldProps & { children: (ids: { id: string; 'aria-describedby': string; 'aria-invalid': boolean }) => ReactNode }) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children({ id, 'aria-describedby': `${id}-hint`, 'aria-invalid': Boolean(error) })}
      <div id={`${id}-hint`} className="text-xs">
        {error ? (
          <span role="alert" className="text-bad">
            {error}
          </span>
        ) : (
          hint && <span className="text-muted">{hint}</span>
        )}
      </div>
    </div>
  );
}

export function TextField({ label, hint, error, className = '', ...rest }: FieldProps & ComponentProps<'input'>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => <input autoComplete="off" spellCheck={false} className={`${kInput} ${className}`} {...ids} {...rest} />}
    </Field>
  );
}

export function TextArea({ label, hint, error, className = '', ...rest }: FieldProps & ComponentProps<'textarea'>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => <textarea spellCheck={false} rows={4} className={`${kInput} font-mono text-xs ${className}`} {...ids} {...rest} />}
    </Field>
  );
}

export function SelectField({ label, hint, error, children, ...rest }: FieldProps & ComponentProps<'select'>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <select className={kInput} {...ids} {...rest}>
          {children}
        </select>
      )}
    </Field>
  );
}

export function CheckField({ label, ...rest }: { label: ReactNode } & ComponentProps<'input'>) {
  return (
    <label className="flex items-start gap-2">
      <input type="checkbox" className="mt-1 accent-(--accent)" {...rest} />
      <span>{label}</span>
    </label>
  );
}

export function Panel({ title, actions, children, className = '' }: { title?: ReactNode; actions?: ReactNode; children: ReactNode; className?: string }) {
  const id = useId();
  return (
    <section aria-labelledby={title ? id : undefined} className={`min-w-0 rounded-lg border border-line bg-panel ${className}`}>
      {(title || actions) && (
        <header className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
          <h2 id={id} className="min-w-0 flex-1 font-semibold">
            {title}
          </h2>
          {actions}
        </header>
      )}
      <div className="p-4">{children}</div>
    </section>
  );
}

// The head of a screen: its name, what it is for, and what one does there.
export function ScreenHead({ title, about, actions }: { title: string; about?: ReactNode; actions?: ReactNode }) {
  return (
    <div className="mb-4 flex flex-wrap items-end gap-3">
      <div className="min-w-0 flex-1 basis-64">
        <h1 className="text-xl font-semibold">{title}</h1>
        {about && <p className="text-muted">{about}</p>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </div>
  );
}

const kBadge = {
  good: 'bg-good-tint text-good',
  warn: 'bg-warn-tint text-warn',
  bad: 'bg-bad-tint text-bad',
  plain: 'bg-raised text-ink',
};
export function Badge({ kind = 'plain', children }: { kind?: keyof typeof kBadge; children: ReactNode }) {
  return <span className={`inline-block rounded px-1.5 py-0.5 text-xs font-medium whitespace-nowrap ${kBadge[kind]}`}>{children}</span>;
}

// Where there is nothing yet: why, and the next step.
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="rounded-lg border border-dashed border-line px-6 py-8 text-center">
      <p className="font-medium">{title}</p>
      {children && <div className="mx-auto mt-2 flex max-w-xl flex-col items-center gap-2 text-muted">{children}</div>}
    </div>
  );
}

export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <div role="alert" className="flex flex-wrap items-center gap-3 rounded-md border border-bad bg-bad-tint px-3 py-2 text-bad">
      <span className="min-w-0 flex-1 break-words">{messageOf(error)}</span>
      {retry && (
        <Button look="danger" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}

export function Loading({ label = 'Loading' }: { label?: string }) {
  return (
    <p role="status" className="animate-pulse py-6 text-center text-muted">
      {label} …
    </p>
  );
}

// What a query has: its data once it is there, else that it comes or why it does not. What is not there any more, or not the person's to see,
// is not shown as if it were.
export function Show<T>({ query, children }: { query: { data: T | undefined; error: unknown; refetch: () => unknown }; children: (data: T) => ReactNode }) {
  const isGone = query.error instanceof Refusal && (query.error.status === 403 || query.error.status === 404);
  if (query.data !== undefined && !isGone) return <>{children(query.data)}</>;
  if (query.error) return <Problem error={query.error} retry={() => void query.refetch()} />;
  return <Loading />;
}

const kCopiedMs = 1_500;

export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    if (!isDone) return;
    const timer = setTimeout(() => setDone(false), kCopiedMs);
    return () => clearTimeout(timer);
  }, [isDone]);
  const copy = () =>
    copyText(text).then(
      () => setDone(true),
      () => toasts.bad('The browser does not let this page copy. Mark the text and copy it by hand.'),
    );
  return (
    <Button look="bare" className="text-xs" onClick={() => void copy()}>
      {isDone ? 'Copied' : label}
    </Button>
  );
}

// The command that does the same as the button beside it.
export function Command({ children, label }: { children: string; label?: string }) {
  return (
    <div className="flex max-w-full min-w-0 items-center gap-2 rounded-md bg-raised px-2 py-0.5 text-xs">
      <span className={`shrink-0 text-muted ${label ? '' : 'max-sm:sr-only'}`}>{label ?? 'In a terminal'}</span>
      <code tabIndex={0} className="min-w-0 flex-1 overflow-x-auto font-mono whitespace-pre">
        {children}
      </code>
      <CopyButton text={children} />
    </div>
  );
}

export function Moment({ ms }: { ms: number | null | undefined }) {
  if (!ms) return <span className="text-muted">–</span>;
  return (
    <time dateTime={new Date(ms).toISOString()} title={new Date(ms).toISOString()} className="whitespace-nowrap">
      {dateTime(ms)}
    </time>
  );
}

// A plain table that scrolls sideways by itself on narrow screens.
export function Table({ label, head, children }: { label: string; head: ReactNode[]; children: ReactNode }) {
  return (
    <Sideways label={label}>
      <table className="w-full border-collapse text-left">
        <thead>
          <tr className="border-b border-line text-xs text-muted">
            {head.map((one, index) => (
              <th key={index} scope="col" className="px-2 py-1.5 font-medium whitespace-nowrap">
                {one === '' ? <span className="sr-only">What to do</span> : one}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="[&>tr]:border-b [&>tr]:border-line [&>tr:last-child]:border-0 [&_td]:px-2 [&_td]:py-1.5 [&_td]:align-top">{children}</tbody>
      </table>
    </Sideways>
  );
}

export function Figure({ label, children, kind }: { label: string; children: ReactNode; kind?: 'good' | 'warn' | 'bad' }) {
  const color = kind ? { good: 'text-good', warn: 'text-warn', bad: 'text-bad' }[kind] : '';
  return (
    <div className="min-w-0 rounded-lg border border-line bg-panel px-4 py-3">
      <div className="text-xs text-muted">{label}</div>
      <div className={`truncate text-xl font-semibold tabular-nums ${color}`}>{children}</div>
    </div>
  );
}
