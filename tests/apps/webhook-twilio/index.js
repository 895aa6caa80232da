// Answers text messages that Twilio forwards: checks its HMAC-SHA1 over the public URL and the form, and replies in TwiML.
import { app, Datastore } from 'codehooks-js';
import crypto from 'crypto';

app.auth('/sms*', (req, res, next) => next());

// The URL as Twilio knows it: proxies in between show in the forwarded headers.
function publicUrl(req) {
  const host = req.headers['x-forwarded-host'] || req.headers.host;
  return `${req.headers['x-forwarded-proto']}://${host}${req.url}`;
}

function isFromTwilio(req) {
  const data = Object.keys(req.body).sort().reduce((text, name) => text + name + req.body[name], publicUrl(req));
  const expected = crypto.createHmac('sha1', process.env.TWILIO_AUTH_TOKEN).update(Buffer.from(data, 'utf-8')).digest('base64');
  const given = req.headers['x-twilio-signature'] ?? '';
  return given.length === expected.length && crypto.timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}

const xmlText = (text) => text.replace(/[<>&'"]/g, (char) => `&#${char.charCodeAt(0)};`);

app.post('/sms', async (req, res) => {
  if (!isFromTwilio(req)) return res.status(403).type('text/plain').send('Invalid signature');
  const { From: from, Body: body, MessageSid: sid } = req.body;
  const conn = await Datastore.open();
  const number = await conn.incr(from, 1, { keyspace: 'senders' });
  await conn.insertOne('sms', { _id: sid, from, body, list: req.query.list ?? null });
  const text = /^stop\b/i.test(body) ? 'You will hear no more from us.' : `Message ${number}: you said ${body}`;
  res.type('text/xml').send(`<?xml version="1.0" encoding="UTF-8"?>\n<Response><Message>${xmlText(text)}</Message></Response>`);
});

app.get('/messages/:from', async (req, res) => {
  const conn = await Datastore.open();
  res.json(await conn.getMany('sms', { from: req.params.from }).toArray());
});

export default app.init();
