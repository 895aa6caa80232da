import { ScreenHead } from '../../ui/kit';

export function Collections() {
  return <ScreenHead title="Collections" />;
}
