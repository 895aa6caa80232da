// A new collection: its name, and if wished how many documents it keeps.
import { useState, type FormEvent } from 'react';
import { messageOf, useChange } from '../../api/hooks';
import { useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Dialog } from '../../ui/dialog';
import { Button, Command, TextField } from '../../ui/kit';

export function CreateDialog({ open, close }: { open: boolean; close: () => void }) {
  return (
    <Dialog title="New collection" open={open} close={close}>
      <CreateForm close={close} />
    </Dialog>
  );
}

function CreateForm({ close }: { close: () => void }) {
  const { at } = useSpace();
  const [name, setName] = useState('');
  const [cap, setCap] = useState('');
  const [problems, setProblems] = useState({ name: '', cap: '' });
  const create = useChange('collection.create', {
    stale: ['collection.list'],
    said: (made) => `${(made as { name: string }).name} is made.`,
    quiet: true,
    then: close,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = {
      name: name.trim() ? '' : 'A collection needs a name.',
      cap: cap === '' || /^[1-9]\d*$/.test(cap) ? '' : 'A cap is a whole number from 1 up, or nothing.',
    };
    setProblems(found);
    if (!found.name && !found.cap) create.mutate({ ...at, collection: name.trim(), ...(cap ? { cap: Number(cap) } : {}) });
  };
  const refused = create.error ? messageOf(create.error) : '';
  const isAboutCap = /\bcap\b/.test(refused);
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <TextField label="Name" value={name} onChange={(event) => setName(event.target.value)} error={problems.name || (isAboutCap ? '' : refused)} />
      <TextField
        label="Cap"
        inputMode="numeric"
        value={cap}
        onChange={(event) => setCap(event.target.value)}
        error={problems.cap || (isAboutCap ? refused : '')}
        hint="The newest documents to keep; nothing: all. A schema and indexes are set in the collection."
      />
      <Command>{coho(at, 'createcollection', name.trim() || 'NAME', ...(cap ? ['--cap', cap] : []))}</Command>
      <div className="flex justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button look="main" type="submit" busy={create.isPending}>
          Create collection
        </Button>
      </div>
    </form>
  );
}
