// A member in a table: who it is, and their role to choose. A choice asks before it counts: an arrow key is enough to make one.
import { useState } from 'react';
import type { Member } from '../../api/shapes';
import { Confirm } from '../../ui/dialog';
import { kInput } from '../../ui/kit';

const kMay = {
  viewer: 'Viewers see everything here and change nothing.',
  developer: 'Developers deploy, and change data and settings; who works here is not theirs to say.',
  owner: 'Owners may do everything: say who works here, and remove it all.',
};
type Role = keyof typeof kMay;
const kRoles = Object.keys(kMay) as Role[];

interface RoleSelectProps {
  label: string;
  who: string;
  role: string;
  change: { isPending: boolean; error: Error | null }; // what `set` starts
  set: (role: Role, done: () => void) => void;
}

export function RoleSelect({ label, who, role, change, set }: RoleSelectProps) {
  const [wanted, setWanted] = useState<Role | null>(null);
  const close = () => setWanted(null);
  return (
    <>
      <select aria-label={label} className={`${kInput} min-w-28`} value={role} onChange={(event) => setWanted(event.target.value as Role)}>
        {kRoles.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
      <Confirm
        title={`${who}: ${wanted ?? ''} in place of ${role}`}
        open={wanted !== null}
        close={close}
        word=""
        action="Change the role"
        change={change}
        run={() => wanted && set(wanted, close)}
      >
        <p>{wanted && kMay[wanted]}</p>
      </Confirm>
    </>
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
