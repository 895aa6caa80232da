// A value in the grid; while it is edited, an input in its place. Enter saves, Escape and leaving it do not.
import { useState, type KeyboardEvent } from 'react';
import { messageOf } from '../../api/hooks';
import { isScalar, same, textOf, typedFrom, valueFrom } from './exact';

interface CellProps {
  id: string;
  name: string;
  value: unknown;
  isHere: boolean;
  isActive: boolean;
  isEditing: boolean;
  choose: () => void;
  begin: () => void;
  open: () => void;
  stop: () => void;
  save: (value: unknown) => Promise<void>;
}

const kKind: Record<string, string> = { number: 'tabular-nums', boolean: 'text-warn', object: 'font-mono text-muted' };

export function Cell({ id, name, value, isHere, isActive, isEditing, choose, begin, open, stop, save }: CellProps) {
  const look = isActive ? 'outline-2 -outline-offset-2 outline-accent' : '';
  return (
    <div
      id={id}
      role="gridcell"
      aria-selected={isActive}
      onMouseDown={choose}
      onDoubleClick={begin}
      className={`flex min-w-0 items-center border-r border-line px-2 last:border-r-0 ${look}`}
    >
      {isEditing ? (
        <Editor name={name} value={value} stop={stop} save={save} />
      ) : !isHere ? (
        <span aria-hidden className="h-2 w-16 rounded bg-raised" />
      ) : name === '_id' ? (
        <button type="button" tabIndex={-1} onClick={open} className="min-w-0 truncate text-left font-mono text-accent hover:underline">
          {textOf(value)}
        </button>
      ) : (
        <span className={`min-w-0 truncate ${isScalar(value) ? (kKind[typeof value] ?? '') : kKind.object}`}>{textOf(value)}</span>
      )}
    </div>
  );
}

// `value` and `save` are those of the moment editing began: the document is read again meanwhile, and who changed it then is not overwritten.
function Editor({ name, value: now, stop, save: saveNow }: { name: string; value: unknown; stop: () => void; save: (value: unknown) => Promise<void> }) {
  const [{ value, save }] = useState({ value: now, save: saveNow });
  const [typed, setTyped] = useState(() => typedFrom(value));
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const run = async () => {
    const next = valueFrom(typed);
    if (same(next, value)) return stop();
    setBusy(true);
    try {
      await save(next);
      stop();
    } catch (error) {
      setProblem(messageOf(error));
      setBusy(false);
    }
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter') void run();
    else if (event.key === 'Escape') stop();
    else return;
    event.preventDefault();
  };
  return (
    <span className="relative w-full">
      <input
        autoFocus
        aria-label={`New value of ${name}`}
        aria-invalid={problem !== ''}
        className="w-full rounded border border-accent bg-panel px-1 font-mono text-ink outline-none aria-invalid:border-bad"
        value={typed}
        readOnly={isBusy}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={press}
        onBlur={() => !isBusy && !problem && stop()}
      />
      {problem && (
        <span
          role="alert"
          className="absolute top-full left-0 z-20 mt-0.5 w-72 rounded border border-bad bg-bad-tint px-2 py-1 whitespace-normal text-bad"
        >
          {problem}
        </span>
      )}
    </span>
  );
}
