// The documents of a collection: look for them, sort, edit, delete.
import { useCallback, useMemo, useState } from 'react';
import type { Collection, Document } from '../../api/shapes';
import { kReadOnly, useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { duration, number, plural } from '../../ui/format';
import { Button, Command, Empty, Problem } from '../../ui/kit';
import { Dialog } from '../../ui/dialog';
import { messageOf } from '../../api/hooks';
import { BulkRemoval } from './bulk';
import { ColumnsDialog, useColumns } from './columns';
import { queryWords, sortWords } from './commands';
import { ConflictView } from './conflict';
import { DocumentDialog, documentsChanged, type Opened } from './document_dialog';
import { pretty } from './exact';
import { ExportDialog } from './export';
import { FilterBar } from './filter_bar';
import { Grid } from './grid';
import { Conflict, replaceGuarded, setField, withValue, type Place } from './guarded';
import { useExplained, useSample, useTotal, type Explained, type Question, type Sorting } from './windows';

const kNone: Document[] = [];

// A cell that could not be saved because the document is another by now.
interface CellConflict {
  id: string;
  current: Document;
  mine: Document;
}

export function Documents({ collection }: { collection: Collection }) {
  const { at, canWrite } = useSpace();
  const [text, setText] = useState('');
  const [filter, setFilter] = useState<Record<string, unknown>>({});
  const [sort, setSort] = useState<Sorting | null>(null);
  const [opened, setOpened] = useState<Opened | null>(null);
  const [dialog, setDialog] = useState<'columns' | 'bulk' | 'export' | null>(null);
  const [problem, setProblem] = useState<Error | null>(null);
  const [conflict, setConflict] = useState<CellConflict | null>(null);
  const { name } = collection;
  const { project, space } = at;
  const question: Question = useMemo(() => ({ project, space, collection: name, filter, sort }), [project, space, name, filter, sort]);

  const total = useTotal(question);
  const explained = useExplained(question);
  const sample = useSample(question);
  const columns = useColumns(sample.data ?? kNone);
  const indexed = useMemo(() => {
    const ready = collection.indexes.filter((one) => one.state === 'ready' && one.fields.length === 1);
    return new Set(ready.map((one) => one.fields[0] ?? ''));
  }, [collection]);
  const count = total.data ?? 0;
  const place = { project, space, collection: name };

  const edit = useCallback(
    async (document: Document, field: string, value: unknown) => {
      const id = String(document._id);
      try {
        await setField({ project, space, collection: name }, id, field, document, value);
      } catch (error) {
        if (!(error instanceof Conflict)) throw error;
        setConflict({ id, current: error.current, mine: withValue(error.current, field, value) });
      }
      documentsChanged();
    },
    [project, space, name],
  );

  const isFiltered = Object.keys(filter).length > 0;
  const isEmpty = total.data === 0 && !total.isPlaceholderData && !isFiltered;
  return (
    <>
      <FilterBar
        text={text}
        refused={total.error ? messageOf(total.error) : null}
        apply={(typed, next) => {
          if (typed === text) return documentsChanged();
          setText(typed);
          setFilter(next);
        }}
      />
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <p role="status" className="min-w-0 flex-1 basis-80 text-muted">
          <b className="text-ink tabular-nums">{total.data === undefined ? '…' : plural(count, 'document')}</b>
          {explained.data && <> · {sayHow(explained.data)}</>}
        </p>
        {canWrite && (
          <Button look="main" onClick={() => setOpened({ kind: 'new', text: '{\n  \n}' })}>
            Insert
          </Button>
        )}
        <Button onClick={() => setDialog('columns')}>Columns</Button>
        <Button onClick={documentsChanged}>Refresh</Button>
        <Button onClick={() => setDialog('export')}>Export</Button>
        {canWrite && (
          <Button look="danger" disabled={count === 0 || total.isPlaceholderData || total.isError} onClick={() => setDialog('bulk')}>
            {isFiltered ? 'Delete matches' : 'Delete all'}
          </Button>
        )}
      </div>
      {problem && !total.error && (
        <div className="mb-2">
          <Problem error={problem} retry={documentsChanged} />
        </div>
      )}
      {isEmpty ? (
        <Empty title={`${name} has no documents yet.`}>
          <p>
            {canWrite
              ? 'Insert one here, import a file from the list of collections, or let your code store some.'
              : 'The code of the space stores some with db.insertOne.'}
          </p>
        </Empty>
      ) : (
        <Grid
          question={question}
          total={count}
          columns={columns.names}
          shown={columns.shown}
          indexed={indexed}
          canTurn={sort === null || explained.data?.sort === 'index' || explained.data?.sort === '_id'}
          canWrite={canWrite}
          sortBy={setSort}
          open={(id) => setOpened({ kind: 'edit', id })}
          edit={edit}
          problem={setProblem}
        />
      )}
      <p className="mt-1 mb-3 text-xs text-muted">
        {canWrite ? 'Arrows move, Enter or a double click edits a value, Space opens the document.' : kReadOnly}
      </p>
      <Command>{coho(at, 'query', name, ...queryWords(filter), ...sortWords(sort))}</Command>
      <ColumnsDialog choice={columns} open={dialog === 'columns'} close={() => setDialog(null)} />
      <ExportDialog collection={name} filter={filter} sort={sort} count={count} open={dialog === 'export'} close={() => setDialog(null)} />
      <BulkRemoval collection={name} filter={filter} count={count} open={dialog === 'bulk'} close={() => setDialog(null)} />
      <DocumentDialog collection={name} opened={opened} show={setOpened} />
      <Dialog title={`Document ${conflict?.id ?? ''}`} open={conflict !== null} close={() => setConflict(null)} wide>
        {conflict && <CellConflictView place={place} conflict={conflict} change={setConflict} />}
      </Dialog>
    </>
  );
}

interface CellConflictProps {
  place: Place;
  conflict: CellConflict;
  change: (next: CellConflict | null) => void;
}

function CellConflictView({ place, conflict, change }: CellConflictProps) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const overwrite = async () => {
    setBusy(true);
    try {
      await replaceGuarded(place, conflict.id, conflict.mine, conflict.current);
      change(null);
    } catch (problem) {
      if (problem instanceof Conflict) change({ ...conflict, current: problem.current });
      else setError(messageOf(problem));
    }
    setBusy(false);
    documentsChanged();
  };
  return (
    <ConflictView
      mine={pretty(conflict.mine)}
      theirs={conflict.current}
      busy={isBusy}
      error={error}
      take={() => change(null)}
      overwrite={() => void overwrite()}
    />
  );
}

function sayHow(how: Explained): string {
  const by = how.access === 'index' ? `index ${how.index?.join(', ') ?? ''}` : how.access === 'ids' ? 'found by _id' : how.access === 'range' ? 'a range of _id' : 'no index';
  const order = how.sort === 'memory' ? ', sorted in memory' : '';
  return `${by}${order} · ${number(how.documentsRead)} read for the first ${number(how.returned)} · ${duration(how.ms)}`;
}
