// Makes and checks tokens. The flows use issueTokens(); devToken() is the only door to tokens that are wrong on purpose.

import { createHmac, randomUUID, sign } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { Limits } from './limits.mjs';
import { parseLoopbackUrl } from './loopback.mjs';
import { claimsForScope, userBySub } from './users.mjs';

export const kAccessTokenType = 'at+jwt';

// Free claims may say anything about the person, nothing about the protocol.
const kProtocolClaims = ['sub', 'iss', 'aud', 'exp', 'iat', 'nbf', 'jti', 'nonce', 'azp', 'scope', 'sid', 'auth_time'];

export function withoutProtocolClaims(claims) {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !kProtocolClaims.includes(name)));
}

const nowS = () => Math.floor(Date.now() / 1000);
const hasScope = (scope, wanted) => scope.split(' ').includes(wanted);

function audienceOf(issuer, audience, scope) {
  const userinfo = `${issuer}userinfo`;
  if (!audience) return userinfo;
  return hasScope(scope, 'openid') ? [audience, userinfo] : audience;
}

function accessClaims({ issuer, clientId, audience, scope, user, claims, lifetimeS }) {
  const issuedAt = nowS();
  return {
    sub: user.sub,
    ...claims,
    iss: issuer,
    aud: audienceOf(issuer, audience, scope),
    iat: issuedAt,
    exp: issuedAt + lifetimeS,
    scope,
    azp: clientId,
    jti: randomUUID(),
  };
}

function signJwt(key, typ, claims) {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ, kid: key.kid }).sign(key.privateKey);
}

/** The answer of the token endpoint for `grant` {issuer, clientId, audience, scope, user, claims, nonce?, authTimeS, sid, lifetimeS}. */
export async function issueTokens(key, state, grant) {
  const { issuer, clientId, scope, user, nonce, authTimeS, sid } = grant;
  const access = accessClaims(grant);
  const answer = {
    access_token: await signJwt(key, kAccessTokenType, access),
    scope,
    expires_in: grant.lifetimeS,
    token_type: 'Bearer',
  };
  remember(state, 'access token', answer.access_token, access);
  if (hasScope(scope, 'openid')) {
    const id = {
      ...claimsForScope(user, scope),
      sub: user.sub,
      ...grant.claims,
      iss: issuer,
      aud: clientId,
      iat: access.iat,
      exp: access.iat + Limits.idTokenLifetimeS,
      auth_time: authTimeS,
      sid,
      ...(nonce ? { nonce } : {}),
    };
    answer.id_token = await signJwt(key, 'JWT', id);
    remember(state, 'id token', answer.id_token, id);
  }
  return answer;
}

/**
 * An access token as a test wants it: `claims` overrides anything (null removes a claim), `expiresIn` may be negative,
 * `kid` names a key that is not there, `signature: "wrong"` breaks the signature, `alg` may be none or HS256 (keyed
 * with the public key's PEM text).
 */
export async function devToken(key, state, wish) {
  const claims = accessClaims({
    issuer: wish.issuer,
    clientId: wish.clientId,
    audience: wish.audience,
    scope: wish.scope,
    user: wish.user,
    claims: {},
    lifetimeS: wish.expiresIn,
  });
  for (const [name, value] of Object.entries(wish.claims)) {
    if (value === null) delete claims[name];
    else claims[name] = value;
  }
  const header = { alg: wish.alg, typ: kAccessTokenType, kid: wish.kid ?? key.kid };
  const input = `${encode(header)}.${encode(claims)}`;
  let signature = signatureBytes(key, wish.alg, input);
  if (wish.signature === 'wrong' && signature.length) signature = signatureBytes(key, wish.alg, `${input} `);
  const token = `${input}.${signature.toString('base64url')}`;
  remember(state, describeWish(wish), token, claims);
  return { token, claims, kid: header.kid };
}

function signatureBytes(key, alg, input) {
  switch (alg) {
    case 'RS256':
      return sign('sha256', Buffer.from(input), key.privateKey);
    case 'HS256':
      return createHmac('sha256', key.publicPem).update(input).digest();
    default:
      return Buffer.alloc(0);
  }
}

function describeWish(wish) {
  const faults = [
    wish.alg !== 'RS256' && `alg ${wish.alg}`,
    wish.kid && 'unknown key',
    wish.signature === 'wrong' && 'wrong signature',
    wish.expiresIn <= 0 && 'expired',
  ].filter(Boolean);
  return faults.length ? `made to be refused: ${faults.join(', ')}` : 'access token, made by hand';
}

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function remember(state, kind, token, claims) {
  state.remember({ kind, token, claims, at: new Date().toISOString() });
}

/**
 * The claims of an access token signed here, whatever its audience and whichever of our two origins made it.
 * Throws an Error whose message says which check failed.
 */
export async function verifyAccessToken(key, token) {
  const keyOfHeader = ({ kid }) => {
    if (kid !== key.kid) throw new Error('signed with a key that is not in the key set (rotated away?)');
    return key.publicKey;
  };
  const { payload } = await jwtVerify(token, keyOfHeader, {
    algorithms: ['RS256'],
    typ: kAccessTokenType,
    requiredClaims: ['iss', 'sub', 'exp'],
  });
  if (!parseLoopbackUrl(payload.iss)) throw new Error('"iss" is no origin of this provider');
  return payload;
}

/** What /userinfo says to the bearer of `claims`: the person as far as the scopes reach, and the free claims. */
export function userInfo(claims) {
  const scope = typeof claims.scope === 'string' ? claims.scope : '';
  return { sub: claims.sub, ...claimsForScope(userBySub(claims.sub), scope), ...withoutProtocolClaims(claims) };
}
