// Around the screens of a space: finds out what the person may do there, or says that there is no such space.
import { Outlet, useParams } from '@tanstack/react-router';
import { useRead } from '../api/hooks';
import { Show } from '../ui/kit';
import { accessOf, SpaceProvider } from './space';

export function SpaceFrame() {
  const { project, space } = useParams({ from: '/p/$project/$space' });
  const found = useRead('project.get', { project });
  const known = useRead('space.get', { project, space });
  return (
    <Show query={known}>
      {() => <Show query={found}>{(one) => (
        <SpaceProvider value={accessOf(project, space, one.role)}>
          <Outlet key={`${project}/${space}`} />
        </SpaceProvider>
      )}</Show>}
    </Show>
  );
}
