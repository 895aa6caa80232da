// Files from the person's machine into a folder, one after the other, in the background. XMLHttpRequest, because fetch does not tell how far
// an upload is.
import { useState } from 'react';
import { addressOf, Refusal } from '../../api/client';
import { connection } from '../../api/connection';
import { messageOf, queries } from '../../api/hooks';
import { session } from '../../api/session';
import type { FileEntry } from '../../api/shapes';
import { useSpace } from '../../app/space';
import { bytes, plural } from '../../ui/format';
import { toasts } from '../../ui/toasts';
import { joined } from './folder_dialog';

interface Sending {
  url: string;
  file: File;
  signal: AbortSignal;
  progress: (sent: number) => void;
}

function sendFile({ url, file, signal, progress }: Sending): Promise<void> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    request.open('PUT', url);
    const token = session.token();
    if (token) request.setRequestHeader('authorization', `Bearer ${token}`);
    request.upload.onprogress = ({ loaded }) => progress(loaded);
    request.onload = () => {
      connection.works();
      if (request.status < 300) return done();
      if (request.status === 401 && token === session.token()) session.ended();
      failed(refusalOf(request));
    };
    request.onerror = () => {
      connection.lost();
      failed(new TypeError('network'));
    };
    request.onabort = () => failed(signal.reason);
    signal.addEventListener('abort', stop);
    request.send(file);
  });
}

function refusalOf({ status, responseText }: XMLHttpRequest): Refusal {
  try {
    const { error, code } = JSON.parse(responseText) as { error?: string; code?: string };
    return new Refusal(error ?? `The server answered ${status}.`, status, code ?? '');
  } catch {
    return new Refusal(`The server answered ${status}.`, status, '');
  }
}

// `doubles` are names that are taken: decide() says whether those are replaced, and otherwise nothing is uploaded.
export function useUpload(folder: string, known: FileEntry[]) {
  const { at } = useSpace();
  const [waiting, setWaiting] = useState<File[]>([]);

  const run = async (files: File[]) => {
    const stopper = new AbortController();
    const task = toasts.task(`Uploading ${plural(files.length, 'file')}`, () => stopper.abort());
    const total = files.reduce((sum, { size }) => sum + size, 0);
    let before = 0;
    let stored = 0;
    for (const file of files) {
      const { url } = addressOf('file.write', { ...at, path: joined(folder, file.name) }, true);
      try {
        const progress = (sent: number) =>
          task.progress(total ? (before + sent) / total : 1, `Uploading ${file.name}: ${bytes(sent)} of ${bytes(file.size)}`);
        await sendFile({ url, file, signal: stopper.signal, progress });
        stored += 1;
      } catch (error) {
        if (stopper.signal.aborted) break;
        toasts.bad(`${file.name}: ${messageOf(error)}`);
      }
      before += file.size;
      void queries.invalidateQueries({ queryKey: ['file.list'] });
    }
    task.end();
    if (stored > 0 || stopper.signal.aborted) toasts.good(`${plural(stored, 'file')} uploaded${stopper.signal.aborted ? ', then stopped' : ''}.`);
  };
  const names = new Set(known.filter(({ type }) => type === 'file').map(({ name }) => name));
  const isTaken = ({ name }: File) => names.has(name);
  return {
    doubles: waiting.filter(isTaken).map(({ name }) => name),
    add(files: File[]) {
      if (files.length === 0) return;
      if (files.some(isTaken)) setWaiting(files);
      else void run(files);
    },
    decide(isYes: boolean) {
      setWaiting([]);
      if (isYes) void run(waiting);
    },
  };
}
