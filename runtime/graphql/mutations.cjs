'use strict';
// Which operation each mutation is. One row: (args, context) → {operation, parameters, arguments, result}: the operation's name, what stands in
// its path, its arguments, and how its answer becomes the mutation's. `context.view()` gives what the caller sees now; after the operation
// has run, what the caller sees then. Rules stand in the server's operations, never here.

const { GraphQLError } = require('graphql');

const yes = () => true;
const spaceOf = ({ datastore, project }) => ({ project: project.uniqueName, space: datastore.name });

const inSpace = async (datastoreId, context) => {
  const found = (await context.view()).datastore(datastoreId);
  return { ...found, parameters: spaceOf(found) };
};

const hostsSet = (parameters, addresses) => ({ operation: 'hosts.set', parameters, arguments: { addresses }, result: yes });

const invitation = (operation) => ({ invitationId }) => ({ operation, parameters: { invitation: invitationId }, arguments: {}, result: yes });

const rows = {
  addProject: async ({ name, teamId }) => ({
    operation: 'project.create', parameters: {}, arguments: { name, teamId: teamId ?? undefined },
    result: async (project, context) => (await context.view()).projectNamed(project.uniqueName),
  }),

  addDatastore: async ({ projectId, name, restricted }, context) => ({
    operation: 'space.create', parameters: { project: (await context.view()).project(projectId).uniqueName },
    // The command line sends `restricted` as a variable that its document does not declare.
    arguments: { name, restricted: (restricted ?? context.variables.restricted) === true ? true : undefined },
    result: async (space) => (await context.view()).datastore(space.id).datastore,
  }),

  removeDatastore: async ({ datastoreId }, context) => {
    const { datastore, parameters } = await inSpace(datastoreId, context);
    return { operation: 'space.remove', parameters, arguments: { confirm: datastore.name }, result: () => datastore };
  },

  addToken: async ({ datastoreId, access, description }, context) => ({
    operation: 'token.add', parameters: (await inSpace(datastoreId, context)).parameters,
    arguments: { access, description: description ?? undefined },
    result: (token) => ({ ...token, datastoreId }),
  }),

  removeToken: async ({ datastoreId, tokenId }, context) => {
    const { datastore, parameters } = await inSpace(datastoreId, context);
    return {
      operation: 'token.remove', parameters: { ...parameters, key: tokenId }, arguments: {},
      result: () => datastore.Tokens.find(({ key }) => key === tokenId) ?? null,
    };
  },

  addAllowedHost: async ({ datastoreId, ip }, context) => {
    const { datastore, parameters } = await inSpace(datastoreId, context);
    return hostsSet(parameters, [...new Set([...datastore.allowedHosts, ip])]);
  },

  removeAllowedHost: async ({ datastoreId, ip }, context) => {
    const { datastore, parameters } = await inSpace(datastoreId, context);
    if (!datastore.allowedHosts.includes(ip)) throw new GraphQLError(`'${ip}' is not one of the allowed hosts.`);
    return hostsSet(parameters, datastore.allowedHosts.filter((one) => one !== ip));
  },

  // Issuer, audience and algorithms stay, so that a new address never checks less; no address removes all four.
  setJWKS: async ({ datastoreId, jwksURI }, context) => {
    const { datastore, parameters } = await inSpace(datastoreId, context);
    const { issuer, audience, algorithms } = datastore;
    return { operation: 'jwks.set', parameters, arguments: { url: jwksURI, ...(jwksURI === '' ? {} : { issuer, audience, algorithms }) }, result: yes };
  },

  setEnv: async ({ datastoreId, key, value, encrypted }, context) => ({
    operation: 'env.set', parameters: { ...(await inSpace(datastoreId, context)).parameters, name: key },
    arguments: { value, encrypted: encrypted === true },
    result: () => ({ key, value: encrypted === true ? null : value, encrypted: encrypted === true }),
  }),

  removeEnv: async ({ datastoreId, key }, context) => {
    const { datastore, parameters } = await inSpace(datastoreId, context);
    return {
      operation: 'env.remove', parameters: { ...parameters, name: key }, arguments: {},
      result: () => datastore.Env.find((one) => one.key === key) ?? null,
    };
  },

  addProjectInvitation: async ({ projectId, email, role }, context) => {
    const project = (await context.view()).project(projectId);
    return {
      operation: 'project.invite', parameters: { project: project.uniqueName }, arguments: { email, role: kRoles[role] },
      result: (answer) => ({ ...answer, projectId, projectName: project.name, role, email }),
    };
  },
  removeProjectInvitation: invitation('invitation.remove'),
  acceptProjectInvitation: invitation('invitation.accept'),
  acceptTeamInvitation: invitation('invitation.accept'),
  removeTeamInvitation: invitation('invitation.remove'),

  joinProject: async ({ projectId }, context) => ({
    operation: 'project.join', parameters: { project: (await context.view()).joinable(projectId) }, arguments: {}, result: yes,
  }),
  removeProjectMember: async ({ projectId, userId }, context) => {
    const project = (await context.view()).project(projectId).uniqueName;
    if (userId) return { operation: 'project.member.remove', parameters: { project, user: userId }, arguments: {}, result: yes };
    return { operation: 'project.leave', parameters: { project }, arguments: {}, result: yes };
  },

  acceptTerms: async () => ({ operation: 'terms.accept', parameters: {}, arguments: {}, result: yes }),

  addAdminToken: async ({ teamId }, context) => ({
    operation: 'adminToken.add', parameters: { team: (await context.view()).team(teamId).id }, arguments: {}, result: (token) => token,
  }),
  removeAdminToken: async ({ teamId, tokenId }, context) => ({
    operation: 'adminToken.remove', parameters: { team: (await context.view()).team(teamId).id, tokenId }, arguments: {}, result: yes,
  }),
};

const kRoles = { ADMIN: 'owner', DEVELOPER: 'developer', VIEWER: 'viewer' };  // the protocol's names of roles → ours

async function runRow(row, args, context) {
  const step = await row(args, context);
  const answer = await context.run(step.operation, step.parameters, step.arguments);
  return step.result(answer, context);
}

// Resolvers by the names of the mutations.
const mutations = Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, (_, args, context) => runRow(row, args, context)]));

module.exports = { mutations };
