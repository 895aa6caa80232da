// A code that was handed on as a link, …/_/#code=CODE. It goes out of the address and the history at once, and is forgotten when it was used;
// servers are never sent what stands behind '#'.
import { makeStore } from '../api/store';

function taken(): string {
  const code = new URLSearchParams(location.hash.slice(1)).get('code') ?? '';
  if (code) history.replaceState(null, '', location.pathname);
  return code;
}

export const invitation = makeStore(taken());
addEventListener('hashchange', () => invitation.set(taken() || invitation.get()));
