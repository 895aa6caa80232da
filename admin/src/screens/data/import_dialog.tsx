// Chooses a file and a collection; the import itself goes on in the background, on whatever screen one is.
import { useState, type FormEvent } from 'react';
import { messageOf } from '../../api/hooks';
import { useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Dialog } from '../../ui/dialog';
import { bytes, number, plural } from '../../ui/format';
import { Button, Command, Field, kInput, SelectField, TextField } from '../../ui/kit';
import { toasts } from '../../ui/toasts';
import { documentsChanged } from './document_dialog';
import type { Place } from './guarded';
import { importFile, type Format, type ImportWish } from './import_file';

async function runImport(place: Place, wish: ImportWish) {
  const { file } = wish;
  const stopper = new AbortController();
  const what = `Importing ${file.name} into ${place.collection}`;
  const task = toasts.task(what, () => stopper.abort());
  let known = 0;
  try {
    const stored = await importFile(place, wish, {
      signal: stopper.signal,
      progress: (read, documents) => {
        known = documents;
        task.progress(file.size ? read / file.size : 1, `${what}: ${plural(documents, 'document')}, ${bytes(read)} of ${bytes(file.size)}`);
      },
    });
    toasts.good(`${plural(stored, 'document')} of ${file.name} ${stored === 1 ? 'is' : 'are'} stored in ${place.collection}.`);
  } catch (error) {
    if (stopper.signal.aborted) toasts.good(`Stopped. At least ${number(known)} documents of ${file.name} are stored.`);
    else toasts.bad(`${file.name}: ${messageOf(error)}`);
  }
  task.end();
  documentsChanged();
}

const formatOf = (file: File): Format => (/\.(csv|tsv)$/i.test(file.name) || file.type === 'text/csv' ? 'csv' : 'json');

export function ImportDialog({ open, close, names }: { open: boolean; close: () => void; names: string[] }) {
  const { at } = useSpace();
  const [file, setFile] = useState<File | null>(null);
  const [collection, setCollection] = useState('');
  const [format, setFormat] = useState<Format>('json');
  const [separator, setSeparator] = useState(',');
  const [isAsked, setAsked] = useState(false);
  const choose = (chosen: File | undefined) => {
    if (!chosen) return;
    setFile(chosen);
    setFormat(formatOf(chosen));
    setSeparator(/\.tsv$/i.test(chosen.name) ? '\t' : ',');
    if (!collection) setCollection(chosen.name.replace(/\.[^.]*$/, '').replace(/[^\w-]/g, '_'));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (!file || !collection.trim()) return;
    close();
    setAsked(false);
    setFile(null);
    setCollection('');
    void runImport({ ...at, collection: collection.trim() }, { file, format, separator });
  };
  const flags = format === 'csv' ? ['--csv', ...(separator === ',' ? [] : ['--separator', separator === '\t' ? 'tab' : separator])] : [];
  return (
    <Dialog title="Import documents" open={open} close={close}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <Field
          label="File"
          error={isAsked && !file ? 'Choose a file.' : null}
          hint={file ? bytes(file.size) : 'A JSON array, NDJSON, or CSV with the names of its fields in the first line'}
        >
          {(ids) => (
            <input
              type="file"
              accept=".json,.ndjson,.jsonl,.csv,.tsv,.txt"
              className={`${kInput} file:mr-2 file:rounded file:border file:border-line file:bg-raised file:px-2 file:text-ink`}
              {...ids}
              onChange={(event) => choose(event.target.files?.[0])}
            />
          )}
        </Field>
        <TextField
          label="Into the collection"
          list="import-collections"
          value={collection}
          onChange={(event) => setCollection(event.target.value)}
          error={isAsked && !collection.trim() ? 'Name a collection.' : null}
          hint="One that does not exist is made. A document whose _id exists replaces the old one."
        />
        <datalist id="import-collections">
          {names.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <SelectField label="Format" value={format} onChange={(event) => setFormat(event.target.value as Format)}>
          <option value="json">JSON array or NDJSON</option>
          <option value="csv">CSV</option>
        </SelectField>
        {format === 'csv' && (
          <SelectField label="Between fields" value={separator} onChange={(event) => setSeparator(event.target.value)}>
            <option value=",">Comma</option>
            <option value=";">Semicolon</option>
            <option value={'\t'}>Tab</option>
          </SelectField>
        )}
        <Command>{coho(at, 'import', collection || 'COLLECTION', file?.name ?? 'FILE', ...flags)}</Command>
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button look="main" type="submit">
            Import
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
