import { ScreenHead } from '../../ui/kit';

export function Overview() {
  return <ScreenHead title="Overview" />;
}
