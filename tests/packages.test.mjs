// npm packages that published apps use, bundled by coho and used as their users do, against local services only.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { once } from 'node:events';
import { request, startRedd } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';

const code = `import { app } from 'codehooks-js';
import jwt from 'jsonwebtoken';
import bcrypt from 'bcryptjs';
import Stripe from 'stripe';
import { Webhook } from 'svix';
import { nanoid, customAlphabet } from 'nanoid';
import axios from 'axios';
import OpenAI from 'openai';
import nodemailer from 'nodemailer';
import { MongoClient, ObjectId } from 'mongodb';
import FormData from 'form-data';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { z } from 'zod';
import * as yup from 'yup';
import fetch3, { FormData as Form3 } from 'node-fetch';
import handlebars from 'handlebars';
import { parseCookie } from 'cookie';
import sift from 'sift';
app.auth('/*', (req, res, next) => next());
const { SERVICE, SMTP_PORT } = process.env;
const uses = {
  jsonwebtoken: () => {
    const token = jwt.sign({ sub: 'me' }, 'secret', { expiresIn: '1h' });
    const wrong = () => { try { jwt.verify(token, 'other'); } catch (error) { return error.name; } };
    return [jwt.verify(token, 'secret').sub, wrong()];
  },
  bcryptjs: async () => { const hash = await bcrypt.hash('pass', 4); return [await bcrypt.compare('pass', hash), bcrypt.compareSync('no', hash)]; },
  nanoid: () => [nanoid().length, /^[ab]{5}$/.test(customAlphabet('ab', 5)())],
  axios: async () => { const { data, status } = await axios.post(SERVICE + '/echo', { a: 1 }, { headers: { 'x-own': 'mine' } }); return [status, data.body, data.own]; },
  axiosError: () => axios.get(SERVICE + '/nothing').catch((error) => error.response.status),
  openai: async () => {
    const client = new OpenAI({ apiKey: 'k', baseURL: SERVICE + '/v1', maxRetries: 0 });
    const whole = await client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });
    let streamed = '';
    for await (const part of await client.chat.completions.create({ model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] })) streamed += part.choices[0].delta.content;
    return [whole.choices[0].message.content, streamed];
  },
  nodemailer: async () => {
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port: Number(SMTP_PORT), secure: false, ignoreTLS: true });
    const info = await transport.sendMail({ from: 'a@example.com', to: 'b@example.com', subject: 'Hello', text: 'The text', html: '<b>html</b>' });
    return info.accepted;
  },
  mongodb: () => [typeof new MongoClient('mongodb://127.0.0.1:1').db, new ObjectId('65f000000000000000000000').toHexString()],
  formData: async () => {
    const form = new FormData();
    form.append('field', 'value');
    form.append('file', Buffer.from('bytes'), { filename: 'f.txt' });
    return (await axios.post(SERVICE + '/form', form, { headers: form.getHeaders() })).data;
  },
  nodeFetch3: async () => {
    const form = new Form3();
    form.set('field', 'value');
    return (await fetch3(SERVICE + '/form', { method: 'POST', body: form })).json();
  },
  ajv: () => { const ajv = addFormats(new Ajv()); const check = ajv.compile({ type: 'object', properties: { mail: { type: 'string', format: 'email' } } }); return [check({ mail: 'a@b.co' }), check({ mail: 'no' })]; },
  zod: () => { const shape = z.object({ a: z.coerce.number() }); return [shape.parse({ a: '5' }).a, shape.safeParse({ a: 'x' }).success]; },
  yup: () => yup.object({ a: yup.number().required() }).validate({ a: 'x' }).catch((error) => error.path),
  handlebars: () => handlebars.compile('Hi {{name}}')({ name: 'you' }),
  cookie: () => parseCookie('a=1; b=%20'),
  sift: () => [{ a: 1 }, { a: 5 }].filter(sift({ a: { $gt: 2 } })),
};
app.get('/use/:name', async (req, res) => res.json(await uses[req.params.name]()));
app.post('/stripe', (req, res) => {
  try { res.json({ type: new Stripe('sk_test').webhooks.constructEvent(req.rawBody, req.headers['stripe-signature'], 'whsec_test').type }); } catch (error) { res.status(400).json({ error: error.message }); }
});
app.post('/svix', (req, res) => {
  try { new Webhook('whsec_' + Buffer.from('secret').toString('base64')).verify(req.rawBody, req.headers); res.json(req.body); } catch (error) { res.status(400).json({ error: error.message }); }
});
export default app.init();
`;

// What the packages talk to: JSON echo, forms as text, an OpenAI-shaped endpoint.
async function startService() {
  const server = createServer(async (incoming, answer) => {
    let text = '';
    for await (const piece of incoming) text += piece;
    const json = (status, value) => { answer.writeHead(status, { 'content-type': 'application/json' }); answer.end(JSON.stringify(value)); };
    if (incoming.url === '/echo') return json(200, { body: JSON.parse(text), own: incoming.headers['x-own'] });
    if (incoming.url === '/form') return json(200, { field: /name="field"\r\n\r\nvalue/.test(text), file: /filename="f\.txt"[\s\S]*bytes/.test(text) });
    if (incoming.url !== '/v1/chat/completions') return json(404, { error: 'nothing here' });
    if (!JSON.parse(text).stream) return json(200, { id: '1', object: 'chat.completion', choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }] });
    answer.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const content of ['he', 'llo']) answer.write(`data: ${JSON.stringify({ id: '1', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] })}\n\n`);
    return answer.end('data: [DONE]\n\n');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

// An SMTP server that takes every message. → {port, mails, close()}
async function startMailSink() {
  const mails = [];
  const server = createTcpServer((socket) => {
    let held = '', data = null;
    const say = (line) => socket.write(`${line}\r\n`);
    say('220 sink');
    socket.on('error', () => {});
    socket.on('data', (piece) => {
      held += piece;
      for (let end = held.indexOf('\r\n'); end >= 0; end = held.indexOf('\r\n')) {
        const line = held.slice(0, end);
        held = held.slice(end + 2);
        if (data !== null) {
          if (line !== '.') data.push(line);
          else { mails.push(data.join('\n')); data = null; say('250 kept'); }
        } else if (/^EHLO/i.test(line)) { socket.write('250-sink\r\n250 8BITMIME\r\n'); } else if (/^DATA/i.test(line)) { data = []; say('354 go on'); } else if (/^QUIT/i.test(line)) { say('221 bye'); socket.end(); } else say('250 ok');
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: server.address().port, mails, close: () => server.close() };
}

describe('packages', () => {
  let server, app, service, sink;
  before(async () => {
    service = await startService();
    sink = await startMailSink();
    server = await startRedd({ args: ['--allow-private', '127.0.0.1'] });
    app = await makeApp(server, { files: { 'index.js': code } });
    await app.good('set-env', 'SERVICE', `http://127.0.0.1:${service.address().port}`);
    await app.good('set-env', 'SMTP_PORT', String(sink.port));
    await app.deploy();
  });
  after(async () => { await server?.stop(); await app?.remove(); service?.close(); service?.closeAllConnections(); sink?.close(); });

  for (const [name, expected] of Object.entries({
    jsonwebtoken: ['me', 'JsonWebTokenError'], bcryptjs: [true, false], nanoid: [21, true], axios: [200, { a: 1 }, 'mine'], axiosError: 404, openai: ['hello', 'hello'],
    nodemailer: ['b@example.com'], mongodb: ['function', '65f000000000000000000000'], formData: { field: true, file: true }, nodeFetch3: { field: true, file: false },
    ajv: [true, false], zod: [5, false], yup: 'a', handlebars: 'Hi you', sift: [{ a: 5 }], cookie: { a: '1', b: ' ' },
  })) {
    test(`RT-04 ${name} works in a bundle`, { timeout: 30_000 }, async () => {
      const answer = await request(`${app.url}/use/${name}`);
      assert.deepEqual(answer.json, expected, answer.text);
    });
  }

  test('RT-04 the message that nodemailer sent arrived', () => {
    assert.equal(sink.mails.length, 1);
    assert.match(sink.mails[0], /^Subject: Hello$/m);
    assert.match(sink.mails[0], /The text/);
  });

  test('HT-04 RT-04 a Stripe signature is checked over the exact body', async () => {
    const body = '{ "id": "evt_1",\n  "object": "event", "type": "payment.å" }', t = Math.floor(Date.now() / 1000);
    const signed = (text) => ({ 'content-type': 'application/json', 'stripe-signature': `t=${t},v1=${createHmac('sha256', 'whsec_test').update(`${t}.${text}`).digest('hex')}` });
    assert.deepEqual((await request(`${app.url}/stripe`, { method: 'POST', body, headers: signed(body) })).json, { type: 'payment.å' });
    assert.equal((await request(`${app.url}/stripe`, { method: 'POST', body, headers: signed(`${body} `) })).status, 400);
  });

  test('HT-04 RT-04 a Svix signature is checked over the exact body', async () => {
    const body = '{"user" : "å"}', id = 'msg_1', time = String(Math.floor(Date.now() / 1000));
    const headers = { 'content-type': 'application/json', 'svix-id': id, 'svix-timestamp': time, 'svix-signature': `v1,${createHmac('sha256', 'secret').update(`${id}.${time}.${body}`).digest('base64')}` };
    assert.deepEqual((await request(`${app.url}/svix`, { method: 'POST', body, headers })).json, { user: 'å' });
    assert.equal((await request(`${app.url}/svix`, { method: 'POST', body: `${body} `, headers })).status, 400);
  });
});
