// A space with the code and settings of this one, and with its data when asked.
import { useState } from 'react';
import { useChange } from '../../api/hooks';
import { useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { FormBox, useFields } from '../../ui/fields';
import { CheckField, Panel, TextField } from '../../ui/kit';
import { spaceNameProblem } from '../../ui/rules';

export function CopySpace() {
  const { at, space, project } = useSpace();
  const [hasData, setData] = useState(false);
  const fields = useFields({ to: '' }, ({ to }) => ({ to: spaceNameProblem(to) }));
  const { to } = fields.values;
  const copy = useChange('space.copy', {
    stale: ['project.list', 'project.get', 'project.usage'],
    said: (made) => `The space ${made.name} is there, with the code and settings of ${space}.`,
    then: fields.clear,
    quiet: true,
  });
  return (
    <Panel title="Copy the space">
      <FormBox
        fields={fields}
        change={copy}
        action="Copy the space"
        command={coho({ project }, 'space', 'copy', space, to || 'NAME', hasData && '--data')}
        run={() => copy.mutate({ ...at, to, data: hasData })}
      >
        <TextField label="Name of the copy" hint="It gets code, settings, variables, tokens and limits; no domains" {...fields.field('to')} />
        <CheckField label="Documents, keys and files too, as they are at one moment" checked={hasData} onChange={(event) => setData(event.target.checked)} />
      </FormBox>
    </Panel>
  );
}
