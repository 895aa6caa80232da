// Deploying: new code takes over without losing a request, bad code never does.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { Agent, request as open } from 'node:http';
import { startRedd } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';

const version = (n) => `import { app } from 'codehooks-js';
app.get('/version', (req, res) => res.json({ version: ${n} }));
app.auth('/*', (req, res, next) => next());
export default app.init();
`;

describe('deploy', () => {
  let server, app;
  before(async () => {
    server = await startRedd();
    app = await makeApp(server, { files: { 'index.js': version(0) } });
    await app.deploy();
  });
  after(async () => { await server?.stop(); await app?.remove(); });
  const current = async () => (await fetch(`${app.url}/version`)).json();

  for (const [name, files, pattern] of [
    ['a syntax error', { 'index.js': 'import { app } from "codehooks-js";\nconst = 1;\n' }, /index\.js:2:\d+/],
    ['a missing package', { 'index.js': 'import x from "no-such-package-here";\nexport default x;\n' }, /no-such-package-here[\s\S]*npm i/],
    ['code that throws while loading', { 'index.js': 'import { app } from "codehooks-js";\n\nthrow new Error("not today");\nexport default app.init();\n' }, /not today[\s\S]*index\.js:3/],
    ['code that exports no manifest', { 'index.js': 'export const x = 1;\n' }, /export default app\.init\(\)/],
  ]) {
    test(`${name} is refused and the old code keeps serving`, async () => {
      const before = await current();
      await app.write(files);
      const result = await app.coho(['deploy']);
      assert.equal(result.code, 1, result.stdout);
      assert.match(result.stderr + result.stdout, pattern);
      assert.deepEqual(await current(), before);
    });
  }

  test('50 deploys under 200 requests/s lose none', { timeout: 240_000 }, async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 64 });
    const seen = new Set(), wrong = [];
    let asked = 0, answered = 0, running = true;
    const one = () => new Promise((done) => {
      asked++;
      open(`${app.url}/version`, { agent }, async (answer) => {
        let text = '';
        for await (const piece of answer) text += piece;
        if (answer.statusCode === 200) { answered++; seen.add(JSON.parse(text).version); } else wrong.push(`${answer.statusCode} ${text}`);
        done();
      }).on('error', (error) => { wrong.push(error.message); done(); }).end();
    });
    const pending = new Set();
    const clock = setInterval(() => { if (running) { const p = one(); pending.add(p); p.finally(() => pending.delete(p)); } }, 5);
    const { createHash } = await import('node:crypto');
    for (let n = 1; n <= 50; n++) {
      // The bundle itself, without the bundler: what is tested is the take-over.
      const bundle = `var EntryPoint=(()=>{const routehooks={"GET /version":[(req,res)=>res.json({version:${n}})]};
        return {default:{routehooks,authhooks:{"/*":[(q,s,next)=>next()]},globalhooks:[],queuehooks:{},workerhooks:{},jobhooks:{},settings:{},realtime:()=>{},app:{}}};})();`;
      const deployed = await server.api('POST', `${app.space}/deployments`, { bundle, author: createHash('sha1').update(String(n)).digest('hex').slice(0, 8) });
      assert.ok(deployed.id);
      assert.deepEqual(await current(), { version: n });
    }
    running = false;
    clearInterval(clock);
    await Promise.all(pending);
    agent.destroy();
    assert.deepEqual(wrong, []);
    assert.equal(answered, asked);
    assert.ok(asked > 100, `only ${asked} requests were asked`);
    assert.ok(seen.size > 10, `only versions ${[...seen]} were seen`);
  });
});
