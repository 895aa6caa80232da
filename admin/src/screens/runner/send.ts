// Sends a request of the runner as a page of another origin would: without cookies, and what comes back is kept as it came.
import type { Ready } from './request';

export interface Answer {
  status: number;
  statusText: string;
  tookMs: number;
  headers: [string, string][];
  type: string; // the media type, "" when none was said
  body: Blob;
  text: string | null; // of bodies that are text, its beginning
  isCut: boolean; // text is not all of it
}

const kTextMax = 500_000; // characters that are shown

export const isJson = (type: string) => /^application\/(?:[\w.+-]+\+)?json$/.test(type);
const isText = (type: string) => type === '' || type.startsWith('text/') || isJson(type) || /^application\/(?:xml|javascript|x-ndjson|x-www-form-urlencoded|[\w.+-]+\+xml)$/.test(type);

export async function sendRequest({ method, url, headers, body }: Ready, signal: AbortSignal): Promise<Answer> {
  const startedMs = performance.now();
  // A redirect is not followed: it could lead off this machine, with the token.
  const answer = await fetch(url, { method, headers, body, signal, credentials: 'omit', cache: 'no-store', redirect: 'manual' });
  const content = await answer.blob();
  const type = (answer.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const text = isText(type) ? await content.text() : null;
  return {
    status: answer.status,
    statusText: answer.type === 'opaqueredirect' ? 'a redirect' : answer.statusText,
    tookMs: performance.now() - startedMs,
    headers: [...answer.headers],
    type,
    body: content,
    text: text === null ? null : text.slice(0, kTextMax),
    isCut: (text?.length ?? 0) > kTextMax,
  };
}
