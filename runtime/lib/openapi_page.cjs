'use strict';
// The page of app.openapi() (spec 80.5) as codehooks-js writes it loads Swagger UI from a public network and finds its document only at
// the root of a host. Here its files come from the server, and its document from below the space.

const kElsewhere = /https:\/\/unpkg\.com\/swagger-ui-dist@[0-9.]+\//g;
const kMark = 'https://unpkg.com/swagger-ui-dist@';
const kHere = '/_/assets/swagger-ui/5.11.0/';  // as in src/redd/assets.cc

// What the script passed to app.openapi(), or null.
function openApiConfig(settings) {
  const config = settings?._openapi_config;
  return config !== null && typeof config === 'object' ? config : null;
}

// `html`, or the page that works here when it is the one of the library.
function localPage(html, req, config) {
  if (!html.includes(kMark)) return html;
  const specPath = config.specPath || '/openapi.json';
  let page = html.replace(kElsewhere, kHere).replace(`url: ${quoted(specPath)}`, () => `url: ${quoted(prefixOf(req) + specPath)}`);
  // By default Swagger UI shows the document's address to a public validator.
  if (!page.includes('validatorUrl:')) page = page.replace("dom_id: '#swagger-ui',", "dom_id: '#swagger-ui',\n        validatorUrl: null,");
  return page;
}

// The document of the library names no server; then its paths would be taken from the root of the host, without the space.
function localDocument(document, req, config) {
  if (req.apiPath !== (config.specPath || '/openapi.json') || !Array.isArray(document?.servers) || document.servers.length > 0) return document;
  return { ...document, servers: [{ url: prefixOf(req) || '/' }] };
}

// What stands before the API path in the address: "/dev", or nothing where the host names the space.
function prefixOf(req) {
  const [path] = String(req.originalUrl).split('?', 1);
  return path.length > req.apiPath.length ? `/${req.datastore}` : '';
}

function quoted(text) {
  return `"${String(text).replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/</g, '\\u003c')}"`;
}

module.exports = { openApiConfig, localDocument, localPage };
