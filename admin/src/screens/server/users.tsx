// Everybody with an account on the server. The server sends no mail: codes are handed on by its owner.
import { useState } from 'react';
import { useChange, useRead } from '../../api/hooks';
import type { UserRow } from '../../api/shapes';
import { coho } from '../../ui/command';
import { Confirm, Dialog } from '../../ui/dialog';
import { FormBox, HandOn, useFields } from '../../ui/fields';
import { Badge, Button, Moment, Panel, Show, Table, TextField } from '../../ui/kit';
import { emailProblem, nameProblem } from '../../ui/rules';

function Edit({ user, close }: { user: UserRow; close: () => void }) {
  const fields = useFields({ name: user.name, email: user.email }, ({ name, email }) => ({ name: nameProblem(name), email: emailProblem(email) }));
  const update = useChange('user.update', { stale: ['user.list', 'me', 'team.get', 'project.get'], said: 'The account is changed.', then: close, quiet: true });
  return (
    <Dialog title={`Change ${user.email}`} open close={close}>
      <FormBox fields={fields} change={update} action="Change the account" run={() => update.mutate({ user: user.id, ...fields.values })}>
        <TextField label="Name" {...fields.field('name')} />
        <TextField label="E-mail" type="email" hint="With it they log in" {...fields.field('email')} />
      </FormBox>
    </Dialog>
  );
}

function Row({ user, handOn }: { user: UserRow; handOn: (code: string) => void }) {
  const [open, setOpen] = useState<'edit' | 'remove' | null>(null);
  const close = () => setOpen(null);
  const link = useChange('user.link', { then: ({ code }) => handOn(code) });
  const remove = useChange('user.remove', { stale: ['user.list', 'team.list', 'team.get'], said: `The account ${user.email} is removed.`, then: close, quiet: true });
  return (
    <tr>
      <td className="w-full min-w-40">
        <div className="font-medium break-words">{user.name || user.email}</div>
        {user.name && <div className="text-xs break-all text-muted">{user.email}</div>}
      </td>
      <td>
        {user.serverOwner && <Badge kind="good">server’s owner</Badge>} {!user.hasPassword && <Badge kind="warn">no password</Badge>}
      </td>
      <td>
        <Moment ms={user.createdMs} />
      </td>
      <td>
        <div className="flex justify-end gap-1">
          <Button aria-label={`Change ${user.email}`} onClick={() => setOpen('edit')}>
            Change
          </Button>
          <Button aria-label={`Password link for ${user.email}`} busy={link.isPending} onClick={() => link.mutate({ user: user.id })}>
            Password link
          </Button>
          {!user.serverOwner && (
            <Button look="danger" aria-label={`Remove ${user.email}`} onClick={() => setOpen('remove')}>
              Remove
            </Button>
          )}
        </div>
        {open === 'edit' && <Edit user={user} close={close} />}
        {open === 'remove' && (
          <Confirm
            title={`Remove ${user.email}`}
            open
            close={close}
            word={user.email}
            action="Remove the account"
            command={coho(null, 'user', 'remove', user.email)}
            change={remove}
            run={() => remove.mutate({ user: user.id })}
          >
            <p>Their memberships, sessions and tokens go with it. What they made in projects stays.</p>
          </Confirm>
        )}
      </td>
    </tr>
  );
}

export function Users() {
  const users = useRead('user.list', {}, { refetchInterval: 5_000 });
  const [handed, setHanded] = useState<{ label: string; code: string; email: string } | null>(null);
  const fields = useFields({ email: '', name: '' }, ({ email, name }) => ({ email: emailProblem(email), name: name === '' ? undefined : nameProblem(name) }));
  const { email, name } = fields.values;
  const add = useChange('user.add', {
    stale: ['user.list'],
    then: ({ user, code }) => {
      fields.clear();
      if (code) setHanded({ label: 'The account is made', code, email: user.email });
    },
    quiet: true,
  });
  return (
    <Panel title="Users">
      <div className="flex flex-col gap-4">
        <Show query={users}>
          {({ users: all }) => (
            <Table label="Everybody with an account" head={['Who', 'State', 'Since', '']}>
              {all.map((user) => (
                <Row key={user.id} user={user} handOn={(code) => setHanded({ label: 'With this code a new password is set', code, email: user.email })} />
              ))}
            </Table>
          )}
        </Show>
        {handed && <HandOn {...handed} />}
        <FormBox
          fields={fields}
          change={add}
          look="plain"
          action="Add user"
          command={coho(null, 'user', 'add', email || 'EMAIL', ...(name ? ['--name', name] : []))}
          run={() => add.mutate({ email, name: name || undefined })}
        >
          <div className="grid gap-3 sm:grid-cols-2">
            <TextField label="E-mail of the new user" type="email" placeholder="name@example.org" {...fields.field('email')} />
            <TextField label="Name of the new user" hint="They can change it" {...fields.field('name')} />
          </div>
        </FormBox>
      </div>
    </Panel>
  );
}

