// A member in a table: who it is, and their role to choose.
import type { Member } from '../../api/shapes';
import { kInput } from '../../ui/kit';

const kRoles = ['viewer', 'developer', 'owner'] as const;

export function RoleSelect({ label, role, set }: { label: string; role: string; set: (role: string) => void }) {
  return (
    <select aria-label={label} className={`${kInput} min-w-28`} value={role} onChange={(event) => set(event.target.value)}>
      {kRoles.map((one) => (
        <option key={one}>{one}</option>
      ))}
    </select>
  );
}

export function PersonCell({ member }: { member: Member }) {
  const { name, email } = member.user;
  return (
    <td className="w-full min-w-40">
      <div className="font-medium break-words">{name || email}</div>
      {name && <div className="text-xs break-all text-muted">{email}</div>}
    </td>
  );
}
