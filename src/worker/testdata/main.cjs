'use strict';
// A worker that speaks the protocol by hand and does whatever its bundle says, so that tests can make it misbehave. The bundle is the
// body of a function with `w` in scope; unless it sets w.manual, the worker then reports ready.
const net = require('node:net');
const socket = new net.Socket({ fd: 3, readable: true, writable: true });

const ready = {
  protocol: 1, node: process.version, routes: ['GET /hello'], auth: [], globals: 0, queues: [], workers: [], jobs: [], realtime: [],
  settings: {}, startup: false,
};
const answers = new Map();  // calls under way
let lastCall = 0;

const w = {
  manual: false,
  manifest: ready,
  hello: null,
  raw: (bytes) => socket.write(bytes),
  header(length, type, flags, id) {
    const header = Buffer.alloc(12);
    header.writeUInt32LE(length, 0);
    header[4] = type;
    header[5] = flags;
    header.writeUInt32LE(id, 8);
    return header;
  },
  send(type, flags, id, payload = '') {
    const bytes = Buffer.isBuffer(payload) ? payload : Buffer.from(payload);
    socket.write(Buffer.concat([w.header(bytes.length, type, flags, id), bytes]));
  },
  ready: () => w.send(65, 0, 0, JSON.stringify(w.manifest)),
  answer(id, body, status = 200) {
    const head = Buffer.from(JSON.stringify({ status, headers: [['content-type', 'text/plain']] }));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(head.length);
    w.send(69, 0, id, Buffer.concat([length, head, Buffer.from(body)]));
  },
  settled: (id) => w.send(72, 0, id),
  call(invocation, ...rest) {
    const id = ++lastCall;
    w.send(71, 0, id, JSON.stringify([invocation, ...rest]));
    return new Promise((resolve) => answers.set(id, resolve));
  },
  credit(id, bytes) {
    const payload = Buffer.alloc(4);
    payload.writeUInt32LE(bytes);
    w.send(70, 0, id, payload);
  },
  onInvoke(id, invoke) {
    w.answer(id, 'deployment ' + w.hello.deployment + ' ' + JSON.stringify(invoke));
    w.settled(id);
  },
  onBody() {},
  onAbort() {},
  onCredit() {},
  onDrain: () => socket.end(() => process.exit(0)),
};

let script = '';
function handle(type, flags, id, payload) {
  switch (type) {
    case 1: w.hello = JSON.parse(payload); break;
    case 2:
      script += payload;
      if (!(flags & 1)) break;
      new Function('w', 'require', script)(w, require);
      if (!w.manual) w.ready();
      break;
    case 3: w.onInvoke(id, JSON.parse(payload), (flags & 1) === 0); break;
    case 4: w.onBody(id, payload, (flags & 1) !== 0); break;
    case 5: w.onCredit(id, payload.readUInt32LE(0)); break;
    case 6:
      answers.get(id)({ error: (flags & 2) !== 0, text: String(payload) });
      answers.delete(id);
      break;
    case 7: w.onAbort(id, JSON.parse(payload).reason); break;
    case 8: w.onDrain(); break;
    case 9: w.send(75, 0, id); break;
    default: throw new Error('type ' + type);
  }
}

let pending = Buffer.alloc(0);
socket.on('data', (chunk) => {
  pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
  let at = 0;
  while (pending.length - at >= 12) {
    const length = pending.readUInt32LE(at);
    if (pending.length - at - 12 < length) break;
    handle(pending[at + 4], pending[at + 5], pending.readUInt32LE(at + 8), pending.subarray(at + 12, at + 12 + length));
    at += 12 + length;
  }
  pending = pending.subarray(at);
});
socket.on('end', () => process.exit(0));
