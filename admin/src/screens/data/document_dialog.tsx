// One document: its JSON to read and to write, a copy of it, and its removal.
import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { ask } from '../../api/client';
import { messageOf, queries, useChange } from '../../api/hooks';
import type { Document } from '../../api/shapes';
import { kReadOnly, useSpace } from '../../app/space';
import { Code } from '../../ui/code';
import { coho } from '../../ui/command';
import { Confirm, Dialog } from '../../ui/dialog';
import { Button, Command, Show } from '../../ui/kit';
import { toasts } from '../../ui/toasts';
import { queryWords } from './commands';
import { ConflictView } from './conflict';
import { objectFrom, pretty } from './exact';
import { Conflict, readDocument, replaceGuarded } from './guarded';

export type Opened = { kind: 'edit'; id: string } | { kind: 'new'; text: string };

// What has to be read again when documents change.
export function documentsChanged() {
  for (const name of ['document.find', 'document.count', 'document.get', 'collection.list']) void queries.invalidateQueries({ queryKey: [name] });
}

interface DocumentDialogProps {
  collection: string;
  opened: Opened | null;
  show: (opened: Opened | null) => void;
}

export function DocumentDialog({ collection, opened, show }: DocumentDialogProps) {
  const title = opened?.kind === 'edit' ? `Document ${opened.id}` : `New document in ${collection}`;
  return (
    <Dialog title={title} open={opened !== null} close={() => show(null)} wide>
      {opened?.kind === 'edit' && <Existing key={opened.id} collection={collection} id={opened.id} show={show} />}
      {opened?.kind === 'new' && <New key={opened.text} collection={collection} text={opened.text} show={show} />}
    </Dialog>
  );
}

function Existing({ collection, id, show }: { collection: string; id: string; show: (opened: Opened | null) => void }) {
  const { at } = useSpace();
  const place = { ...at, collection };
  const query = useQuery({
    queryKey: ['document.get', place, id, 'exact'],
    queryFn: ({ signal }) => readDocument(place, id, signal),
    structuralSharing: false,
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnMount: 'always',
  });
  return <Show query={query}>{(document) => <Editor collection={collection} id={id} first={document} show={show} />}</Show>;
}

function Editor({ collection, id, first, show }: { collection: string; id: string; first: Document; show: (opened: Opened | null) => void }) {
  const { at, canWrite } = useSpace();
  const [read, setRead] = useState(first); // as it was when it was read: what saving expects to find
  const [text, setText] = useState(() => pretty(first));
  const [error, setError] = useState('');
  const [conflict, setConflict] = useState<Document | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
  const remove = useChange('document.remove', {
    said: `${id} is deleted.`,
    quiet: true,
    then: () => {
      documentsChanged();
      show(null);
    },
  });
  const save = async (expect: Document) => {
    const { value, problem } = objectFrom(text);
    setError(problem);
    if (problem) return;
    setBusy(true);
    try {
      await replaceGuarded({ ...at, collection }, id, value, expect);
      toasts.good(`${id} is saved.`);
      documentsChanged();
      show(null);
    } catch (problem) {
      if (problem instanceof Conflict) setConflict(problem.current);
      else setError(messageOf(problem));
    }
    setBusy(false);
  };
  if (conflict) {
    return (
      <ConflictView
        mine={text}
        theirs={conflict}
        busy={isBusy}
        error={error}
        take={() => {
          setRead(conflict);
          setText(pretty(conflict));
          setConflict(null);
          setError('');
          documentsChanged();
        }}
        overwrite={() => void save(conflict)}
      />
    );
  }
  return (
    <div className="flex flex-col gap-3">
      <Code label={`Document ${id} as JSON`} json value={text} change={canWrite ? setText : undefined} height="min(50vh, 26rem)" />
      <p role="alert" className="text-bad empty:hidden">
        {error}
      </p>
      {canWrite ? (
        <div className="flex flex-wrap gap-2">
          <Button look="main" busy={isBusy} onClick={() => void save(read)}>
            Save
          </Button>
          <Button onClick={() => show({ kind: 'new', text: copyOf(text) })}>Duplicate</Button>
          <span className="flex-1" />
          <Button look="danger" onClick={() => setRemoving(true)}>
            Delete
          </Button>
        </div>
      ) : (
        <p className="text-muted">{kReadOnly}</p>
      )}
      <Command>{coho(at, 'query', collection, ...queryWords({ _id: id }))}</Command>
      <Confirm
        title="Delete the document"
        open={isRemoving}
        close={() => setRemoving(false)}
        word=""
        action="Delete the document"
        command={coho(at, 'query', collection, ...queryWords({ _id: id }), '--delete')}
        change={remove}
        run={() => remove.mutate({ ...at, collection, id })}
      >
        <b className="font-mono break-all">{id}</b> is deleted; only a backup brings it back.
      </Confirm>
    </div>
  );
}

// Without its _id: the server gives the copy one of its own.
function copyOf(text: string): string {
  const { value, problem } = objectFrom(text);
  if (problem) return text;
  const { _id: _, ...rest } = value;
  return pretty(rest);
}

function New({ collection, text: first, show }: { collection: string; text: string; show: (opened: Opened | null) => void }) {
  const { at } = useSpace();
  const [text, setText] = useState(first);
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const insert = async () => {
    const { value, problem } = objectFrom(text);
    setError(problem);
    if (problem) return;
    setBusy(true);
    try {
      const stored = await ask('document.insert', { ...at, collection, document: value });
      toasts.good(`${String(stored._id)} is stored.`);
      documentsChanged();
      show(null);
    } catch (problem) {
      setError(messageOf(problem));
    }
    setBusy(false);
  };
  return (
    <div className="flex flex-col gap-3">
      <Code label="New document as JSON" json value={text} change={setText} height="min(50vh, 26rem)" />
      <p role="alert" className="text-bad empty:hidden">
        {error}
      </p>
      <div className="flex flex-wrap items-center gap-3">
        <Button look="main" busy={isBusy} onClick={() => void insert()}>
          Insert
        </Button>
        <span className="text-muted">Without an _id the server makes one.</span>
      </div>
    </div>
  );
}
