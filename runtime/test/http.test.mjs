// Requests and responses (spec 20.2 to 20.4): body kinds, answers of every shape, streams both ways, aborts.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { FakeServer, Type, bundle } from './fake_server.mjs';

const app = `
import { app } from 'codehooks-js';
import { pipeline, PassThrough, Readable } from 'node:stream';
import { createHash } from 'node:crypto';
app.post('/echo', (req, res) => res.json({ body: req.body, raw: req.rawBody ?? null }));
app.get('/req', (req, res) => { req.user = 1; res.json(req); });
app.get('/print', (req, res) => { console.log(req); res.end(); });
app.get('/chain', (req, res) => res.status(404).set('X-A', 'b').set({ 'X-B': 2 }).removeHeader('x-b').end('x').status(200).json(1).end());
app.get('/cookies', (req, res) => res.set('Set-Cookie', ['a=1', 'b=2']).cookie('c', 'x y', { maxAge: 1000, httpOnly: true, sameSite: 'lax' }).json(req.cookies));
app.get('/send/:what', (req, res) => {
  const value = { text: 'plain', html: '<b>', object: { a: 1 }, number: 5, bytes: Buffer.from([1, 2]), error: new Error('bad'), nothing: null }[req.params.what];
  req.query.end ? res.end(value) : res.send(value);
});
app.get('/null', (req, res) => res.json(null));
app.get('/undefined', (req, res) => res.json(undefined));
app.get('/redirect', (req, res) => res.redirect('/ü x'));
app.get('/redirect301', (req, res) => res.redirect(301, 'https://example.com/'));
app.get('/204', (req, res) => res.status(204).json({ a: 1 }));
app.get('/inject', (req, res) => res.set('x-a', 'a\\r\\nx-b: c').end('no'));
app.get('/badname', (req, res) => res.set('x a', 'b').end('no'));
app.get('/write', (req, res) => { res.write('a').write({ b: 1 }).write(Buffer.from('c'), 'buffer'); res.end('d'); });
app.get('/slow', async (req, res) => { res.write('one'); await new Promise((go) => setTimeout(go, 5)); res.end('two'); });
app.get('/big', (req, res) => res.type('text/x').send('x'.repeat(1_000_000)));
app.get('/late', (req, res) => { setTimeout(() => res.end('late'), 5); });
app.get('/past', (req, res, next) => next());
app.post('/copy', (req, res) => { res.on('finish', () => console.log('finished')); req.pipe(res.writable); });
app.post('/copy2', (req, res) => { req.pipe(res); });
app.post('/pipeline', (req, res) => pipeline(req, new PassThrough(), res.writable, (error) => console.log('pipeline', error?.code)));
app.post('/hash', async (req, res) => {
  await new Promise((go) => setTimeout(go, 5));
  const hash = createHash('sha256');
  let n = 0;
  for await (const chunk of req) { hash.update(chunk); n += chunk.length; }
  res.json({ n, hash: hash.digest('hex') });
});
let letGo;
app.post('/held', (req, res) => {
  let n = 0;
  req.on('data', (piece) => { if (n === 0) { req.pause(); letGo = () => req.resume(); } n += piece.length; });
  req.on('end', () => res.json({ n }));
});
app.get('/let-go', (req, res) => { letGo(); res.json(true); });
app.post('/events', (req, res) => {
  let n = 0;
  req.on('data', (chunk) => { n += chunk.length; }).on('end', () => res.json({ n, parsed: req.body }));
});
app.post('/wait', (req, res) => {
  req.on('aborted', () => console.log('aborted')).on('close', () => console.log('closed'));
  res.on('close', () => console.log('res closed'));
  res.write('start');
});
app.get('/flood', (req, res) => { Readable.from((function* () { for (let i = 0; i < 400; ++i) { globalThis.made = i + 1; yield Buffer.alloc(16384, i); } })()).pipe(res.writable); });
app.get('/made', (req, res) => res.json(globalThis.made));
app.get('/never', async (req, res) => { await new Promise(() => {}); });
export default app.init();`;

let server;
before(async () => {
  server = await FakeServer.start(bundle(app), { limits: { bufferedBodyBytesMax: 1000 } });
});
after(async () => {
  for (const answer of server.answers.values()) assert.ok(answer.settledCount <= 1);
  server.child.kill();
  await server.exited;
});

const post = async (path, type, body) => server.request('POST', path, { headers: { 'content-type': type }, body });

test('body kinds', async () => {
  const echo = async (type, body) => (await post('/echo', type, body)).json;
  assert.deepEqual(await echo('application/json', '{"a":[1]}'), { body: { a: [1] }, raw: '{"a":[1]}' });
  assert.deepEqual(await echo('application/vnd.x+json; charset=utf-8', '{"ä":1}'), { body: { ä: 1 }, raw: '{"ä":1}' });
  assert.deepEqual(await echo('application/x-www-form-urlencoded', 'a=1&a=2&b%5Bc%5D=x+y&d[]=1&__proto__[x]=1'),
    { body: { a: ['1', '2'], b: { c: 'x y' }, d: ['1'] }, raw: 'a=1&a=2&b%5Bc%5D=x+y&d[]=1&__proto__[x]=1' });
  assert.deepEqual(await echo('text/plain', 'héllo'), { body: 'héllo', raw: 'héllo' });
  assert.deepEqual(await echo('application/json', ''), { body: {}, raw: '' });
  assert.deepEqual(await echo('multipart/form-data; boundary=x', '--x--'), { body: {}, raw: null });
  assert.deepEqual(await echo('image/png', 'png'), { body: {}, raw: null });
  assert.deepEqual((await server.request('POST', '/echo')).json, { body: {}, raw: '' });
});

test('bad and large bodies are refused before any hook', async () => {
  const bad = await post('/echo', 'application/json', '{"a":');
  assert.deepEqual([bad.status, bad.text], [400, '{"error":"Invalid JSON body"}']);
  const large = await post('/echo', 'application/json', JSON.stringify('x'.repeat(1000)));
  assert.deepEqual([large.status, large.text], [413, '{"error":"Payload too large"}']);
  const growing = server.invoke('POST', '/echo', { headers: { 'content-type': 'text/plain' }, open: true });
  server.send(Type.body, growing.id, Buffer.alloc(600), 0);
  server.send(Type.body, growing.id, Buffer.alloc(600), 0);
  await growing.until((answer) => answer.settledCount === 1);
  assert.equal(growing.status, 413);
});

test('req shows data only', async () => {
  const { json } = await server.request('GET', '/req', { query: 'a=1&apikey=k', headers: { cookie: 'a=b; c="d%20e"' }, jwt: { sub: 's' } });
  assert.deepEqual(json, { method: 'GET', url: '/dev/req?a=1&apikey=k', originalUrl: '/dev/req?a=1&apikey=k', path: '/dev/req', apiPath: '/req',
    hostname: 'my-app.api.localhost', ip: '127.0.0.1', headers: { host: 'my-app.api.localhost', cookie: 'a=b; c="d%20e"' }, query: { a: '1' },
    params: {}, cookies: { a: 'b', c: 'd e' }, body: {}, rawBody: '', datastore: 'dev', jwt: { sub: 's' }, user: 1 });
  await server.request('GET', '/print');
  assert.match((await server.untilLog((line) => line.text.includes('/dev/print'))).text, /^ \{\n {2}"method": "GET"/);
});

test('answers', async () => {
  const get = (path, options) => server.request('GET', path, options);
  const chained = await get('/chain');
  assert.deepEqual([chained.status, chained.text, chained.headers], [404, 'x', [['x-a', 'b'], ['content-type', 'text/plain; charset=utf-8']]]);
  const cookies = await get('/cookies');
  assert.deepEqual(cookies.headers.filter(([name]) => name === 'set-cookie').map(([, value]) => value.replace(/Expires=[^;]*/, 'E')),
    ['a=1', 'b=2', 'c=x%20y; Max-Age=1; E; Path=/; HttpOnly; SameSite=Lax']);
  const sent = async (what, query) => {
    const answer = await get(`/send/${what}`, { query });
    return [answer.header('content-type'), answer.text];
  };
  assert.deepEqual(await sent('text'), ['text/html; charset=utf-8', 'plain']);
  assert.deepEqual(await sent('text', 'end=1'), ['text/plain; charset=utf-8', 'plain']);
  assert.deepEqual(await sent('html', 'end=1'), ['text/html; charset=utf-8', '<b>']);
  assert.deepEqual(await sent('object', 'end=1'), ['application/json; charset=utf-8', '{"a":1}']);
  assert.deepEqual(await sent('number'), ['text/html; charset=utf-8', '5']);
  assert.deepEqual(await sent('bytes'), ['application/octet-stream', '\u0001\u0002']);
  assert.deepEqual(await sent('error'), ['application/json; charset=utf-8', '{"message":"bad"}']);
  assert.deepEqual(await sent('nothing'), [undefined, '']);
  assert.equal((await get('/null')).text, 'null');
  assert.equal((await get('/undefined')).text, '');
  const redirect = await get('/redirect');
  assert.deepEqual([redirect.status, redirect.header('location')], [302, '/%C3%BC%20x']);
  assert.equal((await get('/redirect301')).status, 301);
  const empty = await get('/204');
  assert.deepEqual([empty.status, empty.text], [204, '']);
  const past = await get('/past');
  assert.deepEqual([past.status, past.text], [200, '']);
  assert.equal((await get('/late')).text, 'late');
});

test('header injection is a fault of the hook, never a split answer', async () => {
  for (const path of ['/inject', '/badname']) {
    const answer = await server.request('GET', path);
    assert.deepEqual([answer.status, answer.json.fatal, answer.header('x-b')], [500, true, undefined]);
  }
});

test('HEAD runs the GET route, keeps the length, sends no body', async () => {
  const answer = await server.request('HEAD', '/send/text');
  assert.deepEqual([answer.status, answer.text, answer.header('content-length')], [200, '', '5']);
});

test('writes of one turn are one answer, later ones are frames', async () => {
  const once = await server.request('GET', '/write');
  assert.deepEqual([once.text, once.frames, once.header('content-type')], ['a{"b":1}cd', ['answer', 'settled'], 'text/plain; charset=utf-8']);
  const slow = await server.request('GET', '/slow');
  assert.deepEqual([slow.text, slow.frames], ['onetwo', ['head', 'bodyOut', 'bodyOut', 'settled']]);
});

test('a large answer stays within the credit', async () => {
  server.autoCredit = false;
  try {
    const answer = server.invoke('GET', '/big');
    await answer.until(({ bytes }) => bytes.length >= 256 << 10);
    const pong = once(server.events, 'pong');
    server.send(Type.ping, 7);
    await pong;
    assert.equal(answer.bytes.length, 256 << 10);
    assert.equal(answer.settledCount, 0, 'settled must not overtake the answer');
    server.credit(answer, 1_000_000);
    await answer.until((done) => done.settledCount === 1);
    assert.deepEqual([answer.bytes.length, answer.ended], [1_000_000, true]);
  } finally {
    server.autoCredit = true;
  }
});

test('a stream source is paused when the client does not read', async () => {
  server.autoCredit = false;
  try {
    const answer = server.invoke('GET', '/flood');
    await answer.until(({ bytes }) => bytes.length >= 256 << 10);
    let made = (await server.request('GET', '/made')).json;
    for (let before = -1; before !== made;) [before, made] = [made, (await server.request('GET', '/made')).json];
    assert.ok(made < 200, `${made} pieces of 16 KiB were made for a window of 256 KiB and a queue of 1 MiB`);
    server.autoCredit = true;
    server.credit(answer, 16384 * 400);
    await answer.until((done) => done.settledCount === 1);
    assert.equal(answer.bytes.length, 16384 * 400);
  } finally {
    server.autoCredit = true;
  }
});

for (const path of ['/copy', '/copy2', '/pipeline']) {
  test(`request body to response through ${path}, with credit both ways`, async () => {
    const answer = server.invoke('POST', path, { open: true });
    const piece = Buffer.alloc(60_000, 'z');
    let sent = 0;
    for (let i = 0; i < 20; ++i) {
      await answer.until(({ credited = 0 }) => sent + piece.length - credited <= 256 << 10);
      server.send(Type.body, answer.id, piece, i === 19 ? 1 : 0);
      sent += piece.length;
    }
    await answer.until((done) => done.settledCount === 1);
    assert.equal(answer.bytes.length, sent);
    assert.ok(answer.ended);
  });
}

test('a reader that pauses holds the client back, and gets the rest when it goes on', async () => {
  const answer = server.invoke('POST', '/held', { open: true });
  for (let i = 0; i < 4; ++i) server.send(Type.body, answer.id, Buffer.alloc(64_000, 'h'));
  const pong = once(server.events, 'pong');
  server.send(Type.ping, 8);
  await pong;
  await server.request('GET', '/null');
  assert.ok((answer.credited ?? 0) <= 192_000, `credit for ${answer.credited} of 256,000 bytes that nobody read`);
  await server.request('GET', '/let-go');
  server.send(Type.body, answer.id, '', 1);
  await answer.until((done) => done.settledCount === 1);
  assert.deepEqual(JSON.parse(String(answer.bytes)), { n: 256_000 });
});

test('reading the body after an await, by events, and a parsed body again', async () => {
  const hashed = (await post('/hash', 'application/octet-stream', 'abc')).json;
  assert.deepEqual(hashed, { n: 3, hash: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' });
  assert.deepEqual((await post('/events', 'image/png', 'abcd')).json, { n: 4, parsed: {} });
  assert.deepEqual((await post('/events', 'application/json', '{"a":1}')).json, { n: 7, parsed: { a: 1 } });
  assert.equal((await server.request('POST', '/hash')).json.n, 0);
});

test('abort: events, no more output, settled', async () => {
  const answer = server.invoke('POST', '/wait', { open: true });
  await answer.until(({ bytes }) => bytes.length > 0);
  server.send(Type.abort, answer.id, '{"reason":"client"}');
  await answer.until((done) => done.settledCount === 1);
  assert.equal(answer.ended, false);
  for (const text of [' aborted', ' closed', ' res closed']) await server.untilLog((line) => line.text === text);
  const gathering = server.invoke('POST', '/echo', { headers: { 'content-type': 'application/json' }, open: true });
  server.send(Type.abort, gathering.id, '{"reason":"client"}');
  await gathering.until((done) => done.settledCount === 1);
  assert.deepEqual(gathering.frames, ['settled']);
  server.send(Type.body, gathering.id, '{}', 1);  // was on its way
  assert.equal((await server.request('GET', '/null')).text, 'null');
});
