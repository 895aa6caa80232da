'use strict';
// The name apigateway-service:8888 (spec 10.12): connections of the script to it lead to the server's own gateway, whether through net,
// http or fetch. Requests carry how deep calls of workers are nested, so that the gateway ends those that would never end.

const net = require('node:net');
const { subscribe } = require('node:diagnostics_channel');

const kName = 'apigateway-service';
const kPort = 8888;
const kOrigin = `http://${kName}:${kPort}`;
const kDepthHeader = 'x-redd-depth';
const kHostHeader = 'x-redd-host';  // between our fetch() and the request that it makes; never sent

// `gateway`: {host, port} of hello; depthOf() is the depth of the invocation whose work is running.
function nameGateway(gateway, depthOf) {
  const { connect } = net.Socket.prototype;
  net.Socket.prototype.connect = function connectTo(...args) {
    return connect.apply(this, directed(args, gateway));
  };
  subscribe('http.client.request.created', ({ request }) => {
    if (request.host === kName && !request.headersSent) request.setHeader(kDepthHeader, String(depthOf() + 1));
  });
  subscribe('undici:request:create', ({ request }) => {
    if (String(request.origin) !== kOrigin) return;
    request.addHeader(kDepthHeader, String(depthOf() + 1));
    takeHost(request);
  });
  letFetchNameHosts();
}

// Node's fetch() drops a Host header; here it is what says which space is meant.
function letFetchNameHosts() {
  const { fetch: ofNode } = globalThis;
  globalThis.fetch = function fetch(input, init) {
    const url = typeof input === 'string' || input instanceof URL ? String(input) : '';
    if (!url.startsWith(`${kOrigin}/`) || !init?.headers) return ofNode(input, init);
    const headers = new Headers(init.headers);
    if (headers.has('host')) headers.set(kHostHeader, headers.get('host'));
    return ofNode(input, { ...init, headers });
  };
}

function takeHost(request) {
  const at = request.headers.indexOf(kHostHeader);
  if (at < 0) return;
  [, request.host] = request.headers.splice(at, 2);
}

// The arguments of Socket.connect() in any of its forms: (port, host), (options), or Node's own [options, callback].
function directed(args, gateway) {
  const [first] = args;
  if (Array.isArray(first)) {
    if (isGateway(first[0]?.host, first[0]?.port)) first[0] = { ...first[0], ...gateway };
    return args;
  }
  if (first !== null && typeof first === 'object') {
    return isGateway(first.host, first.port) ? [{ ...first, ...gateway }, ...args.slice(1)] : args;
  }
  return isGateway(args[1], first) ? [gateway.port, gateway.host, ...args.slice(2)] : args;
}

function isGateway(host, port) {
  return host === kName && Number(port) === kPort;
}

module.exports = { nameGateway };
