// The single-sign-on session: one cookie for this provider's port, one entry in the state.

import { randomBytes } from 'node:crypto';
import { Limits } from './limits.mjs';

// Cookies of one host name reach all its ports, so the name carries ours.
const cookieName = (call) => `devidp_${call.url.port || call.url.protocol.slice(0, -1)}`;

// Under https the cookie must also travel in a frame of an http application (another site to the browser).
function cookieText(call, value, maxAgeS) {
  const place = call.url.protocol === 'https:' ? 'SameSite=None; Secure' : 'SameSite=Lax';
  return `${cookieName(call)}=${value}; Path=/; HttpOnly; ${place}; Max-Age=${maxAgeS}`;
}

export function sessionOf(state, call) {
  const id = call.cookie(cookieName(call));
  const session = id ? state.sessions.get(id) : null;
  return session && session.expiresAt > Date.now() ? session : null;
}

export function openSession(state, call, user, claims) {
  const id = randomBytes(24).toString('base64url');
  const session = {
    sid: randomBytes(12).toString('base64url'),
    userId: user.id,
    claims,
    authTimeS: Math.floor(Date.now() / 1000),
    expiresAt: Date.now() + Limits.sessionLifetimeS * 1000,
  };
  const old = call.cookie(cookieName(call));
  if (old) state.sessions.delete(old);
  state.sessions.set(id, session);
  state.save();
  return { session, setCookie: cookieText(call, id, Limits.sessionLifetimeS) };
}

/** Ends the session of `call`; returns the Set-Cookie text that makes the browser forget it. */
export function closeSession(state, call) {
  const id = call.cookie(cookieName(call));
  if (id && state.sessions.delete(id)) state.save();
  return cookieText(call, '', 0);
}
