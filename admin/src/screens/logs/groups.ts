// Lines by the request that they belong to. Lines of no request stand for themselves.
import type { LogLine } from '../../api/shapes';

export type Entry = { kind: 'line'; key: string; line: LogLine } | { kind: 'request'; key: string; id: string; end: LogLine | undefined; lines: LogLine[] };

export function byRequest(lines: LogLine[]): Entry[] {
  const out: Entry[] = [];
  const known = new Map<string, Extract<Entry, { kind: 'request' }>>();
  for (const line of lines) {
    if (!line.requestId) {
      out.push({ kind: 'line', key: line.id, line });
      continue;
    }
    let entry = known.get(line.requestId);
    if (!entry) {
      entry = { kind: 'request', key: `r${line.requestId}`, id: line.requestId, end: undefined, lines: [] };
      known.set(line.requestId, entry);
      out.push(entry);
    }
    if (isEnd(line)) entry.end = line;
    else entry.lines.push(line);
  }
  return out;
}

// The line that the server writes when a request has ended; it carries the request's fields.
export const isEnd = (line: LogLine) => line.context === 'request' && line.fields.method !== undefined;

export const clean = (text: string) => (text.startsWith(' ') ? text.slice(1) : text);
