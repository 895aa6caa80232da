// Two people changed one document: both versions beside each other, and a choice that loses nothing unseen.
import type { Document } from '../../api/shapes';
import { Code } from '../../ui/code';
import { Button } from '../../ui/kit';
import { pretty } from './exact';

interface ConflictProps {
  mine: string; // as JSON
  theirs: Document;
  busy: boolean;
  error: string;
  take: () => void;
  overwrite: () => void;
}

export function ConflictView({ mine, theirs, busy, error, take, overwrite }: ConflictProps) {
  return (
    <div className="flex flex-col gap-3">
      <p role="alert" className="rounded-md bg-warn-tint px-3 py-2 text-warn">
        Somebody else changed this document since you read it. Nothing is saved yet: choose which version stays.
      </p>
      <div className="grid gap-3 md:grid-cols-2">
        <section aria-label="Theirs" className="min-w-0">
          <h3 className="mb-1 font-medium">Theirs, as it is stored now</h3>
          <Code label="Their version as JSON" json value={pretty(theirs)} height="min(40vh, 20rem)" />
        </section>
        <section aria-label="Yours" className="min-w-0">
          <h3 className="mb-1 font-medium">Yours, not saved</h3>
          <Code label="Your version as JSON" json value={mine} height="min(40vh, 20rem)" />
        </section>
      </div>
      {error && (
        <p role="alert" className="text-bad">
          {error}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button look="main" onClick={take}>
          Take theirs
        </Button>
        <Button look="danger" busy={busy} onClick={overwrite}>
          Overwrite with mine
        </Button>
      </div>
    </div>
  );
}
