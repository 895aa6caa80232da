// In the place of a form that the person's role does not open.
import { kReadOnly, useSpace } from '../../app/space';

export function Needs({ owner = false }: { owner?: boolean }) {
  const { role } = useSpace();
  return <p className="text-muted">{owner && role !== 'viewer' ? `Your role here is ${role}: an owner of the project can change this.` : kReadOnly}</p>;
}
