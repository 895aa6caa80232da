// A request as a command for a POSIX shell and as JavaScript.
import { shellWord } from '../../ui/command';
import type { Ready } from './request';

export function asCurl({ method, url, headers, body }: Ready): string {
  const how = method === 'HEAD' ? '--head ' : method === 'GET' ? '' : `-X ${method} `;
  const glob = /[[\]{}]/.test(url) ? '--globoff ' : '';
  const words = [`curl ${how}${glob}${shellWord(url)}`];
  // curl takes "Name:" for a wish to leave the header out, and "Name;" for an empty one.
  for (const [name, value] of headers) words.push(`-H ${shellWord(value ? `${name}: ${value}` : `${name};`)}`);
  if (body !== undefined) words.push(`--data-raw ${shellWord(body)}`);
  return words.join(' \\\n  ');
}

export function asFetch({ method, url, headers, body }: Ready): string {
  const names = headers.map(([name]) => name.toLowerCase());
  const isPlain = new Set(names).size === names.length;
  const options: Record<string, unknown> = { method };
  if (headers.length) options.headers = isPlain ? Object.fromEntries(headers) : headers;
  if (body !== undefined) options.body = body;
  return `const answer = await fetch(${JSON.stringify(url)}, ${JSON.stringify(options, null, 2)});\nconsole.log(answer.status, await answer.text());`;
}
