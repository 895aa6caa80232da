// Deploys a bundle that was made elsewhere. The server tries it in a worker first: what the script throws is shown, and the old code keeps serving.
import { useRef, useState, type DragEvent } from 'react';
import { Refusal } from '../../api/client';
import { useChange } from '../../api/hooks';
import { useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Dialog } from '../../ui/dialog';
import { bytes, plural, shortId } from '../../ui/format';
import { Button, Command, Field, Problem, TextField } from '../../ui/kit';
import { kStale } from './actions';

const kFile = 'w-full file:mr-3 file:min-h-8 file:cursor-pointer file:rounded-md file:border file:border-line file:bg-panel file:px-3 file:py-1 file:text-ink hover:file:bg-raised';
const kBytesMax = 64 * 1024 * 1024;

function wrongWith(file: File): string | null {
  if (!/\.c?js$/i.test(file.name)) return `${file.name} is no bundle: a .js or .cjs file is needed, with all modules in it. coho deploy makes one from source files.`;
  if (file.size === 0) return `${file.name} is empty.`;
  if (file.size > kBytesMax) return `${file.name} has ${bytes(file.size)}; at most ${bytes(kBytesMax)} are taken.`;
  return null;
}

function Refused({ error }: { error: Error }) {
  const stack = error instanceof Refusal && typeof error.details.stack === 'string' ? error.details.stack : '';
  return (
    <div className="flex flex-col gap-2">
      <Problem error={error} />
      {stack && (
        <pre tabIndex={0} aria-label="Stack of the script" className="max-h-48 overflow-auto rounded-md bg-raised p-2 font-mono text-xs">
          {stack}
        </pre>
      )}
      <p className="text-muted">Nothing has changed: what answered before answers on.</p>
    </div>
  );
}

export function Upload({ close }: { close: () => void }) {
  const { at } = useSpace();
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(null);
  const [isOver, setOver] = useState(false);
  const [isReading, setReading] = useState(false);
  const [facts, setFacts] = useState({ author: '', gitBranch: '', gitHash: '' });
  const deploy = useChange('deploy', {
    stale: kStale,
    quiet: true,
    said: (answer) => `${shortId(answer.id)} is in service with ${plural(answer.routes.length, 'route')}; its worker started in ${answer.startMs} ms.`,
    then: close,
  });
  const wrong = file ? wrongWith(file) : null;
  const choose = (chosen: File | undefined) => {
    if (!chosen) return;
    setFile(chosen);
    deploy.reset();
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (input.current) input.current.files = event.dataTransfer.files; // so that it names the file that is meant
    choose(event.dataTransfer.files[0]);
  };
  const run = async () => {
    if (!file || wrong) return;
    setReading(true);
    const bundle = await file.text();
    setReading(false);
    deploy.mutate({ ...at, bundle, language: 'Javascript', ...Object.fromEntries(Object.entries(facts).filter(([, value]) => value)) });
  };
  const isBusy = isReading || deploy.isPending;
  const fact = (key: keyof typeof facts) => ({ value: facts[key], onChange: (event: { target: { value: string } }) => setFacts({ ...facts, [key]: event.target.value }) });
  return (
    <Dialog open title="Upload a bundle" close={close}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <p className="text-muted">A script with all its modules in it. It is tried in a worker of its own, then takes over every request at once.</p>
        <div
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
          className={`rounded-lg border border-dashed p-4 ${isOver ? 'border-accent bg-tint' : 'border-line'}`}
        >
          <Field label="Bundle" error={wrong} hint={file ? `${file.name}, ${bytes(file.size)}` : 'Choose a .js or .cjs file, or drop it here.'}>
            {(ids) => <input ref={input} type="file" accept=".js,.cjs,text/javascript" className={kFile} {...ids} onChange={(event) => choose(event.target.files?.[0])} />}
          </Field>
        </div>
        <div className="grid gap-3 sm:grid-cols-3">
          <TextField label="Author" {...fact('author')} />
          <TextField label="Branch" {...fact('gitBranch')} />
          <TextField label="Commit" {...fact('gitHash')} />
        </div>
        {isBusy && (
          <div role="status" className="flex flex-col gap-1 text-muted">
            The script is sent and tried …
            <progress className="h-1.5 w-full" aria-label="The script is tried" />
          </div>
        )}
        {deploy.error && !isBusy && <Refused error={deploy.error} />}
        <Command label="From source files">{coho(at, 'deploy')}</Command>
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button look="main" type="submit" busy={isBusy} disabled={!file || wrong !== null}>
            Deploy
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
