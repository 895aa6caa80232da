// /oauth/token: codes and refresh tokens become tokens.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { HttpError, json } from './http.mjs';
import { Limits } from './limits.mjs';
import { issueTokens } from './tokens.mjs';
import { userById } from './users.mjs';

const invalidGrant = (text) => new HttpError(403, text, 'invalid_grant');

export async function token(provider, call) {
  const fields = await call.fields();
  switch (fields.grant_type) {
    case 'authorization_code':
      return fromCode(provider, call, fields);
    case 'refresh_token':
      return fromRefreshToken(provider, call, fields);
    default:
      throw new HttpError(400, 'grant_type must be authorization_code or refresh_token.', 'unsupported_grant_type');
  }
}

async function fromCode(provider, call, fields) {
  const { codes } = provider.state;
  const entry = codes.get(fields.code);
  codes.delete(fields.code);
  if (!entry || entry.expiresAt < Date.now()) throw invalidGrant('Unknown, used or expired authorization code.');
  if (entry.grant.clientId !== fields.client_id) throw invalidGrant('The code was issued to another client_id.');
  if (entry.redirectUri !== fields.redirect_uri) throw invalidGrant('redirect_uri is not the one of the authorization request.');
  if (!matchesChallenge(fields.code_verifier, entry.challenge)) throw invalidGrant('code_verifier does not match code_challenge.');
  return answerGrant(provider, call, entry.grant, randomBytes(12).toString('base64url'));
}

function matchesChallenge(verifier, challenge) {
  if (typeof verifier !== 'string' || !/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) return false;
  const digest = createHash('sha256').update(verifier).digest('base64url');
  return timingSafeEqual(Buffer.from(digest), Buffer.from(challenge));
}

/** A refresh token works once. Seen again, it was stolen or replayed: its whole family ends. */
async function fromRefreshToken(provider, call, fields) {
  const { state } = provider;
  const tokens = state.refreshTokens;
  const entry = tokens.get(fields.refresh_token);
  if (!entry || entry.expiresAt < Date.now()) throw invalidGrant('Unknown or invalid refresh token.');
  if (entry.grant.clientId !== fields.client_id) throw invalidGrant('The refresh token was issued to another client_id.');
  if (entry.used) {
    for (const [id, other] of tokens) if (other.family === entry.family) tokens.delete(id);
    state.save();
    throw invalidGrant('Unknown or invalid refresh token: it was used before.');
  }
  entry.used = true;
  const scope = narrowScope(entry.grant.scope, fields.scope);
  return answerGrant(provider, call, entry.grant, entry.family, scope);
}

function narrowScope(granted, asked) {
  if (typeof asked !== 'string' || !asked.trim()) return granted;
  const wanted = asked.split(/\s+/);
  return granted.split(' ').filter((scope) => wanted.includes(scope)).join(' ') || granted;
}

async function answerGrant({ key, state, accessTokenLifetimeS }, call, grant, family, scope = grant.scope) {
  const user = userById(grant.userId);
  const answer = await issueTokens(key, state, { ...grant, user, scope, issuer: call.issuer, lifetimeS: accessTokenLifetimeS });
  if (grant.scope.split(' ').includes('offline_access')) {
    answer.refresh_token = randomBytes(32).toString('base64url');
    const { nonce, ...kept } = grant;
    const expiresAt = Date.now() + Limits.refreshLifetimeS * 1000;
    state.refreshTokens.set(answer.refresh_token, { family, expiresAt, used: false, grant: kept });
    state.save();
  }
  return json(answer, 200, { pragma: 'no-cache' });
}
