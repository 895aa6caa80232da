// The first screen: the projects one is in, what waits, and the first steps where there is nothing yet.
import { useState } from 'react';
import { useRead } from '../../api/hooks';
import { Button, Command, Empty, ScreenHead, Show } from '../../ui/kit';
import { WaitingInvitations } from '../account/invitations';
import { CreateProject } from './create';
import { ProjectCard } from './project_card';

function FirstSteps({ create }: { create: () => void }) {
  return (
    <Empty title="There is no project yet">
      <p>A project holds spaces; each space has code, a database and settings of its own. Create one here, or from a terminal:</p>
      <div className="flex w-full max-w-md flex-col gap-1 text-left">
        <Command label="1">{`coho login ${location.origin}`}</Command>
        <Command label="2">coho create mybackend</Command>
        <Command label="3">cd mybackend && coho deploy</Command>
      </div>
      <Button look="main" className="mt-2" onClick={create}>
        Create a project
      </Button>
    </Empty>
  );
}

export function Home() {
  const projects = useRead('project.list', {}, { refetchInterval: 5_000 });
  const [isCreating, setCreating] = useState(false);
  return (
    <div className="flex max-w-5xl flex-col gap-4 [&>:first-child]:mb-0">
      <ScreenHead
        title="Projects"
        about="Each space of a project has its own address, code, data and settings."
        actions={
          <Button look="main" onClick={() => setCreating(true)}>
            New project
          </Button>
        }
      />
      <WaitingInvitations />
      <Show query={projects}>
        {({ projects: all }) => (all.length === 0 ? <FirstSteps create={() => setCreating(true)} /> : <>{all.map((one) => <ProjectCard key={one.id} project={one} />)}</>)}
      </Show>
      {isCreating && <CreateProject close={() => setCreating(false)} />}
    </div>
  );
}
