// The commands on people against the real redd: Ann sets the server up and owns it, Bob is a developer of her team Crew, Vic a viewer in it,
// Cid was given an account and is invited into a project. Each has a login of their own. What they may not do is tried, too.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cohoBin, startRedd } from '../lib/redd.mjs';
import { inFolder, outputs } from '../lib/output.mjs';

const password = 'correct horse battery';
const kSecret = 'a very secret value';

describe('coho on people', () => {
  let server, dir, project, crew;
  const texts = {};
  const as = (name, more = {}) => inFolder(server, dir, { COHO_CONFIG_DIR: join(dir, name), ...more });
  const withToken = (token) => inFolder(server, dir, { COHO_URL: server.url, COHO_TOKEN: token, COHO_CONFIG_DIR: join(dir, 'nobody') });
  const ask = (coho) => async (...args) => {
    const { code, stdout, stderr } = await coho(args);
    assert.equal(code, 0, `coho ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  const json = (coho) => async (...args) => JSON.parse(await ask(coho)(...args, '--json'));
  const refused = async (coho, args, because) => {
    const { code, stdout, stderr } = await coho(args);
    assert.equal(code, 1, `coho ${args.join(' ')} was let: ${stdout}`);
    assert.match(stderr, because);
    assert.equal(stdout, '');
  };
  const codeOf = async (email) => (await json(as('ann'))('invite')).invitations.find((one) => one.email === email).code;
  const keep = (name, person) => outputs(name, typeof person === 'string' ? as(person) : person, { ...texts, [dir]: 'DIR', [server.url]: 'URL', [project ?? ' no project ']: 'PROJECT' });

  before(async () => {
    server = await startRedd();
    dir = await mkdtemp(join(tmpdir(), 'coho-people-'));
  });
  after(async () => {
    await server?.stop();
    if (dir) await rm(dir, { recursive: true, force: true });
  });

  test('setup: the owner of a new server, once', async () => {
    const code = (await readFile(join(server.dataDir, 'setup-code'), 'utf8')).trim();
    texts[code] = 'SETUPCODE';
    const s = keep('setup', 'ann');
    const named = ['--email', 'ann@example.org', '--name', 'Ann'];
    await s.run('account');
    await s.fed(`${password}\n`, 'setup', server.url, 'nonsense', ...named);
    await s.fed('short\n', 'setup', server.url, code, ...named);
    await s.run('setup', server.url, code, ...named);
    await s.fed(`${password}\n`, 'setup', server.url, code, ...named);
    await s.fed(`${password}\n`, 'setup', server.url, code, ...named, '--json');
    await s.check();
    assert.equal((await json(as('ann'))('account')).role, 'owner');
  });

  test('login: password, token and environment; logout', async () => {
    const s = keep('login', 'ann');
    await s.run('logout');
    await s.run('logout', '--json');
    await s.fed('wrong\n', 'login', server.url, '--email', 'ann@example.org');
    await s.fed('wrong\n', 'login', server.url, '--email', 'ann@example.org', '--json');
    await s.fed(`${password}\n`, 'login', server.url, '--email', 'ann@example.org');
    await s.fed(`${password}\n`, 'login', server.url, '--email', 'ann@example.org', '--json');
    await s.run('login', server.url, '--token', 'redd_not_a_token');
    await s.check();
    const file = join(dir, 'ann', 'coho.json');
    const { token } = JSON.parse(await readFile(file, 'utf8'));
    assert.equal((await json(withToken(token))('account')).email, 'ann@example.org');
    await ask(as('tom', { COHO_TOKEN: token }))('login', server.url);
    assert.equal((await json(as('tom'))('account')).email, 'ann@example.org', 'COHO_TOKEN is what login keeps');
    await ask(as('ann'))('logout');
    await refused(withToken(token), ['account'], /refused the token from COHO_TOKEN/);
    await assert.rejects(readFile(file), { code: 'ENOENT' });
    await as('ann')(['login', server.url, '--email', 'ann@example.org'], { input: `${password}\n` });
  });

  test('a password typed on a terminal is asked for and not shown', async () => {
    const child = spawn('script', ['-qec', `${cohoBin} login ${server.url} --email ann@example.org`, '/dev/null'], { env: { PATH: process.env.PATH, COHO_CONFIG_DIR: join(dir, 'typed'), TERM: 'dumb' } });
    let shown = '';
    child.stdout.on('data', (piece) => {
      const before = shown;
      shown += piece;
      if (!before.includes('shown):') && shown.includes('shown):')) child.stdin.write(`${password}\n`);
    });
    const [code] = await once(child, 'close');
    assert.equal(code, 0, shown);
    assert.match(shown, /Password of ann@example\.org \(is not shown\):[\s\S]*Logged in to .* as ann@example\.org/);
    assert.ok(!shown.includes(password), shown);
    assert.equal((await json(as('typed'))('account')).name, 'Ann');
  });

  test('team create, invite and redeem: Bob and Vic join Crew', async () => {
    const s = keep('invite', 'ann');
    await ask(as('ann'))('team', 'create', 'Crew');
    crew = (await json(as('ann'))('teams')).teams.find((one) => one.name === 'Crew').id;
    await s.run('invite');
    await s.run('invite', '--json');
    await s.run('invite', 'bob@example.org', '--team', 'Crew', '--role', 'developer');
    await s.run('invite', 'vic@example.org', '--team', crew, '--role', 'viewer', '--json');
    await s.run('invite', 'eve@example.org', '--team', 'Crew', '--role', 'viewer');
    await s.run('invite');
    await s.terminal('invite');
    await s.run('invite', '--json');
    await s.run('invite', 'eve@example.org', '--team', 'Nobodies');
    await s.run('invite', 'eve@example.org', '--role', 'king', '--team', 'Crew');
    const eve = (await json(as('ann'))('invite')).invitations.find((one) => one.email === 'eve@example.org');
    await s.run('invite', '--remove', eve.id);
    await s.run('invite', '--remove', eve.id, '--json');
    await s.check();

    const bob = keep('redeem', 'bob');
    await bob.fed(`${password}\n`, 'redeem', server.url, eve.code, '--name', 'Eve');
    await bob.fed('short\n', 'redeem', server.url, await codeOf('bob@example.org'), '--name', 'Bob');
    await bob.fed(`${password}\n`, 'redeem', server.url, await codeOf('bob@example.org'), '--name', 'Bob');
    const vic = await codeOf('vic@example.org');
    const opened = await as('vic')(['redeem', server.url, vic, '--name', 'Vic', '--json'], { input: `${password}\n` });
    assert.deepEqual([opened.code, JSON.parse(opened.stdout).name], [0, 'vic@example.org']);
    await bob.fed(`${password}\n`, 'redeem', server.url, vic, '--json');
    await bob.check();
    assert.deepEqual((await json(as('bob'))('teams')).teams.map(({ name, role }) => [name, role]).sort(), [['Crew', 'developer'], ['Personal', 'owner']]);
  });

  test('teams, team show, role, rename, remove-member, remove', async () => {
    const s = keep('teams', 'ann');
    await s.run('teams');
    await s.terminal('teams');
    await s.run('teams', '--json');
    await s.run('team', 'create', 'Second');
    await s.run('team', 'create', 'Third', '--json');
    await s.run('team', 'show');
    await s.run('team', 'show', 'Crew');
    await s.run('team', 'show', 'Crew', '--json');
    await s.run('team', 'show', 'Nobodies');
    await s.run('team', 'rename', 'Second', 'Other');
    await s.run('team', 'rename', 'Other', 'Second', '--json');
    await s.run('team', 'role', 'Crew', 'bob@example.org', 'owner');
    await s.run('team', 'role', 'Crew', 'bob@example.org', 'developer', '--json');
    await s.run('team', 'role', 'Crew', 'ann@example.org', 'viewer');
    await s.run('team', 'role', 'Crew', 'nobody@example.org', 'viewer');
    await s.run('team', 'remove', 'Second');
    await s.run('team', 'remove', 'Second', '--confirm', 'Second');
    await s.run('team', 'remove', 'Third', '--yes', '--json');
    await s.run('team', 'frob');
    await s.check();
    await refused(as('bob'), ['team', 'role', 'Crew', 'vic@example.org', 'owner'], /owner/);
    await refused(as('bob'), ['team', 'rename', 'Crew', 'Bobs'], /owner/);
    await refused(as('bob'), ['team', 'remove-member', 'Crew', 'vic@example.org'], /owner/);
    await refused(as('bob'), ['invite', 'mal@example.org', '--team', 'Crew', '--role', 'owner'], /owner/);
    assert.equal((await json(as('ann'))('team', 'show', 'Crew')).members.length, 3);
  });

  test('a project of Crew: what a developer and a viewer may, and see', async () => {
    await ask(as('ann'))('create', 'backend', '--empty');
    const { name } = JSON.parse(await readFile(join(dir, 'backend/config.json'), 'utf8'));
    project = name;
    await writeFile(join(dir, 'config.json'), JSON.stringify({ name, space: 'dev' }));
    await refused(as('bob'), ['info'], /project|space/i);
    const s = keep('team-take', 'ann');
    await s.run('team', 'take', 'Nobodies');
    await s.run('team', 'take', 'Crew');
    await s.run('team', 'take', 'Crew', '--json');
    await s.check();
    await ask(as('bob'))('set-env', 'GREETING', 'hei');
    await ask(as('bob'))('set-env', 'SECRET', kSecret, '--encrypted');
    const { key } = await json(as('bob'))('add-token', '--description', 'for the app');
    for (const person of ['vic', 'bob', 'ann']) {
      for (const command of [['info'], ['info', '--show', '--json'], ['space', 'settings'], ['space', 'settings', '--json']]) {
        assert.ok(!(await ask(as(person))(...command)).includes(kSecret), `${person} sees the secret in ${command.join(' ')}`);
      }
    }
    assert.ok((await ask(as('bob'))('tokens', '--show')).includes(key));
    for (const command of [['info', '--show'], ['info', '--show', '--json'], ['tokens', '--show'], ['tokens', '--show', '--json']]) {
      assert.ok(!(await ask(as('vic'))(...command)).includes(key), `a viewer sees the token in ${command.join(' ')}`);
    }
    for (const args of [['set-env', 'A', 'b'], ['remove-env', 'GREETING'], ['add-token'], ['add', 'stage'], ['set', 'key', 'value'], ['jwks', 'a.example.com/keys'],
      ['space', 'remove', 'dev', '--yes'], ['space', 'export', join(dir, 'stolen.tar')], ['team', 'take', 'Crew'], ['invite', 'mal@example.org', '--role', 'viewer']]) {
      await refused(as('vic'), args, /developer|owner/);
    }
    await refused(as('bob'), ['space', 'remove', 'dev', '--yes'], /owner/);
    assert.deepEqual((await json(as('vic'))('info')).env.map((one) => one.name).sort(), ['GREETING', 'SECRET']);
  });

  test('a restricted space is there for owners of the team only', async () => {
    const s = keep('add', 'ann');
    await s.run('add', 'stage');
    await s.run('add', 'vault', '--restricted');
    await s.run('add', 'vault2', '--restricted', '--json');
    await s.run('add', 'vault', '--restricted');
    await s.run('add', 'No Good');
    await s.run('space', 'list');
    await s.run('space', 'list', '--json');
    await s.run('info', '-s', 'vault');
    await s.check();
    await refused(as('bob'), ['info', '-s', 'vault'], /restricted/);
    await refused(as('bob'), ['set', 'key', 'value', '-s', 'vault'], /restricted/);
    assert.deepEqual((await json(as('bob'))('space', 'list')).spaces.map((one) => one.name), ['dev', 'stage']);
    assert.equal((await json(as('ann'))('info', '-s', 'vault')).restricted, true);
  });

  test('user add, link, remove; users', async () => {
    const s = keep('users', 'ann');
    await s.run('users');
    await s.terminal('users');
    await s.run('users', '--json');
    await s.run('user', 'add', 'cid@example.org', '--name', 'Cid');
    await s.run('user', 'add', 'dan@example.org', '--name', 'Dan', '--json');
    await s.run('user', 'add', 'cid@example.org');
    await s.run('user', 'add', 'nonsense');
    await s.run('user', 'link', 'nobody@example.org');
    await s.run('user', 'link', 'cid@example.org');
    await s.run('user', 'link', 'cid@example.org', '--json');
    const link = await json(as('ann'))('user', 'link', 'cid@example.org');
    assert.equal((await as('cid')(['redeem', server.url, link.code], { input: `${password}\n` })).code, 0);
    assert.equal((await as('cid2')(['redeem', server.url, link.code], { input: `${password} 2\n` })).code, 1, 'a code is good once');
    await s.run('user', 'remove', 'dan@example.org');
    await s.run('user', 'remove', 'dan@example.org', '--yes');
    await s.run('user', 'remove', 'dan@example.org', '--yes', '--json');
    await ask(as('ann'))('user', 'add', 'dan@example.org');
    await s.run('user', 'remove', 'dan@example.org', '--confirm', 'dan@example.org', '--json');
    await s.run('user', 'remove', 'ann@example.org', '--yes');
    await s.check();
    for (const args of [['users'], ['user', 'add', 'mal@example.org'], ['user', 'link', 'ann@example.org'], ['user', 'remove', 'ann@example.org', '--yes'], ['audit'],
      ['audit', '--verify'], ['backup'], ['secrets', 'rotate']]) {
      await refused(as('bob'), args, /server's owner/);
    }
  });

  test('join and leave a project', async () => {
    const s = keep('join', 'cid');
    await s.run('join');
    await s.run('join', 'nothing-abcd');
    await s.run('leave', project);
    await ask(as('ann'))('invite', 'cid@example.org', '--role', 'viewer');
    await s.run('account');
    await s.run('join');
    assert.ok((await ask(as('cid'))('projects')).includes(project));
    await refused(as('cid'), ['set', 'key', 'value'], /developer/);
    await s.run('leave', project);
    await refused(as('cid'), ['info'], /project|space/i);
    await ask(as('ann'))('invite', 'cid@example.org', '--role', 'developer');
    await s.run('join', project, '--json');
    await ask(as('cid'))('set', 'key', 'value');
    await s.run('leave', '--json');
    await s.check();
  });

  test('account: shown, renamed, with another password; invitations accepted and declined', async () => {
    const s = keep('account', 'cid');
    await s.run('account');
    await s.terminal('account');
    await s.run('account', '--json');
    await s.run('account', '--name', 'Cidney');
    await s.run('account', '--name', 'Cid', '--json');
    await ask(as('ann'))('invite', 'cid@example.org', '--role', 'viewer');
    const [first] = (await json(as('cid'))('account')).invitations;
    await s.run('account', '--decline', first.id);
    await s.run('account', '--accept', first.id);
    await ask(as('ann'))('invite', 'cid@example.org', '--role', 'viewer', '--team', 'Crew');
    const [second] = (await json(as('cid'))('account')).invitations;
    await s.run('account', '--accept', second.id, '--json');
    await s.fed(`wrong\n${password} new\n`, 'account', '--password');
    await as('elsewhere')(['login', server.url, '--email', 'cid@example.org'], { input: `${password}\n` });
    await s.fed(`${password}\n${password} new\n`, 'account', '--password');
    await s.check();
    await refused(as('elsewhere'), ['account'], /refused the token/);
    await ask(as('cid'))('account');
    assert.equal((await as('old')(['login', server.url, '--email', 'cid@example.org'], { input: `${password}\n` })).code, 1);
    assert.equal((await as('new')(['login', server.url, '--email', 'cid@example.org'], { input: `${password} new\n` })).code, 0);
    assert.ok(!(await ask(as('cid'))('account', '--json')).includes('redd_'));
  });

  test('remove-member: out of the team is out of its project at once', async () => {
    const s = keep('remove-member', 'ann');
    await ask(as('cid'))('info');
    await s.run('team', 'remove-member', 'Crew', 'nobody@example.org');
    await s.run('team', 'remove-member', 'Crew', 'cid@example.org');
    await refused(as('cid'), ['info'], /project|space/i);
    await s.run('team', 'remove-member', 'Crew', 'ann@example.org');
    await ask(as('ann'))('user', 'add', 'cid2@example.org');
    await ask(as('ann'))('invite', 'cid@example.org', '--role', 'viewer', '--team', 'Crew');
    await ask(as('cid'))('join');
    await s.run('team', 'remove-member', 'Crew', 'cid@example.org', '--json');
    await s.check();
  });

  test('access-token: narrow, and dead on the next call when it is taken back', async () => {
    const s = keep('access-token', 'bob');
    await s.run('access-token', 'list', '--json');
    await s.run('access-token', 'add', '--name', 'reader', '--role', 'viewer', '--days', '3');
    await s.run('access-token', 'add', '--name', 'one space', '--only-project', project, '--only-space', 'dev', '--json');
    await s.run('access-token', 'add', '--only-space', 'dev');
    await s.run('access-token', 'list');
    await s.terminal('access-token', 'list');
    await s.run('access-token', 'remove', 'zzzz');
    const third = await json(as('bob'))('access-token', 'add');
    await s.run('access-token', 'remove', third.id, '--json');
    const reader = await json(as('bob'))('access-token', 'add', '--name', 'second', '--role', 'viewer');
    const narrow = await json(as('bob'))('access-token', 'add', '--only-project', project, '--only-space', 'dev');
    assert.equal((await json(withToken(reader.secret))('info')).name, 'dev');
    await refused(withToken(reader.secret), ['set', 'key', 'value'], /developer/);
    await ask(withToken(narrow.secret))('set', 'key', 'value');
    await refused(withToken(narrow.secret), ['set', 'key', 'value', '-s', 'stage'], /token|space/);
    await refused(withToken(narrow.secret), ['access-token', 'add'], /token|log/);
    await s.run('access-token', 'remove', reader.id);
    await refused(withToken(reader.secret), ['info'], /refused the token/);
    await ask(as('bob'))('access-token', 'remove', narrow.id.slice(0, 6));
    await refused(withToken(narrow.secret), ['get', 'key'], /refused the token/);
    await s.check();
    assert.ok(!(await ask(as('bob'))('access-token', 'list', '--json')).includes(narrow.secret.slice(0, 20)));
  });

  test('admintokens: a token of the team does its work, and not after it was taken back', async () => {
    const s = keep('admintokens', 'ann');
    await s.run('admintokens');
    await s.run('admintokens', '--team', 'Crew', '--json');
    await s.run('add-admintoken', '--team', 'Crew', '--name', 'deploys', '--role', 'developer');
    await s.run('add-admintoken', '--team', 'Crew', '--name', 'reads', '--role', 'viewer', '--days', '30', '--json');
    await s.run('admintokens', '--team', 'Crew');
    const made = await json(as('ann'))('add-admintoken', '--team', 'Crew', '--role', 'developer');
    await ask(withToken(made.secret))('set', 'by', 'team');
    await refused(withToken(made.secret), ['space', 'remove', 'dev', '--yes'], /owner/);
    await refused(withToken(made.secret), ['team', 'rename', 'Crew', 'Mine'], /owner/);
    await refused(as('bob'), ['add-admintoken', '--team', 'Crew', '--role', 'owner'], /owner/);
    await refused(as('vic'), ['add-admintoken', '--team', 'Crew', '--role', 'viewer'], /owner|developer/);
    await s.run('remove-admintoken', '--team', 'Crew', 'zzzz');
    await s.run('remove-admintoken', '--team', 'Crew', made.id);
    await refused(withToken(made.secret), ['get', 'by'], /refused the token/);
    const [other] = (await json(as('ann'))('admintokens', '--team', 'Crew')).tokens;
    await s.run('remove-admintoken', '--team', 'Crew', other.id, '--json');
    await s.check();
  });

  test('a member who is removed is out on the next call', async () => {
    await ask(as('vic'))('info');
    await ask(as('ann'))('user', 'remove', 'vic@example.org', '--yes');
    await refused(as('vic'), ['info'], /refused the token/);
    assert.equal((await as('vic')(['login', server.url, '--email', 'vic@example.org'], { input: `${password}\n` })).code, 1);
  });

  test('audit: who did what, without their secrets, and whole', async () => {
    const { rows } = await json(as('ann'))('audit', '--limit', '1000');
    const text = JSON.stringify(rows);
    for (const action of ['setup', 'team.create', 'account.redeem', 'env.set', 'personalToken.add', 'adminToken.remove', 'user.remove', 'project.move']) {
      assert.ok(rows.some((row) => row.action === action), action);
    }
    assert.ok(rows.some((row) => row.whoName === 'bob@example.org' && row.action === 'env.set'));
    for (const secret of [password, kSecret, 'redd_']) assert.ok(!text.includes(secret), secret);
    const s = keep('audit', 'ann');
    await s.run('audit', '--limit', '3');
    await s.terminal('audit', '--limit', '1');
    await s.run('audit', '--limit', '2', '--json');
    await s.run('audit', '--limit', '0');
    await s.run('audit', '--verify');
    await s.run('audit', '--verify', '--json');
    await s.check();
  });
});
