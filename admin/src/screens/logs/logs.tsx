import { ScreenHead } from '../../ui/kit';

export function Logs() {
  return <ScreenHead title="Logs" />;
}
