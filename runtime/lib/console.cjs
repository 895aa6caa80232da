'use strict';
// console.* and process.stdout of the script become log frames (spec 10.9): one space, then the arguments joined by spaces,
// objects as JSON indented by two. A line is at most 16 KiB; when the server does not keep up, lines are dropped and counted.

const { Console } = require('node:console');

const kLineBytesMax = 16 * 1024;

function captureConsole(log) {
  const say = (level) => (...args) => log(level, lineText(args));
  const ours = {
    log: say('log'), debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error'),
    dir: (value) => log('log', lineText([value])),
    dirxml: say('log'),
    trace: (...args) => {
      const at = {};
      Error.captureStackTrace(at, ours.trace);
      log('error', lineText(['Trace:', ...args]) + String(at.stack).replace(/^[^\n]*/, ''));
    },
    assert: (condition, ...args) => {
      if (!condition) log('error', lineText(args.length === 0 ? ['Assertion failed'] : ['Assertion failed:', ...args]));
    },
  };
  // table, time, count, group … are Node's own, printing through the lines below.
  const stdout = lineStream((text) => log('log', ` ${text}`));
  const stderr = lineStream((text) => log('error', ` ${text}`));
  const rest = new Console({ stdout, stderr, colorMode: false });
  for (const name of Object.keys(rest)) {
    if (typeof rest[name] === 'function' && ours[name] === undefined) ours[name] = rest[name].bind(rest);
  }
  Object.assign(globalThis.console, ours);
  for (const [name, stream] of [['stdout', stdout], ['stderr', stderr]]) {
    Object.defineProperty(process, name, { value: stream, configurable: true, enumerable: true, writable: true });
  }
}

function lineStream(log) {
  const { Writable } = require('node:stream');
  let held = '';
  const write = (chunk, encoding, done) => {
    const lines = (held + chunk.toString()).split('\n');
    held = lines.pop();
    if (held.length > kLineBytesMax) lines.push(held.slice(0, kLineBytesMax)) && (held = '');
    for (const line of lines) log(line);
    done();
  };
  return new Writable({ write, decodeStrings: false });
}

function lineText(args) {
  let text = '';
  for (const arg of args) {
    text += ` ${argumentText(arg)}`;
    if (text.length > kLineBytesMax) break;
  }
  return text;
}

function argumentText(value) {
  if (typeof value === 'string') return value;
  if (typeof value === 'function' || typeof value === 'symbol') return inspect(value);
  if (value === null || typeof value !== 'object') return String(value);
  if (value instanceof Error) {
    const { fatalText } = require('./stacks.cjs');
    return fatalText(value);
  }
  if (!isPlain(value)) return inspect(value);
  try {
    return JSON.stringify(value, null, 2) ?? inspect(value);
  } catch {
    return inspect(value);
  }
}

// What JSON shows as well as anything: not maps, sets, promises, typed arrays and the like.
function isPlain(value) {
  if (Array.isArray(value) || typeof value.toJSON === 'function') return !Buffer.isBuffer(value);
  const tag = Object.prototype.toString.call(value);
  return tag === '[object Object]' && !(Symbol.iterator in value);
}

function inspect(value) {
  return require('node:util').inspect(value);
}

// The line cut to its bound, at a character.
function boundedLine(text) {
  if (text.length <= kLineBytesMax / 3) return text;
  const bytes = Buffer.from(text.slice(0, kLineBytesMax), 'utf8');
  if (bytes.length <= kLineBytesMax && text.length <= kLineBytesMax) return text;
  let end = kLineBytesMax - 3;
  while (end > 0 && (bytes[end] & 0xc0) === 0x80) --end;
  return `${bytes.toString('utf8', 0, Math.min(end, bytes.length))}…`;
}

module.exports = { captureConsole, boundedLine };
