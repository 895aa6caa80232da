'use strict';
// Runs the functions of a request in order (spec 10.9, 20.6, 30.5): the auth hook when the server asks for one, then global hooks
// and the route's functions.

const { fatalText } = require('./stacks.cjs');

// What happens when a chain is through, and when next(error) is called.
const kAuthStage = {
  passed: (exchange) => startRoute(exchange),
  errorStatus: 403,
};
const kRouteStage = {
  passed: (exchange) => {
    if (!exchange.started && !exchange.ended) exchange.res.end();
  },
  errorStatus: 500,
};

function startRequest(exchange) {
  if (!exchange.askHook) return startRoute(exchange);
  const { manifest } = exchange.worker;
  const entry = manifest.authFor(exchange.req.apiPath);
  if (entry === null) return exchange.noHook();
  exchange.context = 'authhooks';
  return step(exchange, entry.functions, 0, kAuthStage);
}

// Route selection comes before the global hooks: without a route none of them runs.
function startRoute(exchange) {
  const { req, worker } = exchange;
  exchange.context = 'routehooks';
  const found = worker.manifest.routes.select(req.method, req.apiPath);
  if (found === null) {
    return exchange.refuse(404, JSON.stringify({ error: `No route matching ${req.method} ${req.apiPath}` }));
  }
  req.params = found.params;
  const chain = worker.manifest.chainOf(found.route, req.apiPath);
  if (found.route.servesFiles) exchange.fileStep = chain.length - 1;
  return step(exchange, chain, 0, kRouteStage);
}

function step(exchange, functions, index, stage) {
  if (index === functions.length) return stage.passed(exchange);
  if (index === exchange.fileStep) exchange.servesFiles = true;
  let called = false;
  return exchange.call(functions[index], (error) => {
    if (called || exchange.settled || exchange.aborted) return undefined;
    called = true;
    if (error) return refused(exchange, error, stage);
    return step(exchange, functions, index + 1, stage);
  });
}

function refused(exchange, error, stage) {
  exchange.worker.log(exchange, 'error', ` ${fatalText(error)}`);
  if (exchange.ended) return;
  if (exchange.started) return exchange.breakOff();
  const status = exchange.res.statusCode === 200 ? stage.errorStatus : exchange.res.statusCode;
  exchange.refuse(status, errorText(error), 'text/plain; charset=utf-8');
}

function errorText(error) {
  if (typeof error === 'string') return error;
  if (error !== null && typeof error === 'object') {
    if (typeof error.message === 'string') return error.message;
    try {
      return JSON.stringify(error);
    } catch {
      return String(error);
    }
  }
  return String(error);
}

module.exports = { startRequest };
