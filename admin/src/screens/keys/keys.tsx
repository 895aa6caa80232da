// Key/value of a space. Keyspaces cannot be listed: a person names one, or looks at the one without a name.
import { useState, type FormEvent } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lines, send } from '../../api/client';
import type { KeyValue } from '../../api/shapes';
import { kReadOnly, useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { plural } from '../../ui/format';
import { Button, Command, Empty, ScreenHead, Show, TextField } from '../../ui/kit';
import { KeyDialog, type OpenedKey } from './key_dialog';
import { KeyList } from './key_list';
import { RemoveByPrefix } from './remove';

const kFirst = 500;
const kAliveMs = 3_000;

// Which keys: `keyspace` "" is the one without a name.
export interface KeyPlace {
  keyspace: string;
  prefix: string;
}

function useKeys({ keyspace, prefix }: KeyPlace, limit: number) {
  const { at } = useSpace();
  const args = { ...at, keyspace, prefix, limit: limit + 1 };
  return useQuery({
    queryKey: ['key.list', args],
    queryFn: async ({ signal }) => {
      const found: KeyValue[] = [];
      for await (const one of lines<KeyValue>(await send('key.list', args, { signal }))) found.push(one);
      return { keys: found.slice(0, limit), hasMore: found.length > limit };
    },
    placeholderData: keepPreviousData,
    refetchInterval: limit <= 5_000 ? kAliveMs : false,
  });
}

export const keyspaceWords = (keyspace: string) => (keyspace ? ['--keyspace', keyspace] : []);

export function Keys() {
  const { at, canWrite } = useSpace();
  const [place, setPlace] = useState<KeyPlace>({ keyspace: '', prefix: '' });
  const [limit, setLimit] = useState(kFirst);
  const [opened, setOpened] = useState<OpenedKey | null>(null);
  const [isRemoving, setRemoving] = useState(false);
  const list = useKeys(place, limit);
  const isNarrowed = place.keyspace !== '' || place.prefix !== '';
  return (
    <>
      <ScreenHead
        title="Key/value"
        about="Texts and counters under keys, some of them only for a while."
        actions={
          canWrite && (
            <Button look="main" onClick={() => setOpened({ kind: 'new', keyspace: place.keyspace })}>
              New key
            </Button>
          )
        }
      />
      <Finder
        find={(next) => {
          setPlace(next);
          setLimit(kFirst);
        }}
      />
      <Show query={list}>
        {({ keys, hasMore }) => (
          <>
            <div className="mb-2 flex flex-wrap items-center gap-2">
              <p role="status" className="flex-1 text-muted">
                <b className="text-ink">{hasMore ? `The first ${plural(keys.length, 'key')}` : plural(keys.length, 'key')}</b>
                {place.keyspace && <> in keyspace {place.keyspace}</>}
                {place.prefix && <> that begin with {place.prefix}</>}
              </p>
              {canWrite && keys.length > 0 && (
                <Button look="danger" onClick={() => setRemoving(true)}>
                  {place.prefix ? 'Delete those with the prefix' : 'Delete all'}
                </Button>
              )}
            </div>
            {keys.length === 0 ? (
              <Empty title={isNarrowed ? 'No key is there.' : 'No key yet.'}>
                <p>
                  {isNarrowed
                    ? 'Another keyspace or a shorter prefix may find some.'
                    : 'The code of the space stores one with db.set; here one is added by hand.'}
                </p>
              </Empty>
            ) : (
              <KeyList keys={keys} open={(entry) => setOpened({ kind: 'edit', keyspace: place.keyspace, entry })} />
            )}
            {hasMore && (
              <Button className="mt-2" onClick={() => setLimit(limit * 2)}>
                Show more
              </Button>
            )}
            <RemoveByPrefix place={place} open={isRemoving} close={() => setRemoving(false)} />
          </>
        )}
      </Show>
      {!canWrite && <p className="mt-2 text-muted">{kReadOnly}</p>}
      <div className="mt-3">
        <Command>{coho(at, 'kv', 'list', ...(place.prefix ? ['--prefix', place.prefix] : []), ...keyspaceWords(place.keyspace))}</Command>
      </div>
      <KeyDialog opened={opened} close={() => setOpened(null)} />
    </>
  );
}

function Finder({ find }: { find: (place: KeyPlace) => void }) {
  const [keyspace, setKeyspace] = useState('');
  const [prefix, setPrefix] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    find({ keyspace, prefix });
  };
  return (
    <form onSubmit={submit} className="mb-3 grid items-start gap-2 sm:grid-cols-[1fr_1fr_auto]">
      <TextField label="Keyspace" value={keyspace} onChange={(event) => setKeyspace(event.target.value)} hint="Nothing: the one without a name" />
      <TextField label="Prefix" value={prefix} onChange={(event) => setPrefix(event.target.value)} hint="Only keys that begin so" />
      <Button look="main" type="submit" className="sm:mt-6.5">
        Find
      </Button>
    </form>
  );
}
