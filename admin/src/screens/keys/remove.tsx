// Deletes all keys that begin with a prefix, once it is typed.
import { useChange } from '../../api/hooks';
import { useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Confirm } from '../../ui/dialog';
import { plural } from '../../ui/format';
import { keyspaceWords, type KeyPlace } from './keys';

export function RemoveByPrefix({ place, open, close }: { place: KeyPlace; open: boolean; close: () => void }) {
  const { at } = useSpace();
  const { keyspace, prefix } = place;
  const remove = useChange('key.removeAll', { stale: ['key.list'], said: ({ count }) => `${plural(count, 'key')} deleted.`, then: close, quiet: true });
  return (
    <Confirm
      key={prefix}
      title={prefix ? `Delete the keys that begin with ${prefix}` : 'Delete all keys'}
      open={open}
      close={close}
      word={prefix || 'all keys'}
      action="Delete the keys"
      change={remove}
      command={prefix ? coho(at, 'kv', 'del', '--prefix', prefix, ...keyspaceWords(keyspace)) : undefined}
      run={() => remove.mutate({ ...at, prefix, ...(keyspace ? { keyspace } : {}) })}
    >
      {keyspace ? (
        <>
          In the keyspace <b>{keyspace}</b>.
        </>
      ) : (
        'In the keyspace without a name.'
      )}{' '}
      Only a backup brings them back.
    </Confirm>
  );
}
