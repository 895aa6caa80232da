// Which fields are columns: those of the documents, and any other that a person names.
import { useState, type FormEvent } from 'react';
import { Dialog } from '../../ui/dialog';
import { Button, CheckField, TextField } from '../../ui/kit';

const kShownAtFirst = 8;

export interface ColumnChoice {
  names: string[];
  shown: Record<string, boolean>;
  set: (name: string, isShown: boolean) => void;
  add: (name: string) => void;
}

// The fields of these documents in the order in which they come, and what a person chose about them.
export function useColumns(documents: readonly Record<string, unknown>[]): ColumnChoice {
  const [chosen, setChosen] = useState<Record<string, boolean>>({});
  const [added, setAdded] = useState<string[]>([]);
  const names = [...new Set(['_id', ...documents.flatMap((one) => Object.keys(one)), ...added])];
  const shown = Object.fromEntries(names.map((name, index) => [name, chosen[name] ?? (index < kShownAtFirst || added.includes(name))]));
  return {
    names,
    shown,
    set: (name, isShown) => setChosen({ ...chosen, [name]: isShown }),
    add: (name) => {
      setAdded([...added, name]);
      setChosen({ ...chosen, [name]: true });
    },
  };
}

export function ColumnsDialog({ choice, open, close }: { choice: ColumnChoice; open: boolean; close: () => void }) {
  const [typed, setTyped] = useState('');
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim()) choice.add(typed.trim());
    setTyped('');
  };
  return (
    <Dialog title="Columns" open={open} close={close}>
      <div className="mb-4 grid grid-cols-2 gap-x-4 gap-y-1 break-all">
        {choice.names.map((name) => (
          <CheckField
            key={name}
            label={<span className="font-mono text-xs">{name}</span>}
            checked={choice.shown[name]}
            disabled={name === '_id'}
            onChange={(event) => choice.set(name, event.target.checked)}
          />
        ))}
      </div>
      <form onSubmit={add} className="flex items-start gap-2">
        <div className="flex-1">
          <TextField
            label="Another field"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            hint="Inside others by dots: address.city"
          />
        </div>
        <Button type="submit" className="mt-6.5">
          Add
        </Button>
      </form>
    </Dialog>
  );
}
