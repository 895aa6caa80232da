// The one RS256 signing key. Rotation replaces it: the old key leaves the published set at once, and with it
// every token it signed.

import { createPrivateKey, createPublicKey } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';

export class SigningKey {
  #state;

  static async open(state) {
    const key = new SigningKey(state);
    if (state.signingKey) key.#adopt();
    else await key.rotate();
    return key;
  }

  constructor(state) {
    this.#state = state;
  }

  async rotate() {
    const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
    const jwk = await exportJWK(privateKey);
    this.#state.signingKey = { kid: await calculateJwkThumbprint(jwk), createdAt: new Date().toISOString(), jwk };
    this.#state.save();
    this.#adopt();
  }

  #adopt() {
    const { kid, createdAt, jwk } = this.#state.signingKey;
    this.kid = kid;
    this.createdAt = createdAt;
    this.privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
    this.publicKey = createPublicKey(this.privateKey);
    this.publicPem = this.publicKey.export({ type: 'spki', format: 'pem' });
    const { kty, n, e } = jwk;
    this.jwks = { keys: [{ kty, use: 'sig', alg: 'RS256', kid, n, e }] };
  }
}
