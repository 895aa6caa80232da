// Deleting all that the filter matches: the number has to be typed, the work goes on in the background and can be stopped.
import { ask, work } from '../../api/client';
import { sayRefusal } from '../../api/hooks';
import { useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Confirm } from '../../ui/dialog';
import { number, plural } from '../../ui/format';
import { toasts } from '../../ui/toasts';
import { queryWords } from './commands';
import { documentsChanged } from './document_dialog';
import { pretty } from './exact';

interface BulkProps {
  collection: string;
  filter: Record<string, unknown>;
  count: number;
  open: boolean;
  close: () => void;
}

export function BulkRemoval({ collection, filter, count, open, close }: BulkProps) {
  const { at } = useSpace();
  const run = async () => {
    close();
    const stopper = new AbortController();
    const task = toasts.task(`Deleting ${plural(count, 'document')} of ${collection}`, () => stopper.abort());
    try {
      const last = await work<'documents.purge', { count?: number }>(
        'documents.purge',
        { ...at, collection, filter },
        (line) => {
          const done = Number(line.done ?? 0);
          const total = Number(line.total ?? count);
          if (line.count !== undefined) return;
          task.progress(total ? done / total : 0, `Deleting documents of ${collection}: ${number(done)} of ${number(total)}`);
        },
        { signal: stopper.signal },
      );
      toasts.good(`${plural(last.count ?? 0, 'document')} of ${collection} deleted.`);
    } catch (error) {
      if (stopper.signal.aborted) {
        const left = await ask('document.count', { ...at, collection, filter }).catch(() => null);
        toasts.good(`Stopped. ${left ? `${plural(left.count, 'document')} that match are left.` : ''}`);
      } else sayRefusal(error);
    }
    task.end();
    documentsChanged();
  };
  const isAll = Object.keys(filter).length === 0;
  return (
    <Confirm
      title={isAll ? `Delete every document of ${collection}` : 'Delete what the filter matches'}
      open={open}
      close={close}
      word={String(count)}
      action={`Delete ${plural(count, 'document')}`}
      command={coho(at, 'query', collection, ...queryWords(filter), '--delete')}
      run={() => void run()}
    >
      <p>
        {plural(count, 'document')} {isAll ? `are all there are in ${collection}; no filter is set.` : 'match now.'} Only a backup brings them back.
      </p>
      {!isAll && <pre className="mt-2 max-h-40 overflow-auto rounded bg-raised p-2 font-mono text-xs">{pretty(filter)}</pre>}
    </Confirm>
  );
}
