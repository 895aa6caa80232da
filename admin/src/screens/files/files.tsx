import { ScreenHead } from '../../ui/kit';

export function Files() {
  return <ScreenHead title="Files" />;
}
