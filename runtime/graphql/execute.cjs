'use strict';
// One request, from the text that the client sent to the text of the answer.

const { GraphQLError, NoSchemaIntrospectionCustomRule, execute, parse, specifiedRules, validate } = require('graphql');
const { CallError } = require('../lib/calls.cjs');
const { checkLimits } = require('./limits.cjs');
const { makeSchema, resolveField } = require('./schema.cjs');
const { View } = require('./view.cjs');

const kErrorsMax = 10;
const schema = makeSchema();
const closedRules = [...specifiedRules, NoSchemaIntrospectionCustomRule];

// The answer to `invoke`: {text, introspection, limits}. `server` is how it speaks to the server: {view(), run(operation, parameters, arguments)},
// promises, which fail with errors whose message is for the caller.
async function answer(invoke, server) {
  let result;
  try {
    const { query, variables, operationName } = readBody(invoke.text);
    const document = parse(query, { maxTokens: invoke.limits.tokensMax });
    checkLimits(document, invoke.limits);
    const faults = validate(schema, document, invoke.introspection ? specifiedRules : closedRules, { maxErrors: kErrorsMax });
    if (faults.length > 0) return failure(faults);
    result = await execute({
      schema, document, operationName, variableValues: variables, fieldResolver: resolveField, contextValue: new Context(server, variables),
    });
  } catch (error) {
    return failure([error]);
  }
  if (result.errors === undefined) return JSON.stringify(result);
  return JSON.stringify({ errors: result.errors.map(errorJson), data: result.data ?? null });
}

// What a mutation or a read may ask for.
class Context {
  variables;
  fields = 0;  // resolved so far
  #server;
  #view = null;

  constructor(server, variables) {
    this.#server = server;
    this.variables = variables;
  }

  view() {
    this.#view ??= this.#server.view().then((sent) => new View(sent));
    return this.#view;
  }

  async run(operation, parameters, args) {
    try {
      return await this.#server.run(operation, parameters, args);
    } finally {
      this.#view = null;  // it may look different now
    }
  }
}

function readBody(text) {
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    throw new GraphQLError('The body is not JSON. Fix: send {"query": "…", "variables": {…}}.');
  }
  if (Array.isArray(body)) throw new GraphQLError('Several requests in one are not taken. Fix: send one object, {"query": "…", "variables": {…}}.');
  if (typeof body?.query !== 'string') throw new GraphQLError("The body has no 'query'. Fix: send {\"query\": \"…\", \"variables\": {…}}.");
  const { query, variables, operationName } = body;
  if (variables !== undefined && variables !== null && (typeof variables !== 'object' || Array.isArray(variables))) {
    throw new GraphQLError("'variables' must be an object.");
  }
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') throw new GraphQLError("'operationName' must be a text.");
  return { query, variables: variables ?? {}, operationName };
}

const failure = (errors) => JSON.stringify({ errors: errors.map(errorJson), data: null });

// A fault of this program keeps its text for the server's log.
function errorJson(error) {
  const cause = error.originalError ?? error;
  const ours = cause instanceof GraphQLError || cause instanceof CallError;
  if (!ours) console.error(cause.stack);
  return { message: ours ? error.message : 'Internal error', ...(error.path === undefined ? {} : { path: error.path }) };
}

module.exports = { answer, failure };
