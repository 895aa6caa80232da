// Every bound of the provider, units last.

export const Limits = Object.freeze({
  bodyBytesMax: 64 * 1024,
  headerBytesMax: 16 * 1024,
  claimsBytesMax: 16 * 1024,
  requestTimeoutMs: 10_000,
  codesMax: 1000,
  sessionsMax: 1000,
  refreshTokensMax: 1000,
  recentTokensMax: 20,
  codeLifetimeS: 120,
  sessionLifetimeS: 3 * 24 * 3600,
  refreshLifetimeS: 30 * 24 * 3600,
  accessTokenLifetimeS: 24 * 3600,
  idTokenLifetimeS: 10 * 3600,
});

/** A Map that forgets its oldest entry when it would hold more than `max`. */
export class BoundedMap extends Map {
  #max;

  constructor(max, entries = []) {
    super();
    this.#max = max;
    for (const [key, value] of entries) this.set(key, value);
  }

  set(key, value) {
    if (!this.has(key) && this.size >= this.#max) this.delete(this.keys().next().value);
    return super.set(key, value);
  }
}
