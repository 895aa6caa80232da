// Backups of the whole server: when they are made, which there are, and what can be done with each.
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { send, work } from '../../api/client';
import { sayRefusal, useChange, useRead } from '../../api/hooks';
import type { Backup, Backups as Plan } from '../../api/shapes';
import { coho } from '../../ui/command';
import { Confirm } from '../../ui/dialog';
import { FormBox, useFields } from '../../ui/fields';
import { bytes, duration, number } from '../../ui/format';
import { Button, Moment, Panel, Problem, Show, Table, TextField } from '../../ui/kit';
import { saveAnswer } from '../../ui/save';
import { toasts } from '../../ui/toasts';
import { withProgress } from '../settings/import_space';

function PlanLines({ plan }: { plan: Plan }) {
  const rows = [
    ['Folder', <code key="folder" className="font-mono break-all">{plan.folder}</code>],
    ['Made', plan.everyMs > 0 ? `every ${duration(plan.everyMs)}` : 'by hand only; redd serve --backup-every makes them by itself'],
    ['Kept', plan.keep > 0 ? `the newest ${number(plan.keep)}` : 'all'],
    ['Also sent to', plan.s3 ? <span key="s3" className="break-all">{plan.s3}{plan.s3Keep > 0 && `, the newest ${number(plan.s3Keep)} kept`}</span> : 'nowhere'],
    ['Last one', <Moment key="last" ms={plan.lastMs} />],
  ] as const;
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
      {rows.map(([label, value]) => (
        <div key={label} className="contents">
          <dt className="text-muted">{label}</dt>
          <dd className="min-w-0">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Row({ backup }: { backup: Backup }) {
  const [isAsking, setAsking] = useState(false);
  const remove = useChange('backup.remove', { stale: ['backup.list'], said: 'The backup is deleted.', then: () => setAsking(false), quiet: true });
  const verify = useMutation<unknown, Error, void>({
    mutationFn: () => withProgress(`Verifying ${backup.name}`, (progress) => work('backup.verify', { backup: backup.name }, progress)),
    onSuccess: () => toasts.good(`${backup.name} is whole: every byte is what was written.`),
    onError: sayRefusal,
  });
  const download = useMutation<boolean, Error, void>({
    mutationFn: () => saveAnswer(backup.name, (signal) => send('backup.download', { backup: backup.name }, { signal })),
    onError: sayRefusal,
  });
  return (
    <tr>
      <td className="font-mono whitespace-nowrap">{backup.name}</td>
      <td>
        <Moment ms={backup.createdMs} />
      </td>
      <td className="text-right whitespace-nowrap tabular-nums">{bytes(backup.bytes)}</td>
      <td className="whitespace-nowrap">{backup.version}</td>
      <td>
        <div className="flex justify-end gap-1">
          <Button aria-label={`Verify ${backup.name}`} busy={verify.isPending} onClick={() => verify.mutate()}>
            Verify
          </Button>
          <Button aria-label={`Download ${backup.name}`} busy={download.isPending} onClick={() => download.mutate()}>
            Download
          </Button>
          <Button look="danger" aria-label={`Delete ${backup.name}`} onClick={() => setAsking(true)}>
            Delete
          </Button>
        </div>
        {isAsking && (
          <Confirm
            title="Delete a backup"
            open
            close={() => setAsking(false)}
            word=""
            action="Delete the backup"
            command={coho(null, 'backups', 'rm', backup.name)}
            change={remove}
            run={() => remove.mutate({ backup: backup.name })}
          >
            <p className="break-all">{backup.name} is deleted from this server’s folder; one that was sent to an S3 store stays there.</p>
          </Confirm>
        )}
      </td>
    </tr>
  );
}

function Create() {
  const fields = useFields({ passphrase: '' });
  const { passphrase } = fields.values;
  const create = useMutation<{ backup: Backup & { s3Problem?: string } }, Error, void>({
    mutationFn: () => withProgress('Backing up the server', (progress) => work('backup.create', { passphrase: passphrase || undefined }, progress)),
    onSuccess: ({ backup }) => {
      fields.clear();
      toasts.good(`${backup.name} is made.`);
      if (backup.s3Problem) toasts.bad(backup.s3Problem);
    },
  });
  return (
    <FormBox
      fields={fields}
      change={create}
      action="Back up now"
      command={passphrase ? 'coho backup --key-passphrase-file FILE' : 'coho backup'}
      run={() => create.mutate()}
    >
      <TextField
        label="Passphrase for the secret key"
        type="password"
        autoComplete="new-password"
        hint="With one, the server’s secret key goes along, sealed under it; without one, keep secret.key elsewhere"
        {...fields.field('passphrase')}
      />
    </FormBox>
  );
}

export function Backups() {
  const plan = useRead('backup.list', {}, { refetchInterval: 5_000 });
  return (
    <Panel title="Backups">
      <Show query={plan}>
        {(one) => (
          <div className="flex flex-col gap-4">
            {one.lastProblem && <Problem error={new Error(`The last backup: ${one.lastProblem}`)} />}
            {one.s3Problem && <Problem error={new Error(`The S3 store: ${one.s3Problem}`)} />}
            <PlanLines plan={one} />
            {one.backups.length === 0 ? (
              <p className="text-muted">There is no backup yet. Make one below, while the server runs.</p>
            ) : (
              <Table label="Backups on this server" head={['Name', 'Made', 'Size', 'Version', '']}>
                {one.backups.map((backup) => (
                  <Row key={backup.name} backup={backup} />
                ))}
              </Table>
            )}
            {one.s3Backups.length > 0 && (
              <Table label="Backups in the S3 store" head={['In the S3 store', 'Size']}>
                {one.s3Backups.map((object) => (
                  <tr key={object.name}>
                    <td className="font-mono break-all">{object.name}</td>
                    <td className="whitespace-nowrap tabular-nums">{bytes(object.bytes)}</td>
                  </tr>
                ))}
              </Table>
            )}
            <Create />
          </div>
        )}
      </Show>
    </Panel>
  );
}
