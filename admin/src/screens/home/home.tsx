import { ScreenHead } from '../../ui/kit';

export function Home() {
  return <ScreenHead title="Home" />;
}
