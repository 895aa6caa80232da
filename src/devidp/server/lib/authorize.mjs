// /authorize and the sign-in form behind it: from an application's wish to an authorization code.

import { randomBytes } from 'node:crypto';
import { html, page, webMessagePage } from './html.mjs';
import { HttpError, redirect } from './http.mjs';
import { Limits } from './limits.mjs';
import { parseLoopbackUrl } from './loopback.mjs';
import { loginPage } from './pages.mjs';
import { openSession, sessionOf } from './sessions.mjs';
import { withoutProtocolClaims } from './tokens.mjs';
import { userById } from './users.mjs';

const kResponseModes = ['query', 'fragment', 'web_message'];
const kChallenge = /^[A-Za-z0-9_-]{43}$/;

/** What the application asked for. Throws HttpError when the answer could not safely be sent back to it. */
function readWish(parameters) {
  const get = (name) => parameters.get(name) ?? '';
  const redirectUrl = parseLoopbackUrl(get('redirect_uri'));
  if (!redirectUrl || redirectUrl.hash) {
    throw new HttpError(
      400,
      `redirect_uri must be an http or https URL on this machine (localhost, 127.0.0.1, [::1]), not "${get('redirect_uri').slice(0, 200)}".`,
    );
  }
  if (!get('client_id')) throw new HttpError(400, 'client_id is missing. Any text will do: every client is known here.');
  const responseMode = get('response_mode') || 'query';
  return {
    clientId: get('client_id'),
    redirectUri: get('redirect_uri'),
    redirectUrl,
    responseType: get('response_type'),
    responseMode: kResponseModes.includes(responseMode) ? responseMode : 'query',
    responseModeAsked: responseMode,
    state: get('state'),
    nonce: get('nonce'),
    audience: get('audience'),
    scope: normalScope(get('scope')),
    prompt: get('prompt').split(' ').filter(Boolean),
    maxAgeS: /^\d{1,9}$/.test(get('max_age')) ? Number(get('max_age')) : null,
    challenge: get('code_challenge'),
    challengeMethod: get('code_challenge_method'),
    loginHint: get('login_hint'),
  };
}

const normalScope = (scope) => [...new Set(scope.split(/\s+/).filter(Boolean))].join(' ') || 'openid profile email';

function faultOf(wish) {
  const invalid = (text) => ({ error: 'invalid_request', error_description: text });
  if (wish.responseType !== 'code') {
    return { error: 'unsupported_response_type', error_description: 'Only response_type=code is offered here.' };
  }
  if (!kResponseModes.includes(wish.responseModeAsked)) return invalid(`response_mode must be one of ${kResponseModes.join(', ')}.`);
  if (!wish.challenge) return invalid('code_challenge is missing: PKCE is required.');
  if (wish.challengeMethod !== 'S256') return invalid('code_challenge_method must be S256.');
  if (!kChallenge.test(wish.challenge)) return invalid('code_challenge is not a base64url SHA-256 digest.');
  if (wish.prompt.includes('none') && wish.prompt.length > 1) return invalid('prompt=none stands alone.');
  return null;
}

/** Sends `response` back to the application in the way it asked for. */
function respond(wish, response, headers = {}) {
  const full = wish.state ? { ...response, state: wish.state } : response;
  if (wish.responseMode === 'web_message') {
    const made = webMessagePage(wish.redirectUrl.origin, full);
    return { ...made, headers: { ...made.headers, ...headers } };
  }
  const target = new URL(wish.redirectUrl);
  if (wish.responseMode === 'fragment') target.hash = new URLSearchParams(full).toString();
  else for (const [name, value] of Object.entries(full)) target.searchParams.set(name, value);
  return redirect(target, headers);
}

function respondWithCode(state, call, wish, session, headers) {
  const code = randomBytes(24).toString('base64url');
  state.codes.set(code, {
    expiresAt: Date.now() + Limits.codeLifetimeS * 1000,
    challenge: wish.challenge,
    redirectUri: wish.redirectUri,
    grant: {
      clientId: wish.clientId,
      audience: wish.audience,
      scope: wish.scope,
      nonce: wish.nonce,
      userId: session.userId,
      claims: session.claims,
      authTimeS: session.authTimeS,
      sid: session.sid,
    },
  });
  return respond(wish, { code }, headers);
}

function mayReuse(wish, session) {
  if (!session || wish.prompt.includes('login') || wish.prompt.includes('select_account')) return false;
  return wish.maxAgeS === null || Date.now() / 1000 - session.authTimeS <= wish.maxAgeS;
}

export function authorize({ state }, call) {
  const wish = readWish(call.query);
  const fault = faultOf(wish);
  if (fault) return respond(wish, fault);
  const session = sessionOf(state, call);
  if (mayReuse(wish, session)) return respondWithCode(state, call, wish, session);
  if (wish.prompt.includes('none') || wish.responseMode === 'web_message') {
    return respond(wish, { error: 'login_required', error_description: 'Login required' });
  }
  return showLogin(call.query, wish);
}

function showLogin(parameters, wish, problem = null, claimsText = '') {
  return page({
    title: 'Sign in',
    status: problem ? 400 : 200,
    body: loginPage({ parameters, wish, problem, claimsText }),
    formAction: formActionFor(wish.redirectUrl),
  });
}

// Chromium applies form-action to the redirect that answers a form as well; policies cannot spell IPv6 addresses.
function formActionFor(url) {
  return `'self' ${url.hostname.startsWith('[') ? url.protocol : url.origin}`;
}

/** The sign-in form comes back: authorization parameters in the query, `user` and `claims` in the body. */
export async function login({ state }, call) {
  if (call.headers.origin && call.headers.origin !== call.origin) {
    throw new HttpError(403, 'The sign-in form takes no posts from other origins.', 'access_denied');
  }
  const wish = readWish(call.query);
  const fault = faultOf(wish);
  if (fault) return respond(wish, fault);
  const fields = await call.fields();
  if (fields.action === 'cancel') {
    return respond(wish, { error: 'access_denied', error_description: 'The person cancelled the sign-in.' });
  }
  const claimsText = String(fields.claims ?? '');
  const { claims, problem } = readClaims(claimsText);
  const user = userById(fields.user);
  if (problem || !user) return showLogin(call.query, wish, problem ?? 'Choose one of the three people.', claimsText);
  const { session, setCookie } = openSession(state, call, user, claims);
  return respondWithCode(state, call, wish, session, { 'set-cookie': setCookie });
}

function readClaims(text) {
  if (!text.trim()) return { claims: {} };
  if (text.length > Limits.claimsBytesMax) return { problem: `The claims are longer than ${Limits.claimsBytesMax} characters.` };
  try {
    const claims = JSON.parse(text);
    if (claims && typeof claims === 'object' && !Array.isArray(claims)) return { claims: withoutProtocolClaims(claims) };
    return { problem: 'The claims must be one JSON object, such as {"roles": ["editor"]}.' };
  } catch (error) {
    return { problem: `The claims are not JSON: ${error.message}` };
  }
}

/** /v2/logout (returnTo) and /oidc/logout (post_logout_redirect_uri, state): ends the session, then leads home. */
export function signedOutAnswer(call, parameterName, clearCookie) {
  const target = call.query.get(parameterName);
  const headers = { 'set-cookie': clearCookie };
  if (target) {
    const url = parseLoopbackUrl(target);
    if (!url) throw new HttpError(400, `${parameterName} must be an http or https URL on this machine, not "${target.slice(0, 200)}".`);
    if (parameterName === 'post_logout_redirect_uri' && call.query.get('state')) {
      url.searchParams.set('state', call.query.get('state'));
    }
    return redirect(url, headers);
  }
  const made = page({
    title: 'Signed out',
    body: html`<main class="card narrow"><h1>You are signed out</h1><p><a href="/">Back to the provider</a></p></main>`,
  });
  return { ...made, headers: { ...made.headers, ...headers } };
}
