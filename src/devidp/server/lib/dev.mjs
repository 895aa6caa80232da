// What a real provider does not have: a page that shows what happened, key rotation, tokens on request.

import { html, page } from './html.mjs';
import { HttpError, json, redirect, text } from './http.mjs';
import { parseLoopbackUrl } from './loopback.mjs';
import { startPage } from './pages.mjs';
import { devToken } from './tokens.mjs';
import { Limits } from './limits.mjs';
import { kUsers, userById } from './users.mjs';

export function start({ key, state }, call) {
  return page({ title: 'Development identity provider', body: startPage({ key, state, origin: call.origin }) });
}

// A web page from elsewhere can post here without reading the answer; it has no business rotating keys.
function refuseForeignOrigin(call) {
  const { origin } = call.headers;
  if (origin && !parseLoopbackUrl(origin)) throw new HttpError(403, 'Only pages of this machine may ask for this.', 'access_denied');
}

export async function rotate({ key }, call) {
  refuseForeignOrigin(call);
  const retired = key.kid;
  await key.rotate();
  return call.wantsHtml ? { ...redirect('/'), status: 303 } : json({ kid: key.kid, retired });
}

const kTokenFields = ['user', 'clientId', 'audience', 'scope', 'claims', 'expiresIn', 'kid', 'alg', 'signature'];
const kAlgorithms = ['RS256', 'none', 'HS256'];

/** POST /dev/token: see devToken() in tokens.mjs; `Accept: text/plain` answers the bare token, for shells. */
export async function makeToken({ key, state }, call) {
  refuseForeignOrigin(call);
  const fields = await call.json();
  const wish = {
    issuer: call.issuer,
    clientId: optionalText(fields, 'clientId') ?? 'dev-token',
    user: userById(optionalText(fields, 'user') ?? 'alice'),
    audience: optionalText(fields, 'audience') ?? '',
    scope: optionalText(fields, 'scope') ?? 'openid profile email',
    claims: fields.claims ?? {},
    expiresIn: fields.expiresIn ?? Limits.accessTokenLifetimeS,
    kid: optionalText(fields, 'kid'),
    alg: optionalText(fields, 'alg') ?? 'RS256',
    signature: optionalText(fields, 'signature'),
  };
  const refuse = (message) => {
    throw new HttpError(400, message);
  };
  const unknown = Object.keys(fields).find((name) => !kTokenFields.includes(name));
  if (unknown) refuse(`"${unknown.slice(0, 100)}" is no field of a token request.`);
  if (!wish.user) refuse(`user must be one of ${kUsers.map((user) => user.id).join(', ')}.`);
  if (!Number.isSafeInteger(wish.expiresIn)) refuse('expiresIn must be a whole number of seconds; negative: already expired.');
  if (!isPlainObject(wish.claims)) refuse('claims must be an object.');
  if (!kAlgorithms.includes(wish.alg)) refuse(`alg must be one of ${kAlgorithms.join(', ')}.`);
  if (wish.signature !== undefined && wish.signature !== 'wrong') refuse('signature may only be "wrong".');
  const { token, claims, kid } = await devToken(key, state, wish);
  if ((call.headers.accept ?? '').startsWith('text/plain')) return text(200, token);
  return json({ access_token: token, token_type: 'Bearer', expires_in: wish.expiresIn, kid, claims });
}

function optionalText(fields, name) {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new HttpError(400, `${name} must be text.`);
  return value;
}

const isPlainObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

export function errorPage(status, code, message) {
  return page({
    title: 'Refused',
    status,
    body: html`<main class="card narrow"><p class="eyebrow">Development identity provider</p><h1>This was refused</h1>
<p>${message}</p><p class="quiet">${status} <code>${code}</code></p><p><a href="/">Back to the provider</a></p></main>`,
  });
}
