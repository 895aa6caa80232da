// The end of a project. The server refuses while spaces are in it or in its trash, and says which.
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange } from '../../api/hooks';
import { coho } from '../../ui/command';
import { Confirm } from '../../ui/dialog';
import { Button } from '../../ui/kit';

export function RemoveProject({ project, disabled }: { project: string; disabled?: boolean }) {
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const remove = useChange('project.remove', {
    stale: ['project.list'],
    said: `The project ${project} is removed.`,
    then: () => {
      setAsking(false);
      void navigate({ to: '/' });
    },
    quiet: true,
  });
  return (
    <>
      <Button look="danger" disabled={disabled} onClick={() => setAsking(true)}>
        Remove the project
      </Button>
      {isAsking && (
        <Confirm
          title={`Remove the project ${project}`}
          open
          close={() => setAsking(false)}
          word={project}
          action="Remove the project"
          command={coho(null, 'remove-project', project)}
          change={remove}
          run={() => remove.mutate({ project, confirm: project })}
        >
          <p>Its members, invitations and tokens go with it. Its spaces must be removed first, from the trash too.</p>
        </Confirm>
      )}
    </>
  );
}
