// The fields of a form: what is typed, what is wrong with it and since when that is said; and the form around them, which sends it.
import { useState, type ChangeEvent, type FormEvent, type ReactNode } from 'react';
import { coho } from './command';
import { Button, Command, CopyButton, Problem } from './kit';

type Values = Record<string, string>;
type Problems<T> = Partial<Record<keyof T, string | undefined>>;
type Editable = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

export interface Fields<T extends Values> {
  values: T;
  field(name: keyof T): { value: string; error: string | undefined; onChange: (event: ChangeEvent<Editable>) => void; onBlur: () => void };
  set(change: Partial<T>): void;
  ready(): boolean; // from now on says what is wrong; true when nothing is
  clear(): void;
}

// A problem is said when its field was left or the form was sent, not while it is typed for the first time.
export function useFields<T extends Values>(first: T, check: (values: T) => Problems<T> = () => ({})): Fields<T> {
  const [values, setValues] = useState(first);
  const [seen, setSeen] = useState<ReadonlySet<keyof T>>(new Set());
  const problems = check(values);
  return {
    values,
    field: (name) => ({
      value: values[name] ?? '',
      error: seen.has(name) ? problems[name] : undefined,
      onChange: ({ target }) => setValues((now) => ({ ...now, [name]: target.value })),
      onBlur: () => values[name] !== '' && setSeen((now) => new Set([...now, name])),
    }),
    set: (change) => setValues((now) => ({ ...now, ...change })),
    ready() {
      setSeen(new Set(Object.keys(values)));
      return Object.values(problems).every((one) => !one);
    },
    clear() {
      setValues(first);
      setSeen(new Set());
    },
  };
}

interface FormBoxProps {
  fields: { ready(): boolean };
  action: string;
  run: () => void;
  change?: { isPending: boolean; error: Error | null }; // what `run` starts; its refusal stands in the form
  look?: 'main' | 'plain' | 'danger';
  disabled?: boolean;
  command?: string;
  children: ReactNode;
  label?: string;
}

export function FormBox({ fields, action, run, change, look = 'main', disabled, command, children, label }: FormBoxProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (fields.ready()) run();
  };
  return (
    <form noValidate aria-label={label ?? action} onSubmit={submit} className="flex min-w-0 flex-col gap-3">
      {children}
      {change?.error && <Problem error={change.error} />}
      <div className="flex min-w-0 flex-wrap items-center gap-3">
        <Button look={look} type="submit" busy={change?.isPending} disabled={disabled}>
          {action}
        </Button>
        {command && (
          <div className="min-w-0 flex-1 basis-64">
            <Command>{command}</Command>
          </div>
        )}
      </div>
    </form>
  );
}

// What is shown once: a token, a code.
export function Secret({ label, text, children }: { label: string; text: string; children?: ReactNode }) {
  return (
    <div role="status" className="rounded-md border border-good bg-good-tint p-3">
      <div className="font-medium text-good">{label}</div>
      <div className="flex min-w-0 items-center gap-2">
        <code className="min-w-0 flex-1 font-mono break-all">{text}</code>
        <CopyButton text={text} />
      </div>
      {children && <div className="mt-2 flex flex-col gap-2 text-xs">{children}</div>}
    </div>
  );
}

// A code that opens an account or sets a password, as it is handed on: the link opens the page with the code filled in.
export function HandOn({ label, code, email }: { label: string; code: string; email: string }) {
  return (
    <Secret label={label} text={code}>
      <p>
        Give it to <b className="break-all">{email}</b> by a way you trust: whoever has it opens the account.
      </p>
      <Command label="Link">{`${location.origin}/_/#code=${encodeURIComponent(code)}`}</Command>
      <Command>{coho(null, 'redeem', location.origin, code)}</Command>
    </Secret>
  );
}

// A row of small buttons at the end of a table's line.
export const RowActions = ({ children }: { children: ReactNode }) => <div className="flex justify-end gap-1">{children}</div>;
