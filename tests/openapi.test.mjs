// The control API describes itself: the document is a valid OpenAPI 3.1 one, and says what the server does.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import SwaggerParser from '@apidevtools/swagger-parser';
import { startRedd } from './lib/redd.mjs';

describe('the OpenAPI document of the control API', () => {
  let server, document;
  before(async () => {
    server = await startRedd();
    document = await (await fetch(`${server.url}/_/api/v1/openapi.json`)).json();  // anyone may read it
  });
  after(() => server?.stop());
  const operations = () => Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })));

  test('is valid', async () => {
    const read = await SwaggerParser.validate(structuredClone(document));
    assert.equal(read.openapi, '3.1.0');
    assert.deepEqual(Object.keys(document.components.securitySchemes), ['bearer', 'adminToken']);
    const wrong = structuredClone(document);
    delete wrong.info.title;
    await assert.rejects(SwaggerParser.validate(wrong), 'the validator sees what is missing');
  });

  test('names every operation that the server lists, each with who may', async () => {
    const listed = (await (await fetch(`${server.url}/_/nothing`)).json()).operations;
    assert.deepEqual(operations().map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort(), [...listed].sort());
    const ids = operations().map((one) => one.operationId);
    assert.equal(new Set(ids).size, ids.length);
    for (const one of operations()) assert.match(one['x-permission'], /^(anyone|account|person|viewer|developer|owner|server)$/, one.operationId);
  });

  test('a request written from its description works', async () => {
    const create = operations().find((one) => one.operationId === 'project.create');
    const { uniqueName } = await (await fetch(server.url + create.path, {
      method: create.method, headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(create.requestBody.content['application/json'].example),
    })).json();
    assert.match(uniqueName, /^mybackend-/);
    const get = operations().find((one) => one.operationId === 'project.get');
    const parameters = new Map(get.parameters.filter((one) => one.in === 'path').map((one) => [one.name, uniqueName]));
    const path = get.path.replace(/\{(\w+)\}/g, (_, name) => parameters.get(name));
    assert.equal((await fetch(server.url + path, { headers: { 'x-admintoken': server.token } })).status, 200);
    const anonymous = operations().filter((one) => one.security?.length === 0).map((one) => one.operationId);
    assert.ok(anonymous.includes('openapi') && !anonymous.includes('project.list'));
  });
});
