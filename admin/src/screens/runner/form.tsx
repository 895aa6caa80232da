// The form of a request: method and path, what stands for its names, query, headers and body.
import { Code } from '../../ui/code';
import { Field, kInput, SelectField, TextArea, TextField } from '../../ui/kit';
import { hasBody, kMethods, partsOf, type Draft, type Problems } from './request';
import { Rows } from './rows';

interface Props {
  draft: Draft;
  problems: Problems;
  about: string; // of the path
  change: (part: Partial<Draft>) => void;
}

function Body({ draft, problems, change }: Omit<Props, 'about'>) {
  return (
    <div className="flex flex-col gap-2">
      <SelectField label="Body" value={draft.bodyKind} onChange={(event) => change({ bodyKind: event.target.value as Draft['bodyKind'] })}>
        <option value="json">JSON</option>
        <option value="text">Text</option>
      </SelectField>
      {draft.bodyKind === 'json' ? (
        <Code label="Body as JSON" value={draft.body} change={(body) => change({ body })} json height="9rem" />
      ) : (
        <TextArea label="Body as text" rows={6} value={draft.body} onChange={(event) => change({ body: event.target.value })} />
      )}
      {problems.body && (
        <p role="alert" className="text-xs text-bad">
          {problems.body}
        </p>
      )}
    </div>
  );
}

export function RequestFields(props: Props) {
  const { draft, problems, about, change } = props;
  const parts = partsOf(draft.path);
  return (
    <>
      <div className="grid grid-cols-[7rem_1fr] items-start gap-2">
        <Field label="Method">
          {(ids) => (
            <select {...ids} className={kInput} value={draft.method} onChange={(event) => change({ method: event.target.value })}>
              {kMethods.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
        <TextField label="Path" className="font-mono" value={draft.path} error={problems.path} hint={about} onChange={(event) => change({ path: event.target.value })} />
      </div>
      {parts.length > 0 && (
        <div role="group" aria-label="Parts of the path" className="grid gap-3 sm:grid-cols-2">
          {parts.map((name) => (
            <TextField
              key={name}
              label={name.startsWith('*') ? `What stands for ${name.replace(/^\*1$/, '*')}` : `:${name}`}
              value={draft.parts[name] ?? ''}
              error={problems.parts[name]}
              onChange={(event) => change({ parts: { ...draft.parts, [name]: event.target.value } })}
            />
          ))}
        </div>
      )}
      <div className="grid gap-4 lg:grid-cols-2">
        <Rows title="Query" one="parameter" rows={draft.query} problems={problems.query} change={(query) => change({ query })} />
        <Rows title="Headers" one="header" rows={draft.headers} problems={problems.headers} change={(headers) => change({ headers })} />
      </div>
      {hasBody(draft.method) && <Body {...props} />}
    </>
  );
}
