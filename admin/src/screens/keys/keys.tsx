import { ScreenHead } from '../../ui/kit';

export function Keys() {
  return <ScreenHead title="Keys" />;
}
