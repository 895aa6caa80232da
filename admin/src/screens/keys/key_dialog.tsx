// A key: its value, how long it stays, and its removal.
import { useState, type FormEvent } from 'react';
import { ask, Refusal } from '../../api/client';
import { messageOf, queries, useChange } from '../../api/hooks';
import type { KeyValue } from '../../api/shapes';
import { kReadOnly, useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Confirm, Dialog } from '../../ui/dialog';
import { Button, Command, TextArea, TextField } from '../../ui/kit';
import { toasts } from '../../ui/toasts';
import { keyspaceWords } from './keys';

export type OpenedKey = { kind: 'new'; keyspace: string } | { kind: 'edit'; keyspace: string; entry: KeyValue };

export function KeyDialog({ opened, close }: { opened: OpenedKey | null; close: () => void }) {
  const title = opened?.kind === 'edit' ? `Key ${opened.entry.key}` : 'New key';
  return (
    <Dialog title={title} open={opened !== null} close={close}>
      {opened && <KeyForm opened={opened} close={close} />}
    </Dialog>
  );
}

// JSON is easier to read indented; it is stored as it stands in the field.
function indented(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : null;
  } catch {
    return null;
  }
}

const secondsLeft = (expiresMs: number | undefined) => (expiresMs ? String(Math.max(1, Math.ceil((expiresMs - Date.now()) / 1_000))) : '');

async function isTaken(args: { project: string; space: string; key: string; keyspace: string }): Promise<boolean> {
  try {
    await ask('key.get', args);
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return false;
    throw error;
  }
}

function KeyForm({ opened, close }: { opened: OpenedKey; close: () => void }) {
  const { at, canWrite } = useSpace();
  const old = opened.kind === 'edit' ? opened.entry : null;
  const [keyspace, setKeyspace] = useState(opened.keyspace);
  const [key, setKey] = useState(old?.key ?? '');
  const [value, setValue] = useState(old ? String(old.value) : '');
  const [ttl, setTtl] = useState(secondsLeft(old?.expiresMs));
  const [problems, setProblems] = useState({ key: '', ttl: '', value: '' });
  const [isBusy, setBusy] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
  const remove = useChange('key.remove', { stale: ['key.list'], said: `${key} is deleted.`, then: close, quiet: true });
  const pretty = indented(value);
  const flags = [...(Number(ttl) > 0 ? ['--ttl', String(Math.round(Number(ttl) * 1_000))] : []), ...keyspaceWords(keyspace)];

  const save = async (event: FormEvent) => {
    event.preventDefault();
    const isTime = ttl === '' || (Number(ttl) > 0 && Number.isFinite(Number(ttl)));
    const found = { key: key ? '' : 'A key needs a name.', ttl: isTime ? '' : 'A number of seconds above 0, or nothing.', value: '' };
    setProblems(found);
    if (found.key || found.ttl) return;
    setBusy(true);
    try {
      if (!old && (await isTaken({ ...at, key, keyspace }))) {
        setProblems({ ...found, key: 'There is such a key already. Find it in the list to change it.' });
      } else {
        await ask('key.set', { ...at, key, value, ...(keyspace ? { keyspace } : {}), ...(ttl ? { ttl: Math.round(Number(ttl) * 1_000) } : {}) });
        toasts.good(`${key} is stored.`);
        void queries.invalidateQueries({ queryKey: ['key.list'] });
        close();
      }
    } catch (error) {
      const text = messageOf(error);
      setProblems({ ...found, [/^A key/.test(text) ? 'key' : 'value']: text });
    }
    setBusy(false);
  };
  return (
    <>
      <form onSubmit={(event) => void save(event)} className="flex flex-col gap-3">
        {!old && (
          <TextField
            label="Keyspace of the key"
            value={keyspace}
            onChange={(event) => setKeyspace(event.target.value)}
            hint="Nothing: the one without a name"
          />
        )}
        {!old && <TextField label="Name of the key" value={key} onChange={(event) => setKey(event.target.value)} error={problems.key} />}
        <TextArea
          label="Value"
          rows={8}
          readOnly={!canWrite}
          value={value}
          onChange={(event) => setValue(event.target.value)}
          error={problems.value}
          hint={typeof old?.value === 'number' ? 'A number: saving it here makes it a text, which counters still read.' : 'A text; JSON is a text too.'}
        />
        {pretty !== null && pretty !== value && (
          <Button className="self-start" onClick={() => setValue(pretty)}>
            Indent the JSON
          </Button>
        )}
        <TextField
          label="Seconds to live"
          inputMode="decimal"
          readOnly={!canWrite}
          value={ttl}
          onChange={(event) => setTtl(event.target.value)}
          error={problems.ttl}
          hint="Nothing: it stays until it is deleted"
        />
        <Command>{coho(at, 'kv', 'set', ...flags, '--', key || 'KEY', value || 'VALUE')}</Command>
        {canWrite ? (
          <div className="flex gap-2">
            <Button look="main" type="submit" busy={isBusy}>
              Save
            </Button>
            <span className="flex-1" />
            {old && (
              <Button look="danger" onClick={() => setRemoving(true)}>
                Delete
              </Button>
            )}
          </div>
        ) : (
          <p className="text-muted">{kReadOnly}</p>
        )}
      </form>
      <Confirm
        title="Delete the key"
        open={isRemoving}
        close={() => setRemoving(false)}
        word=""
        action="Delete the key"
        command={coho(at, 'kv', 'del', ...keyspaceWords(keyspace), '--', key)}
        change={remove}
        run={() => remove.mutate({ ...at, key, ...(keyspace ? { keyspace } : {}) })}
      >
        <b className="font-mono break-all">{key}</b> is deleted; only a backup brings it back.
      </Confirm>
    </>
  );
}
