import { ScreenHead } from '../../ui/kit';

export function Server() {
  return <ScreenHead title="Server" />;
}
