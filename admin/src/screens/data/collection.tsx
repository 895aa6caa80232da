// One collection: its documents, the rules they must fit, its indexes.
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useRead } from '../../api/hooks';
import { useSpace } from '../../app/space';
import { Empty, ScreenHead, Show } from '../../ui/kit';
import { TabPanel, Tabs } from '../../ui/tabs';
import { Documents } from './documents';
import { Indexes } from './indexes';
import { Rules } from './rules';

const kParts = [
  ['documents', 'Documents', Documents],
  ['rules', 'Schema and cap', Rules],
  ['indexes', 'Indexes', Indexes],
] as const;

export function CollectionScreen() {
  const { at } = useSpace();
  const { collection: name } = useParams({ from: '/p/$project/$space/data/$collection' });
  const all = useRead('collection.list', { ...at, system: true }, { refetchInterval: 5_000 });
  const [open, setOpen] = useState('documents');
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
              <Tabs label="Parts of the collection" parts={kParts.map(([part, label]) => [part, label] as const)} open={open} go={setOpen}>
                {kParts.map(([part, , Part]) => (
                  <TabPanel key={`${name} ${part}`} value={part}>
                    <Part collection={found} />
                  </TabPanel>
                ))}
              </Tabs>
            </>
          );
        }}
      </Show>
    </>
  );
}
