import { ScreenHead } from '../../ui/kit';

export function Auth() {
  return <ScreenHead title="Auth" />;
}
