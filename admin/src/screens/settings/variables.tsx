// Variables of process.env. Encrypted ones are written and never shown again.
import { useRef, useState } from 'react';
import { useChange } from '../../api/hooks';
import type { EnvVariable, Space } from '../../api/shapes';
import { useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Confirm } from '../../ui/dialog';
import { FormBox, RowActions, useFields } from '../../ui/fields';
import { Badge, Button, CheckField, CopyButton, Panel, Table, TextArea, TextField } from '../../ui/kit';
import { variableNameProblem } from '../../ui/rules';

function Row({ variable, change }: { variable: EnvVariable; change: () => void }) {
  const { at, canWrite } = useSpace();
  const [isAsking, setAsking] = useState(false);
  const remove = useChange('env.remove', { stale: ['space.get'], said: `${variable.name} is removed.`, then: () => setAsking(false), quiet: true });
  return (
    <tr>
      <td className="max-w-64 min-w-32 font-mono break-all">{variable.name}</td>
      <td className="w-full min-w-40">
        {variable.encrypted ? (
          <Badge>encrypted</Badge>
        ) : (
          <span className="flex items-start gap-1">
            <code className="min-w-0 font-mono break-all whitespace-pre-wrap">{variable.value}</code>
            {variable.value && <CopyButton text={variable.value} />}
          </span>
        )}
      </td>
      <td>
        {canWrite && (
          <RowActions>
            <Button aria-label={`Change ${variable.name}`} onClick={change}>
              Change
            </Button>
            <Button look="danger" aria-label={`Remove ${variable.name}`} onClick={() => setAsking(true)}>
              Remove
            </Button>
          </RowActions>
        )}
        {isAsking && (
          <Confirm
            title={`Remove ${variable.name}`}
            open
            close={() => setAsking(false)}
            word=""
            action="Remove the variable"
            command={coho(at, 'remove-env', variable.name)}
            change={remove}
            run={() => remove.mutate({ ...at, name: variable.name })}
          >
            <p>New workers of the space’s code do not find it any more.{variable.encrypted && ' Its value is nowhere else on this server.'}</p>
          </Confirm>
        )}
      </td>
    </tr>
  );
}

export function Variables({ space }: { space: Space }) {
  const { at, canWrite } = useSpace();
  const fields = useFields({ name: '', value: '' }, ({ name, value }) => ({
    name: variableNameProblem(name),
    value: value.length > 65_536 ? 'A value has at most 64 KiB.' : undefined,
  }));
  const [isEncrypted, setEncrypted] = useState(false);
  const valueField = useRef<HTMLTextAreaElement>(null);
  const { name, value } = fields.values;
  const set = useChange('env.set', { stale: ['space.get'], said: `The variable ${name} is set.`, then: fields.clear, quiet: true });
  const known = space.env.find((one) => one.name === name);
  const command = isEncrypted ? coho(at, 'set-env', name || 'NAME', '--encrypted') : coho(at, 'set-env', ...(value.startsWith('-') ? ['--'] : []), name || 'NAME', value || 'VALUE');
  return (
    <Panel title="Variables and secrets">
      <div className="flex flex-col gap-4">
        {space.env.length === 0 ? (
          <p className="text-muted">No variables yet. The code reads them as process.env.NAME.</p>
        ) : (
          <Table label="Variables" head={['Name', 'Value', '']}>
            {space.env.map((variable) => (
              <Row
                key={variable.name}
                variable={variable}
                change={() => {
                  fields.set({ name: variable.name, value: variable.value ?? '' });
                  setEncrypted(variable.encrypted);
                  valueField.current?.focus();
                }}
              />
            ))}
          </Table>
        )}
        {canWrite && (
          <FormBox fields={fields} change={set} action={known ? 'Change variable' : 'Set variable'} command={command} run={() => set.mutate({ ...at, name, value, encrypted: isEncrypted })}>
            <div className="grid gap-3 md:grid-cols-[1fr_2fr]">
              <TextField label="Variable name" placeholder="API_URL" className="font-mono" {...fields.field('name')} />
              <TextArea label="Value" rows={1} ref={valueField} {...fields.field('value')} />
            </div>
            <CheckField
              label="Encrypted: kept sealed, given to the code, never shown again"
              checked={isEncrypted}
              onChange={(event) => setEncrypted(event.target.checked)}
            />
          </FormBox>
        )}
      </div>
    </Panel>
  );
}
