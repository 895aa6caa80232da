// A small S3-compatible store for tests.
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

// Keeps objects in memory and answers only to requests whose signature it can make itself.
export async function startS3(t, { keyId, secret, region }) {
  const objects = new Map();
  const requests = [];  // {method, url, headers, body} of all, refused ones too
  const faults = { putStatus: 0 };  // answered to each PUT, when set
  // One object a page, so that whoever lists has to turn pages.
  const listing = (url) => {
    const prefix = `${url.pathname}/${url.searchParams.get('prefix')}`;
    const names = [...objects.keys()].filter((name) => name.startsWith(prefix)).sort();
    const at = Number(url.searchParams.get('continuation-token') ?? 0);
    const page = names.slice(at, at + 1).map((name) => `<Contents><Key>${name.slice(url.pathname.length + 1)}</Key><Size>${objects.get(name).length}</Size></Contents>`);
    const more = at + 1 < names.length;
    return `<ListBucketResult>${page.join('')}<IsTruncated>${more}</IsTruncated>${more ? `<NextContinuationToken>${at + 1}</NextContinuationToken>` : ''}</ListBucketResult>`;
  };
  const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
  const answer = async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const url = new URL(request.url, 'http://s3');
    requests.push({ method: request.method, url: request.url, headers: request.rawHeaders, body });
    const wanted = request.headers.authorization ?? '';
    const names = (wanted.match(/SignedHeaders=([^,]+)/) ?? [])[1] ?? '';
    const date = request.headers['x-amz-date'] ?? '';
    const query = [...url.searchParams].map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).sort().join('&');
    const canonical = [request.method, url.pathname, query, ...names.split(';').map((name) => `${name}:${request.headers[name]}`), '', names, request.headers['x-amz-content-sha256']].join('\n');
    const scope = `${date.slice(0, 8)}/${region}/s3/aws4_request`;
    const toSign = ['AWS4-HMAC-SHA256', date, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
    const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, date.slice(0, 8)), region), 's3'), 'aws4_request');
    const signature = hmac(key, toSign).toString('hex');
    const hash = createHash('sha256').update(body).digest('hex');
    if (!names.includes('host') || !wanted.includes(`Credential=${keyId}/${scope}`) || !wanted.endsWith(`Signature=${signature}`) || hash !== request.headers['x-amz-content-sha256']) {
      response.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code><Message>It does not match</Message></Error>');
    } else if (request.method === 'PUT' && faults.putStatus) {
      response.writeHead(faults.putStatus).end('<Error><Code>SlowDown</Code><Message>Later</Message></Error>');
    } else if (request.method === 'PUT') {
      objects.set(url.pathname, body);
      response.writeHead(200).end();
    } else if (request.method === 'DELETE') {
      objects.delete(url.pathname);
      response.writeHead(204).end();
    } else if (url.searchParams.get('list-type') === '2') {
      response.writeHead(200).end(listing(url));
    } else if (objects.has(url.pathname)) {
      response.writeHead(200).end(objects.get(url.pathname));
    } else {
      response.writeHead(404).end('<Error><Code>NoSuchKey</Code><Message>none</Message></Error>');
    }
  };
  const server = createServer((request, response) => answer(request, response).catch((error) => response.destroy(error)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => { server.closeAllConnections(); server.close(); });
  return { objects, requests, faults, url: `http://127.0.0.1:${server.address().port}` };
}
