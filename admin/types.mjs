// Writes src/api/operations.ts from the OpenAPI document of a redd that it starts: the names, paths and arguments of all operations.
//   node admin/types.mjs            after a build, when src/control/operations.cc has changed; tests/admin.test.mjs fails until it was run
//   node admin/types.mjs --print    to standard output
import { writeFile } from 'node:fs/promises';
import { startRedd } from '../tests/lib/redd.mjs';

const kFile = new URL('src/api/operations.ts', import.meta.url);

const typeOf = (schema) => ({ string: 'string', boolean: 'boolean', integer: 'number', array: 'string[]' })[schema.type] ?? 'unknown';

const members = (list) => (list.length === 0 ? 'Record<never, never>' : `{ ${list.map(({ name, type, required }) => `${name}${required ? '' : '?'}: ${type}`).join('; ')} }`);

function operationsOf(document) {
  const found = [];
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const parameters = operation.parameters ?? [];
      const body = operation.requestBody?.content['application/json']?.schema;
      const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => ({ name, type: 'string', required: true }));
      const inQuery = parameters.filter((one) => one.in === 'query').map(({ name, required, schema }) => ({ name, type: typeOf(schema), required }));
      const inBody = Object.entries(body?.properties ?? {}).map(([name, schema]) => ({ name, type: typeOf(schema), required: body.required?.includes(name) ?? false }));
      found.push({ name: operation.operationId, method: method.toUpperCase(), path, permission: operation['x-permission'], takes: [...inPath, ...inQuery, ...inBody] });
    }
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function written(operations) {
  const lines = [
    '// Made by admin/types.mjs from the OpenAPI document of the control plane: do not edit.',
    '',
    "export type Permission = 'anyone' | 'account' | 'person' | 'viewer' | 'developer' | 'owner' | 'server';",
    '',
    '// What each operation takes: parts of its path, and of its query or its JSON body.',
    'export interface Operations {',
    ...operations.map((one) => `  '${one.name}': ${members(one.takes)};`),
    '}',
    '',
    'export const kOperations: Record<keyof Operations, readonly [method: string, path: string, permission: Permission]> = {',
    ...operations.map((one) => `  '${one.name}': ['${one.method}', '${one.path}', '${one.permission}'],`),
    '};',
    '',
  ];
  return lines.join('\n');
}

export async function currentOperations() {
  const server = await startRedd();
  try {
    return written(operationsOf(await (await fetch(`${server.url}/_/api/v1/openapi.json`)).json()));
  } finally {
    await server.stop();
  }
}

if (import.meta.main) {
  const text = await currentOperations();
  if (process.argv.includes('--print')) process.stdout.write(text);
  else await writeFile(kFile, text);
}
