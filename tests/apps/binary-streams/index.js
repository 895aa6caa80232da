// Bytes in and out: echoed as they come, compressed, hashed, turned to capitals, generated, and read only as far as needed.
import { app } from 'codehooks-js';
import { createHash } from 'node:crypto';
import { pipeline, Readable, Transform } from 'node:stream';
import { createGzip } from 'node:zlib';

app.auth('/*', (req, res, next) => next());

app.post('/echo', (req, res) => {
  res.set('content-type', req.headers['content-type'] ?? 'application/octet-stream');
  req.pipe(res.writable);
});

app.put('/capitals', (req, res) => {
  const capitals = new Transform({ transform: (chunk, encoding, done) => done(null, chunk.toString('latin1').toUpperCase()) });
  res.type('application/octet-stream');
  req.pipe(capitals).pipe(res.writable);
});

app.post('/gzip', (req, res) => {
  res.set({ 'content-type': 'application/gzip', 'content-disposition': 'attachment; filename="body.gz"' });
  pipeline(req, createGzip({ level: 1 }), res.writable, (error) => error && console.error('gzip', error.message));
});

// The body waits for its reader, even when something else comes first.
app.post('/digest', async (req, res) => {
  await new Promise((later) => setTimeout(later, 20));
  const hash = createHash('sha256');
  let bytes = 0, chunks = 0;
  for await (const chunk of req) {
    hash.update(chunk);
    bytes += chunk.length;
    chunks++;
  }
  res.json({ sha256: hash.digest('hex'), bytes, chunks });
});

// The first bytes tell what it is; the rest is not read.
app.post('/what', (req, res) => {
  req.once('data', (chunk) => {
    const png = chunk.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
    req.pause();
    res.json({ what: png ? 'PNG' : 'something else' });
  });
});

const generators = { running: 0, left: 0 };
async function* lines(count) {
  generators.running++;
  try {
    for (let n = 1; n <= count; n++) yield `${n}\n`.padStart(1024, '.');
  } finally {
    generators.running--;
    generators.left++;
  }
}

app.get('/lines/:count', (req, res) => {
  res.type('text/plain');
  pipeline(Readable.from(lines(Number(req.params.count))), res.writable, (error) => error && console.log('a reader left'));
});
app.get('/generators', (req, res) => res.json(generators));

app.get('/pieces', (req, res) => {
  res.set('content-type', 'application/octet-stream');
  res.write(Buffer.from([0, 255, 128]), 'buffer').write(new Uint8Array([1, 2])).write('å').write({ a: 1 }).write(Buffer.from([254]));
  res.end();
  res.end('ignored').write('ignored').set('x-late', 'ignored');
});

// What was parsed can be streamed as well.
app.post('/parsed', (req, res) => {
  res.set('x-fields', Object.keys(req.body).join());
  req.pipe(res.writable);
});

export default app.init();
