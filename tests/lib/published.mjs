// The published command line, codehooks 1.0.13 as npm has it, on somebody's computer: nothing but its environment variables says where redd is.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { node, root, run } from './redd.mjs';

const cli = join(root, 'tests/cli/node_modules/codehooks/dist/index.js');
const plain = (text) => text.replace(/\x1b\[[\d;?]*[A-Za-z]/g, '').replaceAll('\r', '');
const contentOf = (file) => readFile(file, 'utf8').catch((error) => { if (error.code === 'ENOENT') return ''; throw error; });

// A computer with its own home folder; who sits there is in the client's config file. Its browser only writes down what it is asked to open.
// → {run(args, options), good(…), screen(…), talk(args, steps, options), open(args, options), login(token), token(), opened(), close()}
//   options: cwd instead of the one given here; env on top of the computer's.
export async function computer(server, { home, cwd }) {
  const config = join(home, 'codehooks-cli-nodejs/config.json'), browser = join(home, 'browser'), history = join(home, 'opened');
  const environment = {
    ADMIN_API_URL: server.url, COHO_APIGW_URL: server.url, ADMIN_URL: server.url,
    XDG_CONFIG_HOME: home, HOME: home, NO_UPDATE_NOTIFIER: '1', BROWSER: browser,
  };
  await mkdir(dirname(config), { recursive: true });
  await writeFile(browser, `#!/bin/sh\necho "$1" >> '${history}'\n`);
  await chmod(browser, 0o700);

  const talks = new Set();
  const where = (options) => ({ cwd: options.cwd ?? cwd, env: { ...environment, ...options.env } });
  // On a terminal 240 columns wide: its tables are as wide as that, and hold nothing without one. What is typed arrives as it was typed.
  const onTerminal = (args) => ['-qec', `stty cols 240 -icrnl -echo; exec ${[node, cli, ...args].map((word) => `'${word}'`).join(' ')}`, '/dev/null'];

  const client = {
    run: (args, options = {}) => run(node, [cli, ...args], where(options)),
    // What is printed, of a command that must succeed.
    async good(args, options) {
      return succeeded(args, await client.run(args, options)).stdout;
    },
    // As good(), on a terminal, without the colours.
    async screen(args, options = {}) {
      return plain(succeeded(args, await run('script', onTerminal(args), where(options))).stdout);
    },
    // Lets the client run on a terminal. → {seen(pattern), type(keys), stop(), done}
    open(args, options = {}) {
      const { env, cwd: folder } = where(options);
      const talk = conversation(spawn('script', onTerminal(args), { cwd: folder, env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...env } }));
      talks.add(talk);
      talk.done.then(() => talks.delete(talk));
      return talk;
    },
    // Answers its questions: steps are [what it must print since the last answer, the keys then]. → what a person saw
    async talk(args, steps, options) {
      const running = client.open(args, options);
      for (const [question, keys] of steps) {
        await running.seen(question);
        running.type(keys);
      }
      const { code, text } = await running.done;
      return succeeded(args, { code, stdout: text, stderr: '' }).stdout;
    },
    login: (token) => writeFile(config, JSON.stringify(token ? { token } : {})),
    token: async () => JSON.parse(await contentOf(config) || '{}').token,
    opened: async () => (await contentOf(history)).split('\n').filter(Boolean),
    // Ends what still runs, after a failure.
    close: () => Promise.all([...talks].map((talk) => talk.stop())),
  };
  return client;
}

function succeeded(args, result) {
  if (result.code !== 0) throw new Error(`codehooks ${args.join(' ')} ended with ${result.code}: ${result.stdout}${result.stderr}`);
  return result;
}

// One question at a time: seen() is awaited before the next.
function conversation(child) {
  let text = '', from = 0, isOver = false;
  let changed = () => {};
  child.stdout.setEncoding('utf8').on('data', (piece) => { text += piece; changed(); });
  const over = (code) => {
    isOver = true;
    changed();
    return { code, text: plain(text) };
  };
  const done = once(child, 'close').then(([code]) => over(code), (error) => {  // it could not be started
    text += error.message;
    return over(-1);
  });
  return {
    done,
    // Waits until it has printed this since what was seen last.
    async seen(pattern) {
      for (;;) {
        const found = pattern.exec(plain(text).slice(from));
        if (found) {
          from += found.index + found[0].length;
          return found;
        }
        if (isOver) throw new Error(`it ended without ${pattern}: ${plain(text).slice(from)}`);
        await new Promise((resolve) => { changed = resolve; });
      }
    },
    type: (keys) => child.stdin.write(keys),
    async stop() {
      child.kill();
      await done;
    },
  };
}
