// A request of the API runner: as the form holds it, what is wrong with it, and as it is sent. Nothing here touches the page or the network.
import type { Route } from '../../api/shapes';

export interface Row {
  name: string;
  value: string;
}
export interface Draft {
  method: string;
  path: string; // with :names and * as routes have them
  parts: Record<string, string>; // what stands for them
  query: Row[];
  headers: Row[];
  bodyKind: 'json' | 'text';
  body: string;
}
export interface Ready {
  method: string;
  url: string;
  headers: [string, string][];
  body?: string;
}
export interface Problems {
  path?: string;
  parts: Record<string, string>;
  query: Record<number, string>;
  headers: Record<number, string>;
  body?: string;
}

export const kMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
export const hasBody = (method: string) => !['GET', 'HEAD', 'OPTIONS'].includes(method);

export const kNewDraft: Draft = { method: 'GET', path: '/', parts: {}, query: [], headers: [], bodyKind: 'json', body: '' };

export interface KnownRoute {
  method: string; // * for all
  path: string; // "" of a regular expression
  shown: string;
}

// Routes come as "GET /items/:id", and regular expressions as codehooks-js writes them: GET {"$regex":"/source/flags"}.
export function readRoute(route: Route): KnownRoute {
  const text = typeof route === 'string' ? route : `${route.method} ${route.path}`;
  const cut = text.indexOf(' ');
  const method = text.slice(0, cut).toUpperCase();
  const path = text.slice(cut + 1);
  if (!path.startsWith('{')) return { method, path: path.startsWith('/') ? path : `/${path}`, shown: path };
  try {
    return { method, path: '', shown: String((JSON.parse(path) as { $regex?: unknown }).$regex ?? path) };
  } catch {
    return { method, path: '', shown: path };
  }
}

const kPart = /\*+|:([A-Za-z0-9_]+)/g;

// The names and stars of a path, a star by its place: *1, *2.
export function partsOf(path: string): string[] {
  let stars = 0;
  return [...new Set([...path.matchAll(kPart)].map((found) => found[1] ?? `*${++stars}`))];
}

function filled(path: string, parts: Record<string, string>): string {
  let stars = 0;
  return path.replace(kPart, (_, name: string | undefined) => {
    const value = parts[name ?? `*${++stars}`] ?? '';
    return name ? encodeURIComponent(value) : value.split('/').map(encodeURIComponent).join('/');
  });
}

const kToken = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const kOfTheBrowser = /^(accept-charset|accept-encoding|access-control-.*|connection|content-length|cookie|date|dnt|expect|host|keep-alive|origin|referer|te|trailer|transfer-encoding|upgrade|via|proxy-.*|sec-.*)$/i;
const isDots = (text: string) => text.split('/').some((part) => part === '.' || part === '..');

function headerProblem({ name, value }: Row, taken: string | undefined): string | null {
  if (!name) return value ? 'Give the header a name.' : null;
  if (!kToken.test(name)) return `“${name}” is no name of a header: letters, digits and -, without a colon.`;
  if (kOfTheBrowser.test(name)) return `Browsers set ${name} themselves and let no page change it. Copy the request as curl to send it.`;
  if (taken && name.toLowerCase() === taken) return `${name} is what “Token” sets. Choose “None” there to write it here.`;
  return /[^\t\x20-\x7e\x80-\xff]/.test(value) ? 'A header’s value is one line of Latin letters.' : null;
}

// `taken`: the header that the chosen token sets, in lower case.
export function problemsOf(draft: Draft, taken?: string): Problems {
  const found: Problems = { parts: {}, query: {}, headers: {} };
  if (!draft.path.startsWith('/')) found.path = 'The path begins with /, as in /hello.';
  else if (draft.path.includes('?')) found.path = 'What follows “?” goes into the rows of the query.';
  else if (draft.path.includes('#')) found.path = 'What follows “#” is never sent. Leave it out.';
  else if (isDots(draft.path)) found.path = 'Browsers resolve “.” and “..” in a path before they send it. Write the path without them.';
  for (const name of partsOf(draft.path)) {
    const value = draft.parts[name] ?? '';
    if (!value && !name.startsWith('*')) found.parts[name] = 'Give it a value.';
    else if (isDots(value)) found.parts[name] = 'Browsers resolve “.” and “..” in a path before they send it.';
  }
  draft.query.forEach(({ name, value }, index) => {
    if (!name && value) found.query[index] = 'Give the parameter a name.';
  });
  draft.headers.forEach((row, index) => {
    const wrong = headerProblem(row, taken);
    if (wrong) found.headers[index] = wrong;
  });
  if (hasBody(draft.method) && draft.bodyKind === 'json' && draft.body.trim()) {
    try {
      JSON.parse(draft.body);
    } catch (error) {
      found.body = `The body is not JSON: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return found;
}

export const isRight = (found: Problems) =>
  !found.path && !found.body && [found.parts, found.query, found.headers].every((one) => Object.keys(one).length === 0);

// `base`: the space's address, without a slash at its end. Only of a draft without problems.
export function readyOf(base: string, draft: Draft, credential: [string, string] | null): Ready {
  const query = new URLSearchParams(draft.query.filter(({ name }) => name).map(({ name, value }): [string, string] => [name, value])).toString();
  const url = new URL(base + filled(draft.path, draft.parts) + (query ? `?${query}` : '')).href;
  const headers = draft.headers.filter(({ name }) => name).map(({ name, value }): [string, string] => [name, value.trim()]);
  if (credential) headers.unshift(credential);
  if (!hasBody(draft.method) || !draft.body) return { method: draft.method, url, headers };
  const isTyped = headers.some(([name]) => name.toLowerCase() === 'content-type');
  if (!isTyped) headers.push(['content-type', draft.bodyKind === 'json' ? 'application/json' : 'text/plain; charset=utf-8']);
  return { method: draft.method, url, headers, body: draft.body };
}
