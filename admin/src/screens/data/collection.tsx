import { ScreenHead } from '../../ui/kit';

export function CollectionScreen() {
  return <ScreenHead title="CollectionScreen" />;
}
