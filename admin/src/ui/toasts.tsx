// Short messages at the lower edge, read out by screen readers: what was done, what was refused, and work that goes on in the background.
import { makeStore, useStore } from '../api/store';

interface Toast {
  id: number;
  kind: 'good' | 'bad' | 'busy';
  text: string;
  share?: number; // of work that goes on: 0 to 1
  stop?: () => void;
}

const kGoodMs = 4_000;
const kBadMs = 12_000;
const kShownMax = 4;
const list = makeStore<readonly Toast[]>([]);
let next = 1;

const drop = (id: number) => list.set(list.get().filter((one) => one.id !== id));

function add(kind: Toast['kind'], text: string, stop?: () => void): number {
  const id = next++;
  const before = list.get();
  const oldest = before.length > kShownMax ? before.find((one) => one.kind !== 'busy') : undefined; // work that goes on keeps its line
  list.set([...before.filter((one) => one !== oldest), { id, kind, text, stop }]);
  if (kind !== 'busy') setTimeout(() => drop(id), kind === 'good' ? kGoodMs : kBadMs);
  return id;
}

export interface Task {
  progress(share: number, text?: string): void;
  end(): void;
}

export const toasts = {
  good: (text: string) => void add('good', text),
  bad: (text: string) => void add('bad', text),
  // Work in the background: stays on whatever screen is open, until it ends.
  task(text: string, stop?: () => void): Task {
    const id = add('busy', text, stop);
    return {
      progress(share, now) {
        list.set(list.get().map((one) => (one.id === id ? { ...one, share, text: now ?? one.text } : one)));
      },
      end: () => drop(id),
    };
  },
};

const kLook = { good: 'border-good text-good bg-good-tint', bad: 'border-bad text-bad bg-bad-tint', busy: 'border-line text-ink bg-panel' };

export function Toasts() {
  const all = useStore(list);
  return (
    <div role="status" aria-live="polite" aria-label="Messages" className="pointer-events-none fixed inset-x-0 bottom-3 z-50 flex flex-col items-center gap-2 px-3">
      {all.map((one) => (
        <div key={one.id} data-kind={one.kind} className={`pointer-events-auto w-full max-w-xl rounded-lg border px-3 py-2 shadow-lg ${kLook[one.kind]}`}>
          <div className="flex items-start gap-3">
            <span className="min-w-0 flex-1 break-words">{one.text}</span>
            {one.stop && (
              <button type="button" className="underline" onClick={one.stop}>
                Stop
              </button>
            )}
            {one.kind !== 'busy' && (
              <button type="button" aria-label="Dismiss" onClick={() => drop(one.id)}>
                ✕
              </button>
            )}
          </div>
          {one.share !== undefined && <progress className="mt-1 h-1.5 w-full" aria-label={one.text} value={one.share} max={1} />}
        </div>
      ))}
    </div>
  );
}
