'use strict';
// How large a document may be (SEC-37). Counted over what would be executed: a fragment counts at every place where it is spread.

const { GraphQLError, Kind } = require('graphql');

const kScalarCost = 1;
const kObjectCost = 2;
const kDepthFactor = 1.5;  // what lies a level deeper costs so much more

// Throws for a document beyond limits: {depthMax, aliasesMax, directivesMax, costMax}. (Tokens are the parser's to count.)
// Introspection is left out: who may ask for it at all is decided elsewhere, and its depth is bounded by graphql's own rule.
function checkLimits(document, limits) {
  const fragments = new Map();
  for (const node of document.definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const measured = new Map();  // by name of a fragment; null while it is being measured
  for (const node of document.definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    const size = measure(node.selectionSet, fragments, measured);
    size.directives += countDirectives(node) + (node.variableDefinitions ?? []).reduce((sum, variable) => sum + countDirectives(variable), 0);
    check('is nested', size.depth, limits.depthMax, 'levels deep');
    check('has', size.aliases, limits.aliasesMax, 'aliases');
    check('has', size.directives, limits.directivesMax, 'directives');
    check('costs', Math.ceil(size.cost), limits.costMax, 'points');
  }
}

function check(verb, value, max, unit) {
  if (value > max) throw new GraphQLError(`The query ${verb} ${value} ${unit}, at most ${max} are allowed.`);
}

const countDirectives = (node) => node.directives?.length ?? 0;

function measure(selectionSet, fragments, measured) {
  const total = { depth: 0, aliases: 0, directives: 0, cost: 0 };
  for (const node of selectionSet.selections) {
    const size = measureSelection(node, fragments, measured);
    total.depth = Math.max(total.depth, size.depth);
    total.aliases += size.aliases;
    total.directives += size.directives + countDirectives(node);
    total.cost += size.cost;
  }
  return total;
}

function measureSelection(node, fragments, measured) {
  if (node.kind === Kind.INLINE_FRAGMENT) return measure(node.selectionSet, fragments, measured);
  if (node.kind === Kind.FRAGMENT_SPREAD) return measureFragment(node.name.value, fragments, measured);
  const aliases = node.alias === undefined ? 0 : 1;
  if (node.selectionSet === undefined) return { depth: 1, aliases, directives: 0, cost: kScalarCost };
  const inner = measure(node.selectionSet, fragments, measured);
  const hidden = node.name.value === '__schema' || node.name.value === '__type';
  return {
    depth: hidden ? 1 : 1 + inner.depth,
    aliases: aliases + inner.aliases,
    directives: inner.directives,
    cost: hidden ? kObjectCost : kObjectCost + kDepthFactor * inner.cost,
  };
}

function measureFragment(name, fragments, measured) {
  const fragment = fragments.get(name);
  if (fragment === undefined) throw new GraphQLError(`Unknown fragment "${name}".`);
  const known = measured.get(name);
  if (known === null) throw new GraphQLError(`Cannot spread fragment "${name}" within itself.`);
  if (known !== undefined) return known;
  measured.set(name, null);
  const size = measure(fragment.selectionSet, fragments, measured);
  size.directives += countDirectives(fragment);
  measured.set(name, size);
  return size;
}

module.exports = { checkLimits };
