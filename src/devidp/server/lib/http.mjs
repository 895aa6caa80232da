// The HTTP floor under the endpoints: who may ask, what a request is, how an answer leaves.
//
// A handler takes a Call and returns an answer {status, headers?, body?}; it throws HttpError to refuse.

import { STATUS_CODES } from 'node:http';
import { Limits } from './limits.mjs';
import { originOfHost, parseLoopbackUrl } from './loopback.mjs';

export class HttpError extends Error {
  constructor(status, message, code = 'invalid_request') {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** One request, taken apart. `origin` is the scheme and host it was sent to, `issuer` the same with a slash. */
export class Call {
  #request;

  constructor(request, origin) {
    this.#request = request;
    this.method = request.method;
    this.headers = request.headers;
    this.origin = origin;
    this.issuer = `${origin}/`;
    this.url = new URL(request.url, origin);
    this.query = this.url.searchParams;
  }

  get wantsHtml() {
    return (this.headers.accept ?? '').includes('text/html');
  }

  cookie(name) {
    for (const pair of (this.headers.cookie ?? '').split(';')) {
      const at = pair.indexOf('=');
      if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
    }
    return null;
  }

  async text() {
    const chunks = [];
    let size = 0;
    for await (const chunk of this.#request) {
      size += chunk.length;
      if (size > Limits.bodyBytesMax) throw new HttpError(413, `The body is larger than ${Limits.bodyBytesMax} bytes.`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  /** The fields of a form or JSON body as a plain object without prototype. */
  async fields() {
    const text = await this.text();
    const type = (this.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
    if (type === 'application/json') return Object.assign(Object.create(null), parseJsonObject(text));
    return Object.assign(Object.create(null), Object.fromEntries(new URLSearchParams(text)));
  }

  /** The JSON object in the body, whatever its Content-Type says (curl -d sends a form's). */
  async json() {
    const text = await this.text();
    return parseJsonObject(text.trim() || '{}');
  }
}

export function parseJsonObject(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new HttpError(400, `The body is not JSON: ${error.message}`);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new HttpError(400, 'The body must be a JSON object.');
  }
  return value;
}

export const json = (value, status = 200, headers = {}) => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(value),
});

export const redirect = (location, headers = {}) => ({
  status: 302,
  headers: { location: String(location), 'cache-control': 'no-store', ...headers },
});

const kSecurityHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
};

function corsHeaders(request) {
  const origin = parseLoopbackUrl(request.headers.origin);
  if (!origin) return { vary: 'Origin' };
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin.origin,
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'authorization, content-type, auth0-client, dpop',
    'access-control-expose-headers': 'www-authenticate',
    'access-control-max-age': '600',
  };
}

/**
 * The listener of one server. `routes` maps a path to {GET?, POST?, cors?}; HEAD is answered as GET.
 * Requests to a Host that is no name of this machine get 421, so a rebound DNS name reaches nothing.
 */
export function makeListener(scheme, routes, errorPage) {
  return async (request, response) => {
    let answer;
    let cors = {};
    const origin = originOfHost(scheme, request.headers.host);
    if (!origin) {
      answer = text(421, `This provider answers to loopback names only, not to Host "${printable(request.headers.host)}".\n`);
    } else {
      try {
        const call = new Call(request, origin);
        const route = routes.get(call.url.pathname);
        if (route?.cors) cors = corsHeaders(request);
        answer = await dispatch(call, route);
      } catch (error) {
        answer = refusal(error, request, errorPage);
      }
    }
    send(request, response, answer, cors);
  };
}

async function dispatch(call, route) {
  if (!route) throw new HttpError(404, `There is nothing at ${call.url.pathname}.`, 'not_found');
  const method = call.method === 'HEAD' ? 'GET' : call.method;
  if (method === 'OPTIONS' && route.cors) return { status: 204 };
  if (!['GET', 'POST'].includes(method) || !route[method]) {
    throw new HttpError(405, `${call.url.pathname} does not take ${call.method}.`, 'method_not_allowed');
  }
  return route[method](call);
}

function refusal(error, request, errorPage) {
  const known = error instanceof HttpError;
  if (!known) console.error(error);
  const status = known ? error.status : 500;
  const message = known ? error.message : 'The provider failed; its log says how.';
  const code = known ? error.code : 'server_error';
  if ((request.headers.accept ?? '').includes('text/html')) return errorPage(status, code, message);
  return json({ error: code, error_description: message }, status);
}

function send(request, response, answer, cors) {
  if (response.destroyed) return;
  const headers = { ...kSecurityHeaders, ...cors, ...answer.headers };
  if (answer.body !== undefined) headers['content-length'] = Buffer.byteLength(answer.body);
  if (answer.status === 413) headers.connection = 'close';
  response.writeHead(answer.status, STATUS_CODES[answer.status], headers);
  response.end(answer.body);
}

export const text = (status, body) => ({ status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body });

const printable = (value) => String(value ?? '').replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
