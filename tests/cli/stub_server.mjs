// A stand-in for redd's control API: the answers of src/control/API.md, from memory, with a record of what was asked. It verifies nothing and
// stores little; what it cannot know (does the code load?) the test says with `refuseDeploy`.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { readTar } from '../lib/tar.mjs';

export async function startStub({ token = 'stub-token' } = {}) {
  const projects = new Map();  // uniqueName → Map of space name → space
  const asked = [];
  const streams = new Set();
  const state = { refuseDeploy: null, lines: [], raw: null };

  const spaceJson = (project, space, host) => ({
    id: `${project}/${space.name}`, project, name: space.name,
    endpoint: `http://${project}.api.localhost:${host.split(':')[1]}/${space.name}`, endpoints: [`http://${project}.api.localhost:${host.split(':')[1]}/${space.name}`],
    jwks: space.jwks, env: space.env, tokens: space.tokens, allowedHosts: [], corsOrigins: [], deployment: space.deployment,
  });
  const error = (status, code, text) => ({ status, json: { error: text, code } });

  const rows = [
    ['GET', /^\/me$/, () => ({ json: { id: 'u1', name: 'owner', email: '', role: 'owner' } })],
    ['GET', /^\/projects$/, () => ({ json: { projects: [...projects].map(([uniqueName, spaces]) => ({ name: uniqueName.split('-')[0], uniqueName, spaces: [...spaces.keys()] })) } })],
    ['POST', /^\/projects$/, (_, { name }) => {
      const uniqueName = `${name}-${(projects.size + 0xf00d).toString(16)}`;
      projects.set(uniqueName, new Map());
      return { status: 201, json: { name, uniqueName, spaces: [] } };
    }],
    ['POST', /^\/projects\/([^/]+)\/spaces$/, ([project], { name }, host) => {
      const spaces = projects.get(project);
      if (!spaces) return error(404, 'not_found', 'Unknown project');
      if (spaces.has(name)) return error(409, 'already_exists', `The space '${name}' exists.`);
      spaces.set(name, { name, jwks: { url: '', issuer: '', audience: [], algorithms: [] }, env: [], tokens: [], deployment: null });
      return { status: 201, json: spaceJson(project, spaces.get(name), host) };
    }],
  ];
  const inSpace = [
    ['GET', '', (space, _, host, project) => ({ json: spaceJson(project, space, host) })],
    ['POST', '/tokens', (space, body) => {
      const made = { key: `key${space.tokens.length}-0123456789abcdef`, access: body.access, description: body.description };
      space.tokens.push(made);
      return { status: 201, json: made };
    }],
    ['DELETE', '/tokens/:x', (space, _, __, ___, key) => { space.tokens = space.tokens.filter((one) => one.key !== key); return { json: { ok: true } }; }],
    ['PUT', '/jwks', (space, { url, issuer = '', audience = [], algorithms = [] }, host, project) => { space.jwks = { url, issuer, audience, algorithms }; return { json: spaceJson(project, space, host) }; }],
    ['PUT', '/env/:x', (space, { value, encrypted = false }, _, __, name) => {
      space.env = [...space.env.filter((one) => one.name !== name), encrypted ? { name, encrypted } : { name, encrypted, value }];
      return { json: { name, encrypted } };
    }],
    ['DELETE', '/env/:x', (space, _, __, ___, name) => {
      if (!space.env.some((one) => one.name === name)) return error(404, 'not_found', 'Unknown variable');
      space.env = space.env.filter((one) => one.name !== name);
      return { json: { ok: true } };
    }],
    ['POST', '/deployments', (space, body) => {
      if (state.refuseDeploy) return state.refuseDeploy(body);
      space.deployment = { id: 'd1', createdMs: 1_700_000_000_000, routes: ['GET /hello'], bundleBytes: body.bundle.length };
      return { status: 201, json: { ...space.deployment, startMs: 5 } };
    }],
    ['GET', '/deployments', (space) => ({ json: { deployments: space.deployment ? [{ ...space.deployment, active: true, author: 'a', gitHash: 'abcdef012345', gitBranch: 'main' }] : [] } })],
    ['GET', '/logs', () => ({ json: { lines: state.lines } })],
  ];

  function answer(method, path, body, host) {
    for (const [rowMethod, pattern, act] of rows) {
      const match = path.match(pattern);
      if (match && rowMethod === method) return act(match.slice(1), body, host);
    }
    const [, project, name, rest] = path.match(/^\/projects\/([^/]+)\/spaces\/([^/]+)(.*)$/) ?? [];
    if (!project) return error(404, 'not_found', 'No such operation');
    const space = projects.get(project)?.get(name);
    if (!projects.has(project)) return error(404, 'not_found', 'Unknown project');
    if (!space) return error(404, 'not_found', 'Unknown space');
    for (const [rowMethod, form, act] of inSpace) {
      const [head, parameter] = form.split('/:');
      if (rowMethod !== method) continue;
      if (parameter ? rest.startsWith(head + '/') : rest === head) return act(space, body, host, project, decodeURIComponent(rest.slice(head.length + 1)));
    }
    return error(404, 'not_found', 'No such operation');
  }

  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    const entries = request.headers['content-type'] === 'application/x-tar' ? readTar(bytes) : undefined;
    const text = entries ? entries[0].text : bytes.toString();
    const body = text ? JSON.parse(text) : undefined;
    const [path, query] = request.url.replace(/^\/_\/api\/v1/, '').split('?');
    asked.push({ method: request.method, path, query, body, entries, authorization: request.headers.authorization });
    if (state.raw) return response.writeHead(state.raw.status ?? 200, { 'content-type': state.raw.type ?? 'application/json' }).end(state.raw.body);
    if (request.headers.authorization !== `Bearer ${token}`) {
      return response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ error: 'Unknown token', code: 'unauthorized' }));
    }
    if (path.endsWith('/logs/follow')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': following\n\n');
      for (const line of state.lines) response.write(`id: ${line.id}\nevent: log\ndata: ${JSON.stringify(line)}\n\n`);
      streams.add(response);
      return response.on('close', () => streams.delete(response));
    }
    const { status = 200, json } = answer(request.method, path, body, request.headers.host);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = server.address().port;
  return {
    url: `http://127.0.0.1:${port}`, port, token, asked, state, projects, streams,
    last: () => asked.at(-1),
    stop: () => { server.closeAllConnections(); return new Promise((done) => server.close(done)); },
  };
}
