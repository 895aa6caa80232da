'use strict';
// The schema with its scalars and resolvers. Reads are plain members of what the server sent; each counts, so that no answer grows without end.

const { readFileSync } = require('node:fs');
const { isIPv4 } = require('node:net');
const { join } = require('node:path');
const { GraphQLError, Kind, buildSchema, defaultFieldResolver } = require('graphql');
const { mutations } = require('./mutations.cjs');

const kFieldsMax = 200_000;  // of one answer

const isUrl = (text) => text === '' || (URL.canParse(text) && /^https?:/i.test(text));
const isEmail = (text) => text.length <= 254 && /^[^\s@<>"]+@[^\s@<>"]+$/.test(text);

const scalars = {
  IPv4: ['an IPv4 address such as 192.0.2.7', isIPv4],
  URL: ['an address that begins with https:// or http://, or an empty text', isUrl],
  EmailAddress: ['an e-mail address', isEmail],
};

function define(type, what, accepts) {
  const parse = (value) => {
    if (typeof value !== 'string' || !accepts(value)) throw new GraphQLError(`${type.name} must be ${what}.`);
    return value;
  };
  type.parseValue = parse;
  type.parseLiteral = (node) => parse(node.kind === Kind.STRING ? node.value : null);
}

function makeSchema() {
  const schema = buildSchema(readFileSync(join(__dirname, 'schema.graphql'), 'utf8'));
  for (const [name, [what, accepts]] of Object.entries(scalars)) define(schema.getType(name), what, accepts);
  const queries = schema.getQueryType().getFields();
  queries.ping.resolve = () => 'pong';
  queries.currentUser.resolve = async (_, args, context) => (await context.view()).user;
  for (const [name, field] of Object.entries(schema.getMutationType().getFields())) field.resolve = mutations[name];
  return schema;
}

function resolveField(source, args, context, info) {
  if (++context.fields > kFieldsMax) throw new GraphQLError(`The answer has more than ${kFieldsMax} fields. Fix: ask for less.`);
  return defaultFieldResolver(source, args, context, info);
}

module.exports = { makeSchema, resolveField };
