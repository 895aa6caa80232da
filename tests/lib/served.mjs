// One app of tests/apps in a server of its own, deployed by coho as its author would, and a client for it.
import { startRedd, request } from './redd.mjs';
import { makeApp } from './app.mjs';

// `name`: the folder under tests/apps; `args`: more for redd serve; `env` and `secrets`: what coho set-env gives the space,
// the latter with --encrypted; `packages` as for makeApp.
// → {server, app, key, get/post/put/patch/del(path, …), stop()}. Bodies: URLSearchParams go as a form, text and bytes as they are, the rest as
// JSON. `key: true` among the options sends the space's API token.
export async function serveApp(name, { args = [], env = {}, secrets = {}, packages } = {}) {
  const server = await startRedd({ args });
  try {
    const app = await makeApp(server, { from: `tests/apps/${name}`, packages });
    for (const [variable, value] of Object.entries(env)) await app.good('set-env', variable, value);
    for (const [variable, value] of Object.entries(secrets)) await app.good('set-env', '--encrypted', variable, value);
    await app.deploy();
    const { key } = await server.api('POST', `${app.space}/tokens`, { access: 'READWRITE' });
    const send = clientOf(app.url, key);
    return {
      server, app, key, send,
      get: (path, options) => send('GET', path, undefined, options),
      post: (path, body, options) => send('POST', path, body, options),
      put: (path, body, options) => send('PUT', path, body, options),
      patch: (path, body, options) => send('PATCH', path, body, options),
      del: (path, options) => send('DELETE', path, undefined, options),
      log: async () => (await app.good('log', '--tail', '200')).stdout,
      stop: async () => { await server.stop(); await app.remove(); },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

const clientOf = (url, token) => (method, path, body, { headers = {}, key } = {}) => {
  const [content, type] = encoded(body);
  const length = content === undefined ? {} : { 'content-length': Buffer.byteLength(content) };
  const sent = { ...(type ? { 'content-type': type } : {}), ...length, ...(key ? { 'x-apikey': key === true ? token : key } : {}), ...headers };
  return request(url + path, { method, headers: sent, body: content });
};

function encoded(body) {
  if (body === undefined) return [undefined, undefined];
  if (body instanceof URLSearchParams) return [body.toString(), 'application/x-www-form-urlencoded'];
  if (typeof body === 'string' || body instanceof Uint8Array) return [body, undefined];
  return [JSON.stringify(body), 'application/json'];
}
