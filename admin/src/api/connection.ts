// Is the server within reach? A failed request says no; then its health is asked for until it answers, and everything is read again.
import { makeStore } from './store';

const kFirstTryMs = 500;
const kTryMs = 2000;

const reachable = makeStore(true);
let waiting: ReturnType<typeof setTimeout> | undefined;
let healed: () => void = () => {};

async function tryAgain(): Promise<void> {
  try {
    const answer = await fetch('/_/health', { cache: 'no-store', credentials: 'omit' });
    if (answer.ok) return connection.works();
  } catch {
    // still away
  }
  if (!reachable.get()) waiting = setTimeout(tryAgain, kTryMs);
}

export const connection = {
  store: reachable,
  whenHealed(then: () => void) {
    healed = then;
  },
  lost() {
    reachable.set(false);
    waiting ??= setTimeout(tryAgain, kFirstTryMs);
  },
  // When the server is within reach: at once, or when it is back.
  reached(): Promise<void> {
    return new Promise((done) => {
      if (reachable.get()) return done();
      const stop = reachable.watch(() => {
        stop();
        done();
      });
    });
  },
  works() {
    if (reachable.get()) return;
    clearTimeout(waiting);
    waiting = undefined;
    reachable.set(true);
    healed();
  },
};
