// Ctrl-K: go to a screen, a space, an action by typing a part of its name; with the command that does the same in a terminal.
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useRead } from '../api/hooks';
import { coho } from '../ui/command';
import { kInput } from '../ui/kit';
import { Dialog } from '../ui/dialog';
import { kActions } from './actions';
import { kGroups } from './nav';

interface Entry {
  label: string;
  about: string;
  command?: string;
  to: string;
  part?: string; // of a screen that has parts
}

// Every word of the question stands somewhere in the entry.
const fits = (entry: Entry, question: string) => {
  const text = `${entry.label} ${entry.about} ${entry.command ?? ''}`.toLowerCase();
  return question.toLowerCase().split(/\s+/).every((word) => text.includes(word));
};

function useEntries(place: { project: string; space: string } | null): Entry[] {
  const projects = useRead('project.list', {});
  return useMemo(() => {
    const entries: Entry[] = [];
    if (place) {
      const base = `/p/${encodeURIComponent(place.project)}/${encodeURIComponent(place.space)}`;
      for (const group of kGroups) for (const one of group.screens) entries.push({ label: one.label, about: one.about, to: `${base}/${one.path}` });
      for (const one of kActions) entries.push({ ...one, command: one.command && coho(place, ...one.command.split(' ')), to: `${base}/${one.to}` });
    }
    for (const project of projects.data?.projects ?? []) {
      for (const space of project.spaces) {
        entries.push({ label: `${project.name}/${space}`, about: 'Go to this space', to: `/p/${encodeURIComponent(project.uniqueName)}/${encodeURIComponent(space)}/overview` });
      }
    }
    entries.push({ label: 'Projects', about: 'All projects and spaces', command: coho(null, 'projects'), to: '/' });
    entries.push({ label: 'Your account', about: 'Name, password, tokens, invitations', command: coho(null, 'account'), to: '/account' });
    entries.push({ label: 'Server', about: 'People, teams, backups, audit log', command: coho(null, 'doctor'), to: '/server' });
    return entries;
  }, [place, projects.data]);
}

export function Palette({ open, close, place }: { open: boolean; close: () => void; place: { project: string; space: string } | null }) {
  return (
    <Dialog title="Go to, or do" open={open} close={close}>
      <Finder close={close} place={place} />
    </Dialog>
  );
}

function Finder({ close, place }: { close: () => void; place: { project: string; space: string } | null }) {
  const [question, setQuestion] = useState('');
  const [at, setAt] = useState(0);
  const navigate = useNavigate();
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const found = useEntries(place).filter((entry) => fits(entry, question));
  const chosen = Math.min(at, found.length - 1);
  // Braces: what scrollIntoView() gives is no function to call when the effect ends (newer browsers answer a promise).
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);

  const go = (entry: Entry | undefined) => {
    if (!entry) return;
    close();
    void navigate({ to: entry.to, search: entry.part ? { part: entry.part } : {} });
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(chosen + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(chosen - 1, 0));
    else if (event.key === 'Enter') go(found[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <div className="flex flex-col gap-2">
      <input
        autoFocus
        role="combobox"
        aria-expanded
        aria-label="Search screens, spaces and actions"
        aria-controls={id}
        aria-activedescendant={found[chosen] ? `${id}-${chosen}` : undefined}
        className={kInput}
        placeholder="Type a part of a name"
        value={question}
        onChange={(event) => {
          setQuestion(event.target.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <ul ref={list} id={id} role="listbox" aria-label="Found" className="max-h-96 overflow-auto">
        {found.map((entry, index) => (
          <li
            key={entry.to + entry.label}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === chosen}
            className="cursor-pointer rounded px-2 py-1 aria-selected:bg-raised"
            onMouseMove={() => setAt(index)}
            onClick={() => go(entry)}
          >
            <div className="font-medium">{entry.label}</div>
            <div className="flex flex-wrap gap-x-3 text-xs text-muted">
              <span>{entry.about}</span>
              {entry.command && <code className="font-mono">{entry.command}</code>}
            </div>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="text-muted">Nothing has such a name.</p>}
    </div>
  );
}
