// The GraphQL door's worker without its process: which operation each mutation becomes, and what its answer is.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { answer } = require('../graphql/execute.cjs');
const { CallError } = require('../lib/calls.cjs');

const limits = { tokensMax: 1000, depthMax: 8, aliasesMax: 15, directivesMax: 50, costMax: 5000 };
const token = { key: 'k1', datastoreId: 's1', access: 'READ', description: '' };
const datastore = { id: 's1', name: 'dev', projectId: 'p1', restricted: false, Tokens: [token], allowedHosts: ['192.0.2.1'], jwks: '', issuer: 'i', audience: ['a'], algorithms: ['ES256'], Env: [{ key: 'E', value: 'v', encrypted: false }] };
const view = () => structuredClone({
  user: { id: 'u1', name: 'Una', ProjectInvitations: [{ id: 'i9', projectId: 'p9', uniqueName: 'other-5e6f' }], TeamInvitations: [], UserProjects: ['p1'], Projects: ['p2'], UserTeam: 't1', Teams: ['t2'] },
  teams: [{ id: 't1', name: 'Personal', isDefaultTeam: true, AdminTokens: [], Members: [], Projects: ['p1'] },
    { id: 't2', name: 'Crew', isDefaultTeam: false, AdminTokens: [], Members: [], Projects: ['p2'] }],
  projects: [{ id: 'p1', name: 'Shop', uniqueName: 'shop-1a2b', Team: 't1', Members: [], Datastores: [datastore], Invitations: [] },
    { id: 'p2', name: 'Crews', uniqueName: 'crews-3c4d', Team: 't2', Members: [], Datastores: [], Invitations: [] }],
});

// Runs a document against a server that notes what it is asked, and answers `given`. → {data, errors, runs}
async function play(query, { variables, given = {}, refuse } = {}) {
  const runs = [];
  const server = {
    view: async () => view(),
    run: async (operation, parameters, args) => {
      runs.push([operation, parameters, JSON.parse(JSON.stringify(args))]);
      if (refuse) throw new CallError(refuse);
      return given;
    },
  };
  const text = await answer({ text: JSON.stringify({ query, variables }), introspection: false, limits }, server);
  return { ...JSON.parse(text), runs };
}

const dev = { project: 'shop-1a2b', space: 'dev' };
const shop = { project: 'shop-1a2b' };
// mutation → [document, what the server answers, operation, path parameters, arguments, the mutation's result]
const rows = {
  addProject: ['addProject(name: "Crews", description: "d", teamId: "t2") { id Team { name } }', { uniqueName: 'crews-3c4d' },
    'project.create', {}, { name: 'Crews', teamId: 't2' }, { id: 'p2', Team: { name: 'Crew' } }],
  addDatastore: ['addDatastore(projectId: "p1", name: "dev") { id projectId }', { id: 's1' }, 'space.create', shop, { name: 'dev' }, { id: 's1', projectId: 'p1' }],
  removeDatastore: ['removeDatastore(datastoreId: "s1") { id name }', { ok: true }, 'space.remove', dev, { confirm: 'dev' }, { id: 's1', name: 'dev' }],
  addToken: ['addToken(datastoreId: "s1", access: READ, description: "d") { key datastoreId }', { key: 'k2', access: 'READ', description: 'd' },
    'token.add', dev, { access: 'READ', description: 'd' }, { key: 'k2', datastoreId: 's1' }],
  removeToken: ['removeToken(datastoreId: "s1", tokenId: "k1") { key access }', { ok: true }, 'token.remove', { ...dev, key: 'k1' }, {}, { key: 'k1', access: 'READ' }],
  addAllowedHost: ['addAllowedHost(datastoreId: "s1", ip: "192.0.2.2")', {}, 'hosts.set', dev, { addresses: ['192.0.2.1', '192.0.2.2'] }, true],
  removeAllowedHost: ['removeAllowedHost(datastoreId: "s1", ip: "192.0.2.1")', {}, 'hosts.set', dev, { addresses: [] }, true],
  setJWKS: ['setJWKS(datastoreId: "s1", jwksURI: "https://x.test/k")', {}, 'jwks.set', dev, { url: 'https://x.test/k', issuer: 'i', audience: ['a'], algorithms: ['ES256'] }, true],
  setEnv: ['setEnv(datastoreId: "s1", key: "K", value: "v", encrypted: true) { key value encrypted }', {},
    'env.set', { ...dev, name: 'K' }, { value: 'v', encrypted: true }, { key: 'K', value: null, encrypted: true }],
  removeEnv: ['removeEnv(datastoreId: "s1", key: "E") { key value }', { ok: true }, 'env.remove', { ...dev, name: 'E' }, {}, { key: 'E', value: 'v' }],
  addProjectInvitation: ['addProjectInvitation(projectId: "p1", email: "a@b.test", role: ADMIN) { id projectId projectName email role }', { id: 'i1' },
    'project.invite', shop, { email: 'a@b.test', role: 'owner' }, { id: 'i1', projectId: 'p1', projectName: 'Shop', email: 'a@b.test', role: 'ADMIN' }],
  removeProjectInvitation: ['removeProjectInvitation(invitationId: "i1")', {}, 'invitation.remove', { invitation: 'i1' }, {}, true],
  acceptProjectInvitation: ['acceptProjectInvitation(invitationId: "i1")', {}, 'invitation.accept', { invitation: 'i1' }, {}, true],
  joinProject: ['joinProject(projectId: "p2")', {}, 'project.join', { project: 'crews-3c4d' }, {}, true],
  removeProjectMember: ['removeProjectMember(projectId: "p1", userId: "u2")', {}, 'project.member.remove', { ...shop, user: 'u2' }, {}, true],
  acceptTeamInvitation: ['acceptTeamInvitation(invitationId: "i1")', {}, 'invitation.accept', { invitation: 'i1' }, {}, true],
  removeTeamInvitation: ['removeTeamInvitation(invitationId: "i1")', {}, 'invitation.remove', { invitation: 'i1' }, {}, true],
  acceptTerms: ['acceptTerms', {}, 'terms.accept', {}, {}, true],
  addAdminToken: ['addAdminToken(teamId: "t2") { id secret }', { id: 'a1', secret: 'whole' }, 'adminToken.add', { team: 't2' }, {}, { id: 'a1', secret: 'whole' }],
  removeAdminToken: ['removeAdminToken(teamId: "t2", tokenId: "a1")', {}, 'adminToken.remove', { team: 't2', tokenId: 'a1' }, {}, true],
};

describe('mutations of the GraphQL door', () => {
  test('every mutation of the schema stands in the table of this test', () => {
    const sdl = readFileSync(new URL('../graphql/schema.graphql', import.meta.url), 'utf8');
    const names = [...sdl.slice(sdl.indexOf('type Mutation')).matchAll(/^ {2}(\w+)[(:]/gm)].map(([, name]) => name);
    assert.deepEqual(names.sort(), Object.keys(rows).sort());
  });

  for (const [name, [document, given, operation, parameters, args, result]] of Object.entries(rows)) {
    test(`${name} is ${operation}`, async () => {
      const { data, errors, runs } = await play(`mutation { ${document} }`, { given });
      assert.equal(errors, undefined, JSON.stringify(errors));
      assert.deepEqual(runs, [[operation, parameters, args]]);
      assert.deepEqual(data, { [name]: result });
    });
    test(`${name} passes a refusal on`, async () => {
      const { data, errors } = await play(`mutation { ${document} }`, { refuse: { message: 'Not you.', code: 'forbidden' } });
      assert.deepEqual([data, errors], [{ [name]: null }, [{ message: 'Not you.', path: [name] }]]);
    });
  }

  test('restricted counts as an argument and as a variable that the document does not declare', async () => {
    const declared = 'mutation($r: Boolean) { addDatastore(projectId: "p1", name: "dev", restricted: $r) { id } }';
    const undeclared = 'mutation { addDatastore(projectId: "p1", name: "dev") { id } }';
    const argumentsOf = async (document, variables) => (await play(document, { variables, given: { id: 's1' } })).runs[0][2];
    assert.deepEqual(await argumentsOf(declared, { r: true }), { name: 'dev', restricted: true });
    assert.deepEqual(await argumentsOf(undeclared, { restricted: true }), { name: 'dev', restricted: true });
    for (const restricted of [false, null, 'yes', 1]) assert.deepEqual(await argumentsOf(undeclared, { restricted }), { name: 'dev' });
  });

  test('without a user, removeProjectMember lets the caller leave', async () => {
    assert.deepEqual((await play('mutation { removeProjectMember(projectId: "p1") }')).runs, [['project.leave', shop, {}]]);
  });

  test('joinProject reaches a project that the caller is invited into and does not see yet', async () => {
    assert.deepEqual((await play('mutation { joinProject(projectId: "p9") }')).runs, [['project.join', { project: 'other-5e6f' }, {}]]);
  });

  test('an empty address removes issuer, audience and algorithms too', async () => {
    assert.deepEqual((await play('mutation { setJWKS(datastoreId: "s1", jwksURI: "") }')).runs, [['jwks.set', dev, { url: '' }]]);
  });

  test('what the caller cannot see is named to no operation', async () => {
    for (const document of ['addToken(datastoreId: "s9", access: READ) { key }', 'joinProject(projectId: "p8")', 'addAdminToken(teamId: "t9") { id }']) {
      const { errors, runs } = await play(`mutation { ${document} }`);
      assert.match(errors[0].message, /^Unknown (datastore|project|team) '.[89]', or you have no access to it\.$/);
      assert.deepEqual(runs, []);
    }
  });

  test('addresses of people and of key sets have a form', async () => {
    for (const email of ['a@b', 'Änne@ä.test']) assert.equal((await play(`mutation { addProjectInvitation(projectId: "p1", email: "${email}", role: ADMIN) { id } }`, { given: { id: 'i' } })).errors, undefined);
    for (const email of ['', 'a', 'a b@c', '@c', `${'x'.repeat(260)}@c`]) {
      assert.match((await play(`mutation { addProjectInvitation(projectId: "p1", email: "${email}", role: ADMIN) { id } }`)).errors[0].message, /e-mail/);
    }
    for (const url of ['javascript:alert(1)', 'x', 'file:///etc/passwd']) {
      assert.match((await play(`mutation { setJWKS(datastoreId: "s1", jwksURI: "${url}") }`)).errors[0].message, /https/);
    }
  });

  test('a fault of this program shows nothing of itself', async () => {
    const server = { view: async () => ({ user: null, teams: [], projects: [] }), run: async () => {} };
    const printed = console.error;
    const lines = [];
    console.error = (line) => lines.push(line);
    try {
      const text = await answer({ text: '{"query":"{ currentUser { id } }"}', introspection: false, limits }, server);
      assert.deepEqual(JSON.parse(text), { errors: [{ message: 'Internal error', path: ['currentUser'] }], data: { currentUser: null } });
      assert.match(lines[0], /TypeError/);
    } finally {
      console.error = printed;
    }
  });

  test('nobody but the owner sees the schema', async () => {
    assert.match((await play('{ __schema { types { name } } }')).errors[0].message, /introspection/i);
    assert.match((await play('{ __type(name: "User") { name } }')).errors[0].message, /introspection/i);
    assert.deepEqual((await play('{ __typename }')).data, { __typename: 'Query' });
  });
});
