// The GraphQL door: what the published command line sends, each effect seen through REST; its limits; the life of its worker.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { request, startRedd } from './lib/redd.mjs';
import { until } from './lib/until.mjs';

// → {data, errors}; options: token, headers, and body in place of {query, variables}.
async function graphql(server, query, variables, { token = server.token, headers = {}, body } = {}) {
  const answer = await request(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
    body: body ?? JSON.stringify({ query, variables }),
  });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['content-type'], 'application/json');
  assert.equal(answer.headers['access-control-allow-origin'], undefined);
  assert.ok(answer.json && (answer.json.errors === undefined || answer.json.errors.every(({ message }) => message.length > 0)), answer.text);
  return answer.json;
}

// The data of an answer without errors.
async function ask(server, ...rest) {
  const { data, errors } = await graphql(server, ...rest);
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}

const messageOf = async (server, ...rest) => (await graphql(server, ...rest)).errors?.map(({ message }) => message).join('; ');

const space = 'id name projectId restricted Tokens { key access description } allowedHosts jwks Env { key value encrypted }';
const project = `id uniqueName Team { id name isDefaultTeam } Members { user { id email name } role } Datastores { ${space} }`;
const invitation = 'id projectId projectName role createdByEmail createdByName createdDate';
const currentUser = `{ currentUser { id name email sub termsAccepted ProjectInvitations { ${invitation} }
  TeamInvitations { id teamId teamName role createdDate createdByName createdByEmail }
  UserProjects { ${project} } Projects { ${project} } UserTeam { id name AdminTokens { id secret } }
  Teams { id name AdminTokens { id secret } Members { user { id } role } Projects { id uniqueName } } } }`;

const addProject = `mutation addProject($name: String! $description: String $teamId: ID) {
  addProject(name: $name description: $description teamId: $teamId) { id uniqueName name Team { id name isDefaultTeam } } }`;
const addDatastore = `mutation addDatastore($projectId: ID! $name: String!) {
  addDatastore(projectId: $projectId name: $name) { id name projectId Tokens { key access description } } }`;
const addToken = `mutation addToken($datastoreId: ID! $access: TokenAccess! $description: String) {
  addToken(datastoreId: $datastoreId access: $access description: $description) { key datastoreId access description } }`;

// What `create NAME` of the command line does.
async function create(server, name) {
  const made = (await ask(server, addProject, { name })).addProject;
  const dev = (await ask(server, addDatastore, { projectId: made.id, name: 'dev' })).addDatastore;
  const token = (await ask(server, addToken, { datastoreId: dev.id, access: 'READWRITE' })).addToken;
  return { project: made, dev, token, path: `/projects/${made.uniqueName}/spaces/dev` };
}

describe('GraphQL: the documents of the command line', () => {
  let server, made;
  const rest = () => server.api('GET', made.path);
  const onDev = (mutation, variables) => ask(server, mutation, { datastoreId: made.dev.id, ...variables });
  before(async () => {
    server = await startRedd();
    made = await create(server, 'Shop1');
  });
  after(() => server.stop());

  test('CP-01 addProject, addDatastore, addToken, in this order', async () => {
    assert.match(made.project.uniqueName, /^shop1-[a-z0-9]{4}$/);
    assert.equal(made.project.Team.isDefaultTeam, true);
    assert.deepEqual({ ...made.dev, id: undefined }, { id: undefined, name: 'dev', projectId: made.project.id, Tokens: [] });
    assert.deepEqual({ ...made.token, key: undefined }, { key: undefined, datastoreId: made.dev.id, access: 'READWRITE', description: '' });
    const seen = await rest();
    assert.equal(seen.id, made.dev.id);
    assert.deepEqual(seen.tokens.map(({ key }) => key), [made.token.key]);
  });

  test('CP-01 currentUser has lists everywhere, and what was made', async () => {
    const { currentUser: user } = await ask(server, currentUser);
    for (const list of [user.ProjectInvitations, user.TeamInvitations, user.UserProjects, user.Projects, user.Teams, user.UserTeam.AdminTokens]) assert.ok(Array.isArray(list));
    assert.equal(typeof user.termsAccepted, 'boolean');
    const own = user.UserProjects.find(({ uniqueName }) => uniqueName === made.project.uniqueName);
    assert.equal(own.Team.id, user.UserTeam.id);
    assert.ok(own.Members.some((member) => member.user.id === user.id));
    assert.deepEqual(own.Datastores.map(({ name, restricted, allowedHosts, Env }) => ({ name, restricted, allowedHosts, Env })),
      [{ name: 'dev', restricted: false, allowedHosts: [], Env: [] }]);
    assert.deepEqual(await ask(server, 'query { ping }'), { ping: 'pong' });
  });

  test('CP-01 setEnv and removeEnv, plain and encrypted', async () => {
    const setEnv = `mutation setEnv($datastoreId: ID! $key: String! $value: String! $encrypted: Boolean) {
      setEnv(datastoreId: $datastoreId key: $key value: $value encrypted: $encrypted) { key value encrypted } }`;
    const removeEnv = 'mutation removeEnv($datastoreId: ID! $key: String!) { removeEnv(datastoreId: $datastoreId key: $key) { key value } }';
    assert.deepEqual(await onDev(setEnv, { key: 'PLAIN', value: 'öpen', encrypted: false }), { setEnv: { key: 'PLAIN', value: 'öpen', encrypted: false } });
    assert.deepEqual(await onDev(setEnv, { key: 'SEALED', value: 'planted', encrypted: true }), { setEnv: { key: 'SEALED', value: null, encrypted: true } });
    assert.deepEqual((await rest()).env, [{ name: 'PLAIN', encrypted: false, value: 'öpen' }, { name: 'SEALED', encrypted: true }]);
    assert.doesNotMatch(JSON.stringify(await ask(server, currentUser)), /planted/);
    assert.deepEqual(await onDev(removeEnv, { key: 'SEALED' }), { removeEnv: { key: 'SEALED', value: null } });
    assert.deepEqual((await rest()).env.map(({ name }) => name), ['PLAIN']);
    assert.match(await messageOf(server, removeEnv, { datastoreId: made.dev.id, key: 'SEALED' }), /SEALED/);
    assert.match(await messageOf(server, setEnv, { datastoreId: made.dev.id, key: '9-', value: 'x' }), /9-/);
  });

  test('CP-01 addAllowedHost and removeAllowedHost; a bad address is the variable\'s fault', async () => {
    const add = 'mutation addAllowedHost($datastoreId: ID! $ip: IPv4!) { addAllowedHost(datastoreId: $datastoreId ip: $ip) }';
    const remove = 'mutation removeAllowedHost($datastoreId: ID! $ip: IPv4!) { removeAllowedHost(datastoreId: $datastoreId ip: $ip) }';
    assert.deepEqual(await onDev(add, { ip: '192.0.2.7' }), { addAllowedHost: true });
    await onDev(add, { ip: '127.0.0.1' });
    await onDev(add, { ip: '127.0.0.1' });
    assert.deepEqual((await rest()).allowedHosts, ['192.0.2.7', '127.0.0.1']);
    assert.deepEqual(await onDev(remove, { ip: '192.0.2.7' }), { removeAllowedHost: true });
    assert.deepEqual((await rest()).allowedHosts, ['127.0.0.1']);
    assert.match(await messageOf(server, remove, { datastoreId: made.dev.id, ip: '192.0.2.7' }), /192\.0\.2\.7.*allowed/);
    for (const ip of ['999.1.1.1', 'localhost', '', '::1', 7]) {
      assert.match(await messageOf(server, add, { datastoreId: made.dev.id, ip }), /^Variable "\$ip"/);
    }
    await onDev(remove, { ip: '127.0.0.1' });
  });

  test('CP-01 setJWKS sets, keeps issuer and audience, and removes', async () => {
    const setJwks = 'mutation setJWKS($datastoreId: ID! $jwksURI: URL!) { setJWKS(datastoreId: $datastoreId jwksURI: $jwksURI) }';
    assert.deepEqual(await onDev(setJwks, { jwksURI: 'https://id.example.com/jwks.json' }), { setJWKS: true });
    assert.equal((await rest()).jwks.url, 'https://id.example.com/jwks.json');
    await server.api('PUT', `${made.path}/jwks`, { url: 'https://id.example.com/jwks.json', issuer: 'https://id.example.com/', audience: ['api'], algorithms: ['RS256'] });
    await onDev(setJwks, { jwksURI: 'https://id.example.com/other.json' });
    assert.deepEqual((await rest()).jwks, { url: 'https://id.example.com/other.json', issuer: 'https://id.example.com/', audience: ['api'], algorithms: ['RS256'] });
    assert.match(await messageOf(server, setJwks, { datastoreId: made.dev.id, jwksURI: 'http://id.example.com/jwks.json' }), /https/);
    assert.match(await messageOf(server, setJwks, { datastoreId: made.dev.id, jwksURI: 'no address' }), /^Variable "\$jwksURI"/);
    assert.deepEqual(await onDev(setJwks, { jwksURI: '' }), { setJWKS: true });
    assert.deepEqual((await rest()).jwks, { url: '', issuer: '', audience: [], algorithms: [] });
  });

  test('CP-01 a second token, and removeToken', async () => {
    const { addToken: read } = await onDev(addToken, { access: 'READ', description: 'for a page' });
    assert.deepEqual({ ...read, key: '' }, { key: '', datastoreId: made.dev.id, access: 'READ', description: 'for a page' });
    assert.ok((await rest()).tokens.some(({ key, access }) => key === read.key && access === 'READ'));
    const removeToken = 'mutation removeToken($datastoreId: ID! $tokenId: ID!) { removeToken(datastoreId: $datastoreId tokenId: $tokenId) { key } }';
    assert.deepEqual(await onDev(removeToken, { tokenId: read.key }), { removeToken: { key: read.key } });
    assert.deepEqual((await rest()).tokens.map(({ key }) => key), [made.token.key]);
    assert.ok(await messageOf(server, removeToken, { datastoreId: made.dev.id, tokenId: read.key }));
    assert.match(await messageOf(server, addToken, { datastoreId: made.dev.id, access: 'ALL' }), /^Variable "\$access"/);
  });

  test('CP-01 spaces come and go', async () => {
    const { addDatastore: stage } = await ask(server, addDatastore, { projectId: made.project.id, name: 'stage', restricted: false });
    assert.ok((await server.api('GET', `/projects/${made.project.uniqueName}`)).spaces.some(({ id }) => id === stage.id));
    assert.match(await messageOf(server, addDatastore, { projectId: made.project.id, name: 'stage' }), /stage/);
    assert.match(await messageOf(server, addDatastore, { projectId: made.project.id, name: 'No Such' }), /No Such/);
    const remove = 'mutation removeDatastore($datastoreId: ID!) { removeDatastore(datastoreId: $datastoreId) { id } }';
    assert.deepEqual(await ask(server, remove, { datastoreId: stage.id }), { removeDatastore: { id: stage.id } });
    assert.deepEqual((await server.api('GET', `/projects/${made.project.uniqueName}`)).spaces.map(({ name }) => name), ['dev']);
    assert.match(await messageOf(server, remove, { datastoreId: stage.id }), /Unknown datastore/);
  });

  test('CP-01 several mutations in one document run in their order, and reads see what they did', async () => {
    const { data, errors } = await graphql(server, `mutation($d: ID!, $p: ID!) {
      a: setEnv(datastoreId: $d, key: "ORDER", value: "1") { key value }
      b: removeEnv(datastoreId: $d, key: "ORDER") { value }
      c: removeEnv(datastoreId: $d, key: "ORDER") { value }
      d: addDatastore(projectId: $p, name: "later") { name Env { key } } }`, { d: made.dev.id, p: made.project.id });
    assert.deepEqual(data, { a: { key: 'ORDER', value: '1' }, b: { value: '1' }, c: null, d: { name: 'later', Env: [] } });
    assert.deepEqual(errors.map(({ path }) => path), [['c']]);
  });
});

describe('GraphQL: who is let in, and in which form', () => {
  let server;
  before(async () => { server = await startRedd(); });
  after(() => server.stop());

  test('CP-01 without a session every answer is the same', async () => {
    for (const token of [null, 'undefined', 'wrong-token-of-some-length', '']) {
      assert.deepEqual(await graphql(server, currentUser, {}, { token }), { errors: [{ message: 'Invalid session' }], data: null });
    }
    assert.deepEqual(await graphql(server, '{ ping }', {}, { token: null }), { errors: [{ message: 'Invalid session' }], data: null });
  });

  test('CP-01 only POST, only JSON, one request at a time', async () => {
    const headers = { authorization: `Bearer ${server.token}`, origin: 'https://evil.example' };
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD']) {
      const answer = await request(`${server.url}/graphql?query=%7Bping%7D`, { method, headers });
      assert.deepEqual([answer.status, answer.headers.allow, answer.headers['access-control-allow-origin']], [405, 'POST', undefined]);
    }
    assert.match(await messageOf(server, '', {}, { headers: { 'content-type': 'text/plain' } }), /content-type/);
    assert.match(await messageOf(server, '', {}, { body: '[{"query":"{ ping }"}]' }), /Several requests/);
    assert.match(await messageOf(server, '', {}, { body: '{"query"' }), /not JSON/);
    for (const body of ['{}', 'null', '7', '{"query":7}', '']) assert.ok(await messageOf(server, '', {}, { body }), body);
    assert.match(await messageOf(server, '{ ping }', [1]), /'variables'/);
    assert.match(await messageOf(server, '{ nothing }'), /nothing/);
    assert.match(await messageOf(server, '{ ping'), /Syntax Error/);
    assert.deepEqual(await ask(server, '{ ping }', { never: 'declared' }), { ping: 'pong' });
  });

  test('CP-01 the path is a space\'s own under the host names of projects', async () => {
    const { project: { uniqueName }, path } = await create(server, 'Taken');
    await server.api('PUT', `${path}/domains`, { domains: ['www.taken.localhost'] });
    const statusFor = async (host) => {
      const headers = { host, authorization: `Bearer ${server.token}`, 'content-type': 'application/json' };
      const answer = await request(`${server.url}/graphql`, { method: 'POST', headers, body: '{"query":"{ ping }"}' });
      return [answer.status, answer.json?.data?.ping];
    };
    assert.deepEqual(await statusFor('localhost'), [200, 'pong']);
    assert.deepEqual(await statusFor(`${uniqueName}.api.localhost`), [404, undefined]);
    assert.deepEqual(await statusFor('www.taken.localhost'), [404, undefined]);
    assert.deepEqual(await statusFor('evil.example'), [421, undefined]);
  });

  test('CP-01 the server\'s owner may look at the schema, within the limits of the library', async () => {
    assert.ok((await ask(server, '{ __schema { types { name fields { name type { name } } } } }')).__schema.types.length > 10);
    assert.ok(await messageOf(server, `{ __schema { types { ${'fields { type { '.repeat(4)} name ${'} } '.repeat(4)} } } }`));
  });
});

describe('GraphQL: limits (SEC-37), each at its bound and one above', () => {
  let server;
  before(async () => { server = await startRedd(); });
  after(() => server.stop());

  const times = (count, text) => Array.from({ length: count }, (_, i) => text.replaceAll('#', String(i))).join(' ');
  // currentUser, UserTeam, then Projects and Team by turns, then a scalar.
  const nested = (depth) => {
    const names = ['currentUser', 'UserTeam', ...Array.from({ length: depth - 3 }, (_, i) => (i % 2 === 0 ? 'Projects' : 'Team'))];
    return `{ ${names.join(' { ')} { id ${'} '.repeat(names.length)}}`;
  };
  const costing = (points) => `{ ${times(Math.floor(points / 100), '...hundred')} ${times(points % 100, 'ping')} } fragment hundred on Query { ${times(100, 'ping')} }`;
  const rows = [
    ['levels', nested, 8],
    ['aliases', (count) => `{ ${times(count, 'a#: ping')} }`, 15],
    ['aliases', (count) => `{ ...f ${times(count - 10, 'a#: ping')} } fragment f on Query { ${times(10, 'f#: ping')} }`, 15],
    ['directives', (count) => `{ ${times(count, 'ping @include(if: true)')} }`, 50],
    ['tokens', (count) => `{ currentUser { ${times(count - 411, 'id')} UserTeam { ${times(200, 'id')} Projects { ${times(200, 'id')} } } } }`, 1000],
    ['points', costing, 5000],
  ];
  for (const [unit, make, limit] of rows) {
    test(`CP-01 ${limit} ${unit}: ${make(limit).slice(0, 30)}…`, async () => {
      assert.equal(await messageOf(server, make(limit)), undefined);
      assert.match(await messageOf(server, make(limit + 1)), new RegExp(`${limit}.*${unit}|${unit}.*${limit}`));
    });
  }

  test('CP-01 1 MiB of body', async () => {
    const body = (bytes) => '{"query":"{ ping }"}'.padEnd(bytes);
    assert.deepEqual((await graphql(server, '', {}, { body: body(1 << 20) })).data, { ping: 'pong' });
    assert.match(await messageOf(server, '', {}, { body: body((1 << 20) + 1) }), /larger than 1048576/);
  });

  test('CP-01 fragments that spread themselves, or each other twice at every level', async () => {
    assert.match(await messageOf(server, '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }'), /itself/);
    const bomb = `{ ...f0 } ${times(40, 'fragment f# on Query { ...n# ...n# }').replace(/\bn(\d+)/g, (_, i) => `f${Number(i) + 1}`)} fragment f40 on Query { ping }`;
    assert.match(await messageOf(server, bomb), /points/);
  });
});

// Text made of what the grammar knows, mended and broken at random; the seed of a failure stands in its message.
function randomDocument(random) {
  const words = ['{', '}', '(', ')', ':', '!', '...', '@include(if: true)', '@skip(if: $x)', 'query', 'mutation', 'fragment f on User', 'on', '$x', '"text"', '"""b', '1.5e9',
    'null', '[', ']', 'currentUser', 'UserTeam', 'Projects', 'Team', 'id', 'ping', '__schema', '__typename', '...f', 'a: ping', '\u0000', '#', '\ud800', '𝒳', 'addProject(name: "fuzz")',
    'setEnv(datastoreId: "x", key: "k", value: "v") { key }', '=', '|', '&', 'subscription', 'type Query { x: Int }'];
  return Array.from({ length: 1 + Math.floor(random() * 40) }, () => words[Math.floor(random() * words.length)]).join(' ');
}
const seeded = (seed) => () => {  // mulberry32
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

describe('GraphQL: its worker', () => {
  let server;
  before(async () => { server = await startRedd({ args: ['--graphql-timeout-ms', '60000'] }); });
  after(() => server.stop());

  const workersOf = async (redd) => {
    const found = [];
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) !== redd.pid || /\) Z /.test(stat)) continue;
      if ((await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes('runtime/graphql/main.cjs')) found.push(Number(pid));
    }
    return found;
  };
  const worker = async () => {
    await ask(server, '{ ping }');
    const [pid, ...others] = await workersOf(server);
    assert.deepEqual(others, []);
    return pid;
  };
  // A request that is inside a worker which stands still. → {answer}
  const stuck = async (redd, pid) => {
    const count = async () => (await redd.metrics())('redd_worker_invocations_total', 'space="redd/graphql"');
    const already = await count();
    process.kill(pid, 'SIGSTOP');
    const answer = graphql(redd, '{ ping }');
    await until(async () => await count() > already);
    return { answer };
  };

  test('CP-01 there is none before the first request, and it knows no secret', async () => {
    const own = await startRedd();
    assert.deepEqual(await workersOf(own), []);
    await ask(own, currentUser);
    const [pid] = await workersOf(own);
    const environment = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0').filter(Boolean);
    assert.deepEqual(environment, ['TZ=UTC']);
    assert.equal(await own.stop(), 0);
    assert.deepEqual(await readFile(`/proc/${pid}/stat`).catch(() => 'gone'), 'gone');
  });

  test('CP-01 killed with a request inside, it is replaced and nothing else suffers', async () => {
    const pid = await worker();
    const { answer } = await stuck(server, pid);
    process.kill(pid, 'SIGKILL');
    const { data, errors } = await answer;
    assert.equal(data, null);
    assert.match(errors[0].message, /worker ended/);
    assert.notEqual(await worker(), pid);
    assert.equal((await request(`${server.url}/_/health`)).status, 200);
  });

  test('CP-01 one that hangs: an answer within the deadline, the server goes on, the next request is served', async () => {
    const own = await startRedd({ args: ['--graphql-timeout-ms', '3000'] });
    const served = () => until(async () => (await graphql(own, '{ ping }')).data?.ping === 'pong', { timeoutMs: 60_000 });
    await served();
    const [pid] = await workersOf(own);
    const { answer } = await stuck(own, pid);
    assert.equal((await request(`${own.url}/_/health`)).status, 200);
    assert.match((await answer).errors[0].message, /took longer/);
    await until(async () => !(await workersOf(own)).includes(pid));
    await served();
    assert.equal((await own.metrics())('redd_worker_deaths_total', 'reason="blocked"'), 1);
    await own.stop();
  });

  test('CP-01 more requests than it takes at once wait, and beyond the queue are refused', async () => {
    const pid = await worker();
    process.kill(pid, 'SIGSTOP');
    const answers = Array.from({ length: 16 + 64 + 1 }, () => graphql(server, '{ ping }'));
    const first = await Promise.any(answers.map(async (answer) => { assert.match((await answer).errors?.[0].message ?? '', /Too many/); return 'refused'; }));
    assert.equal(first, 'refused');
    process.kill(pid, 'SIGCONT');
    const all = await Promise.all(answers);
    assert.equal(all.filter(({ data }) => data?.ping === 'pong').length, 80);
  });

  test('CP-01 an idle one retires, and the next request starts another', async () => {
    const own = await startRedd({ args: ['--graphql-idle-ms', '50'] });
    await ask(own, '{ ping }');
    await until(async () => (await own.metrics())('redd_worker_deaths_total', 'reason="retired"') === 1);
    assert.deepEqual(await workersOf(own), []);
    await ask(own, '{ ping }');
    assert.equal((await own.metrics())('redd_worker_starts_total'), 2);
    await own.stop();
  });

  test('CP-01 F-16 whatever a document is, the answer is JSON and the worker stays', async () => {
    const pid = await worker();
    const seed = Number(process.env.REDD_FUZZ_SEED ?? Date.now() % 1e9);
    const random = seeded(seed);
    for (let round = 0; round < 300; ++round) {
      const document = randomDocument(random);
      const answer = await graphql(server, document, { x: random() < 0.5 });
      assert.ok('data' in answer || answer.errors.length > 0, `seed ${seed}, round ${round}: ${document}`);
    }
    assert.equal(await worker(), pid, `seed ${seed}`);
  });
});
