import { ScreenHead } from '../../ui/kit';

export function Runner() {
  return <ScreenHead title="Runner" />;
}
