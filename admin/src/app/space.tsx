// Which space a screen is about, and what the person may do there.
import { createContext, useContext } from 'react';
import type { Role } from '../api/shapes';

export interface SpaceAccess {
  project: string;
  space: string;
  role: Role;
  canWrite: boolean; // developer or owner
  isOwner: boolean;
}

const Context = createContext<SpaceAccess | null>(null);
export const SpaceProvider = Context.Provider;

export function useSpace(): SpaceAccess & { at: { project: string; space: string } } {
  const access = useContext(Context);
  if (!access) throw new Error('There is no space around this component.');
  return { ...access, at: { project: access.project, space: access.space } };
}

export const accessOf = (project: string, space: string, role: Role): SpaceAccess => ({
  project,
  space,
  role,
  canWrite: role === 'developer' || role === 'owner',
  isOwner: role === 'owner',
});

// Said in the place of a form that the role does not open.
export const kReadOnly = 'Your role here is viewer: you can look, and a developer or owner can change it.';
