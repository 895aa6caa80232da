// What the filter matches into a file. Where the browser lets a page write a file, nothing is held in memory; else it is gathered first.
import { useState } from 'react';
import { send } from '../../api/client';
import { messageOf } from '../../api/hooks';
import { useSpace } from '../../app/space';
import { Dialog } from '../../ui/dialog';
import { bytes, plural, shellWord } from '../../ui/format';
import { Button, Command, SelectField } from '../../ui/kit';
import { toasts } from '../../ui/toasts';
import { saveBlob } from '../../ui/save';
import type { Place } from './guarded';
import type { Sorting } from './windows';

type Format = 'jsonl' | 'json';
interface Writable {
  createWritable(): Promise<WritableStream<Uint8Array>>;
}
type Picker = (options: { suggestedName: string }) => Promise<Writable>;

interface Wish {
  place: Place;
  filter: Record<string, unknown>;
  sort: Sorting | null;
  format: Format;
}

const isAbort = (error: unknown) => error instanceof DOMException && error.name === 'AbortError';

async function runExport({ place, filter, sort, format }: Wish) {
  const name = `${place.collection}.${format === 'json' ? 'json' : 'ndjson'}`;
  const pick = (window as unknown as { showSaveFilePicker?: Picker }).showSaveFilePicker;
  const stopper = new AbortController();
  try {
    const target = pick ? await pick({ suggestedName: name }) : null; // while the press of the button still counts
    const task = toasts.task(`Exporting ${name}`, () => stopper.abort());
    try {
      const args = { ...place, filter, format, ...(sort ? { sort: { [sort.field]: sort.descending ? -1 : 1 } } : {}) };
      const answer = await send('document.find', args, { signal: stopper.signal });
      let size = 0;
      const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform(piece, controller) {
          size += piece.length;
          task.progress(0, `Exporting ${name}: ${bytes(size)}`);
          controller.enqueue(piece);
        },
      });
      const body = (answer.body ?? new Blob([]).stream()).pipeThrough(counter);
      if (target) await body.pipeTo(await target.createWritable(), { signal: stopper.signal });
      else saveBlob(await new Response(body).blob(), name);
      toasts.good(`${name} is written: ${bytes(size)}.`);
    } finally {
      task.end();
    }
  } catch (error) {
    if (stopper.signal.aborted) toasts.good('The export is stopped; the file is not whole.');
    else if (!isAbort(error)) toasts.bad(messageOf(error));
  }
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
  const query = Object.keys(filter).length ? ` --query ${shellWord(JSON.stringify(filter))}` : '';
  const order = sort ? ` --sort ${shellWord(`${sort.descending ? '-' : ''}${sort.field}`)}` : '';
  return (
    <Dialog title={`Export ${plural(count, 'document')} of ${collection}`} open={open} close={close}>
      <div className="flex flex-col gap-3">
        <SelectField label="Format" value={format} onChange={(event) => setFormat(event.target.value as Format)}>
          <option value="jsonl">NDJSON: a document a line</option>
          <option value="json">JSON: one array</option>
        </SelectField>
        <Command>{`coho export ${shellWord(collection)}${query}${order}${format === 'jsonl' ? ' --jsonl' : ''} --file ${shellWord(`${collection}.${format === 'json' ? 'json' : 'ndjson'}`)}`}</Command>
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
