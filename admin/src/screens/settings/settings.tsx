// What a space is set to, who works in its project, and what can be done with it as a whole.
import { useRead } from '../../api/hooks';
import { useSpace } from '../../app/space';
import { Badge, Panel, ScreenHead, Show } from '../../ui/kit';
import { PartLinks } from '../../ui/part_links';
import { Archive } from './archive';
import { CopySpace } from './copy_space';
import { Danger } from './danger';
import { DiffSpaces } from './diff_spaces';
import { Domains } from './domains';
import { Limits } from './limits';
import { Members } from './members';
import { Rewind } from './rewind';
import { Trash } from './trash';
import { Variables } from './variables';

const kParts = [
  ['variables', 'Variables'],
  ['limits', 'Limits'],
  ['domains', 'Domains'],
  ['members', 'Members'],
  ['differences', 'Differences'],
  ['copy', 'Copy'],
  ['archive', 'Export and import'],
  ['rewind', 'Rewind'],
  ['trash', 'Trash'],
  ['danger', 'Danger zone'],
] as const;

export function Settings() {
  const { project, space, at, role, isOwner } = useSpace();
  const known = useRead('space.get', at, { refetchInterval: 5_000 });
  return (
    <div className="max-w-4xl">
      <ScreenHead
        title="Settings"
        about={
          <>
            Of the space {space} in the project {project}. Your role here: <Badge>{role}</Badge>
          </>
        }
      />
      <PartLinks parts={kParts} />
      <Show query={known}>
        {(one) => (
          <div className="flex flex-col gap-4 [&>div]:scroll-mt-14">
            <div id="variables">
              <Variables space={one} />
            </div>
            <div id="limits">
              <Limits space={one} />
            </div>
            <div id="domains">
              <Domains space={one} />
            </div>
            <div id="members">
              <Members />
            </div>
            <div id="differences">
              <DiffSpaces />
            </div>
            <div id="copy">
              <CopySpace />
            </div>
            <div id="archive">
              <Archive />
            </div>
            <div id="rewind">
              <Rewind />
            </div>
            <div id="trash">
              <Panel title="Trash of the project">
                <Trash project={project} isOwner={isOwner} />
              </Panel>
            </div>
            <div id="danger">
              <Danger />
            </div>
          </div>
        )}
      </Show>
    </div>
  );
}
