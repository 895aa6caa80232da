// What outlives a restart: the signing key, sign-in sessions and refresh tokens. One small JSON file, mode 0600.
// Authorization codes and the list of recent tokens live in memory only.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from './files.mjs';
import { BoundedMap, Limits } from './limits.mjs';

const kFormat = 1;

export class State {
  #file;

  constructor(dir) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    this.#file = join(dir, 'state.json');
    const saved = existsSync(this.#file) ? parseState(this.#file) : {};
    this.signingKey = saved.signingKey ?? null;
    this.sessions = new BoundedMap(Limits.sessionsMax, saved.sessions);
    this.refreshTokens = new BoundedMap(Limits.refreshTokensMax, saved.refreshTokens);
    this.codes = new BoundedMap(Limits.codesMax);
    this.recentTokens = [];
  }

  save() {
    const { signingKey, sessions, refreshTokens } = this;
    const text = JSON.stringify({
      format: kFormat,
      signingKey,
      sessions: [...sessions],
      refreshTokens: [...refreshTokens],
    });
    writePrivateFile(this.#file, text);
  }

  remember(entry) {
    this.recentTokens.unshift(entry);
    this.recentTokens.length = Math.min(this.recentTokens.length, Limits.recentTokensMax);
  }
}

function parseState(file) {
  let saved;
  try {
    saved = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} is not readable as state of the identity provider (${error.message}); remove it to start anew.`);
  }
  if (saved.format !== kFormat) {
    throw new Error(`${file} has format ${saved.format}, this program knows ${kFormat}; remove it to start anew.`);
  }
  return saved;
}
