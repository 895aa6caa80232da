// Host names whose whole path is the space's. One that another space of the project has can be taken over at once.
import { useState } from 'react';
import { useChange, useRead } from '../../api/hooks';
import type { Space } from '../../api/shapes';
import { useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Confirm } from '../../ui/dialog';
import { FormBox, useFields } from '../../ui/fields';
import { Button, Panel, TextField } from '../../ui/kit';
import { domainProblem } from '../../ui/rules';

export function Domains({ space }: { space: Space }) {
  const { at, canWrite, project } = useSpace();
  const [leaving, setLeaving] = useState<string | null>(null);
  const around = useRead('project.get', { project });
  const fields = useFields({ domain: '' }, ({ domain }) => ({
    domain: domainProblem(domain) ?? (space.domains.includes(domain) ? 'The space has this domain already.' : undefined),
  }));
  const { domain } = fields.values;
  const holder = around.data?.spaces.find((one) => one.name !== space.name && one.domains.includes(domain))?.name;
  const done = { stale: ['space.get', 'project.get'] as ('space.get' | 'project.get')[], then: fields.clear, quiet: true };
  const add = useChange('domains.set', { ...done, said: `${domain} leads to this space now.` });
  const move = useChange('domain.move', { ...done, said: `${domain} leads to this space now.` });
  const remove = useChange('domains.set', { stale: ['space.get', 'project.get'], said: 'The domain is removed.', quiet: true, then: () => setLeaving(null) });
  return (
    <Panel title="Domains">
      <div className="flex flex-col gap-3">
        {space.domains.length === 0 ? (
          <p className="text-muted">No domain of its own. The space answers at its address; a domain needs a DNS entry that leads to this server.</p>
        ) : (
          <ul aria-label="Domains" className="divide-y divide-line">
            {space.domains.map((one) => (
              <li key={one} className="flex flex-wrap items-center gap-2 py-1.5">
                <span className="min-w-0 flex-1 font-mono break-all">{one}</span>
                {canWrite && (
                  <Button look="danger" aria-label={`Remove ${one}`} onClick={() => setLeaving(one)}>
                    Remove
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
        {canWrite && (
          <FormBox
            fields={fields}
            change={holder ? move : add}
            label="Domains"
            action={holder ? `Move it here from ${holder}` : 'Add domain'}
            command={coho(at, ...(holder ? ['space', 'take-domain'] : ['domain']), domain || 'www.example.com')}
            run={() => (holder ? move.mutate({ ...at, domain }) : add.mutate({ ...at, domains: [...space.domains, domain], expect: space.domains }))}
          >
            <TextField
              label="Domain"
              placeholder="www.example.com"
              {...fields.field('domain')}
              hint={holder ? `The space ${holder} has it. Moving takes it over at once, with no moment without it.` : 'A host name in lower case; its DNS leads to this server'}
            />
          </FormBox>
        )}
      </div>
      <Confirm
        title={`Remove ${leaving ?? ''}`}
        open={leaving !== null}
        close={() => setLeaving(null)}
        word=""
        action="Remove the domain"
        command={coho(at, 'domain-remove', leaving ?? '')}
        change={remove}
        run={() => remove.mutate({ ...at, domains: space.domains.filter((other) => other !== leaving), expect: space.domains })}
      >
        <p>Requests to it are not answered any more, from the next one on.</p>
      </Confirm>
    </Panel>
  );
}
