// The collections of a space: what is in each, a new one, import, export, removal.
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { queries, useChange, useRead } from '../../api/hooks';
import type { Collection } from '../../api/shapes';
import { kReadOnly, useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Confirm } from '../../ui/dialog';
import { number, plural } from '../../ui/format';
import { Badge, Button, CheckField, Command, Empty, Panel, ScreenHead, Show, Table } from '../../ui/kit';
import { AdvicePanel } from './advice';
import { CreateDialog } from './create_dialog';
import { ExportDialog } from './export';
import { ImportDialog } from './import_dialog';

export function Collections() {
  const { at, canWrite } = useSpace();
  const [withSystem, setWithSystem] = useState(false);
  const [dialog, setDialog] = useState<'create' | 'import' | null>(null);
  const all = useRead('collection.list', withSystem ? { ...at, system: true } : at, { refetchInterval: 3_000 });
  return (
    <>
      <ScreenHead
        title="Documents"
        about="Collections of JSON documents: look for them, change them, import and export."
        actions={
          canWrite && (
            <>
              <Button onClick={() => setDialog('import')}>Import</Button>
              <Button look="main" onClick={() => setDialog('create')}>
                New collection
              </Button>
            </>
          )
        }
      />
      {!canWrite && <p className="mb-3 text-muted">{kReadOnly}</p>}
      <Show query={all}>
        {({ collections }) => (
          <>
            {collections.length === 0 ? (
              <Empty title="No collection yet.">
                <p>A collection is made by the first document that your code stores, or here.</p>
                <Command>{coho(at, 'createcollection', 'NAME')}</Command>
              </Empty>
            ) : (
              <List collections={collections} />
            )}
            <AdvicePanel collections={collections} />
            <ImportDialog open={dialog === 'import'} close={() => setDialog(null)} names={collections.map((one) => one.name)} />
          </>
        )}
      </Show>
      <div className="mt-4 flex flex-col gap-3">
        <CheckField
          label="Show collections of the system, whose names begin with _"
          checked={withSystem}
          onChange={(event) => setWithSystem(event.target.checked)}
        />
        <Command>{coho(at, 'collections', withSystem && '--sys')}</Command>
      </div>
      <CreateDialog open={dialog === 'create'} close={() => setDialog(null)} />
    </>
  );
}

function List({ collections }: { collections: Collection[] }) {
  const { at, canWrite } = useSpace();
  const [removing, setRemoving] = useState<Collection | null>(null);
  const [exporting, setExporting] = useState<Collection | null>(null);
  const remove = useChange('collection.remove', {
    stale: ['collection.list'],
    said: 'The collection is deleted.',
    then: () => {
      setRemoving(null);
      for (const one of ['document.find', 'document.count']) queries.removeQueries({ queryKey: [one] });
    },
    quiet: true,
  });
  return (
    <Panel className="[&_tbody_td]:align-middle!">
      <Table label="Collections" head={['Name', 'Documents', 'Indexes', 'Schema', 'Cap', <span key="actions" className="sr-only">Actions</span>]}>
        {collections.map((one) => (
          <tr key={one.name}>
            <th scope="row" className="px-2 py-1.5 text-left font-medium">
              <Link to="/p/$project/$space/data/$collection" params={{ ...at, collection: one.name }} className="text-accent hover:underline">
                {one.name}
              </Link>
            </th>
            <td className="tabular-nums">{number(one.documents)}</td>
            <td className="font-mono text-xs">
              {one.indexes.length === 0 && <span className="text-muted">–</span>}
              {one.indexes.map((index) => (
                <span key={index.fields.join('\0')} className="mr-2 whitespace-nowrap">
                  {index.fields.join(', ')} {index.state === 'building' && <Badge kind="warn">building</Badge>}
                </span>
              ))}
            </td>
            <td>{one.schema ? <Badge kind="good">yes</Badge> : <span className="text-muted">no</span>}</td>
            <td className="tabular-nums">{one.cap === null ? <span className="text-muted">–</span> : number(one.cap)}</td>
            <td>
              <div className="flex justify-end gap-1">
                <Button look="bare" className="text-xs" aria-label={`Export ${one.name}`} onClick={() => setExporting(one)}>
                  Export
                </Button>
                {canWrite && (
                  <Button look="bare" className="text-xs !text-bad" aria-label={`Delete ${one.name}`} onClick={() => setRemoving(one)}>
                    Delete
                  </Button>
                )}
              </div>
            </td>
          </tr>
        ))}
      </Table>
      <ExportDialog
        collection={exporting?.name ?? ''}
        filter={{}}
        sort={null}
        count={exporting?.documents ?? 0}
        open={exporting !== null}
        close={() => setExporting(null)}
      />
      <Confirm
        key={removing?.name}
        title={`Delete the collection ${removing?.name ?? ''}`}
        open={removing !== null}
        close={() => setRemoving(null)}
        word={removing?.name ?? ''}
        action="Delete the collection"
        change={remove}
        command={coho(at, 'dropcollection', removing?.name)}
        run={() => removing && remove.mutate({ ...at, collection: removing.name })}
      >
        Its {plural(removing?.documents ?? 0, 'document')}, its indexes and its schema go with it, and only a backup brings them back.
      </Confirm>
    </Panel>
  );
}
