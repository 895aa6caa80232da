// A project with a space and code in it, made the way people make one: with coho.
import { mkdtemp, cp, symlink, writeFile, rm, mkdir, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { coho, root } from './redd.mjs';

// `files`: name → text, or `from`: a folder of the checkout. `packages`: name → the folder of tests/node_modules that is installed under
// that name, for an older version of it. → {dir, project, deploy(), write(), coho(), url, remove()}
export async function makeApp(server, { name = 'hello', files = {}, from, modules = 'tests/node_modules', packages } = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'redd-app-'));
  const { uniqueName: project } = await server.api('POST', '/projects', { name });
  await server.api('POST', `/projects/${project}/spaces`, { name: 'dev' });
  if (from) await cp(join(root, from), dir, { recursive: true, filter: (path) => !path.includes('node_modules') });
  await (packages ? linkEach(join(root, modules), join(dir, 'node_modules'), packages) : symlink(join(root, modules), join(dir, 'node_modules')));
  const write = async (more) => { for (const [file, text] of Object.entries(more)) { await mkdir(join(dir, file, '..'), { recursive: true }); await writeFile(join(dir, file), text); } };
  await write({ 'config.json': JSON.stringify({ name: project, space: 'dev' }), ...files });
  const inside = (args, options = {}) => coho(server, args, { cwd: dir, ...options });
  const good = async (...args) => {
    const result = await inside(args);
    assert.equal(result.code, 0, `coho ${args.join(' ')}: ${result.stderr}${result.stdout}`);
    return result;
  };
  return {
    dir, project, write, coho: inside, good,
    deploy: () => good('deploy'),
    host: `${project}.api.localhost:${server.port}`,
    space: `/projects/${project}/spaces/dev`,
    // Through the bare address: the first project is the default one.
    url: `${server.url}/dev`,
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

async function linkEach(from, to, packages) {
  await mkdir(to);
  const names = new Set([...await readdir(from), ...Object.keys(packages)]);
  await Promise.all([...names].map((name) => symlink(join(from, packages[name] ?? name), join(to, name))));
}
