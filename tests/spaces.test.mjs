// Spaces as wholes: copies with their data, the trash and its end, splits between two versions; and kills in the middle of them.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request, startRedd } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';
import { until } from './lib/until.mjs';

const code = (n) => `import { app, datastore } from 'codehooks-js';
app.get('/version', (req, res) => res.json({ version: ${n} }));
app.get('/count', async (req, res) => res.json(await (await datastore.open()).count('things', {})));
app.auth('/*', (req, res, next) => next());
export default app.init();
`;
const spaces = (app) => `/projects/${app.project}/spaces`;
const names = async (server, app) => (await server.api('GET', `/projects/${app.project}`)).spaces.map((one) => one.name).sort();
const folders = (dataDir) => readdir(join(dataDir, 'spaces'));

// Documents as the store has them, keys, and every file with its content.
async function everythingOf(server, app, name) {
  const at = `${spaces(app)}/${name}`;
  const files = [];
  const walk = async (path) => {
    for (const one of (await server.api('GET', `${at}/files?path=${encodeURIComponent(path)}`)).files) {
      if (one.type === 'directory') await walk(one.path);
      else files.push([one.path, await server.api('GET', `${at}/files/content?path=${encodeURIComponent(one.path)}`)]);
    }
  };
  await walk('/');
  return {
    documents: await server.api('GET', `${at}/collections/things/documents?format=json`),
    collections: (await server.api('GET', `${at}/collections`)).collections,
    keys: await server.api('GET', `${at}/keys?limit=10000&format=json`),
    files,
  };
}

async function fill(server, app, count) {
  const lines = Array.from({ length: count }, (_, i) => JSON.stringify({ _id: `d${i}`, n: i, text: 'x'.repeat(200) })).join('\n');
  const headers = { authorization: `Bearer ${server.token}` };
  const url = `${server.url}/_/api/v1${app.space}`;
  assert.ok((await fetch(`${url}/collections/things/import`, { method: 'POST', headers, body: lines })).ok);
  const json = { ...headers, 'content-type': 'application/json' };
  const indexed = await fetch(`${url}/collections/things/indexes`, { method: 'POST', headers: json, body: '{"fields":["n"]}' }).then((a) => a.text());
  assert.match(indexed, /"finished":true/);
  for (let i = 0; i < 20; i++) {
    await server.api('PUT', `${app.space}/keys/k${i}`, { value: `v${i}` });
    assert.ok((await fetch(`${url}/files/content?path=/dir${i % 3}/f${i}.txt`, { method: 'PUT', headers, body: `file ${i}` })).ok);
  }
}

describe('spaces', () => {
  let server, app;
  before(async () => {
    server = await startRedd();
    app = await makeApp(server, { files: { 'index.js': code(1) } });
    await app.deploy();
    await fill(server, app, 3_000);
  });
  after(async () => { await server?.stop(); await app?.remove(); });

  test('a copy with data equals the space, and lives apart from it', { timeout: 120_000 }, async () => {
    await server.api('PUT', `${app.space}/env/SECRET`, { value: 'hush', encrypted: true });
    const { key } = await server.api('POST', `${app.space}/tokens`, { access: 'READ' });
    const copy = await server.api('POST', `${app.space}/copy`, { to: 'stage', data: true });
    assert.deepEqual(await everythingOf(server, app, 'stage'), await everythingOf(server, app, 'dev'));
    assert.deepEqual(copy.env, [{ name: 'SECRET', encrypted: true }]);
    assert.deepEqual(copy.tokens.map((one) => one.key), [key]);
    assert.deepEqual((await request(`${server.url}/stage/count`)).json, { count: 3_000 });
    await server.api('DELETE', `${spaces(app)}/stage/keys/k1`);
    await server.api('DELETE', `${spaces(app)}/stage/files?path=/dir0/f0.txt`);
    assert.equal((await server.api('GET', `${app.space}/keys/k1`)).value, 'v1');
    assert.equal(await server.api('GET', `${app.space}/files/content?path=/dir0/f0.txt`), 'file 0');
    await assert.rejects(server.api('POST', `${app.space}/copy`, { to: 'stage' }), { status: 409 });
  });

  test('a copy made while documents are written holds a moment of them', { timeout: 120_000 }, async () => {
    // Two documents that are always written together: a copy of one moment holds as many of the one kind as of the other.
    let writing = true, written = 0;
    const writer = (async () => {
      for (let i = 0; writing; i++) {
        const pair = ['left', 'right'].map((side) => JSON.stringify({ _id: `${side}${i}`, side })).join('\n');
        const answer = await fetch(`${server.url}/_/api/v1${app.space}/collections/pairs/import`, { method: 'POST', headers: { authorization: `Bearer ${server.token}` }, body: pair });
        assert.equal((await answer.json()).count, 2);
        written++;
      }
    })();
    try {
      await until(() => written > 20);
      for (const to of ['moment1', 'moment2', 'moment3']) {
        await server.api('POST', `${app.space}/copy`, { to, data: true });
        const count = async (side) => (await server.api('POST', `${spaces(app)}/${to}/collections/pairs/count`, { filter: { side } })).count;
        const left = await count('left');
        assert.ok(left >= 20);
        assert.equal(left, await count('right'));
      }
    } finally {
      writing = false;
      await writer;
    }
  });

  test('a copy without data has the code and none of the data', async () => {
    await server.api('POST', `${app.space}/copy`, { to: 'empty' });
    assert.deepEqual((await request(`${server.url}/empty/version`)).json, { version: 1 });
    assert.deepEqual((await request(`${server.url}/empty/count`)).json, { count: 0 });
    const tar = await (await fetch(`${server.url}/_/api/v1${spaces(app)}/empty/deployments/active/source`, { headers: { authorization: `Bearer ${server.token}` } })).text();
    assert.ok(tar.includes('index.js'));
  });

  test('a renamed space answers under its new name, with what it had', async () => {
    await server.api('POST', `${spaces(app)}/empty/rename`, { name: 'renamed' });
    assert.equal((await request(`${server.url}/empty/version`)).status, 404);
    assert.deepEqual((await request(`${server.url}/renamed/version`)).json, { version: 1 });
    await assert.rejects(server.api('POST', `${spaces(app)}/renamed/rename`, { name: 'dev' }), { status: 409 });
  });

  test('limits of a space hold, and the server\'s bound them', async () => {
    const slow = `var EntryPoint={default:{routehooks:{"GET /slow":[()=>{}]},authhooks:{"/*":[(q,s,next)=>next()]},globalhooks:[],queuehooks:{},workerhooks:{},jobhooks:{},settings:{},realtime:()=>{},app:{}}};`;
    await server.api('POST', spaces(app), { name: 'slow' });
    const at = `${spaces(app)}/slow`;
    await server.api('POST', `${at}/deployments`, { bundle: slow.replace('()=>{}', '()=>new Promise((done)=>setTimeout(done,600000))') });
    const limits = (await server.api('PUT', `${at}/limits`, { requestDeadlineMs: 100 })).limits;
    assert.deepEqual(limits, { requestDeadlineMs: 100, requestsMax: 0, workerHeapMiB: 0 });
    assert.equal((await request(`${server.url}/slow/slow`)).status, 504);
    await assert.rejects(server.api('PUT', `${at}/limits`, { requestsMax: 1_000_000 }), /'requestsMax' is 1000000/);
  });

  test('a domain moves from space to space at once', async () => {
    await server.api('PUT', `${spaces(app)}/stage/domains`, { domains: ['www.example.com'] });
    await server.api('POST', `${app.space}/domains/move`, { domain: 'www.example.com' });
    assert.deepEqual((await server.api('GET', app.space)).domains, ['www.example.com']);
    assert.deepEqual((await server.api('GET', `${spaces(app)}/stage`)).domains, []);
    assert.deepEqual((await request(`${server.url}/version`, { headers: { host: 'www.example.com' } })).json, { version: 1 });
  });
});

test('a split gives each client one version, near the percentage', { timeout: 240_000 }, async () => {
  const server = await startRedd({ args: ['--trusted-proxy', '127.0.0.1'] });
  const app = await makeApp(server, { files: { 'index.js': code(1) } });
  try {
    await app.deploy();
    await app.write({ 'index.js': code(2) });
    await app.deploy();
    const [{ id: second }, { id: first }] = (await server.api('GET', `${app.space}/deployments`)).deployments;
    const ask = (client) => fetch(`${app.url}/version`, { headers: { 'x-forwarded-for': `10.${client >> 16}.${(client >> 8) & 255}.${client & 255}` } });
    const versions = async (clients) => {
      const out = [];
      for (let at = 0; at < clients; at += 20) {
        out.push(...await Promise.all(Array.from({ length: 20 }, async (_, i) => {
          const answer = await ask(at + i);
          const { version } = await answer.json();
          assert.equal(answer.headers.get('x-redd-deployment'), version === 1 ? first : second);
          return version;
        })));
      }
      return out;
    };
    assert.equal((await ask(1)).headers.get('x-redd-deployment'), null);
    await server.api('PUT', `${app.space}/split`, { deployment: first, percent: 20 });
    const before = await versions(2_000);
    const share = before.filter((one) => one === 1).length;
    assert.ok(Math.abs(share - 400) < 80, `${share} of 2000 clients met 20 %`);  // 4.5 standard deviations; the hash decides, not chance
    assert.deepEqual(await versions(200), before.slice(0, 200), 'clients stay');
    const workers = (await server.api('GET', `${app.space}/workers`)).workers.filter((one) => one.state === 'ready').map((one) => one.deployment);
    assert.deepEqual(workers.sort(), [first, second].sort());
    assert.match(JSON.stringify(await server.api('GET', `${app.space}/logs?context=request&tail=100`)), new RegExp(`deployment ${second}`));

    // A larger share takes clients over, and none back.
    await server.api('PUT', `${app.space}/split`, { deployment: first, percent: 60 });
    (await versions(200)).forEach((version, client) => { if (before[client] === 1) assert.equal(version, 1); });
    // Ended by 0, by 100 and by a deploy.
    await server.api('PUT', `${app.space}/split`, { deployment: first, percent: 0 });
    assert.equal((await ask(1)).headers.get('x-redd-deployment'), null);
    assert.equal((await (await ask(1)).json()).version, 2);
    await server.api('PUT', `${app.space}/split`, { deployment: first, percent: 50 });
    await app.write({ 'index.js': code(3) });
    await app.deploy();
    assert.equal((await server.api('GET', app.space)).split, null);
    await server.api('PUT', `${app.space}/split`, { deployment: first, percent: 100 });
    for (let client = 0; client < 20; client++) assert.equal((await (await ask(client)).json()).version, 1);
    await until(async () => (await server.api('GET', `${app.space}/workers`)).workers.filter((one) => one.state === 'ready').length === 1);
  } finally {
    await server.stop();
    await app.remove();
  }
});

test('what was removed comes back within the grace period and is deleted after it', { timeout: 120_000 }, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'redd-test-'));
  let server = await startRedd({ dataDir });
  const app = await makeApp(server, { files: { 'index.js': code(1) } });
  try {
    await app.deploy();
    await server.api('PUT', `${app.space}/keys/kept`, { value: 'yes' });
    const { id } = await server.api('GET', app.space);
    await assert.rejects(server.api('DELETE', `${app.space}?confirm=other`), { status: 400 });
    await server.api('DELETE', `${app.space}?confirm=dev`);
    assert.equal((await request(`${server.url}/dev/version`)).status, 404);
    await server.kill();
    server = await startRedd({ dataDir });
    assert.deepEqual((await server.api('GET', `/projects/${app.project}/trash`)).spaces.map((one) => [one.id, one.name]), [[id, 'dev']]);
    await server.api('POST', spaces(app), { name: 'dev' });  // the name is free
    await assert.rejects(server.api('POST', `/projects/${app.project}/trash/${id}/restore`, {}), { status: 409 });
    await server.api('POST', `/projects/${app.project}/trash/${id}/restore`, { name: 'back' });
    assert.equal((await server.api('GET', `${spaces(app)}/back/keys/kept`)).value, 'yes');
    assert.deepEqual((await request(`${server.url}/back/version`)).json, { version: 1 });
    await server.api('DELETE', `${spaces(app)}/back?confirm=back`);
    await server.stop();

    server = await startRedd({ dataDir, args: ['--trash-days', '0'] });
    await until(() => !existsSync(join(dataDir, 'spaces', id)));
    await until(async () => (await server.api('GET', `/projects/${app.project}/trash`)).spaces.length === 0);
    assert.deepEqual(await names(server, app), ['dev']);
  } finally {
    await server.stop();
    await app.remove();
    await rm(dataDir, { recursive: true, force: true });
  }
});

test('kills during copies and removals leave the old state or the new one, and no folder that nobody knows', { timeout: 240_000 }, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'redd-test-'));
  let server = await startRedd({ dataDir });
  const app = await makeApp(server, { files: { 'index.js': code(1) } });
  try {
    await app.deploy();
    await fill(server, app, 5_000);
    const before = await everythingOf(server, app, 'dev');
    for (let i = 0; i < 6; i++) {
      const to = `copy${i}`;
      const asked = server.api('POST', `${app.space}/copy`, { to, data: true }).then(() => 'answered', () => 'cut');
      for (let turn = 0; turn < i; turn++) await server.api('GET', '/me');  // a little later each time
      if (i === 5) await asked;
      await server.kill();
      const outcome = await asked;
      server = await startRedd({ dataDir });
      const there = (await names(server, app)).includes(to);
      if (outcome === 'answered') assert.ok(there, 'what was acknowledged is there');
      if (there) {
        assert.deepEqual(await everythingOf(server, app, to), before);
        const removing = server.api('DELETE', `${spaces(app)}/${to}?confirm=${to}`).then(() => 'answered', () => 'cut');
        await server.kill();
        const removed = await removing;
        server = await startRedd({ dataDir });
        const { spaces: trash } = await server.api('GET', `/projects/${app.project}/trash`);
        const isTrashed = trash.some((one) => one.name === to);
        assert.notEqual(isTrashed, (await names(server, app)).includes(to), 'in one place and only there');
        if (removed === 'answered') assert.ok(isTrashed);
      }
      assert.deepEqual(await everythingOf(server, app, 'dev'), before);
    }
    const known = async () => {
      const live = (await server.api('GET', `/projects/${app.project}`)).spaces.map((one) => one.id);
      return [...live, ...(await server.api('GET', `/projects/${app.project}/trash`)).spaces.map((one) => one.id)];
    };
    await until(async () => { const ids = await known(); return (await folders(dataDir)).every((folder) => ids.includes(folder)); });
  } finally {
    await server.stop();
    await app.remove();
    await rm(dataDir, { recursive: true, force: true });
  }
});
