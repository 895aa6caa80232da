// Redd's development identity provider (src/devidp/server), when the space trusts its key set: it makes tokens for three people without a
// password. Only loopback addresses are asked whether they are one, so that the question never leaves this machine.
import { useQuery } from '@tanstack/react-query';
import type { Policy } from '../../api/shapes';

export const kDevUsers = ['alice', 'bob', 'carol'];

const kLoopback = /^(?:localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

function loopbackOrigin(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, hostname, origin } = new URL(url);
  return /^https?:$/.test(protocol) && kLoopback.test(hostname) ? origin : null;
}

async function isDevIdp(origin: string): Promise<boolean> {
  try {
    const stats: unknown = await (await fetch(`${origin}/dev/stats`, { credentials: 'omit', cache: 'no-store' })).json();
    return typeof stats === 'object' && stats !== null && 'jwks' in stats;
  } catch {
    return false; // nobody there, or another provider
  }
}

// Its origin, or null when the space's key set is another's.
export function useDevIdp(policy: Policy): string | null {
  const origin = loopbackOrigin(policy.url);
  const asked = useQuery({ queryKey: ['dev idp', origin], queryFn: () => isDevIdp(origin ?? ''), enabled: origin !== null, staleTime: 60_000 });
  return asked.data ? origin : null;
}

// A token that the policy accepts.
export async function tokenFor(origin: string, user: string, policy: Policy): Promise<string> {
  const wish = { user, audience: policy.audience[0] ?? '', claims: policy.issuer ? { iss: policy.issuer } : {} };
  const answer = await fetch(`${origin}/dev/token`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(wish), credentials: 'omit' });
  const made = (await answer.json()) as { access_token?: string; error_description?: string };
  if (!made.access_token) throw new Error(made.error_description ?? `The identity provider answered ${answer.status}.`);
  return made.access_token;
}
