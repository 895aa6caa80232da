// The _A_D_M_ endpoints on the wire, where the published command line (tests/cli/published.test.mjs) cannot show it.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { once } from 'node:events';
import { request, startRedd } from './lib/redd.mjs';

describe('administration endpoints', () => {
  let server, project, host;
  const adm = (method, path, { headers = {}, body } = {}) =>
    request(`${server.url}/dev/_A_D_M_${path}`, { method, body, headers: { host, 'x-admintoken': server.token, ...headers } });

  before(async () => {
    server = await startRedd();
    project = (await server.api('POST', '/projects', { name: 'mypets' })).uniqueName;
    host = `${project}.api.codehooks.local.io`;
    await server.api('POST', `/projects/${project}/spaces`, { name: 'dev' });
    const documents = Array.from({ length: 5000 }, (_, n) => ({ _id: String(n).padStart(5, '0'), n, kind: n % 7 }));
    assert.deepEqual((await adm('POST', 'restore/pets', { body: JSON.stringify(documents) })).json, { count: 5000 });
  });
  after(() => server?.stop());

  // The bytes of an answer, as they come.
  async function raw(head, enough) {
    const socket = connect(server.port, '127.0.0.1');
    let text = '';
    socket.on('data', (piece) => { text += piece; if (enough?.(text)) socket.end(); });
    socket.write(head);
    await once(socket, 'close');
    return text;
  }
  const chunksOf = (answer) => {
    const chunks = [];
    for (let rest = answer.slice(answer.indexOf('\r\n\r\n') + 4); ;) {
      const bytes = Number.parseInt(rest, 16);
      const from = rest.indexOf('\r\n') + 2;
      if (bytes === 0) return chunks;
      chunks.push(rest.slice(from, from + bytes));
      rest = rest.slice(from + bytes + 2);
    }
  };

  test('CP-06 progress of an index: an object a chunk', async () => {
    const body = JSON.stringify({ collection: 'pets', index: ['n', 'kind'] });
    const answer = await raw(`POST /dev/_A_D_M_indexes HTTP/1.1\r\nHost: ${host}\r\nx-admintoken: ${server.token}\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    assert.match(answer, /^HTTP\/1\.1 200 /);
    assert.doesNotMatch(answer, /content-encoding/i);
    const objects = chunksOf(answer).map((chunk) => JSON.parse(chunk));
    assert.deepEqual(objects[0], { field: 'n', count: 5000 });
    assert.deepEqual(objects.at(-1), { finished: true });
    for (const field of ['n', 'kind']) {
      const own = objects.filter((one) => one.field === field);
      assert.ok('count' in own[0], 'the count comes first');
      assert.equal(own.slice(1).reduce((sum, one) => sum + one.processed, 0), 5000);
    }
  });

  test('CP-04 log: newest first, logend, then what comes', async () => {
    for (const path of ['first', 'second']) await request(`${server.url}/dev/${path}`, { headers: { host } });
    const head = `GET /dev/_A_D_M_logs?dbname=dev&tail=5 HTTP/1.1\r\nHost: ${host}\r\nx-admintoken: ${server.token}\r\n\r\n`;
    let asked = false;
    const answer = await raw(head, (text) => {
      if (text.includes('logend') && !asked) {
        asked = true;
        request(`${server.url}/dev/third`, { headers: { host } });
      }
      return text.includes('event: logrt') && text.includes('/dev/third');
    });
    assert.match(answer, /content-type: text\/event-stream/);
    const at = (text) => answer.indexOf(text);
    assert.ok(at('/dev/second') < at('/dev/first') && at('/dev/first') < at('event: logend') && at('event: logend') < at('/dev/third'), answer);
    const line = JSON.parse(/data: (\{.*second.*\})/.exec(answer)[1]);
    assert.deepEqual(Object.keys(line), ['_id', 'context', 'log', 'logtype', 'date']);
  });

  test('CP-03 headers of 60 KiB are read here, and nowhere else', async () => {
    const text = 'x'.repeat(60_000);
    assert.deepEqual((await adm('GET', 'query/pets?q={%22n%22:1}', { headers: { 'x-updatebyquery': JSON.stringify({ text }) } })).json, [{ count: 1 }]);
    assert.equal((await adm('GET', 'query/pets?q={%22n%22:1}')).json[0].text, text);
    assert.equal((await adm('GET', 'query/pets', { headers: { 'x-updatebyquery': `{"a":"${'x'.repeat(66_000)}"}` } })).status, 431);
    assert.equal((await request(`${server.url}/dev/hello`, { headers: { host, 'x-long': text } })).status, 431);
  });

  test('HT-14 another spelling, another host, a project of that name: never the app, never a crash', async () => {
    assert.equal((await request(`${server.url}/dev/%5FA_D_M_query/pets`, { headers: { host, 'x-admintoken': server.token } })).status, 404);
    const unknown = await request(`${server.url}/undefined/_A_D_M_query/pets`, { headers: { host: 'undefined.api.codehooks.local.io', 'x-admintoken': server.token } });
    assert.equal(unknown.status, 404);
    assert.equal(unknown.json.error, 'Unknown project');
    const evil = await request(`${server.url}/dev/_A_D_M_query/pets`, { headers: { host: 'evil.test', origin: 'https://evil.test', 'x-admintoken': server.token } });
    assert.equal(evil.status, 421);
    assert.ok(Object.keys(evil.headers).every((name) => !name.startsWith('access-control-')));
  });

  test('AU-05 a space\'s API token and no token are refused, with JSON', async () => {
    const { key } = await server.api('POST', `/projects/${project}/spaces/dev/tokens`, { access: 'READWRITE' });
    for (const headers of [{ 'x-admintoken': key }, { 'x-admintoken': '' }, { 'x-admintoken': 'a b' }]) {
      const refused = await adm('GET', 'export/pets', { headers });
      assert.equal(refused.status, 401);
      assert.equal(refused.json.code, 'unauthorized');
    }
  });

  test('CP-08 usage counts what was called', async () => {
    const before = (await adm('GET', 'usage')).json[0];
    await request(`${server.url}/dev/hello`, { headers: { host } });
    const [usage] = (await adm('GET', 'usage')).json;
    assert.equal(usage._id, 'dev');
    assert.equal(usage.api, before.api + 1);
    assert.equal(usage.datastore_objects, 5000);
    assert.ok(usage.datastore_size > 100_000);
    assert.equal(typeof usage.codehook_time, 'number');
  });
});
