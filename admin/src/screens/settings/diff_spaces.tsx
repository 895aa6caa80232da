// In which settings another space of the project differs.
import { useState } from 'react';
import { useRead } from '../../api/hooks';
import { useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Badge, Command, Panel, SelectField, Show, Table } from '../../ui/kit';

function Side({ value, isSealed }: { value: unknown; isSealed?: boolean }) {
  if (isSealed) return <Badge>encrypted</Badge>;
  if (value === undefined) return <span className="text-muted">not set</span>;
  return <code className="font-mono break-all whitespace-pre-wrap">{typeof value === 'string' ? value || '""' : JSON.stringify(value)}</code>;
}

function Differences({ other }: { other: string }) {
  const { at, space, project } = useSpace();
  const diff = useRead('space.diff', { ...at, with: other });
  return (
    <Show query={diff}>
      {({ differences }) => (
        <div className="flex flex-col gap-3">
          {differences.length === 0 ? (
            <p>Both are set alike.</p>
          ) : (
            <Table label="Differences" head={['Setting', space, other]}>
              {differences.map((one) => (
                <tr key={one.setting}>
                  <td className="font-mono">{one.setting}</td>
                  <td>
                    <Side value={one.left} isSealed={one.leftSealed} />
                  </td>
                  <td>
                    <Side value={one.right} isSealed={one.rightSealed} />
                  </td>
                </tr>
              ))}
            </Table>
          )}
          <Command>{coho({ project }, 'space', 'diff', space, other)}</Command>
        </div>
      )}
    </Show>
  );
}

export function DiffSpaces() {
  const { project, space } = useSpace();
  const projects = useRead('project.list', {});
  const [other, setOther] = useState('');
  const others = (projects.data?.projects.find((one) => one.uniqueName === project)?.spaces ?? []).filter((name) => name !== space);
  return (
    <Panel title="Differences to another space">
      {others.length === 0 ? (
        <p className="text-muted">The project has no other space that you see. A copy, below, makes one.</p>
      ) : (
        <div className="flex flex-col gap-3">
          <SelectField label="Compare with" value={other} onChange={(event) => setOther(event.target.value)}>
            <option value="">Choose a space</option>
            {others.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </SelectField>
          {other && <Differences other={other} />}
        </div>
      )}
    </Panel>
  );
}
