// Parts of a screen of which one is shown at a time; `name` is also what is said of it where it stands in an address.
import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

interface TabsProps {
  label: string;
  parts: readonly (readonly [name: string, label: string])[];
  open: string;
  go: (name: string) => void;
  children: ReactNode; // a TabPanel for each part
}

export function Tabs({ label, parts, open, go, children }: TabsProps) {
  return (
    <Base.Root value={open} onValueChange={(name) => go(String(name))}>
      <Base.List aria-label={label} className="mb-4 flex gap-1 overflow-x-auto border-b border-line">
        {parts.map(([name, text]) => (
          <Base.Tab
            key={name}
            value={name}
            className="-mb-px rounded-t-md border-b-2 border-transparent px-3 py-1.5 whitespace-nowrap -outline-offset-2 hover:bg-raised aria-selected:border-accent aria-selected:font-medium aria-selected:text-accent"
          >
            {text}
          </Base.Tab>
        ))}
      </Base.List>
      {children}
    </Base.Root>
  );
}

export const TabPanel = Base.Panel;
