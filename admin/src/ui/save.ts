// Saves what the server answers as a file: an address alone would not carry the session's token. Where the browser lets a page write a file
// nothing is held in memory, else it is gathered first.
import { bytes } from './format';
import { toasts } from './toasts';

const kKeepMs = 60_000; // the browser reads them after the click

interface Writable {
  createWritable(): Promise<WritableStream<Uint8Array>>;
}
type Picker = (options: { suggestedName: string }) => Promise<Writable>;

export function saveBlob(blob: Blob, name: string) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), kKeepMs);
}

const isAbort = (error: unknown) => error instanceof DOMException && error.name === 'AbortError';

// To be called while the press of a button still counts: the browser asks where to. Tells how far it is, and can be stopped. What the server
// refuses throws; whether the whole of it is saved is the answer.
export async function saveAnswer(name: string, begin: (signal: AbortSignal) => Promise<Response>): Promise<boolean> {
  const pick = (window as unknown as { showSaveFilePicker?: Picker }).showSaveFilePicker;
  const stopper = new AbortController();
  let task = null;
  try {
    const target = pick ? await pick({ suggestedName: name }) : null;
    task = toasts.task(`Saving ${name}`, () => stopper.abort());
    const { progress } = task;
    const answer = await begin(stopper.signal);
    const total = Number(answer.headers.get('content-length') ?? 0);
    let size = 0;
    const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(piece, controller) {
        size += piece.length;
        progress(total ? size / total : 0, `Saving ${name}: ${bytes(size)}`);
        controller.enqueue(piece);
      },
    });
    const body = (answer.body ?? new Blob([]).stream()).pipeThrough(counter);
    if (target) await body.pipeTo(await target.createWritable(), { signal: stopper.signal });
    else saveBlob(await new Response(body).blob(), name);
    toasts.good(`${name} is saved: ${bytes(size)}.`);
    return true;
  } catch (error) {
    if (stopper.signal.aborted) toasts.good(`${name} is stopped; the file is not whole.`);
    else if (!isAbort(error)) throw error; // a person who chooses no file wants none
    return false;
  } finally {
    task?.end();
  }
}
