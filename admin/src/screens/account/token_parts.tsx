// What tokens of people and of teams have in common: the form that makes one, and the table that lists them.
import { useState } from 'react';
import { useRead } from '../../api/hooks';
import type { Token } from '../../api/shapes';
import { coho } from '../../ui/command';
import { Confirm } from '../../ui/dialog';
import { FormBox, RowActions, Secret, useFields } from '../../ui/fields';
import { Badge, Button, Moment, SelectField, Table, TextField } from '../../ui/kit';
import { nameProblem } from '../../ui/rules';

const kDayMs = 86_400_000;

export interface NewToken {
  name: string;
  role: string;
  project?: string;
  space?: string;
  expiresMs?: number;
}

interface TokenFormProps {
  command: string[]; // coho's words, without options
  change: { isPending: boolean; error: Error | null };
  make: (wanted: NewToken, then: (made: Token) => void) => void;
  teamId?: string; // only this team's projects
}

export function TokenForm({ command, change, make, teamId }: TokenFormProps) {
  const projects = useRead('project.list', {});
  const [made, setMade] = useState<Token | null>(null);
  const fields = useFields({ name: '', role: 'developer', project: '', space: '', days: '90' }, ({ name, days }) => ({
    name: nameProblem(name),
    days: /^\d{0,5}$/.test(days) && days !== '0' ? undefined : 'A number of days, or nothing for a token that does not expire.',
  }));
  const { name, role, project, space, days } = fields.values;
  const all = (projects.data?.projects ?? []).filter((one) => !teamId || one.teamId === teamId);
  const options = [
    ...(name ? ['--name', name] : []),
    ...['--role', role],
    ...(project ? ['--only-project', project] : []),
    ...(project && space ? ['--only-space', space] : []),
    ...(days ? ['--days', days] : []),
  ];
  const run = () =>
    make({ name, role, project: project || undefined, space: (project && space) || undefined, expiresMs: days ? Date.now() + Number(days) * kDayMs : undefined }, (token) => {
      setMade(token);
      fields.clear();
    });
  return (
    <FormBox fields={fields} change={change} look="plain" action="Create token" command={coho(null, ...command, ...options)} run={run}>
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
        <TextField label="Token name" placeholder="ci" hint="What it is for" {...fields.field('name')} />
        <SelectField label="Token role" hint="At most what you may yourself" {...fields.field('role')}>
          <option>viewer</option>
          <option>developer</option>
          <option>owner</option>
        </SelectField>
        <TextField label="Expires after days" inputMode="numeric" hint="Empty: never" {...fields.field('days')} />
        <SelectField label="Only this project" {...fields.field('project')} onChange={(event) => fields.set({ project: event.target.value, space: '' })}>
          <option value="">All of them</option>
          {all.map((one) => (
            <option key={one.id} value={one.uniqueName}>
              {one.uniqueName}
            </option>
          ))}
        </SelectField>
        {project && (
          <SelectField label="Only this space" {...fields.field('space')}>
            <option value="">All of them</option>
            {all
              .find((one) => one.uniqueName === project)
              ?.spaces.map((one) => (
                <option key={one}>{one}</option>
              ))}
          </SelectField>
        )}
      </div>
      {made?.secret && (
        <Secret label={`The token ${made.name} is made`} text={made.secret}>
          <p>It is shown this once. Copy it now; the server keeps only its hash.</p>
        </Secret>
      )}
    </FormBox>
  );
}

const kKinds: Record<string, string> = { personal: 'token', cli: 'command line', session: 'browser', admin: 'token' };

interface TokenTableProps {
  tokens: Token[];
  change: { isPending: boolean; error: Error | null }; // what `remove` starts
  remove: (token: Token, then: () => void) => void;
  command: string[]; // coho's words, without the id
}

export function TokenTable({ tokens, change, remove, command }: TokenTableProps) {
  const [asked, setAsked] = useState<Token | null>(null);
  const nameOf = (token: Token) => token.name || `${token.prefix}…`;
  return (
    <>
      <Table label="Tokens" head={['Name', 'Kind', 'Begins', 'May', 'Last used', 'Expires', '']}>
        {tokens.map((token) => (
          <tr key={token.id}>
            <td className="w-full min-w-32 font-medium break-words">{token.name || <span className="text-muted">–</span>}</td>
            <td className="whitespace-nowrap">{kKinds[token.kind] ?? token.kind}</td>
            <td className="font-mono whitespace-nowrap">{token.prefix}…</td>
            <td>
              <Badge>{token.role}</Badge>
              {token.project && (
                <div className="min-w-24 text-xs break-all text-muted">
                  {token.project}
                  {token.space ? ` / ${token.space}` : ''}
                </div>
              )}
            </td>
            <td>
              <Moment ms={token.lastUsedMs} />
            </td>
            <td>
              <Moment ms={token.expiresMs} />
            </td>
            <td>
              <RowActions>
                <Button look="danger" aria-label={`Remove ${nameOf(token)}`} onClick={() => setAsked(token)}>
                  Remove
                </Button>
              </RowActions>
            </td>
          </tr>
        ))}
      </Table>
      {asked && (
        <Confirm
          title={`Remove ${nameOf(asked)}`}
          open
          close={() => setAsked(null)}
          word=""
          action="Remove the token"
          command={coho(null, ...command, asked.id)}
          change={change}
          run={() => remove(asked, () => setAsked(null))}
        >
          <p>Whatever uses it is refused from now on.</p>
        </Confirm>
      )}
    </>
  );
}
