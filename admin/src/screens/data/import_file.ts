// A file into a collection: read piece by piece, made into one document a line, sent in parcels of a few MiB. Chromium sends a stream over
// HTTP/2 only, so each parcel is a request of its own; what was stored before something is refused stays stored.
import { ask, Refusal } from '../../api/client';
import { number } from '../../ui/format';
import { CsvReader } from './csv';
import type { Place } from './guarded';
import { JsonSplitter } from './json_splitter';

const kParcelChars = 4 << 20;

export type Format = 'json' | 'csv';

export interface ImportWish {
  file: File;
  format: Format;
  separator: string;
}

interface Watch {
  signal: AbortSignal;
  progress: (bytes: number, documents: number) => void;
}

// Of how many documents it consists; what is refused throws, with the number of documents that are stored.
export async function importFile(place: Place, { file, format, separator }: ImportWish, { signal, progress }: Watch): Promise<number> {
  let waiting: string[] = [];
  let chars = 0;
  let stored = 0;
  const add = (json: string) => {
    waiting.push(json);
    chars += json.length;
  };
  const reader = format === 'csv' ? new CsvReader(separator, add) : new JsonSplitter(add);
  const sendParcel = async () => {
    if (waiting.length === 0) return;
    const body = new Blob([waiting.join('\n')]);
    const before = stored;
    try {
      stored += await countOf(place, body, signal);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      stored += Number(error.details.count ?? 0);
      const line = Number(error.details.line ?? 0);
      const which = line ? `Document ${number(before + line)}: ` : '';
      throw new Error(`${which}${error.message.replace(/^Line \d+: /, '')} The ${number(stored)} before it are stored.`);
    }
    waiting = [];
    chars = 0;
  };

  let bytes = 0;
  const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(piece, controller) {
      bytes += piece.length;
      controller.enqueue(piece);
    },
  });
  const pieces = file.stream().pipeThrough(counter).pipeThrough(new TextDecoderStream('utf-8', { fatal: true })).getReader();
  try {
    for (let piece = await pieces.read(); !piece.done; piece = await pieces.read()) {
      signal.throwIfAborted();
      reader.feed(piece.value);
      if (chars >= kParcelChars) {
        await sendParcel();
        progress(bytes, stored);
      }
    }
    reader.finish();
    await sendParcel();
  } catch (error) {
    const isDecoding = error instanceof TypeError && error.message.includes('decod');
    if (isDecoding) throw new Error('The file is no UTF-8 text. Fix: save it as UTF-8, or use coho import --encoding.');
    throw error;
  } finally {
    void pieces.cancel().catch(() => {});
  }
  return stored;
}

async function countOf(place: Place, body: Blob, signal: AbortSignal): Promise<number> {
  const answer = (await ask('document.import', place, { body, contentType: 'application/x-ndjson', signal })) as { count: number };
  return answer.count;
}
