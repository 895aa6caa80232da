// Twilio's webhook: a signature over the public URL and the form's fields, and an answer in XML.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { serveApp } from '../lib/served.mjs';

const token = '12345';
const joined = (url, params) => Object.keys(params).sort().reduce((text, name) => text + name + params[name], url);
const sign = (url, params, key = token) => createHmac('sha1', key).update(joined(url, params)).digest('base64');

describe('webhook-twilio', () => {
  let phone;
  before(async () => { phone = await serveApp('webhook-twilio', { secrets: { TWILIO_AUTH_TOKEN: token } }); });
  after(() => phone?.stop());
  const deliver = (path, params, { signature = sign(phone.app.url + path, params), headers = {} } = {}) =>
    phone.post(path, new URLSearchParams(params), { headers: { 'x-twilio-signature': signature, ...headers } });
  const sms = (sid, body, more) => ({ MessageSid: sid, From: '+4799 & 00', To: '+1555', Body: body, NumMedia: '0', ...more });
  const stored = async () => (await phone.get(`/messages/${encodeURIComponent('+4799 & 00')}`, { key: true })).json;

  test('sanity: the documented example of a signature', () => {
    // twilio.com/docs/usage/security: token 12345, this URL and these fields.
    const params = { CallSid: 'CA1234567890ABCDE', Caller: '+12349013030', Digits: '1234', From: '+12349013030', To: '+18005551212' };
    assert.equal(sign('https://mycompany.com/myapp.php?foo=1&bar=2', params), '0/KCTR6DLpKmkAf8muzZqo1nDgQ=');
  });

  test('HT-02 HT-05 a signed form is answered with XML', async () => {
    const answer = await deliver('/sms', sms('SM1', 'Hei på deg + <b>&"æøå" 🎈'));
    assert.equal(answer.status, 200);
    assert.match(answer.headers['content-type'], /^text\/xml/);
    const [, message] = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<Response><Message>(.*)<\/Message><\/Response>$/.exec(answer.text);
    assert.equal(message, 'Message 1: you said Hei på deg + &#60;b&#62;&#38;&#34;æøå&#34; 🎈');
    assert.deepEqual((await stored()).map(({ _id, body, list }) => [_id, body, list]), [['SM1', 'Hei på deg + <b>&"æøå" 🎈', null]]);
  });

  test('HT-02 the query is part of the signed address, in the order and spelling of the wire', async () => {
    const answer = await deliver('/sms?list=a%20b&x=%C3%A5&list2', sms('SM2', 'Stop it'));
    assert.match(answer.text, /You will hear no more/);
    assert.equal((await stored()).find((one) => one._id === 'SM2').list, 'a b');
    const other = sign(phone.app.url + '/sms?x=%C3%A5&list=a%20b', sms('SM3', 'x'));
    assert.equal((await deliver('/sms?list=a%20b&x=%C3%A5', sms('SM3', 'x'), { signature: other })).status, 403);
  });

  test('HT-01 HT-02 the address is the caller\'s Host, and forwarded headers of a stranger count for nothing', async () => {
    const host = `${phone.app.project}.api.localhost:${phone.server.port}`;
    const params = sms('SM4', 'by name');
    const byName = await deliver('/sms', params, { signature: sign(`http://${host}/dev/sms`, params), headers: { host } });
    assert.equal(byName.status, 200);
    const forged = sms('SM5', 'forged host');
    const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', 'x-forwarded-port': '443' };
    assert.equal((await deliver('/sms', forged, { signature: sign('https://evil.example/dev/sms', forged), headers })).status, 403);
    assert.equal((await deliver('/sms', forged, { headers })).status, 200);
  });

  test('HT-04 AU-03 a changed field, another token or no signature: 403 in plain text, nothing stored', async () => {
    const before = await stored();
    const params = sms('SM9', 'pay 10');
    const signature = sign(phone.app.url + '/sms', params);
    for (const answer of [
      await deliver('/sms', { ...params, Body: 'pay 1000' }, { signature }),
      await deliver('/sms', { ...params, Extra: '1' }, { signature }),
      await deliver('/sms', params, { signature: sign(phone.app.url + '/sms', params, '54321') }),
      await deliver('/sms', params, { signature: '' }),
    ]) assert.deepEqual([answer.status, answer.text, answer.headers['content-type']], [403, 'Invalid signature', 'text/plain']);
    assert.deepEqual(await stored(), before);
    assert.equal((await phone.get('/messages/x')).status, 403);
  });
});
