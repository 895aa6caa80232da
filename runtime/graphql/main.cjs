'use strict';
// The worker of the GraphQL door: speaks src/wire/PROTOCOL.md over descriptor 3 as every worker does, but runs no script. README.md.

const { Calls, CallError } = require('../lib/calls.cjs');
const { Channel } = require('../lib/channel.cjs');
const { Flag, FromServer, ToServer, ProtocolError } = require('../lib/frames.cjs');
const { answer, failure } = require('./execute.cjs');

const kReady = { protocol: 1, node: process.version, routes: [], auth: [], globals: 0, queues: [], workers: [], jobs: [], realtime: [], settings: {}, startup: false };
const kHead = '{"status":200,"headers":[]}';

let answerBytesMax = 0;
let draining = false;
let speaking = 0;             // the invocation for which a call is being written
const running = new Map();    // invocation → {aborted}
const channel = new Channel(3, onFrame, onClose);
const calls = new Calls(channel, () => speaking);

function onFrame(type, flags, id, buffer, start, end) {
  switch (type) {
    case FromServer.hello:
      answerBytesMax = JSON.parse(buffer.utf8Slice(start, end)).limits.bodyWindowBytes;
      return channel.text(ToServer.ready, 0, JSON.stringify(kReady));
    case FromServer.invoke:
      return void serve(id, JSON.parse(buffer.utf8Slice(start, end)));
    case FromServer.result:
      if (calls.result(id, (flags & Flag.error) !== 0, buffer.utf8Slice(start, end))) return undefined;
      throw new ProtocolError(`result of the unknown call ${id}`);
    case FromServer.abort: {
      const request = running.get(id);
      if (request !== undefined) request.aborted = true;
      return undefined;
    }
    case FromServer.ping:
      return channel.empty(ToServer.pong, id);
    case FromServer.drain:
      draining = true;
      return leaveWhenIdle();
    default:
      throw new ProtocolError(`frame type ${type} has no meaning here`);
  }
}

async function serve(id, invoke) {
  const state = { aborted: false };
  running.set(id, state);
  let text = await answer(invoke, serverFor(id, invoke.request, state));
  if (Buffer.byteLength(text) + kHead.length > answerBytesMax) text = failure([new CallError({ message: 'The answer is too large. Fix: ask for less.', code: 8 })]);
  channel.answer(id, kHead, text);
  channel.empty(ToServer.settled, id);
  running.delete(id);
  leaveWhenIdle();
}

// What a request may ask of the server. Nothing new is begun for one that nobody waits for.
function serverFor(id, request, state) {
  const ask = (...call) => {
    if (state.aborted) return Promise.reject(new CallError({ message: 'Nobody waits for this request any more.', code: 1 }));
    speaking = id;
    return calls.call(...call);
  };
  return {
    view: () => ask('view', request),
    run: (operation, parameters, args) => ask('run', request, operation, parameters, JSON.stringify(args)),
  };
}

function leaveWhenIdle() {
  if (draining && running.size === 0) channel.exit(0);
}

function onClose(error) {
  if (error !== null && error.code === undefined) require('node:fs').writeSync(2, `graphql worker: ${error.stack}\n`);
  process.reallyExit(draining ? 0 : 1);
}
