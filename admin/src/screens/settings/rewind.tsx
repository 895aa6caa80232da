// The space as it was: at a moment, or in a backup of the server. In place, or as another space beside it.
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { work } from '../../api/client';
import { useRead } from '../../api/hooks';
import { useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Confirm } from '../../ui/dialog';
import { FormBox, useFields } from '../../ui/fields';
import { dateTime } from '../../ui/format';
import { Moment, Panel, SelectField, Show, TextField } from '../../ui/kit';
import { spaceNameProblem } from '../../ui/rules';
import { Outcome, withProgress, type Imported } from './import_space';

// As <input type="datetime-local"> has it, in the person's own time.
const localTime = (ms: number) => new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 23);

function RewindForm({ newestMs }: { newestMs: number | undefined }) {
  const { at, space } = useSpace();
  const me = useRead('me', {});
  const backups = useRead('backup.list', {}, { enabled: me.data?.role === 'owner', refetchInterval: 5_000 });
  const [isAsking, setAsking] = useState(false);
  const fields = useFields({ source: 'moment', time: newestMs ? localTime(newestMs) : '', backup: '', as: '' }, ({ source, time, backup, as }) => ({
    time: source === 'moment' && Number.isNaN(Date.parse(time)) ? 'Choose a date and a time.' : undefined,
    backup: source === 'backup' && backup === '' ? 'Which backup?' : undefined,
    as: as === '' ? undefined : spaceNameProblem(as),
  }));
  const { source, time, backup, as } = fields.values;
  const moment = source === 'moment' && !Number.isNaN(Date.parse(time)) ? new Date(time).toISOString() : undefined;
  const wish = { ...at, backup: source === 'backup' ? backup : undefined, at: moment, as: as || undefined };
  const rewind = useMutation<Imported, Error, void>({
    mutationFn: () => withProgress(`Rewinding ${space}`, (progress) => work<'space.rewind', Imported>('space.rewind', wish, progress)),
    onSettled: () => setAsking(false),
  });
  const command = coho(at, 'space', 'rewind', ...(source === 'backup' ? ['--backup', backup || 'NAME'] : ['--at', moment ?? 'TIME']), ...(as ? ['--as', as] : []));
  return (
    <>
      <FormBox
        fields={fields}
        change={rewind}
        action={as ? 'Make a space of it' : 'Rewind the space'}
        look={as ? 'main' : 'danger'}
        command={command}
        run={() => (as ? rewind.mutate() : setAsking(true))}
      >
        <div className="grid gap-3 sm:grid-cols-3">
          <SelectField label="From" {...fields.field('source')}>
            <option value="moment">A moment</option>
            <option value="backup">A backup of the server</option>
          </SelectField>
          {source === 'moment' && <TextField label="Time" type="datetime-local" step={0.001} hint="Your own time zone" {...fields.field('time')} />}
          {source === 'backup' &&
            (backups.data ? (
              <SelectField label="Backup" {...fields.field('backup')}>
                <option value="">Choose one</option>
                {backups.data.backups.map((one) => (
                  <option key={one.name} value={one.name}>
                    {dateTime(one.createdMs)}
                  </option>
                ))}
              </SelectField>
            ) : (
              <TextField label="Backup" hint="Its name; the server’s owner sees the list" {...fields.field('backup')} />
            ))}
          <TextField label="As another space" hint="Empty: this space itself goes back" {...fields.field('as')} />
        </div>
        {rewind.data && <Outcome made={rewind.data} />}
      </FormBox>
      {isAsking && (
        <Confirm
          title={`Rewind ${space}`}
          open
          close={() => setAsking(false)}
          word={space}
          action="Rewind the space"
          command={command}
          change={rewind}
          run={() => rewind.mutate()}
        >
          <p>Documents, keys and files become what they were. What is there now goes into the trash of the project, from where it can be restored.</p>
        </Confirm>
      )}
    </>
  );
}

export function Rewind() {
  const { at } = useSpace();
  const known = useRead('space.moments', at, { refetchInterval: 5_000 });
  return (
    <Panel title="Rewind">
      <Show query={known}>
        {({ moments }) => (
          <div className="flex flex-col gap-3">
            {moments.length === 0 ? (
              <p className="text-muted">No moments of this space are kept: a server that is started with --pitr-hours keeps them from then on. Backups can be gone back to all the same.</p>
            ) : (
              <ul aria-label="Moments" className="text-muted">
                {moments.map((one) => (
                  <li key={one.fromMs}>
                    Any moment from <Moment ms={one.fromMs} /> to <Moment ms={one.toMs} />
                  </li>
                ))}
              </ul>
            )}
            <RewindForm newestMs={moments[0]?.toMs} />
          </div>
        )}
      </Show>
    </Panel>
  );
}
