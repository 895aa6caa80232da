// The contact form of a static site: what a visitor, a bot and the owner may do.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { serveApp } from '../lib/served.mjs';

describe('contact-form', () => {
  let site;
  before(async () => { site = await serveApp('contact-form'); });
  after(() => site?.stop());
  const form = (fields) => new URLSearchParams({ name: 'Åsa Öberg', email: 'asa@example.com', message: 'Hello, "there"\nand here', ...fields });
  const rows = async () => (await site.get('/messages.csv', { key: true })).text;

  test('HT-02 HT-05 a posted form is stored and the visitor sent on', async () => {
    const answer = await site.post('/contact', form());
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.location, '/thanks.html');
    const csv = await site.get('/messages.csv', { key: true });
    assert.equal(csv.status, 200);
    assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8');
    assert.match(csv.headers['content-disposition'], /messages\.csv/);
    assert.match(
      csv.text, /^at,name,email,message\r\n\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z,Åsa Öberg,asa@example\.com,"Hello, ""there""\nand here"\r\n$/,
    );
  });

  test('HT-02 what a form may look like and still be wrong is refused by field, and not stored', async () => {
    const before = await rows();
    const answer = await site.post('/contact', form({ email: 'nobody', message: ' ' }));
    assert.equal(answer.status, 422);
    assert.deepEqual(answer.json, { problems: { message: 'is required', email: 'is not an e-mail address' } });
    // A repeated field is an array, and a missing body has no fields: neither breaks the handler.
    const twice = form();
    twice.append('name', 'again');
    assert.deepEqual((await site.post('/contact', twice)).json, { problems: { name: 'is required' } });
    assert.equal(await rows(), before);
  });

  test('HT-02 a filled honeypot looks like success and stores nothing', async () => {
    const before = await rows();
    const answer = await site.post('/contact', form({ website: 'http://spam.example' }));
    assert.deepEqual([answer.status, answer.headers.location], [303, '/thanks.html']);
    assert.equal(await rows(), before);
  });

  test('KV-03 one address may send five a minute; a header naming another address changes nothing', async () => {
    const last = await site.post('/contact', form({ name: '=HYPERLINK("x")' }));
    assert.equal(last.status, 303); // the fifth
    const headers = { 'x-forwarded-for': '203.0.113.7', 'x-real-ip': '203.0.113.7' };
    const answer = await site.post('/contact', form(), { headers });
    assert.equal(answer.status, 429);
    assert.equal(answer.headers['retry-after'], '60');
    assert.match(await rows(), /,"'=HYPERLINK\(""x""\)",/);
    assert.equal((await rows()).split('\r\n').length, 4); // head, two messages, the end
  });

  test('HT-12 HT-11 a form over the limit is refused before any code runs', async () => {
    const body = new Blob([form().toString(), 'x'.repeat(10 << 20)]).stream(); // of unknown length, so the server counts
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await fetch(`${site.app.url}/contact`, { method: 'POST', headers, body, duplex: 'half' });
    assert.deepEqual([answer.status, await answer.json()], [413, { error: 'Payload too large' }]);
    assert.equal((await rows()).split('\r\n').length, 4);
  });

  test('AU-01 AU-03 the list needs the key: not open, not by a wrong key, not by method', async () => {
    assert.equal((await site.get('/messages.csv')).status, 403);
    assert.equal((await site.get('/messages.csv', { key: '5f1ce782-5798-4295-bdd0-51568390a59c' })).status, 403);
    const hook = await site.get('/contact');
    assert.deepEqual([hook.status, hook.text], [403, 'The list is for the owner']);
    const { key: reader } = await site.server.api('POST', `${site.app.space}/tokens`, { access: 'READ' });
    assert.equal((await site.get('/messages.csv', { key: reader })).status, 200);
    assert.equal((await site.del('/messages/x', { key: reader })).status, 403);
    assert.deepEqual((await site.del('/messages/x', { key: true })).json, { error: 'No such message' });
  });
});
