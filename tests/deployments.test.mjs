// The ways back: rolling back under traffic, undeploying, and what is left when the server is killed in the middle.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { Agent, request as open } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedd } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';

// Two modules that each know the version, so that an answer made of two versions would show.
const version = (n) => ({
  'one.js': `export const one = ${n};`,
  'two.js': `export const two = ${n};`,
  'index.js': `import { app } from 'codehooks-js';
import { one } from './one.js';
import { two } from './two.js';
app.get('/version', (req, res) => res.json({ one, two }));
app.auth('/*', (req, res, next) => next());
export default app.init();
`,
});

// Requests at a steady pace until stop(). → {stop(): {asked, answers: [text], wrong: [text]}}
function traffic(url, everyMs = 5) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const pending = new Set(), answers = [], wrong = [];
  let asked = 0;
  const one = () => new Promise((done) => {
    asked++;
    open(url, { agent }, async (answer) => {
      let text = '';
      for await (const piece of answer) text += piece;
      if (answer.statusCode === 200) answers.push(text); else wrong.push(`${answer.statusCode} ${text}`);
      done();
    }).on('error', (error) => { wrong.push(error.message); done(); }).end();
  });
  const clock = setInterval(() => { const p = one(); pending.add(p); p.finally(() => pending.delete(p)); }, everyMs);
  return {
    stop: async () => {
      clearInterval(clock);
      await Promise.all(pending);
      agent.destroy();
      return { asked, answers, wrong };
    },
  };
}

describe('rolling back', () => {
  let server, app;
  before(async () => {
    server = await startRedd();
    app = await makeApp(server, { files: version(0) });
    await app.deploy();
  });
  after(async () => { await server?.stop(); await app?.remove(); });
  const current = async () => (await fetch(`${app.url}/version`)).json();
  const rollBack = (body = {}) => server.api('POST', `${app.space}/rollback`, body);
  const history = async () => (await server.api('GET', `${app.space}/deployments`)).deployments;

  test('50 alternations of deploy and rollback lose no request and mix no versions', { timeout: 240_000 }, async () => {
    await app.write(version(1));
    const load = traffic(`${app.url}/version`);
    await app.deploy();  // the bundler's own work once; then the same bundle, so that the take-over is what is tested
    const [{ id }] = await history();
    const { bundle } = await server.api('GET', `${app.space}/deployments/${id}/bundle`).then((text) => ({ bundle: text }));
    await rollBack();
    assert.deepEqual(await current(), { one: 0, two: 0 });
    for (let i = 0; i < 50; i++) {
      await server.api('POST', `${app.space}/deployments`, { bundle });
      assert.deepEqual(await current(), { one: 1, two: 1 });
      const { tookMs } = await rollBack();
      assert.ok(Number.isInteger(tookMs));
      assert.deepEqual(await current(), { one: 0, two: 0 });
    }
    const { asked, answers, wrong } = await load.stop();
    assert.deepEqual(wrong, []);
    assert.equal(answers.length, asked);
    assert.deepEqual([...new Set(answers)].sort(), ['{"one":0,"two":0}', '{"one":1,"two":1}']);
    assert.equal((await history()).length, 1, 'what was undone is not kept');
  });

  test('to a version by its id, and back from there', async () => {
    await app.write(version(2));
    await app.deploy();
    await app.write(version(3));
    await app.deploy();
    const [three, two, zero] = await history();
    const answer = await rollBack({ deployment: zero.id });
    assert.equal(answer.restores, zero.id);
    assert.deepEqual(await current(), { one: 0, two: 0 });
    const entries = await history();
    assert.deepEqual(entries.map((one) => one.id), [answer.id, three.id, two.id, zero.id]);
    assert.deepEqual(entries.map((one) => one.active), [true, false, false, false]);
    await rollBack();
    assert.deepEqual(await current(), { one: 3, two: 3 });
  });

  test('undeploy: no code, the data stays, and a roll-back brings the code again', async () => {
    await server.api('PUT', `${app.space}/keys/kept`, { value: 'yes' });
    await server.api('DELETE', `${app.space}/deployments/active`);
    const answer = await fetch(`${app.url}/version`);
    assert.equal(answer.status, 404);
    assert.deepEqual(await answer.json(), { error: 'No code deployed' });
    assert.equal((await server.api('GET', `${app.space}/keys/kept`)).value, 'yes');
    await assert.rejects(server.api('DELETE', `${app.space}/deployments/active`), { status: 404 });
    await rollBack();
    assert.deepEqual(await current(), { one: 3, two: 3 });
  });

  test('nothing to roll back to', async () => {
    await server.api('POST', `/projects/${app.project}/spaces`, { name: 'empty' });
    await assert.rejects(server.api('POST', `/projects/${app.project}/spaces/empty/rollback`, {}), { status: 400 });
  });
});

test('a kill during a roll-back leaves the old version or the new one', { timeout: 120_000 }, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'redd-test-'));
  let server = await startRedd({ dataDir });
  const app = await makeApp(server, { files: version(0) });
  try {
    await app.deploy();
    await app.write(version(1));
    await app.deploy();
    for (let i = 0; i < 6; i++) {
      const [{ id: active }, { id: older }] = (await server.api('GET', `${app.space}/deployments`)).deployments;
      const asked = server.api('POST', `${app.space}/rollback`, { deployment: older }).then(() => 'answered', () => 'cut');
      await (i % 2 ? asked : server.api('GET', '/me'));  // killed before and after the answer
      await server.kill();
      const outcome = await asked;
      server = await startRedd({ dataDir });
      const entries = (await server.api('GET', `${app.space}/deployments`)).deployments;
      const [first] = entries;
      assert.ok(first.active && entries.filter((one) => one.active).length === 1);
      assert.ok(first.id === active || first.restores === older, JSON.stringify(entries));
      if (outcome === 'answered') assert.equal(first.restores, older, 'what was acknowledged is there');
      const served = await (await fetch(`${server.url}/dev/version`)).json();
      assert.equal(served.one, served.two);
    }
  } finally {
    await server.stop();
    await app.remove();
    await rm(dataDir, { recursive: true, force: true });
  }
});
