// Talks to the control plane: one function for operations that answer once, one for those that answer line by line, one for server-sent events.
// Every request carries the session's token as a header; there are no cookies (docs/decisions/0007-bearer-tokens.md).
import { connection } from './connection';
import { kOperations, type Operations } from './operations';
import { session } from './session';
import type { Answers } from './shapes';

export type OperationName = keyof Operations;
export type Args<N extends OperationName> = Operations[N];
export type Answer<N extends OperationName> = N extends keyof Answers ? Answers[N] : unknown;

// What the server said no to. `message` is a sentence for people; `details` the whole answer.
export class Refusal extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

export interface Sent {
  signal?: AbortSignal;
  body?: BodyInit; // of operations whose body is streamed: the bytes themselves
  contentType?: string;
  headers?: Record<string, string>;
}

// The address of an operation with its path and query filled in.
export function addressOf(name: OperationName, args: Record<string, unknown>, hasOwnBody = false): { method: string; url: string; rest: Record<string, unknown> } {
  const [method, path] = kOperations[name];
  const rest = { ...args };
  const filled = path.replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = String(rest[key]);
    delete rest[key];
    return encodeURIComponent(value);
  });
  if (method !== 'GET' && method !== 'DELETE' && !hasOwnBody) return { method, url: filled, rest };
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(rest)) {
    if (value === undefined) continue;
    if (Array.isArray(value)) for (const one of value) query.append(key, String(one));
    else query.append(key, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  const text = query.toString();
  return { method, url: text ? `${filled}?${text}` : filled, rest: {} };
}

async function refusalOf(answer: Response): Promise<Refusal> {
  const text = await answer.text();
  try {
    const json = JSON.parse(text) as { error?: string; code?: string };
    return new Refusal(json.error ?? `The server answered ${answer.status}.`, answer.status, json.code ?? '', json);
  } catch {
    return new Refusal(text.slice(0, 300) || `The server answered ${answer.status}.`, answer.status, '');
  }
}

// Sends an operation and gives its answer as it comes. Refusals throw; a server out of reach throws what fetch throws, and the banner says so.
export async function send<N extends OperationName>(name: N, args: Args<N>, { signal, body, contentType, headers }: Sent = {}): Promise<Response> {
  const target = addressOf(name, args as Record<string, unknown>, body !== undefined);
  const hasJson = body === undefined && target.method !== 'GET' && target.method !== 'DELETE';
  const token = session.token();
  const sent: Record<string, string> = { ...headers };
  if (token) sent.authorization = `Bearer ${token}`;
  if (contentType) sent['content-type'] = contentType;
  if (hasJson) sent['content-type'] = 'application/json';
  let answer: Response;
  try {
    answer = await fetch(target.url, {
      method: target.method,
      headers: sent,
      body: hasJson ? JSON.stringify(target.rest) : body,
      signal,
      credentials: 'omit',
      cache: 'no-store',
    });
  } catch (error) {
    if (!signal?.aborted) connection.lost();
    throw error;
  }
  connection.works();
  if (answer.ok) return answer;
  const refusal = await refusalOf(answer);
  if (answer.status === 401 && token && token === session.token()) session.ended();
  throw refusal;
}

export async function ask<N extends OperationName>(name: N, args: Args<N>, sent?: Sent): Promise<Answer<N>> {
  const answer = await send(name, args, sent);
  return (await answer.json()) as Answer<N>;
}

// NDJSON, a value at a time. Breaking the loop off ends the request.
export async function* lines<T>(answer: Response): AsyncGenerator<T> {
  let rest = '';
  if (!answer.body) return;
  for await (const piece of answer.body.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
    const parts = (rest + piece).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) if (part.trim()) yield JSON.parse(part) as T;
  }
  if (rest.trim()) yield JSON.parse(rest) as T;
}

// Work that tells how far it is, line by line, and ends with its outcome or with {error, code}.
export async function work<N extends OperationName, T>(name: N, args: Args<N>, progress: (line: Record<string, unknown>) => void, sent?: Sent): Promise<T> {
  let last: Record<string, unknown> = {};
  for await (const line of lines<Record<string, unknown>>(await send(name, args, sent))) {
    if (typeof line.error === 'string') throw new Refusal(line.error, 400, String(line.code ?? ''), line);
    last = line;
    progress(line);
  }
  return last as T;
}

// Server-sent events over fetch, because EventSource cannot send a token.
export async function* events(answer: Response): AsyncGenerator<{ event: string; data: string }> {
  let rest = '';
  if (!answer.body) return;
  for await (const piece of answer.body.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
    const parts = (rest + piece).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      let event = 'message';
      const data: string[] = [];
      for (const line of part.split('\n')) {
        if (line.startsWith('event:')) event = line.slice(6).trim();
        if (line.startsWith('data:')) data.push(line.slice(5).trimStart());
      }
      if (data.length) yield { event, data: data.join('\n') };
    }
  }
}
