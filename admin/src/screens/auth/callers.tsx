// From where one may call: addresses of clients, and origins of pages. Each is a list; an empty one lets everybody.
import { useState, type FormEvent } from 'react';
import { messageOf, queries, useChange } from '../../api/hooks';
import type { Space } from '../../api/shapes';
import { kReadOnly, useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Confirm } from '../../ui/dialog';
import { Button, Command, Panel, TextField } from '../../ui/kit';

interface ListProps {
  title: string;
  about: string;
  everybody: string; // said while the list is empty
  label: string;
  placeholder: string;
  values: string[];
  check: (text: string) => string | null;
  commands: [add: string, remove: string];
  change: { isPending: boolean; error: Error | null }; // what `save` starts
  save: (values: string[], done: () => void, failed?: (message: string) => void) => void;
}

function ListPanel({ title, about, everybody, label, placeholder, values, check, commands, change, save }: ListProps) {
  const { at, canWrite } = useSpace();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [leaving, setLeaving] = useState<string | null>(null);
  const value = text.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wrong = check(value) ?? (values.includes(value) ? `${value} is in the list already.` : null);
    setProblem(wrong);
    if (!wrong) save([...values, value], () => setText(''), setProblem);
  };
  const remove = (one: string, failed?: (message: string) => void) => save(values.filter((other) => other !== one), () => setLeaving(null), failed);
  return (
    <Panel title={title}>
      <div className="flex flex-col gap-4">
        <p className="text-muted">{about}</p>
        {values.length === 0 ? (
          <p className="rounded-md border border-dashed border-line px-3 py-2">{everybody}</p>
        ) : (
          <ul aria-label={title} className="divide-y divide-line rounded-md border border-line">
            {values.map((one) => (
              <li key={one} className="flex items-center gap-2 px-3 py-1">
                <code className="min-w-0 flex-1 font-mono text-xs break-all">{one}</code>
                {canWrite && (
                  <Button look="bare" className="text-bad" aria-label={`Remove ${one}`} disabled={change.isPending} onClick={() => (values.length === 1 ? setLeaving(one) : remove(one, setProblem))}>
                    Remove
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
        {canWrite ? (
          <form onSubmit={submit} className="flex flex-col gap-3">
            <div className="grid grid-cols-[1fr_auto] items-start gap-2">
              <TextField label={label} placeholder={placeholder} value={text} error={problem} onChange={(event) => { setText(event.target.value); setProblem(null); }} />
              <Button type="submit" className="mt-6" busy={change.isPending}>
                Add
              </Button>
            </div>
            <Command>{coho(at, commands[0], value || placeholder)}</Command>
          </form>
        ) : (
          <p className="text-muted">{kReadOnly}</p>
        )}
      </div>
      <Confirm
        title={`Remove ${leaving ?? ''}?`}
        open={leaving !== null}
        close={() => setLeaving(null)}
        word=""
        action="Remove it"
        command={coho(at, commands[1], leaving ?? '')}
        change={change}
        run={() => leaving && remove(leaving)}
      >
        <p>It is the last of the list. {everybody}</p>
      </Confirm>
    </Panel>
  );
}

const kNumberPart = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const kIpv4 = new RegExp(`^${kNumberPart}(?:\\.${kNumberPart}){3}$`);
const isIpv6 = (text: string) => text.includes(':') && URL.canParse(`http://[${text}]/`);

export function addressProblem(text: string): string | null {
  const [address = '', bits, more] = text.split('/');
  const widest = kIpv4.test(address) ? 32 : isIpv6(address) ? 128 : 0;
  if (!widest) return `“${text}” is no address. IPv4, IPv6 or a range of them, as in 203.0.113.7, 2001:db8::1 or 10.0.0.0/8.`;
  if (more !== undefined || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= widest))) return `What follows the slash is a number from 0 to ${widest}.`;
  return null;
}

export function originProblem(text: string): string | null {
  const isOrigin = /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
  return isOrigin ? null : `“${text}” is no origin. Origins are what browsers send: in lower case and without a path, as in https://app.example.com.`;
}

export function Callers({ space }: { space: Space }) {
  const { at } = useSpace();
  const keep = (answer: Space) => void queries.setQueryData(['space.get', at], answer);
  const hosts = useChange('hosts.set', { stale: ['space.get'], said: 'The allowed hosts are saved.', quiet: true, then: keep });
  const cors = useChange('cors.set', { stale: ['space.get'], said: 'The origins are saved.', quiet: true, then: keep });
  return (
    <>
      <ListPanel
        title="Allowed hosts"
        about="Which clients may call this space, by the address they come from. Others get 403, whatever their token."
        everybody="Without a list, clients of every address may call."
        label="Address or range"
        placeholder="203.0.113.0/24"
        values={space.allowedHosts}
        check={addressProblem}
        commands={['whitelist', 'whitelist-remove']}
        change={hosts}
        save={(addresses, done, failed) => hosts.mutate({ ...at, addresses, expect: space.allowedHosts }, { onSuccess: done, onError: (error) => failed?.(messageOf(error)) })}
      />
      <ListPanel
        title="CORS origins"
        about="Whose pages may call this space from a browser. It is no lock: programs that are no browser call all the same."
        everybody="Without a list, pages of every origin may call."
        label="Origin"
        placeholder="https://app.example.com"
        values={space.corsOrigins}
        check={originProblem}
        commands={['cors', 'cors-remove']}
        change={cors}
        save={(origins, done, failed) => cors.mutate({ ...at, origins, expect: space.corsOrigins }, { onSuccess: done, onError: (error) => failed?.(messageOf(error)) })}
      />
    </>
  );
}
