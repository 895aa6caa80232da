// Runs of coho whose output is kept (snapshot.mjs), in the three forms that people and programs meet.
//
//   const s = outputs('teams', inFolder(server, app.dir), { [app.dir]: 'DIR' });
//   await s.run('teams');                     // as in a pipe: no colours
//   await s.run('teams', '--json');           // standard output is JSON and nothing else, or the test fails
//   await s.terminal('teams');                // as on a terminal: colours are kept as {red}…{/}, progress is left out, for it depends on time
//   await s.fed('secret\n', 'set-env', 'A');  // with standard input
//   await s.check();
//
// All answer {code, stdout, stderr}. What is masked beside what snapshot.mjs masks: codes, tokens, ids and sizes of the control plane.
import assert from 'node:assert/strict';
import { cohoBin, run } from './redd.mjs';
import { snapshots } from './snapshot.mjs';

const kColours = { 31: 'red', 32: 'green', 33: 'yellow', 36: 'cyan', 2: 'dim', 1: 'bold', 0: '/' };

export function outputs(name, coho, texts = {}) {
  const kept = snapshots(name, Object.assign(texts, { [cohoBin]: 'coho' }));  // texts may grow until check()
  const keep = (command, start) => kept.run(mask(command), async () => masked(await start()));
  const run = (args, options, command = ['coho', ...args].join(' ')) => keep(command, async () => {
    const result = await coho(args, options);
    if (args.includes('--json')) assertJson(result, command);
    return result;
  });
  return {
    check: kept.check,
    run: (...args) => run(args),
    fed: (input, ...args) => run(args, { input }, `echo … | coho ${args.join(' ')}`),
    terminal: (...args) => keep(`coho ${args.join(' ')}   # on a terminal`, async () => readable(await onTerminal(coho, args))),
  };
}

// coho at a terminal of its own (of unknown width); what it prints on both of its outputs is stdout.
// coho: a function that runs args with the options of run(), one of which, `file`, names the program.
const onTerminal = (coho, args) => coho(['-qec', [cohoBin, ...args.map(quoted)].join(' '), '/dev/null'], { file: 'script', env: { NO_COLOR: '', TERM: 'xterm' } });
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

const readable = ({ code, stdout, stderr }) => ({
  code,
  stderr,
  stdout: stdout.replaceAll('\r\n', '\n').replace(/\r\x1b\[K[^\n\r]*(?=\r\x1b\[K)/g, '').replaceAll('\r\x1b[K', '')
    .replace(/\x1b\[(\d+)m/g, (_, code) => `{${kColours[code] ?? code}}`),
});

const saysNo = (json) => json.ok === false || json.accepted === false;  // the latter of token explain, whose answer is a verdict

// One JSON document, or one a line.
function assertJson({ stdout, stderr, code }, command) {
  const isJson = (text) => { try { JSON.parse(text); return true; } catch { return false; } };
  const bad = isJson(stdout) ? [] : stdout.split('\n').filter((line) => line && !isJson(line));
  assert.deepEqual(bad, [], `${command} prints what is no JSON`);
  if (code) assert.equal(saysNo(JSON.parse(stdout.trimEnd().split('\n').at(-1))), true, `${command} ends with ${code} and without {"ok":false}: ${stderr}`);
}

// coho as it runs in `cwd` with the login of `server`, or with that of `env`. Option file: another program, for terminal().
export const inFolder = (server, cwd, env) => (args, { file = cohoBin, ...options } = {}) =>
  run(file, args, { cwd, ...options, env: { ...(env ?? { COHO_URL: server.url, COHO_TOKEN: server.token }), ...options.env } });

const masked = ({ code, stdout, stderr }) => ({ code, stdout: mask(stdout), stderr: mask(stderr) });
const mask = (text) => text
  .replace(/"(startUs|durationUs)":\d+/g, '"$1":N')
  .replace(/\b[0-9a-f]{24}\.[0-9a-f]{32}\b/g, 'CODE')
  .replace(/\bredd_\w{40,}/g, 'TOKEN')
  .replace(/("(?:id|credential)":"|^|\s)[a-z0-9]{20}(?="|\s|$)/gm, '$1TOKENID').replace(/("id":")[a-z0-9]{16}(?=")/g, '$1SPACEID')
  .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'KEY').replace(/("requestId":")\w+/g, '$1REQUEST')
  .replace(/\b\d+\.\d s, [\d,]+ a second/g, 'N s, N a second').replace(/("(?:ms|modified|time|\w+Ms|bundleBytes)": ?)[\d.]+/g, '$1N')
  .replace(/("bytes":)\d{4,}/g, '$1N').replace(/\b[0-9a-f]{64}\b/g, 'SHA256').replace(/\b\d+\.\d MB\b/g, 'SIZE').replace(/\b\d+ ms\b/g, 'N ms')
  .replace(/("(?:number|rows)":)\d+/g, '$1N').replace(/^\d+(?= +\d{4}-)/gm, 'N').replace(/\b\d+ rows/g, 'N rows').replace(/ by \d+\.\d s/g, ' by N s')
  .replace(/("id":")[0-9a-f]{18}(?=")/g, '$1LINE').replace(/("replacedId":")\w{16}(?=")/g, '$1SPACEID').replace(/\b[0-9a-f]{6}…/g, 'KEY…')
  .replace(/("prefix":")\w+/g, '$1PREFIX').replace(/ \w{5}…/g, ' PREFIX…');

// Every command of coho, from its help: [{words: ['team', 'show'], isGroup: false}]
export async function commandsOf(words = []) {
  const { stdout } = await run(cohoBin, [...words, '--help']);
  const list = stdout.includes('\nSubcommands:\n') ? stdout.slice(stdout.indexOf('\nSubcommands:\n')).split('\n') : [];
  const names = list.map((line) => line.match(/^ {2}([a-z][a-z-]*)/)?.[1]).filter(Boolean);
  const below = await Promise.all(names.map((name) => commandsOf([...words, name])));
  return [...(words.length ? [{ words, isGroup: names.length > 0 }] : []), ...below.flat()];
}
