// What documents of a collection must fit: a JSON Schema, and how many of them are kept.
import { useState } from 'react';
import { ask } from '../../api/client';
import { messageOf, queries, useChange } from '../../api/hooks';
import type { Collection } from '../../api/shapes';
import { kReadOnly, useSpace } from '../../app/space';
import { Code } from '../../ui/code';
import { coho } from '../../ui/command';
import { Confirm } from '../../ui/dialog';
import { plural } from '../../ui/format';
import { Button, Command, Panel, TextField } from '../../ui/kit';
import { toasts } from '../../ui/toasts';
import { objectFrom, pretty } from './exact';

const kFirstSchema = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string' } },
};

export function Rules({ collection }: { collection: Collection }) {
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[2fr_1fr]">
      <SchemaPanel key={pretty(collection.schema)} collection={collection} />
      <CapPanel key={collection.cap ?? 'none'} collection={collection} />
    </div>
  );
}

function SchemaPanel({ collection }: { collection: Collection }) {
  const { at, canWrite } = useSpace();
  const { name, schema } = collection;
  const [text, setText] = useState(() => pretty(schema ?? kFirstSchema));
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
  const remove = useChange('schema.remove', { stale: ['collection.list'], said: 'Documents are checked no longer.', quiet: true, then: () => setRemoving(false) });
  const save = async () => {
    const { value, problem } = objectFrom(text);
    setError(problem);
    if (problem) return;
    setBusy(true);
    try {
      await ask('schema.set', { ...at, collection: name, schema: value });
      toasts.good(`Documents of ${name} are checked from now on.`);
      void queries.invalidateQueries({ queryKey: ['collection.list'] });
    } catch (problem) {
      setError(messageOf(problem));
    }
    setBusy(false);
  };
  return (
    <Panel title="Schema">
      <div className="flex flex-col gap-3">
        <p className="text-muted">
          {schema
            ? 'Each document that is stored must fit this JSON Schema. Those that are stored already are not checked.'
            : 'No schema: any document is stored. Write a JSON Schema to have them checked.'}
        </p>
        <Code label="JSON Schema" json value={text} change={canWrite ? setText : undefined} height="18rem" />
        <p role="alert" className="text-bad empty:hidden">
          {error}
        </p>
        {canWrite ? (
          <div className="flex flex-wrap gap-2">
            <Button look="main" busy={isBusy} onClick={() => void save()}>
              {schema ? 'Save the schema' : 'Set the schema'}
            </Button>
            {schema && (
              <Button look="danger" onClick={() => setRemoving(true)}>
                Remove the schema
              </Button>
            )}
          </div>
        ) : (
          <p className="text-muted">{kReadOnly}</p>
        )}
        <Command>{coho(at, 'add-schema', name, '--schema', 'schema.json')}</Command>
      </div>
      <Confirm
        title="Remove the schema"
        open={isRemoving}
        close={() => setRemoving(false)}
        word=""
        action="Remove the schema"
        command={coho(at, 'remove-schema', name)}
        change={remove}
        run={() => remove.mutate({ ...at, collection: name })}
      >
        Any document is stored from then on. Keep a copy of the schema if it may be wanted again.
      </Confirm>
    </Panel>
  );
}

function CapPanel({ collection }: { collection: Collection }) {
  const { at, canWrite } = useSpace();
  const { name, cap, documents } = collection;
  const [typed, setTyped] = useState(cap === null ? '' : String(cap));
  const [problem, setProblem] = useState('');
  const [isAsking, setAsking] = useState(false);
  const set = useChange('cap.set', { stale: ['collection.list'], said: 'The cap is set.', quiet: true, then: () => setAsking(false) });
  const remove = useChange('cap.remove', { stale: ['collection.list'], said: 'All documents are kept.' });
  const wanted = Number(typed);
  const run = () => set.mutate({ ...at, collection: name, cap: wanted });
  const save = () => {
    const isNumber = /^\d+$/.test(typed.trim()) && wanted >= 1;
    setProblem(isNumber ? '' : 'A cap is a whole number from 1 up.');
    if (!isNumber) return;
    if (wanted < documents) setAsking(true);
    else run();
  };
  return (
    <Panel title="Cap">
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <p className="text-muted">{cap === null ? 'No cap: all documents are kept.' : `Only the newest ${plural(cap, 'document')} are kept.`}</p>
        <TextField
          label="Newest documents to keep"
          inputMode="numeric"
          disabled={!canWrite}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setProblem('');
          }}
          error={problem || (set.error ? messageOf(set.error) : null)}
          hint={typed && wanted >= 1 && wanted < documents ? `The oldest ${plural(documents - wanted, 'document')} are deleted at once.` : null}
        />
        {canWrite ? (
          <div className="flex flex-wrap gap-2">
            <Button look="main" type="submit" busy={set.isPending}>
              Set the cap
            </Button>
            {cap !== null && (
              <Button busy={remove.isPending} onClick={() => remove.mutate({ ...at, collection: name })}>
                Remove the cap
              </Button>
            )}
          </div>
        ) : (
          <p className="text-muted">{kReadOnly}</p>
        )}
        <Command>{coho(at, 'cap-collection', name, '--cap', typed.trim() || 'N')}</Command>
      </form>
      <Confirm
        title={`Keep only the newest ${plural(wanted, 'document')}`}
        open={isAsking}
        close={() => setAsking(false)}
        word={name}
        action="Delete the others"
        command={coho(at, 'cap-collection', name, '--cap', typed.trim())}
        change={set}
        run={run}
      >
        The oldest {plural(documents - wanted, 'document')} of {name} are deleted at once, and only a backup brings them back.
      </Confirm>
    </Panel>
  );
}
