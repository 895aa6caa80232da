// Saves what the server answers as a file. Where the browser lets a page write a file nothing is held in memory, else it is gathered first.
import { messageOf } from '../api/hooks';
import { bytes } from './format';
import { toasts } from './toasts';

const kKeepMs = 60_000; // the browser reads them after the click

interface Writable {
  createWritable(): Promise<WritableStream<Uint8Array>>;
}
type Picker = (options: { suggestedName: string }) => Promise<Writable>;

function saveBlob(blob: Blob, name: string) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), kKeepMs);
}

const isAbort = (error: unknown) => error instanceof DOMException && error.name === 'AbortError';

// To be called while the press of a button still counts: the browser asks where to. Tells how far it is, and can be stopped.
export async function saveAnswer(name: string, begin: (signal: AbortSignal) => Promise<Response>): Promise<void> {
  const pick = (window as unknown as { showSaveFilePicker?: Picker }).showSaveFilePicker;
  const stopper = new AbortController();
  try {
    const target = pick ? await pick({ suggestedName: name }) : null;
    const task = toasts.task(`Saving ${name}`, () => stopper.abort());
    try {
      const answer = await begin(stopper.signal);
      const total = Number(answer.headers.get('content-length') ?? 0);
      let size = 0;
      const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform(piece, controller) {
          size += piece.length;
          task.progress(total ? size / total : 0, `Saving ${name}: ${bytes(size)}`);
          controller.enqueue(piece);
        },
      });
      const body = (answer.body ?? new Blob([]).stream()).pipeThrough(counter);
      if (target) await body.pipeTo(await target.createWritable(), { signal: stopper.signal });
      else saveBlob(await new Response(body).blob(), name);
      toasts.good(`${name} is saved: ${bytes(size)}.`);
    } finally {
      task.end();
    }
  } catch (error) {
    if (stopper.signal.aborted) toasts.good(`${name} is stopped; the file is not whole.`);
    else if (!isAbort(error)) toasts.bad(messageOf(error)); // a person who chooses no file wants none
  }
}
