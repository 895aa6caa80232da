// The indexes of a collection: which there are, a new one, and what slow queries would want.
import { useState, type FormEvent } from 'react';
import { useChange } from '../../api/hooks';
import type { Collection } from '../../api/shapes';
import { kReadOnly, useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Confirm } from '../../ui/dialog';
import { Badge, Button, Command, Empty, Panel, Table, TextField } from '../../ui/kit';
import { AdvicePanel } from './advice';
import { makeIndex } from './indexing';

export function Indexes({ collection }: { collection: Collection }) {
  const { at, canWrite } = useSpace();
  const { name, indexes } = collection;
  const [removing, setRemoving] = useState<string[] | null>(null);
  const remove = useChange('index.remove', {
    stale: ['collection.list', 'document.find'],
    said: 'The index is removed.',
    then: () => setRemoving(null),
    quiet: true,
  });
  return (
    <>
      <Panel title="Indexes">
        {indexes.length === 0 ? (
          <Empty title="No index yet.">
            <p>Queries read every document. Make an index on the fields that you look for or sort by.</p>
          </Empty>
        ) : (
          <Table label="Indexes" head={['Fields', 'State', ...(canWrite ? [''] : [])]}>
            {indexes.map((one) => (
              <tr key={one.fields.join('\0')}>
                <td className="font-mono text-xs">{one.fields.join(', ')}</td>
                <td>
                  <Badge kind={one.state === 'ready' ? 'good' : 'warn'}>{one.state}</Badge>
                </td>
                {canWrite && (
                  <td className="text-right">
                    <Button look="danger" aria-label={`Remove the index ${one.fields.join(', ')}`} onClick={() => setRemoving(one.fields)}>
                      Remove
                    </Button>
                  </td>
                )}
              </tr>
            ))}
          </Table>
        )}
        <div className="mt-4">{canWrite ? <NewIndex collection={collection} /> : <p className="text-muted">{kReadOnly}</p>}</div>
      </Panel>
      <AdvicePanel collections={[collection]} />
      <Confirm
        title="Remove the index"
        open={removing !== null}
        close={() => setRemoving(null)}
        word=""
        action="Remove the index"
        change={remove}
        command={coho(at, 'removeindex', name, '-i', removing?.join(','))}
        run={() => removing && remove.mutate({ ...at, collection: name, fields: removing })}
      >
        Queries that the index <b className="font-mono">{removing?.join(', ')}</b> serves will read every document. No document is lost.
      </Confirm>
    </>
  );
}

function NewIndex({ collection }: { collection: Collection }) {
  const { at } = useSpace();
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const fields = typed.split(',').map((field) => field.trim()).filter(Boolean);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (fields.length === 0) return setProblem('Name at least one field.');
    setBusy(true);
    const refused = await makeIndex({ ...at, collection: collection.name }, fields, collection.documents);
    setProblem(refused ?? '');
    if (!refused) setTyped('');
    setBusy(false);
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
      <div className="flex flex-wrap items-start gap-2">
        <div className="min-w-0 flex-1 basis-56">
          <TextField
            label="Fields of a new index"
            value={typed}
            onChange={(event) => {
              setTyped(event.target.value);
              setProblem('');
            }}
            error={problem}
            hint="Inside others by dots: address.city. Several with commas make one index over all, in this order."
          />
        </div>
        <Button look="main" type="submit" busy={isBusy} className="mt-6.5">
          Create index
        </Button>
      </div>
      <Command>{coho(at, 'createindex', collection.name, '-i', fields.join(',') || 'FIELD')}</Command>
    </form>
  );
}
