import { ScreenHead } from '../../ui/kit';

export function Account() {
  return <ScreenHead title="Account" />;
}
