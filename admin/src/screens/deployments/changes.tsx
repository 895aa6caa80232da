// What differs between a deployment and another that is chosen.
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../../api/client';
import type { Deployment } from '../../api/shapes';
import { useSpace } from '../../app/space';
import { dateTime, number, shortId } from '../../ui/format';
import { Button, Problem, SelectField } from '../../ui/kit';
import { manifestChanges, textChanges, type Change, type TextDiff } from './diff';

const kShown = 300;
const kLook = { added: { sign: '+', look: 'bg-good-tint text-good' }, removed: { sign: '−', look: 'bg-bad-tint text-bad' } };

function Lines({ label, changes }: { label: string; changes: Change[] }) {
  return (
    <ul aria-label={label} className="max-h-80 overflow-auto rounded-md border border-line font-mono text-xs" tabIndex={0}>
      {changes.slice(0, kShown).map(({ kind, text }, index) => (
        <li key={index} className={`flex gap-2 px-2 py-0.5 ${kLook[kind].look}`}>
          <span aria-hidden>{kLook[kind].sign}</span>
          <span className="sr-only">{kind}</span>
          <span className="min-w-0 break-all">{text.length > kShown ? `${text.slice(0, kShown)} …` : text}</span>
        </li>
      ))}
      {changes.length > kShown && <li className="px-2 py-0.5 text-muted">and {number(changes.length - kShown)} more</li>}
    </ul>
  );
}

function TextResult({ diff }: { diff: TextDiff }) {
  if (diff.kind === 'same') return <p>The texts of the two bundles are the same.</p>;
  if (diff.kind === 'tooMuch') return <p>The texts differ in most parts: {number(diff.before)} statements there, {number(diff.after)} here. They are not shown.</p>;
  return <Lines label="Changed statements" changes={diff.changes} />;
}

export function Changes({ deployment, others }: { deployment: Deployment; others: Deployment[] }) {
  const { at } = useSpace();
  const [chosen, choose] = useState(others.find((one) => one.createdMs <= deployment.createdMs)?.id ?? others[0]?.id ?? '');
  const other = others.find((one) => one.id === chosen);
  const compare = useMutation({
    mutationFn: async (from: string) => {
      const read = async (id: string) => (await send('deploy.bundle', { ...at, deployment: id })).text();
      return textChanges(await read(from), await read(deployment.id));
    },
  });
  if (!other) return <p className="text-muted">There is no other deployment to compare with.</p>;
  const kinds = manifestChanges(other.hooks, deployment.hooks).filter(({ changes }) => changes.length > 0);
  return (
    <div className="flex flex-col gap-3">
      <SelectField
        label="Compare with"
        value={chosen}
        onChange={(event) => {
          choose(event.target.value);
          compare.reset();
        }}
      >
        {others.map((one) => (
          <option key={one.id} value={one.id}>
            {shortId(one.id)}, {dateTime(one.createdMs)}
            {one.active ? ', active' : ''}
          </option>
        ))}
      </SelectField>
      {kinds.length === 0 && <p>Both declare the same routes, auth hooks, queues, jobs and realtime channels.</p>}
      {kinds.map(({ key, label, changes }) => (
        <div key={key}>
          <h4 className="mb-1 text-xs text-muted">{label}</h4>
          <Lines label={`Changed: ${label}`} changes={changes} />
        </div>
      ))}
      {compare.data ? <TextResult diff={compare.data} /> : (
        <Button className="self-start" busy={compare.isPending} onClick={() => compare.mutate(other.id)}>
          Compare the text of the bundles
        </Button>
      )}
      {compare.error && <Problem error={compare.error} />}
    </div>
  );
}
