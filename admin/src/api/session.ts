// Who is logged in. The token lives in this module and nowhere else: a page that is loaded anew asks for the password again, and no script
// of a space's own pages, which may share this origin, can find it (docs/decisions/0007-bearer-tokens.md, 0013-admin-ui.md).
import { makeStore } from './store';

export type SessionState = { kind: 'none' } | { kind: 'open'; token: string } | { kind: 'ended' };

const state = makeStore<SessionState>({ kind: 'none' });

export const session = {
  store: state,
  token(): string | null {
    const now = state.get();
    return now.kind === 'open' ? now.token : null;
  },
  open(token: string) {
    state.set({ kind: 'open', token });
  },
  // The server knows the token no longer: whoever is there logs in again and finds the screen as it was.
  ended() {
    state.set({ kind: 'ended' });
  },
  close() {
    state.set({ kind: 'none' });
  },
};
