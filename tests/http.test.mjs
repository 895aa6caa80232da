// The HTTP surface as apps and their clients see it: the request object, bodies, the response object, coding, CORS, limits.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { once } from 'node:events';
import zlib from 'node:zlib';
import { request, startRedd } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';

const code = `import { app, Datastore } from 'codehooks-js';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

app.auth('/*', (req, res, next) => { req.fromAuth = 'auth'; req.headers['x-from-auth'] = 'yes'; next(); });
app.use((req, res, next) => { req.order = [req.fromAuth, 'global']; next(); });

// ---- the request
app.all('/req/:id/sub', (req, res) => res.json({
  method: req.method, url: req.url, originalUrl: req.originalUrl, path: req.path, apiPath: req.apiPath, hostname: req.hostname, ip: req.ip,
  query: req.query, params: req.params, cookies: req.cookies, datastore: req.datastore, body: req.body, rawBody: req.rawBody,
  noRawBody: req.rawBody === undefined, connection: req.connection.remoteAddress, socket: req.socket.remoteAddress, headers: req.headers,
  jwt: typeof req.jwt, order: req.order, get: req.get('X-Custom'), header: req.header('x-custom'), protocol: req.protocol,
}));
app.get('/self', (req, res) => { console.log(req); res.json(req); });
app.get(/^\\/re\\/(?<name>[a-z]+)\\/(\\d+)$/, (req, res) => res.json(req.params));

// ---- bodies
app.post('/body', (req, res) => res.json({ body: req.body, rawBody: req.rawBody, noRawBody: req.rawBody === undefined }));
app.post('/hash', async (req, res) => {
  await new Promise((done) => setTimeout(done, 20));
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of req) { hash.update(piece); bytes += piece.length; }
  res.json({ bytes, sha256: hash.digest('hex') });
});
app.post('/events', (req, res) => {
  const pieces = [];
  req.on('data', (piece) => pieces.push(piece)).on('end', () => res.json({ text: Buffer.concat(pieces).toString() }));
});
app.post('/pipe', (req, res) => { res.type('application/octet-stream'); req.pipe(res.writable); });
app.post('/pipeline', async (req, res) => { res.type('application/octet-stream'); await pipeline(req, res.writable); });
app.post('/unread', (req, res) => res.json({ unread: true }));
app.post('/held', async (req, res) => {
  await new Promise((done) => { globalThis.release = done; });
  let bytes = 0;
  for await (const piece of req) bytes += piece.length;
  res.json({ bytes });
});
app.post('/release', (req, res) => { globalThis.release(); res.end(); });
// ---- the response
const answers = {
  json: (res) => res.status(201).json({ a: [1, null] }), null: (res) => res.json(null), text: (res) => res.send('<b>x</b>'),
  object: (res) => res.send({ a: 1 }), array: (res) => res.send([1]), buffer: (res) => res.send(Buffer.from([1, 2])), number: (res) => res.send(42),
  error: (res) => res.send(new Error('spoken')), endText: (res) => res.end('plain'), endHtml: (res) => res.end('<p>html</p>'),
  endObject: (res) => res.end({ a: 1 }), empty: (res) => res.end(), statusEnd: (res) => res.status(404).end('x'), sendStatus: (res) => res.sendStatus(401),
  redirect: (res) => res.redirect('/to?x=1'), redirect301: (res) => res.redirect(301, 'https://example.com/'),
  write: (res) => res.write('a').write({ b: 1 }).write(Buffer.from('c'), 'buffer').write(7).end('d'), writeType: (res) => { res.type('text/csv'); res.write('a,b'); res.end(); },
  set: (res) => res.set('X-One', '1').set({ 'x-two': '2' }).headers({ 'x-three': '3' }).header('x-four', '4').setHeader('x-five', 5).end(res.get('x-one') + res.getHeader('X-TWO')),
  append: (res) => res.append('x-list', 'a').append('x-list', 'b').set('x-gone', '1').removeHeader('x-gone').removeHeader('Pragma').end(),
  cookies: (res) => res.cookie('a', 'b c', { httpOnly: true, maxAge: 1000, path: '/x', sameSite: 'lax', secure: true }).cookie('o', { x: 1 }).clearCookie('z').end(),
  setCookies: (res) => res.set('Set-Cookie', ['a=1', 'b=2']).end(), typeXml: (res) => res.type('text/xml').send('<a/>'), typeExt: (res) => res.type('.json').send('{}'),
  twice: (res) => { res.status(401).json({ first: true }); res.end(); res.send('second'); res.write('third'); res.set('x-late', '1'); res.status(500); },
  noContent: (res) => res.status(204).json({ a: 1 }), notModified: (res) => res.status(304).set('etag', '"x"').send('body'),
  own: (res) => res.status(299).type('application/x-own').send('own'), bigint: (res) => res.send(12n), undefined: (res) => res.send(undefined),
  head: (res) => { const before = [res.headersSent, res.statusCode, res.finished, res.writableEnded]; res.status(202).write('x'); res.end(JSON.stringify([before, [res.headersSent, res.statusCode, res.finished, res.writableEnded]])); },
  badStatus: (res) => res.status('many').end(), corsOwn: (res) => res.set('access-control-allow-origin', 'https://only.example').end('x'),
  readable: (res) => Readable.from(['r1', 'r2']).pipe(res.writable), readableRes: (res) => Readable.from(['r1', 'r2']).pipe(res),
};
app.get('/res/:name', (req, res) => answers[req.params.name](res));
let finished = [];
app.get('/finish', (req, res) => { res.on('finish', () => finished.push('finish')).on('close', () => finished.push('close')); res.end('x'); });
app.get('/finished', (req, res) => { res.json(finished); });

app.post('/rows', async (req, res) => { const conn = await Datastore.open(); await conn.insertOne('rows', Array.from({ length: 230 }, (_, n) => ({ _id: String(n).padStart(4, '0'), n }))); res.end(); });
app.get('/rows/:how', async (req, res) => {
  const conn = await Datastore.open();
  const stream = conn.getMany('rows', { n: { $gte: 0 } }, { sort: { _id: 1 } });
  if (req.params.how === 'res') res.json(stream); else stream.json(res);
});

// ---- coding
const long = 'the quick brown fox. '.repeat(200);
const codings = {
  text: (res) => res.type('text/plain').send(long), json: (res) => res.json({ long }), short: (res) => res.send('short'), bytes: (res) => res.send(Buffer.from(long)),
  big: (res) => res.json(Array.from({ length: 20000 }, (_, i) => ({ i, long: 'x'.repeat(20) }))),
  own: (res) => res.set('content-encoding', 'identity').type('text/plain').send(long), sse: (res) => { res.type('text/event-stream'); res.write('data: ' + long + '\\n\\n'); res.end(); },
  tagged: (res) => res.set('etag', '"v1"').set('vary', 'Cookie').type('text/plain').send(long), weak: (res) => res.set('etag', 'W/"v1"').type('text/plain').send(long),
  pieces: async (res) => { res.type('text/plain'); for (let i = 0; i < 200; i++) { res.write(long); if (i % 20 === 0) await new Promise((done) => setImmediate(done)); } res.end(); },
  length: (res) => { res.type('text/plain').set('content-length', String(long.length)); res.write(long); res.end(); },
  range: (res) => res.status(206).set('content-range', 'bytes 0-4199/9999').type('text/plain').send(long), noTransform: (res) => res.set('cache-control', 'no-transform').type('text/plain').send(long),
  error: (res) => res.status(500).json({ long }), modified: (res) => res.status(304).type('text/plain').send(long),
  turn: (res) => { res.type('text/plain'); res.write(long); res.end(long); },
};
app.get('/code/:name', (req, res) => { req.headers['accept-encoding'] = 'gzip'; return codings[req.params.name](res); });
let slowly;
app.get('/slow', async (req, res) => {
  res.type('text/plain');
  res.write('first ' + long);
  await new Promise((done) => { slowly = done; });
  res.end('last');
});
app.post('/go-on', (req, res) => { slowly(); res.end(); });
app.get('/blob', async (req, res) => {
  res.type('text/plain');
  const piece = Buffer.alloc(65536, 'abcdefghij');
  await pipeline(Readable.from((function* () { for (let i = 0; i < 160; i++) yield piece; })()), res.writable);
});
export default app.init();
`;

describe('HTTP', () => {
  let server, app;
  const ask = (path, more) => request(`${server.url}/dev${path}`, more);
  const post = (path, body, type, headers = {}) => ask(path, { method: 'POST', body, headers: { ...(type ? { 'content-type': type } : {}), ...headers } });
  before(async () => {
    server = await startRedd();
    app = await makeApp(server, { files: { 'index.js': code } });
    await app.deploy();
  });
  after(async () => { await server?.stop(); await app?.remove(); });

  test('HT-02 every field of the request', async () => {
    const { json } = await ask('/req/a%20b/sub?x=1&y=%C3%A5&x=2&age>=18&n=&deep[a][b]=c&list[]=1&list[]=2&flag', {
      method: 'GET', headers: { 'x-custom': 'mine', cookie: 'a=1; b=%C3%A5; c="q"', 'x-real-ip': '6.6.6.6', host: 'localhost:1234' },
    });
    assert.equal(json.method, 'GET');
    assert.match(json.url, /^\/dev\/req\/a%20b\/sub\?x=1/);
    assert.equal(json.originalUrl, json.url);
    assert.equal(json.path, '/dev/req/a%20b/sub');
    assert.equal(json.apiPath, '/req/a%20b/sub');
    assert.equal(json.hostname, 'localhost');
    assert.deepEqual([json.ip, json.connection, json.socket], ['127.0.0.1', '127.0.0.1', '127.0.0.1']);
    assert.deepEqual(json.query, { x: ['1', '2'], y: 'å', 'age>': '18', n: '', deep: { a: { b: 'c' } }, list: ['1', '2'], flag: '' });
    assert.deepEqual(json.params, { id: 'a b' });
    assert.deepEqual(json.cookies, { a: '1', b: 'å', c: 'q' });
    assert.deepEqual([json.datastore, json.body, json.rawBody, json.jwt, json.protocol], ['dev', {}, '', 'undefined', 'http']);
    assert.deepEqual([json.get, json.header, json.headers['x-from-auth']], ['mine', 'mine', 'yes']);
    assert.deepEqual(json.order, ['auth', 'global']);
    for (const name of ['x-real-ip', 'x-forwarded-for']) assert.equal(json.headers[name], '127.0.0.1', name);
    for (const name of ['x-forwarded-host', 'x-forwarded-port', 'x-forwarded-proto', 'x-forwarded-scheme', 'x-scheme', 'x-request-id', 'host']) assert.ok(json.headers[name], name);
  });

  test('HT-02 duplicate headers are joined, names are lower case', async () => {
    const socket = connect(server.port, '127.0.0.1');
    socket.write('GET /dev/req/1/sub HTTP/1.1\r\nHost: localhost\r\nX-Many: a\r\nx-many: b\r\nCookie: a=1\r\nCookie: b=2\r\nConnection: close\r\n\r\n');
    let text = '';
    for await (const piece of socket) text += piece;
    const json = JSON.parse(text.slice(text.indexOf('\r\n\r\n{') + 4));
    assert.equal(json.headers['x-many'], 'a, b');
    assert.deepEqual(json.cookies, { a: '1', b: '2' });
  });

  test('HT-02 the request prints and serialises, with its data only', async () => {
    const { status, json } = await ask('/self?x=1');
    assert.equal(status, 200);
    assert.equal(json.apiPath, '/self');
    assert.deepEqual(json.query, { x: '1' });
    assert.equal(json.pipe, undefined);
    assert.match((await app.good('log', '--tail', '50')).stdout, /apiPath/);
  });

  test('RT-05 HT-08 groups of a RegExp route are parameters', async () => {
    assert.deepEqual((await ask('/re/abc/12')).json, { 1: 'abc', 2: '12', name: 'abc' });
    assert.equal((await ask('/re/ABC/12')).status, 404);
  });

  test('HT-04 HT-02 bodies by content type', async () => {
    const odd = '{ "a" : 1.50,\n "å": "\\u00e5" }';
    assert.deepEqual((await post('/body', odd, 'application/json')).json, { body: { a: 1.5, å: 'å' }, rawBody: odd, noRawBody: false });
    assert.deepEqual((await post('/body', '{"a":1}', 'application/vnd.api+json; charset=utf-8')).json.body, { a: 1 });
    assert.deepEqual((await post('/body', 'a=1&a=2&b[c]=x+y', 'application/x-www-form-urlencoded')).json, { body: { a: ['1', '2'], b: { c: 'x y' } }, rawBody: 'a=1&a=2&b[c]=x+y', noRawBody: false });
    assert.deepEqual((await post('/body', 'text å', 'text/plain')).json, { body: 'text å', rawBody: 'text å', noRawBody: false });
    assert.deepEqual((await post('/body', '<a/>', 'application/xml')).json.body, '<a/>');
    assert.deepEqual((await post('/body', 'xx', 'application/octet-stream')).json, { body: {}, noRawBody: true });
    assert.deepEqual((await post('/body', 'xx', 'image/png')).json, { body: {}, noRawBody: true });
    assert.deepEqual((await post('/body', 'x', 'multipart/form-data; boundary=x')).json, { body: {}, noRawBody: true });
    for (const type of [undefined, 'application/json', 'application/x-www-form-urlencoded']) assert.deepEqual((await post('/body', '', type)).json, { body: {}, rawBody: '', noRawBody: false }, String(type));
    assert.deepEqual((await ask('/req/1/sub', { headers: { 'content-type': 'application/json' } })).json.body, {});
    const bad = await post('/body', '{"a":', 'application/json');
    assert.deepEqual([bad.status, bad.json], [400, { error: 'Invalid JSON body' }]);
    const socket = connect(server.port, '127.0.0.1');
    socket.write(`POST /dev/body HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${(10 << 20) + 1}\r\n\r\n"`);
    let large = '';
    while (!large.endsWith('}')) large += await once(socket, 'data');
    socket.destroy();
    assert.match(large, /^HTTP\/1\.1 413 [\s\S]*{"error":"Payload too large"}$/);
  });

  test('HT-03 a body is read after an await, by iteration, events, pipe and pipeline', { timeout: 60_000 }, async () => {
    const bytes = randomBytes(3 << 20);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    assert.deepEqual((await post('/hash', bytes, 'application/octet-stream')).json, { bytes: bytes.length, sha256 });
    assert.deepEqual((await post('/events', '{"parsed": true}', 'application/json')).json, { text: '{"parsed": true}' });
    assert.deepEqual((await post('/events', 'raw', 'image/x-raw')).json, { text: 'raw' });
    for (const path of ['/pipe', '/pipeline']) {
      const answer = await fetch(`${server.url}/dev${path}`, { method: 'POST', body: bytes, headers: { 'content-type': 'application/octet-stream' } });
      assert.equal(createHash('sha256').update(Buffer.from(await answer.arrayBuffer())).digest('hex'), sha256, path);
    }
    assert.deepEqual((await post('/unread', 'x'.repeat(100_000), 'image/png')).json, { unread: true });
  });

  test('HT-03 an upload waits until the handler wants it', { timeout: 60_000 }, async () => {
    const size = 24 << 20, piece = Buffer.alloc(65536);
    const socket = connect(server.port, '127.0.0.1');
    socket.write(`POST /dev/held HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: ${size}\r\nConnection: close\r\n\r\n`);
    let sent = 0, text = '';
    socket.on('data', (part) => { text += part; });
    const push = () => { while (sent < size && socket.write(piece)) sent += piece.length; };
    const pump = () => { sent += piece.length; push(); };
    socket.on('drain', pump);
    push();
    // The kernel's buffers and the window fill, then nothing more is taken.
    let before;
    do { before = socket.bytesWritten; await new Promise((done) => setTimeout(done, 100)); } while (socket.bytesWritten - socket.writableLength !== before - socket.writableLength || socket.writableLength === 0);
    assert.ok(socket.bytesWritten < size, `${socket.bytesWritten} bytes were taken`);
    await post('/release', '');
    await once(socket, 'close');
    assert.match(text, new RegExp(`{"bytes":${size}}`));
  });

  test('HT-05 every method of the response', async () => {
    const of = async (name) => {
      const { status, headers, text } = await ask(`/res/${name}`);
      return { status, type: headers['content-type'], text, headers };
    };
    const same = async (name, status, type, text) => {
      const got = await of(name);
      assert.deepEqual([got.status, got.type, got.text], [status, type, text], name);
      return got;
    };
    const json = 'application/json; charset=utf-8', html = 'text/html; charset=utf-8', plain = 'text/plain; charset=utf-8';
    await same('json', 201, json, '{"a":[1,null]}');
    await same('null', 200, json, 'null');
    await same('text', 200, html, '<b>x</b>');
    await same('object', 200, json, '{"a":1}');
    await same('array', 200, json, '[1]');
    await same('buffer', 200, 'application/octet-stream', '\u0001\u0002');
    await same('number', 200, html, '42');
    await same('bigint', 200, html, '12');
    await same('error', 200, json, '{"message":"spoken"}');
    await same('endText', 200, plain, 'plain');
    await same('endHtml', 200, html, '<p>html</p>');
    await same('endObject', 200, json, '{"a":1}');
    await same('empty', 200, undefined, '');
    await same('undefined', 200, undefined, '');
    await same('statusEnd', 404, plain, 'x');
    await same('sendStatus', 401, plain, 'Unauthorized');
    await same('write', 200, plain, 'a{"b":1}c7d');
    await same('writeType', 200, 'text/csv', 'a,b');
    await same('typeXml', 200, 'text/xml', '<a/>');
    await same('typeExt', 200, json, '{}');
    await same('own', 299, 'application/x-own', 'own');
    await same('noContent', 204, json, '');
    await same('readable', 200, plain, 'r1r2');
    await same('readableRes', 200, plain, 'r1r2');
    await same('badStatus', 500, json, '{"text":"Unhandled Codehook exception, check logs","fatal":true}');
    const twice = await same('twice', 401, json, '{"first":true}');
    assert.equal(twice.headers['x-late'], undefined);
    const moved = await of('redirect');
    assert.deepEqual([moved.status, moved.headers.location], [302, '/to?x=1']);
    const forever = await of('redirect301');
    assert.deepEqual([forever.status, forever.headers.location], [301, 'https://example.com/']);
    const set = await of('set');
    assert.deepEqual([set.text, ...['one', 'two', 'three', 'four', 'five'].map((n) => set.headers[`x-${n}`])], ['12', '1', '2', '3', '4', '5']);
    const appended = await of('append');
    assert.deepEqual([appended.headers['x-list'], appended.headers['x-gone']], ['a, b', undefined]);
    const cookies = (await of('cookies')).headers['set-cookie'];
    assert.match(cookies[0], /^a=b%20c; Max-Age=1; Expires=[^;]+; Path=\/x; HttpOnly; Secure; SameSite=Lax$/);
    assert.match(cookies[1], /^o=j%3A%7B%22x%22%3A1%7D; Path=\/$/);
    assert.match(cookies[2], /^z=; Expires=Thu, 01 Jan 1970[^;]*; Path=\/$/);
    assert.deepEqual((await of('setCookies')).headers['set-cookie'], ['a=1', 'b=2']);
    const fresh = await of('notModified');
    assert.deepEqual([fresh.status, fresh.text, fresh.headers.etag], [304, '', '"x"']);
    assert.deepEqual(JSON.parse((await of('head')).text.slice(1)), [[false, 200, false, false], [true, 202, false, false]]);
    await ask('/finish');
    assert.deepEqual((await ask('/finished')).json, ['finish', 'close']);
  });

  test('HT-07 a stream of documents becomes a JSON array', async () => {
    await post('/rows', '');
    for (const how of ['res', 'stream']) {
      const { status, headers, json } = await ask(`/rows/${how}`);
      assert.deepEqual([status, headers['content-type'], json.length, json[229]], [200, 'application/json', 230, { _id: '0229', n: 229 }], how);
    }
    const encoded = await raw('/rows/res', 'gzip');
    assert.deepEqual([encoded.coding, JSON.parse(decode(encoded)).length], ['gzip', 230]);
  });

  // The answer's raw bytes, undecoded.
  const raw = async (path, accept, method = 'GET') => {
    const { request: open } = await import('node:http');
    const outgoing = open(`${server.url}/dev${path}`, { method, headers: accept === undefined ? {} : { 'accept-encoding': accept } });
    outgoing.end();
    const [answer] = await once(outgoing, 'response');
    const pieces = [];
    for await (const piece of answer) pieces.push(piece);
    return { status: answer.statusCode, headers: answer.headers, coding: answer.headers['content-encoding'], body: Buffer.concat(pieces) };
  };
  const decode = ({ coding, body }) => (coding === 'br' ? zlib.brotliDecompressSync(body) : coding === 'gzip' ? zlib.gunzipSync(body) : body).toString();

  test('HT-12 text answers over 1 KiB are compressed as the client asked', async () => {
    const long = 'the quick brown fox. '.repeat(200);
    for (const [accept, coding] of [['gzip', 'gzip'], ['br', 'br'], ['gzip, br', 'br'], ['gzip;q=1, br;q=0.5', 'gzip'], ['gzip;q=0, br;q=0', undefined], ['*', 'br'],
      ['*;q=0', undefined], ['identity;q=1, gzip;q=0.5', undefined], ['deflate', undefined], [undefined, undefined], ['GZIP', 'gzip']]) {
      const answer = await raw('/code/text', accept);
      assert.equal(answer.coding, coding, String(accept));
      assert.equal(decode(answer), long);
      assert.equal(answer.headers.vary, 'Accept-Encoding');
      if (coding) assert.ok(answer.body.length < 500);
    }
    for (const name of ['json', 'big', 'pieces', 'turn', 'length', 'error']) {
      for (const accept of ['gzip', 'br']) {
        const answer = await raw(`/code/${name}`, accept);
        assert.equal(answer.coding, accept, name);
        assert.equal(decode(answer), decode(await raw(`/code/${name}`)), name);
      }
    }
  });

  test('HT-12 what must not be compressed is not', async () => {
    for (const name of ['short', 'bytes', 'own', 'sse', 'range', 'noTransform', 'modified']) {
      const answer = await raw(`/code/${name}`, 'gzip, br');
      assert.ok([undefined, 'identity'].includes(answer.coding), name);
      assert.equal(answer.headers.vary, undefined, name);
    }
    const tagged = await raw('/code/tagged', 'gzip');
    assert.deepEqual([tagged.headers.etag, tagged.headers.vary], ['W/"v1"', 'Cookie, Accept-Encoding']);
    const plain = await raw('/code/tagged');
    assert.deepEqual([plain.headers.etag, plain.headers.vary], ['"v1"', 'Cookie, Accept-Encoding']);
    assert.equal((await raw('/code/weak', 'gzip')).headers.etag, 'W/"v1"');
    const head = await raw('/code/text', 'gzip', 'HEAD');
    assert.deepEqual([head.status, head.body.length, head.headers.vary], [200, 0, 'Accept-Encoding']);
  });

  test('HT-06 a slow stream is compressed and its bytes do not wait', { timeout: 30_000 }, async () => {
    const { request: open } = await import('node:http');
    const outgoing = open(`${server.url}/dev/slow`, { headers: { 'accept-encoding': 'gzip' } });
    outgoing.end();
    const [answer] = await once(outgoing, 'response');
    assert.equal(answer.headers['content-encoding'], 'gzip');
    const text = answer.pipe(zlib.createGunzip());
    let seen = '';
    text.on('data', (piece) => { seen += piece; });
    while (!seen.endsWith('fox. ') || seen.length < 4000) await once(text, 'data');
    await ask('/go-on', { method: 'POST' });
    await once(text, 'end');
    assert.match(seen, /last$/);
  });

  test('HT-06 a compressed stream keeps its order and its length', { timeout: 60_000 }, async () => {
    const answer = await raw('/blob', 'gzip');
    assert.equal(answer.coding, 'gzip');
    assert.equal(decode(answer).length, 160 * 65536);
  });

  test('HT-10 CORS: echo with credentials, preflight without the app, the app\'s own value wins', async () => {
    const origin = 'https://app.example.com';
    const answer = await ask('/res/json', { headers: { origin } });
    assert.deepEqual([answer.headers['access-control-allow-origin'], answer.headers['access-control-allow-credentials'], answer.headers.vary], [origin, 'true', 'Origin']);
    const missing = await ask('/nowhere', { headers: { origin } });
    assert.deepEqual([missing.status, missing.headers['access-control-allow-origin']], [404, origin]);
    const preflight = await ask('/res/json', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization, x-own' } });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers['access-control-allow-methods'], 'GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS');
    assert.equal(preflight.headers['access-control-allow-headers'], 'authorization, x-own');
    assert.equal(preflight.headers['access-control-max-age'], '600');
    assert.equal((await ask('/res/corsOwn', { headers: { origin } })).headers['access-control-allow-origin'], 'https://only.example');
    assert.equal((await ask('/res/json')).headers['access-control-allow-origin'], undefined);
  });

  test('HT-10 AU-04 listed origins only, with coho cors', async () => {
    await app.good('cors', 'https://good.example');
    try {
      const allowed = (origin) => ask('/res/json', { headers: { origin } }).then(({ headers }) => headers['access-control-allow-origin']);
      assert.equal(await allowed('https://good.example'), 'https://good.example');
      assert.equal(await allowed('https://bad.example'), undefined);
      assert.match((await app.good('cors')).stdout, /https:\/\/good\.example/);
      const refused = await app.coho(['cors', 'https://good.example/path']);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /'https:\/\/good\.example\/path' is no origin/);
    } finally {
      await app.good('cors-remove', 'https://good.example');
    }
    assert.equal((await ask('/res/json', { headers: { origin: 'https://bad.example' } })).headers['access-control-allow-origin'], 'https://bad.example');
  });

  test('HT-01 HT-14 hosts, spaces, reserved paths', async () => {
    const at = (host, path) => request(`${server.url}${path}`, { headers: { host } });
    assert.deepEqual((await at(`${app.project}.api.example.com`, '/dev/req/1/sub')).json.params, { id: '1' });
    assert.deepEqual((await at(`${app.project.toUpperCase()}.api.localhost:${server.port}`, '/dev/req/1/sub')).json.params, { id: '1' });
    assert.deepEqual([(await at('nobody-1234.api.example.com', '/dev/x')).status, (await at('nobody-1234.api.example.com', '/dev/x')).json], [404, { error: 'Unknown project' }]);
    assert.deepEqual((await at('localhost', '/nospace/x')).json, { error: 'Unknown space' });
    assert.equal((await at('elsewhere.example.com', '/dev/x')).status, 421);
    assert.equal((await at('localhost', '/health')).text, 'Alive');
    assert.equal((await at('localhost', '/dev/health')).text, 'Alive');
    assert.equal((await at('localhost', '/dev/_A_D_M_nothing')).status, 404);
    await server.api('POST', `/projects/${app.project}/spaces`, { name: 'empty' });
    assert.deepEqual((await at('localhost', '/empty/x')).json, { error: 'No code deployed' });
    assert.equal((await at('www.example.com', '/dev/req/1/sub')).status, 421);
    for (const path of ['/dev', '/dev/']) assert.deepEqual((await at('localhost', path)).json, { error: 'No route matching GET /' });
  });

  test('HT-01 HT-02 a domain of a space: its path is the whole path', async () => {
    const at = (host, path) => request(`${server.url}${path}`, { headers: { host } });
    await app.good('domain', 'www.example.com');
    const { json } = await at('WWW.Example.com:8080', '/req/7/sub?x=1');
    assert.deepEqual([json.path, json.apiPath, json.url, json.originalUrl, json.hostname, json.params, json.datastore],
      ['/dev/req/7/sub', '/req/7/sub', '/req/7/sub?x=1', '/req/7/sub?x=1', 'www.example.com', { id: '7' }, 'dev']);
    assert.equal((await at('www.example.com', '/dev/req/7/sub')).status, 404);
    assert.equal((await at('www.example.com', '/health')).text, 'Alive');
    assert.equal((await at('www.example.com', '/_/api/v1/me')).status, 421);
    assert.deepEqual((await ask('/req/7/sub')).json.apiPath, '/req/7/sub');
    for (const bad of ['localhost', 'a.api.example.com', 'x.localhost', 'UPPER.com', '10.0.0.1', 'a/b.com']) assert.equal((await app.coho(['domain', bad])).code, 1, bad);
    await assert.rejects(server.api('PUT', `/projects/${app.project}/spaces/empty/domains`, { domains: ['www.example.com'] }), /belongs to another space/);
    assert.match((await app.good('info')).stdout, /www\.example\.com/);
    await app.good('domain-remove', 'www.example.com');
    assert.equal((await at('www.example.com', '/req/7/sub')).status, 421);
  });
});
