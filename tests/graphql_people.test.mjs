// The GraphQL door with several people: teams, members, invitations and admin tokens, each effect seen through REST and by the others.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { request, startRedd } from './lib/redd.mjs';

describe('GraphQL: people', () => {
  let server, project, dev, team, ada;
  const post = async (path, body, token = server.token) => {
    const answer = await request(`${server.url}${path}`, {
      method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify(body),
    });
    return answer.json;
  };
  const graphql = (token, query, variables) => post('/graphql', { query, variables }, token);
  const ask = async (token, query, variables) => {
    const { data, errors } = await graphql(token, query, variables);
    assert.equal(errors, undefined, JSON.stringify(errors));
    return data;
  };
  const messageOf = async (token, query, variables) => (await graphql(token, query, variables)).errors?.[0].message ?? '';
  const person = async (email, name) => {
    const password = `a long password of ${name}`;
    await server.api('POST', '/users', { email, name, password });
    const { token, user } = await post('/_/api/v1/login', { email, password });
    return { token, id: user.id, email };
  };
  const me = (token) => ask(token, `{ currentUser { id email termsAccepted ProjectInvitations { id projectId projectName role createdByEmail createdDate }
    TeamInvitations { id teamId teamName role } UserProjects { id uniqueName } Projects { id uniqueName Team { id isDefaultTeam } Datastores { name restricted Tokens { key } } }
    UserTeam { id AdminTokens { id secret } } Teams { id name AdminTokens { id secret } Members { user { id } role } Projects { id } } } }`).then(({ currentUser }) => currentUser);

  before(async () => {
    server = await startRedd();
    ada = await person('ada@example.org', 'Ada');
    team = await server.api('POST', '/teams', { name: 'Crew' });
    const made = await ask(server.token, 'mutation($t: ID) { addProject(name: "Crews", teamId: $t) { id uniqueName Team { id isDefaultTeam } } }', { t: team.id });
    project = made.addProject;
    dev = (await ask(server.token, 'mutation($p: ID!) { addDatastore(projectId: $p, name: "dev") { id } }', { p: project.id })).addDatastore;
  });
  after(() => server.stop());

  test('CP-01 addProject puts a project into the named team', async () => {
    assert.deepEqual(project.Team, { id: team.id, isDefaultTeam: false });
    assert.equal((await server.api('GET', `/projects/${project.uniqueName}`)).teamId, team.id);
    const own = await me(server.token);
    assert.ok(own.Teams.some(({ id, Projects }) => id === team.id && Projects.some((one) => one.id === project.id)));
    assert.match(await messageOf(ada.token, 'mutation($t: ID) { addProject(name: "Others", teamId: $t) { id } }', { t: team.id }), /Unknown team/);
  });

  test('CP-01 who has no role sees nothing and reaches nothing', async () => {
    const hers = await me(ada.token);
    assert.deepEqual([hers.Projects, hers.UserProjects, hers.Teams], [[], [], []]);
    assert.match(await messageOf(ada.token, 'mutation($d: ID!) { addToken(datastoreId: $d, access: READ) { key } }', { d: dev.id }), /Unknown datastore/);
    assert.match(await messageOf(ada.token, 'mutation($t: ID!) { addAdminToken(teamId: $t) { id } }', { t: team.id }), /Unknown team/);
    assert.match(await messageOf(ada.token, '{ __schema { types { name } } }'), /introspection/i);
  });

  test('CP-01 an invitation into a project: sent, taken back, sent again, accepted, and the member removed', async () => {
    const invite = `mutation addProjectInvitation($projectId: ID! $email: EmailAddress! $role: ProjectRole!) {
      addProjectInvitation(projectId: $projectId, email: $email, role: $role) { id projectId email } }`;
    const remove = 'mutation removeProjectInvitation($invitationId: ID!) { removeProjectInvitation(invitationId: $invitationId) }';
    const accept = 'mutation acceptProjectInvitation($invitationId: ID!) { acceptProjectInvitation(invitationId: $invitationId) }';
    const variables = { projectId: project.id, email: ada.email, role: 'ADMIN' };
    const { addProjectInvitation: first } = await ask(server.token, invite, variables);
    assert.deepEqual({ ...first, id: '' }, { id: '', projectId: project.id, email: ada.email });
    assert.deepEqual((await me(ada.token)).ProjectInvitations.map(({ id, projectName, role }) => [id, projectName, role]), [[first.id, 'Crews', 'owner']]);
    assert.deepEqual(await ask(server.token, remove, { invitationId: first.id }), { removeProjectInvitation: true });
    assert.deepEqual((await me(ada.token)).ProjectInvitations, []);
    assert.ok(await messageOf(ada.token, accept, { invitationId: first.id }));

    const { addProjectInvitation: second } = await ask(server.token, invite, variables);
    assert.deepEqual(await ask(ada.token, accept, { invitationId: second.id }), { acceptProjectInvitation: true });
    const hers = await me(ada.token);
    assert.deepEqual(hers.Projects.map(({ id, Team }) => [id, Team.id]), [[project.id, team.id]]);
    assert.deepEqual(hers.Teams, []);
    assert.ok((await server.api('GET', `/projects/${project.uniqueName}`)).members.some(({ user }) => user.id === ada.id));
    const leave = 'mutation removeProjectMember($projectId: ID! $userId: ID) { removeProjectMember(projectId: $projectId userId: $userId) }';
    assert.deepEqual(await ask(server.token, leave, { projectId: project.id, userId: ada.id }), { removeProjectMember: true });
    assert.deepEqual((await me(ada.token)).Projects, []);

    await ask(server.token, invite, variables);
    assert.deepEqual(await ask(ada.token, 'mutation joinProject($projectId: ID!) { joinProject(projectId: $projectId) }', { projectId: project.id }), { joinProject: true });
    assert.equal((await me(ada.token)).Projects.length, 1);
    assert.deepEqual(await ask(ada.token, leave, { projectId: project.id }), { removeProjectMember: true });
    assert.deepEqual((await me(ada.token)).Projects, []);
  });

  test('CP-01 an invitation into a project names a role', async () => {
    const invite = `mutation($projectId: ID! $email: EmailAddress! $role: ProjectRole!) { addProjectInvitation(projectId: $projectId, email: $email, role: $role) { id } }`;
    for (const [role, ours] of Object.entries({ ADMIN: 'owner', DEVELOPER: 'developer', VIEWER: 'viewer' })) {
      const { addProjectInvitation: { id } } = await ask(server.token, invite, { projectId: project.id, email: 'eve@example.org', role });
      const { invitations } = await server.api('GET', '/invitations');
      assert.equal(invitations.find((one) => one.id === id).role, ours);
      await server.api('DELETE', `/invitations/${id}`);
    }
    assert.match(await messageOf(server.token, invite, { projectId: project.id, email: 'eve@example.org', role: 'OWNER' }), /does not exist in "ProjectRole"/);
  });

  test('CP-01 invitations into a team: declined, then accepted', async () => {
    const invite = () => server.api('POST', `/teams/${team.id}/invitations`, { email: ada.email, role: 'viewer' });
    const first = await invite();
    assert.deepEqual((await me(ada.token)).TeamInvitations, [{ id: first.id, teamId: team.id, teamName: 'Crew', role: 'viewer' }]);
    assert.deepEqual(await ask(ada.token, 'mutation($i: ID!) { removeTeamInvitation(invitationId: $i) }', { i: first.id }), { removeTeamInvitation: true });
    const second = await invite();
    assert.deepEqual(await ask(ada.token, 'mutation($i: ID!) { acceptTeamInvitation(invitationId: $i) }', { i: second.id }), { acceptTeamInvitation: true });
    const hers = await me(ada.token);
    assert.deepEqual(hers.Teams.map(({ id, AdminTokens, Members }) => [id, AdminTokens, Members.find(({ user }) => user.id === ada.id)?.role]), [[team.id, [], 'viewer']]);
  });

  test('CP-01 a viewer sees where tokens begin, and changes nothing', async () => {
    const { addToken: { key } } = await ask(server.token, 'mutation($d: ID!) { addToken(datastoreId: $d, access: READWRITE) { key } }', { d: dev.id });
    const hers = await me(ada.token);
    assert.equal(hers.Projects[0].Datastores[0].Tokens[0].key, `${key.slice(0, 8)}…`);
    for (const mutation of ['setEnv(datastoreId: $d, key: "K", value: "v") { key }', 'addToken(datastoreId: $d, access: READ) { key }', 'removeDatastore(datastoreId: $d) { id }']) {
      assert.match(await messageOf(ada.token, `mutation($d: ID!) { ${mutation} }`, { d: dev.id }), /takes the role/);
    }
  });

  test('CP-01 restricted spaces are for the team\'s owners', async () => {
    await ask(server.token, 'mutation($projectId: ID! $name: String!) { addDatastore(projectId: $projectId name: $name) { id } }',
      { projectId: project.id, name: 'closed', restricted: true });
    assert.equal((await server.api('GET', `/projects/${project.uniqueName}/spaces/closed`)).restricted, true);
    assert.deepEqual((await me(ada.token)).Projects[0].Datastores.map(({ name }) => name), ['dev']);
    assert.deepEqual((await me(server.token)).Projects.find(({ id }) => id === project.id).Datastores.map(({ name, restricted }) => [name, restricted]), [['closed', true], ['dev', false]]);
  });

  test('CP-01 admin tokens are whole once, then the five characters after redd_', async () => {
    const { addAdminToken: { id, secret } } = await ask(server.token, 'mutation addAdminToken($teamId: ID!) { addAdminToken(teamId: $teamId) { id secret } }', { teamId: team.id });
    assert.ok(secret.length > 20);
    assert.equal((await request(`${server.url}/_/api/v1/projects/${project.uniqueName}`, { headers: { 'x-admintoken': secret } })).status, 200);
    const shown = (await me(server.token)).Teams.find((one) => one.id === team.id).AdminTokens;
    assert.deepEqual(shown, [{ id, secret: secret.slice(5, 10) }]);
    assert.deepEqual((await me(ada.token)).Teams[0].AdminTokens, []);
    assert.equal((await me(secret)).UserTeam.id, team.id);
    const remove = 'mutation removeAdminToken($teamId: ID! $tokenId: ID!) { removeAdminToken(teamId: $teamId tokenId: $tokenId) }';
    assert.deepEqual(await ask(server.token, remove, { teamId: team.id, tokenId: id }), { removeAdminToken: true });
    assert.deepEqual(await graphql(secret, '{ ping }'), { errors: [{ message: 'Invalid session' }], data: null });
  });

  test('CP-01 acceptTerms', async () => {
    assert.equal((await me(ada.token)).termsAccepted, false);
    assert.deepEqual(await ask(ada.token, 'mutation acceptTerms { acceptTerms }'), { acceptTerms: true });
    assert.equal((await me(ada.token)).termsAccepted, true);
  });
});
