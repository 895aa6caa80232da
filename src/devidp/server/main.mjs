// The development identity provider as a program: see README.md.

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Limits } from './lib/limits.mjs';
import { isLoopbackHostname } from './lib/loopback.mjs';
import { startProvider } from './lib/provider.mjs';

const kUsage = `usage: node main.mjs --state DIR [--http-port 4010] [--https-port 4011] [--host 127.0.0.1]
       [--access-token-lifetime SECONDS]

A development identity provider shaped like Auth0, for this machine only. Port 0 takes any free one.
Prints one line of JSON when ready; ends when its standard input closes or on SIGTERM.
`;

const kLifetimeSMax = 30 * 24 * 3600;

function fail(message) {
  process.stderr.write(`devidp: ${message}\n`);
  process.exit(1);
}

function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        'http-port': { type: 'string', default: '4010' },
        'https-port': { type: 'string', default: '4011' },
        host: { type: 'string', default: '127.0.0.1' },
        state: { type: 'string' },
        'access-token-lifetime': { type: 'string', default: String(Limits.accessTokenLifetimeS) },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    fail(`${error.message.split('. ')[0]}. See --help.`);
  }
  if (values.help) {
    process.stdout.write(kUsage);
    process.exit(0);
  }
  if (!values.state) fail('--state DIR is missing: the folder that keeps the key and the certificate.');
  if (!isLoopbackHostname(values.host)) {
    fail(`--host ${values.host} is refused: anybody who reaches this provider may sign in as anybody, so it listens on loopback only.`);
  }
  return {
    host: values.host.replace(/^\[|\]$/g, ''),
    httpPort: readNumber('--http-port', values['http-port'], 65535),
    httpsPort: readNumber('--https-port', values['https-port'], 65535),
    accessTokenLifetimeS: readNumber('--access-token-lifetime', values['access-token-lifetime'], kLifetimeSMax),
    stateDir: resolve(values.state),
  };
}

function readNumber(name, text, max) {
  const number = /^\d{1,8}$/.test(text) ? Number(text) : NaN;
  if (!(number <= max)) fail(`${name} ${text} is no whole number from 0 to ${max}.`);
  return number;
}

const options = readOptions();
let provider;
try {
  provider = await startProvider(options);
} catch (error) {
  fail(error.message);
}

function stop() {
  provider.close();
  process.exit(0);
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
process.stdin.on('end', stop).on('close', stop).on('error', stop).resume();

const { httpPort, httpsPort, caFile } = provider;
process.stdout.write(`${JSON.stringify({ ready: true, httpPort, httpsPort, issuer: `http://localhost:${httpPort}/`, caFile })}\n`);
