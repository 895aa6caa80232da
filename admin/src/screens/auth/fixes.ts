// Changes of the policy that would let a refused token in. Each fills the form; nothing is saved by it.
import type { Explanation, Policy } from '../../api/shapes';
import { kAlgorithms, type Draft } from './draft';

export interface Fix {
  label: string;
  change: Partial<Draft>;
}

const kChoicesMax = 4;

function textsIn(object: unknown, name: string): string[] {
  const value = typeof object === 'object' && object !== null ? (object as Record<string, unknown>)[name] : undefined;
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string' && one !== '');
}

export function fixesOf(told: Explanation, policy: Policy): Fix[] {
  if (told.check === 'no JWKS URL') return [{ label: 'Set a JWKS URL', change: {} }];
  const failed = new Set(told.checks.filter(({ outcome }) => outcome === 'failed').map(({ check }) => check));
  const fixes: Fix[] = [];
  const [issuer] = textsIn(told.claims, 'iss');
  if (failed.has('issuer') && issuer) fixes.push({ label: `Set issuer to ${issuer}`, change: { issuer } });
  if (failed.has('audience')) {
    for (const one of textsIn(told.claims, 'aud').slice(0, kChoicesMax)) {
      fixes.push({ label: `Accept audience ${one} too`, change: { audience: [...policy.audience, one].join('\n') } });
    }
  }
  const [algorithm = ''] = textsIn(told.header, 'alg');
  if (failed.has('algorithm') && policy.algorithms?.length && kAlgorithms.includes(algorithm) && !policy.algorithms.includes(algorithm)) {
    fixes.push({ label: `Allow ${algorithm} too`, change: { algorithms: [...policy.algorithms, algorithm] } });
  }
  if (failed.has('keys unavailable') || failed.has('unknown key')) fixes.push({ label: 'Look at the key set', change: {} });
  return fixes;
}
