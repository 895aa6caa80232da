// One deployment: where it came from, what its code declares, its bundle and source, and how it differs from another.
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Refusal, send } from '../../api/client';
import type { Deployment } from '../../api/shapes';
import { useSpace } from '../../app/space';
import { Code } from '../../ui/code';
import { coho } from '../../ui/command';
import { Dialog } from '../../ui/dialog';
import { bytes, number, shortId } from '../../ui/format';
import { Button, Command, CopyButton, Moment, Problem, Show } from '../../ui/kit';
import { saveAnswer, saveBlob } from '../../ui/save';
import { Changes } from './changes';
import { kKinds, withoutMap } from './diff';

function Fact({ label, className = '', children }: { label: string; className?: string; children: ReactNode }) {
  return (
    <div className={`min-w-0 ${className}`}>
      <dt className="text-xs text-muted">{label}</dt>
      <dd className="break-words">{children}</dd>
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-2">
      <h3 className="font-semibold">{title}</h3>
      {children}
    </section>
  );
}

function Manifest({ deployment }: { deployment: Deployment }) {
  const kinds = kKinds.filter(({ key }) => deployment.hooks[key].length > 0);
  if (kinds.length === 0) return <p className="text-muted">It declares nothing.</p>;
  return (
    <dl className="grid grid-cols-[minmax(0,1fr)] gap-3 sm:grid-cols-2">
      {kinds.map(({ key, label }) => (
        <div key={key}>
          <dt className="text-xs text-muted">
            {label} ({number(deployment.hooks[key].length)})
          </dt>
          <dd className="mt-1 max-h-48 overflow-auto rounded-md bg-raised px-2 py-1 font-mono text-xs" tabIndex={0} aria-label={label}>
            {deployment.hooks[key].map((text) => (
              <div key={text} className="break-all">
                {text}
              </div>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Bundle({ deployment }: { deployment: Deployment }) {
  const { at } = useSpace();
  const [isOpen, setOpen] = useState(false);
  const bundle = useQuery({
    queryKey: ['deploy.bundle', { ...at, deployment: deployment.id }],
    queryFn: async ({ signal }) => (await send('deploy.bundle', { ...at, deployment: deployment.id }, { signal })).text(),
    enabled: isOpen,
    staleTime: Infinity,
  });
  const source = useMutation({
    mutationFn: () => saveAnswer(`${at.project}-${at.space}-${deployment.id}.tar`, (signal) => send('deploy.source', { ...at, deployment: deployment.id }, { signal })),
  });
  const hasNone = source.error instanceof Refusal && source.error.status === 404;
  return (
    <Section title="Code">
      <div className="flex flex-wrap gap-2">
        <Button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Hide the bundle' : 'Show the bundle'}
        </Button>
        {bundle.data && <Button onClick={() => saveBlob(new Blob([bundle.data]), `${deployment.id}.js`)}>Download the bundle</Button>}
        <Button busy={source.isPending} onClick={() => source.mutate()}>
          Download the source
        </Button>
      </div>
      {hasNone && <p role="status">This deployment came without its source files; coho deploy sends them along.</p>}
      {source.error && !hasNone && <Problem error={source.error} />}
      {isOpen && <Show query={bundle}>{(text) => <Code label="The bundle, without its source map" value={withoutMap(text)} />}</Show>}
      <Command>{coho(at, 'bundle', '--deployment', deployment.id, '--out', 'bundle.js')}</Command>
    </Section>
  );
}

export function Details({ deployment, all, close }: { deployment: Deployment; all: Deployment[]; close: () => void }) {
  return (
    <Dialog wide open title={`Deployment ${shortId(deployment.id)}`} close={close}>
      <div className="flex flex-col gap-5">
        <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
          <Fact label="Id" className="col-span-2">
            <span className="flex items-center gap-1">
              <code className="min-w-0 break-all">{deployment.id}</code>
              <CopyButton text={deployment.id} />
            </span>
          </Fact>
          <Fact label="Created">
            <Moment ms={deployment.createdMs} />
          </Fact>
          <Fact label="Author">{deployment.author || '–'}</Fact>
          <Fact label="Language">{deployment.language || '–'}</Fact>
          <Fact label="Branch">{deployment.gitBranch || '–'}</Fact>
          <Fact label="Commit">{deployment.gitHash ? <code className="break-all">{deployment.gitHash}</code> : '–'}</Fact>
          <Fact label="Bundle">{bytes(deployment.bundleBytes)}</Fact>
          {deployment.restores && (
            <Fact label="Brought back">
              <code title={deployment.restores}>{shortId(deployment.restores)}</code>
            </Fact>
          )}
        </dl>
        <Section title="Declares">
          <Manifest deployment={deployment} />
        </Section>
        <Section title="Differences">
          <Changes deployment={deployment} others={all.filter(({ id }) => id !== deployment.id)} />
        </Section>
        <Bundle deployment={deployment} />
      </div>
    </Dialog>
  );
}
