import { ScreenHead } from '../../ui/kit';

export function Deployments() {
  return <ScreenHead title="Deployments" />;
}
