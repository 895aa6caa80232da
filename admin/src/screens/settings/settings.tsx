import { ScreenHead } from '../../ui/kit';

export function Settings() {
  return <ScreenHead title="Settings" />;
}
