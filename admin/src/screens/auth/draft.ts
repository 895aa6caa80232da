// The policy of a space as its form holds it, and what can be said of it before the server sees it.
import type { Policy } from '../../api/shapes';
import { coho } from '../../ui/command';

export interface Draft {
  url: string;
  issuer: string;
  audience: string; // one a line
  algorithms: string[]; // empty: all of kAlgorithms
}

// What the server can verify (src/control/API.md).
export const kAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

export const linesOf = (text: string) => [...new Set(text.split('\n').map((line) => line.trim()).filter(Boolean))];

export const draftOf = (policy: Policy): Draft => ({
  url: policy.url,
  issuer: policy.issuer,
  audience: policy.audience.join('\n'),
  algorithms: policy.algorithms ?? [],
});

// What is sent. Algorithms go only to a server that knows them: its spaces list them.
export function policyOf(draft: Draft, now: Policy): Policy {
  const url = draft.url.trim();
  const policy: Policy = { url, issuer: draft.issuer.trim(), audience: linesOf(draft.audience) };
  return now.algorithms ? { ...policy, algorithms: kAlgorithms.filter((name) => draft.algorithms.includes(name)) } : policy;
}

export function isSame(left: Policy, right: Policy): boolean {
  const key = (one: Policy) => JSON.stringify([one.url, one.issuer, one.audience, [...(one.algorithms ?? [])].sort()]);
  return key(left) === key(right);
}

export function urlProblem(text: string): string | null {
  const url = text.trim();
  if (!url) return 'Type the address of the key set, as in https://TENANT/.well-known/jwks.json.';
  if (!URL.canParse(url)) return `“${url}” is no address. It begins with https:// and names a host, as in https://TENANT/.well-known/jwks.json.`;
  const { protocol, username, password } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') return `“${protocol}//” cannot be asked: the address begins with https:// or http://.`;
  if (username || password) return 'A name or password in the address is not sent. Leave it out.';
  return null;
}

export type Field = 'url' | 'audience' | 'algorithms' | 'form';

// At which field the server's refusal belongs; its words begin with what they are about.
export function fieldOf(message: string): Field {
  if (/^JWKS URL|^'url'/.test(message)) return 'url';
  if (/^audience|^'audience'/.test(message)) return 'audience';
  return /^algorithm|^'algorithms'/.test(message) ? 'algorithms' : 'form';
}

export function jwksCommand(at: { project: string; space: string }, policy: Policy): string {
  const words = policy.issuer ? ['--issuer', policy.issuer] : [];
  for (const one of policy.audience) words.push('--audience', one);
  if (policy.algorithms?.length) words.push('--algorithms', policy.algorithms.join(','));
  return coho(at, 'jwks', policy.url, ...words);
}
