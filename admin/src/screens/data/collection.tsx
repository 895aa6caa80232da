// One collection: its documents, the rules they must fit, its indexes.
import { Link, useParams } from '@tanstack/react-router';
import { useState, type ComponentType } from 'react';
import { useRead } from '../../api/hooks';
import type { Collection } from '../../api/shapes';
import { useSpace } from '../../app/space';
import { Empty, ScreenHead, Show } from '../../ui/kit';
import { Documents } from './documents';
import { Indexes } from './indexes';
import { Rules } from './rules';

type Part = 'Documents' | 'Schema and cap' | 'Indexes';
const kParts: Record<Part, ComponentType<{ collection: Collection }>> = { Documents, 'Schema and cap': Rules, Indexes };

export function CollectionScreen() {
  const { at } = useSpace();
  const { collection: name } = useParams({ from: '/p/$project/$space/data/$collection' });
  const all = useRead('collection.list', { ...at, system: true }, { refetchInterval: 5_000 });
  const [part, setPart] = useState<Part>('Documents');
  const Shown = kParts[part];
  return (
    <>
      <nav aria-label="Where this is" className="mb-1 text-xs">
        <Link to="/p/$project/$space/data" params={at} className="text-accent hover:underline">
          Documents
        </Link>{' '}
        / <span className="text-muted">{name}</span>
      </nav>
      <Show query={all}>
        {({ collections }) => {
          const found = collections.find((one) => one.name === name);
          if (!found) {
            return (
              <>
                <ScreenHead title={name} />
                <Empty title={`There is no collection ${name}.`}>
                  <Link to="/p/$project/$space/data" params={at} className="text-accent underline">
                    See all collections, or make one
                  </Link>
                </Empty>
              </>
            );
          }
          return (
            <>
              <ScreenHead title={name} />
              <div role="group" aria-label="Parts of the collection" className="mb-4 flex max-w-md rounded-md border border-line p-0.5">
                {(Object.keys(kParts) as Part[]).map((one) => (
                  <button
                    key={one}
                    type="button"
                    aria-pressed={part === one}
                    onClick={() => setPart(one)}
                    className="flex-1 rounded px-2 py-1 whitespace-nowrap aria-pressed:bg-raised aria-pressed:font-medium"
                  >
                    {one}
                  </button>
                ))}
              </div>
              <Shown key={name} collection={found} />
            </>
          );
        }}
      </Show>
    </>
  );
}
