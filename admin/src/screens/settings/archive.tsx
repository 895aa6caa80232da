// The whole space as one file, and a space made of such a file.
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../../api/client';
import { useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { FormBox, useFields } from '../../ui/fields';
import { CheckField, Field, kInput, Panel, TextField } from '../../ui/kit';
import { spaceNameProblem } from '../../ui/rules';
import { saveAnswer } from '../../ui/save';
import { importSpace, Outcome, type Imported } from './import_space';

function Export() {
  const { at, project, space } = useSpace();
  const fields = useFields({ passphrase: '' });
  const { passphrase } = fields.values;
  const make = useMutation<boolean, Error, void>({
    mutationFn: () => saveAnswer(`${project}-${space}.tar`, (signal) => send('space.export', { ...at, passphrase: passphrase || undefined }, { signal })),
    onSuccess: (isSaved) => isSaved && fields.clear(),
  });
  return (
    <FormBox
      fields={fields}
      change={make}
      action="Export the space"
      command={coho(at, 'space', 'export', `${project}-${space}.tar`, ...(passphrase ? ['--passphrase-file', 'FILE'] : []))}
      run={() => make.mutate()}
    >
      <TextField
        label="Passphrase of the secrets"
        type="password"
        autoComplete="new-password"
        hint="Encrypted variables and API tokens go along, sealed under it; without one they are left out"
        {...fields.field('passphrase')}
      />
    </FormBox>
  );
}

function Import() {
  const { project } = useSpace();
  const [file, setFile] = useState<File | null>(null);
  const [isReplacing, setReplacing] = useState(false);
  const [isUsed, setUsed] = useState(false);
  const fields = useFields({ name: '', passphrase: '' }, ({ name }) => ({ name: spaceNameProblem(name) }));
  const { name, passphrase } = fields.values;
  const take = useMutation<Imported, Error, File>({
    mutationFn: (archive) => importSpace({ project, space: name, archive, passphrase, isReplacing }),
  });
  const ready = () => {
    setUsed(true);
    return fields.ready() && file !== null;
  };
  const command = coho({ project, space: name || 'NAME' }, 'space', 'import', file?.name ?? 'FILE', isReplacing && '--replace', ...(passphrase ? ['--passphrase-file', 'FILE'] : []));
  return (
    <FormBox fields={{ ready }} change={take} action="Import the archive" look="plain" command={command} run={() => file && take.mutate(file)}>
      <Field label="Archive" hint="As the export makes it" error={isUsed && !file ? 'Choose the archive.' : undefined}>
        {(ids) => <input type="file" accept=".tar" className={kInput} {...ids} onChange={(event) => setFile(event.target.files?.[0] ?? null)} />}
      </Field>
      <TextField label="Name of the imported space" {...fields.field('name')} />
      <TextField label="Passphrase of the archive" type="password" autoComplete="off" hint="When secrets are in it" {...fields.field('passphrase')} />
      <CheckField
        label="Take the place of a space of that name; the old one goes into the trash"
        checked={isReplacing}
        onChange={(event) => setReplacing(event.target.checked)}
      />
      {take.data && <Outcome made={take.data} />}
    </FormBox>
  );
}

export function Archive() {
  return (
    <Panel title="Export and import">
      <div className="grid gap-6 lg:grid-cols-2">
        <Export />
        <Import />
      </div>
    </Panel>
  );
}
