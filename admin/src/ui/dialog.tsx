// A dialog above the page, and one that asks for a typed word before something is lost.
import { Dialog as Base } from '@base-ui/react/dialog';
import { useEffect, useState, type FormEvent, type ReactNode } from 'react';
import { Button, Command, Problem, TextField } from './kit';

interface DialogProps {
  title: string;
  open: boolean;
  close: () => void;
  children: ReactNode;
  wide?: boolean;
}

export function Dialog({ title, open, close, children, wide = false }: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(isOpen) => !isOpen && close()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-30 bg-black/50" />
        <Base.Popup
          className={`fixed top-[8vh] left-1/2 z-40 flex max-h-[84vh] w-[calc(100vw-2rem)] -translate-x-1/2 flex-col rounded-xl border border-line bg-panel shadow-2xl data-nested-dialog-open:brightness-75 ${wide ? 'max-w-4xl' : 'max-w-lg'}`}
        >
          <header className="flex items-center gap-3 border-b border-line px-4 py-2.5">
            <Base.Title className="min-w-0 flex-1 text-base font-semibold break-words">{title}</Base.Title>
            <Base.Close render={<Button look="bare" aria-label="Close" />}>✕</Base.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-auto p-4">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

interface ConfirmProps {
  title: string;
  open: boolean;
  close: () => void;
  word: string; // what has to be typed; "" for a plain question
  action: string; // on the button
  command?: string;
  change?: { isPending: boolean; error: Error | null }; // what `run` starts; its refusal stands in the dialog
  look?: 'main' | 'danger';
  run: () => void;
  children: ReactNode;
}

export function Confirm({ title, open, close, word, action, command, change, look = 'danger', run, children }: ConfirmProps) {
  const [typed, setTyped] = useState('');
  const [isSent, setSent] = useState(false); // a refusal of before is not this question's
  useEffect(() => {
    setTyped('');
    setSent(false);
  }, [open]);
  const isRight = typed === word;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isRight) return;
    setSent(true);
    run();
  };
  return (
    <Dialog title={title} open={open} close={close}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <div>{children}</div>
        {word && <TextField label={`Type ${word} to go on`} value={typed} onChange={(event) => setTyped(event.target.value)} />}
        {isSent && change?.error && <Problem error={change.error} />}
        {command && <Command>{command}</Command>}
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button look={look} type="submit" disabled={!isRight} busy={change?.isPending}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
