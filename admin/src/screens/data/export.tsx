// What the filter matches into a file.
import { useState } from 'react';
import { send } from '../../api/client';
import { sayRefusal } from '../../api/hooks';
import { useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Dialog } from '../../ui/dialog';
import { plural } from '../../ui/format';
import { Button, Command, SelectField } from '../../ui/kit';
import { saveAnswer } from '../../ui/save';
import { queryWords, sortWords } from './commands';
import type { Place } from './guarded';
import type { Sorting } from './windows';

type Format = 'jsonl' | 'json';

interface Wish {
  place: Place;
  filter: Record<string, unknown>;
  sort: Sorting | null;
  format: Format;
}

const nameOf = (collection: string, format: Format) => `${collection}.${format === 'json' ? 'json' : 'ndjson'}`;

function runExport({ place, filter, sort, format }: Wish) {
  const args = { ...place, filter, format, ...(sort ? { sort: { [sort.field]: sort.descending ? -1 : 1 } } : {}) };
  return saveAnswer(nameOf(place.collection, format), (signal) => send('document.find', args, { signal })).catch(sayRefusal);
}

interface ExportProps {
  collection: string;
  filter: Record<string, unknown>;
  sort: Sorting | null;
  count: number;
  open: boolean;
  close: () => void;
}

export function ExportDialog({ collection, filter, sort, count, open, close }: ExportProps) {
  const { at } = useSpace();
  const [format, setFormat] = useState<Format>('jsonl');
  return (
    <Dialog title={`Export ${plural(count, 'document')} of ${collection}`} open={open} close={close}>
      <div className="flex flex-col gap-3">
        <SelectField label="Format" value={format} onChange={(event) => setFormat(event.target.value as Format)}>
          <option value="jsonl">NDJSON: a document a line</option>
          <option value="json">JSON: one array</option>
        </SelectField>
        <Command>{coho(at, 'export', collection, ...queryWords(filter), ...sortWords(sort), '--file', nameOf(collection, format))}</Command>
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button
            look="main"
            onClick={() => {
              close();
              void runExport({ place: { ...at, collection }, filter, sort, format });
            }}
          >
            Export
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
