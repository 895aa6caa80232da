// The provider: its state, its key and the table of its routes.

import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { authorize, login, signedOutAnswer } from './authorize.mjs';
import { openCertificates } from './certificates.mjs';
import { errorPage, makeToken, rotate, start } from './dev.mjs';
import { json, makeListener } from './http.mjs';
import { SigningKey } from './keys.mjs';
import { Limits } from './limits.mjs';
import { closeSession } from './sessions.mjs';
import { State } from './state.mjs';
import { token } from './token_endpoint.mjs';
import { userInfo, verifyAccessToken } from './tokens.mjs';

function makeRoutes(provider) {
  const { key, state, answered } = provider;
  const counted = (name, handler) => (call) => {
    answered[name] += 1;
    return handler(call);
  };
  const askUserinfo = (call) => userinfo(key, call);
  const logout = (parameterName) => (call) => signedOutAnswer(call, parameterName, closeSession(state, call));
  return new Map([
    ['/', { GET: (call) => start(provider, call) }],
    ['/authorize', { GET: (call) => authorize(provider, call) }],
    ['/login', { POST: (call) => login(provider, call) }],
    ['/oauth/token', { POST: (call) => token(provider, call), cors: true }],
    ['/userinfo', { GET: counted('userinfo', askUserinfo), POST: counted('userinfo', askUserinfo), cors: true }],
    ['/v2/logout', { GET: logout('returnTo') }],
    ['/oidc/logout', { GET: logout('post_logout_redirect_uri') }],
    ['/.well-known/jwks.json', { GET: counted('jwks', () => json(key.jwks)), cors: true }],
    ['/.well-known/openid-configuration', { GET: (call) => json(discovery(call.issuer)), cors: true }],
    ['/dev/stats', { GET: () => json(answered), cors: true }],
    ['/dev/rotate', { POST: (call) => rotate(provider, call), cors: true }],
    ['/dev/token', { POST: (call) => makeToken(provider, call), cors: true }],
  ]);
}

async function userinfo(key, call) {
  const [, bearer] = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(call.headers.authorization ?? '') ?? [];
  if (!bearer) {
    return json({ error: 'invalid_request', error_description: 'A Bearer token is missing.' }, 401, { 'www-authenticate': 'Bearer' });
  }
  let claims;
  try {
    claims = await verifyAccessToken(key, bearer);
  } catch (error) {
    const reason = String(error.message).replace(/[^\x20-\x7e]|["\\]/g, "'");
    return json({ error: 'invalid_token', error_description: reason }, 401, {
      'www-authenticate': `Bearer error="invalid_token", error_description="${reason}"`,
    });
  }
  return json(userInfo(claims));
}

function discovery(issuer) {
  return {
    issuer,
    authorization_endpoint: `${issuer}authorize`,
    token_endpoint: `${issuer}oauth/token`,
    userinfo_endpoint: `${issuer}userinfo`,
    jwks_uri: `${issuer}.well-known/jwks.json`,
    end_session_endpoint: `${issuer}oidc/logout`,
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment', 'web_message'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'nonce', 'nickname', 'name', 'picture', 'email', 'email_verified', 'updated_at'],
    prompt_values_supported: ['none', 'login'],
  };
}

function listen(server, host, port) {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const reason = error.code === 'EADDRINUSE' ? 'the port is in use' : error.message;
      reject(new Error(`cannot listen on ${host}:${port}: ${reason}.`));
    });
    server.listen(port, host, () => resolve(server.address().port));
  });
}

/** Starts both servers; `close()` of the answer ends them. `host` must be of this machine: main.mjs sees to it. */
export async function startProvider({ host, httpPort, httpsPort, stateDir, accessTokenLifetimeS }) {
  const state = new State(stateDir);
  const provider = { state, key: await SigningKey.open(state), accessTokenLifetimeS, answered: { userinfo: 0, jwks: 0 } };
  const certificates = openCertificates(stateDir);
  const routes = makeRoutes(provider);
  const options = {
    maxHeaderSize: Limits.headerBytesMax,
    requestTimeout: Limits.requestTimeoutMs,
    headersTimeout: Limits.requestTimeoutMs,
  };
  const http = createHttpServer(options, makeListener('http', routes, errorPage));
  const https = createHttpsServer(
    { ...options, key: certificates.key, cert: certificates.cert, minVersion: 'TLSv1.2' },
    makeListener('https', routes, errorPage),
  );
  const close = () => {
    for (const server of [http, https]) {
      server.close();
      server.closeAllConnections();
    }
  };
  try {
    const ports = [await listen(http, host, httpPort), await listen(https, host, httpsPort)];
    return { httpPort: ports[0], httpsPort: ports[1], caFile: certificates.caFile, close };
  } catch (error) {
    close();
    throw error;
  }
}
