// Which code answers, which did before, and how to change it.
import { useState } from 'react';
import { useRead } from '../../api/hooks';
import { kReadOnly, useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Button, Command, Empty, Panel, ScreenHead, Show } from '../../ui/kit';
import { RollBack, SplitBanner, SplitDialog, Undeploy } from './actions';
import { Details } from './details';
import { History, type Doing } from './history';
import { Upload } from './upload';

export function Deployments() {
  const { at, canWrite } = useSpace();
  const list = useRead('deploy.list', at, { refetchInterval: 3_000 });
  const [doing, setDoing] = useState<Doing | null>(null);
  const close = () => setDoing(null);
  const all = list.data?.deployments ?? [];
  const active = all.find((one) => one.active);
  const split = all.find((one) => !one.active && one.percent > 0);
  const chosen = doing && 'id' in doing ? all.find((one) => one.id === doing.id) : undefined;
  return (
    <>
      <ScreenHead
        title="Deployments"
        about="The newest twenty are kept; each can be put into service again at once."
        actions={
          canWrite && (
            <>
              {active && (
                <Button look="danger" onClick={() => setDoing({ what: 'undeploy' })}>
                  Undeploy
                </Button>
              )}
              <Button look="main" onClick={() => setDoing({ what: 'upload' })}>
                Upload a bundle
              </Button>
            </>
          )
        }
      />
      <div className="flex flex-col gap-3">
        {!canWrite && <p className="text-muted">{kReadOnly}</p>}
        {split && <SplitBanner deployment={split} percent={split.percent} change={canWrite ? () => setDoing({ what: 'split', id: split.id }) : undefined} />}
        <Show query={list}>
          {({ deployments }) =>
            deployments.length === 0 ? (
              <Empty title="Nothing was deployed yet.">
                Deploy from the folder of the code, or upload a bundle.
                <Command>{coho(at, 'deploy')}</Command>
              </Empty>
            ) : (
              <Panel title="History">
                {!active && <p className="mb-3 rounded-md bg-warn-tint px-3 py-2 text-warn">No code is in service. Put one of these into service, or deploy.</p>}
                <History deployments={deployments} canWrite={canWrite} start={setDoing} />
              </Panel>
            )
          }
        </Show>
        {all.length > 0 && <Command>{coho(at, 'deployments')}</Command>}
      </div>
      {doing?.what === 'upload' && <Upload close={close} />}
      {doing?.what === 'undeploy' && active && <Undeploy active={active} close={close} />}
      {doing?.what === 'details' && chosen && <Details deployment={chosen} all={all} close={close} />}
      {doing?.what === 'rollback' && chosen && <RollBack to={chosen} active={active} close={close} />}
      {doing?.what === 'split' && chosen && <SplitDialog deployment={chosen} percent={split?.id === chosen.id ? split.percent : 0} close={close} />}
    </>
  );
}
