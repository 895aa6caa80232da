// Name and password.
import { useChange } from '../../api/hooks';
import type { Me } from '../../api/shapes';
import { coho } from '../../ui/command';
import { FormBox, useFields } from '../../ui/fields';
import { Panel, TextField } from '../../ui/kit';
import { nameProblem, passwordProblem } from '../../ui/rules';

export function Name({ me }: { me: Me }) {
  const fields = useFields({ name: me.name }, ({ name }) => ({ name: nameProblem(name) }));
  const { name } = fields.values;
  const update = useChange('me.update', { stale: ['me', 'project.get', 'team.get', 'user.list'], said: 'Your name is changed.', quiet: true });
  return (
    <Panel title="Name">
      <FormBox
        fields={fields}
        change={update}
        action="Set name"
        disabled={name === me.name}
        command={coho(null, 'account', '--name', name || 'NAME')}
        run={() => update.mutate({ name })}
      >
        <TextField label="Your name" autoComplete="name" hint="Others in your projects and teams see it" {...fields.field('name')} />
      </FormBox>
    </Panel>
  );
}

export function Password({ me }: { me: Me }) {
  const fields = useFields({ current: '', password: '', again: '' }, ({ current, password, again }) => ({
    current: me.hasPassword && current === '' ? 'The password you have now.' : undefined,
    password: passwordProblem(password),
    again: again !== password ? 'This is another one than above.' : undefined,
  }));
  const { current, password } = fields.values;
  const set = useChange('password.set', {
    stale: ['me', 'personalToken.list'],
    said: 'The password is set; your other sessions and command lines are logged out.',
    then: fields.clear,
    quiet: true,
  });
  return (
    <Panel title="Password">
      <FormBox
        fields={fields}
        change={set}
        action="Set password"
        command="coho account --password"
        run={() => set.mutate({ password, current: me.hasPassword ? current : undefined })}
      >
        {me.hasPassword && <TextField label="Current password" type="password" autoComplete="current-password" {...fields.field('current')} />}
        <TextField label="New password" type="password" autoComplete="new-password" hint="12 characters or more" {...fields.field('password')} />
        <TextField label="New password again" type="password" autoComplete="new-password" {...fields.field('again')} />
      </FormBox>
    </Panel>
  );
}
