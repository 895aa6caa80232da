// A Slack bot that remembers: answers Slack's URL check, takes signed events and the /recall command, and works on after it has answered.
import { app, Datastore } from 'codehooks-js';
import { createHmac, timingSafeEqual } from 'crypto';

interface MessageEvent {
  type: string;
  channel: string;
  user?: string;
  bot_id?: string;
  text: string;
  ts: string;
}

type Envelope = { type: 'url_verification'; challenge: string } | { type: 'event_callback'; event_id: string; event: MessageEvent };

const kWindowSeconds: number = 5 * 60;

app.auth('/slack/*', (req, res, next) => next());

// Slack's v0 scheme, before any route under /slack.
app.use('/slack/*', (req: any, res: any, next: any) => {
  const timestamp = Number(req.headers['x-slack-request-timestamp']);
  if (!(Math.abs(Date.now() / 1000 - timestamp) <= kWindowSeconds)) return res.status(401).json({ error: 'stale request' });
  const base = `v0:${timestamp}:${req.rawBody}`;
  const expected = Buffer.from('v0=' + createHmac('sha256', process.env.SLACK_SIGNING_SECRET as string).update(base, 'utf8').digest('hex'));
  const given = Buffer.from(String(req.headers['x-slack-signature']));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return res.status(401).json({ error: 'bad signature' });
  next();
});

app.post('/slack/events', async (req: any, res: any) => {
  const envelope = req.body as Envelope;
  if (envelope.type === 'url_verification') return res.json({ challenge: envelope.challenge });

  res.status(200).end(); // Slack wants an answer within three seconds; the rest comes after it
  if (envelope.type !== 'event_callback' || envelope.event.bot_id) return;
  const { event } = envelope;
  const conn = await Datastore.open();
  await conn.insertOne('memories', { _id: envelope.event_id, channel: event.channel, user: event.user, text: event.text, ts: event.ts });
  await conn.incr(event.channel, 1, { keyspace: 'channels' });
});

app.post('/slack/commands', async (req: any, res: any) => {
  const { text, channel_id: channel } = req.body as Record<string, string>;
  const conn = await Datastore.open();
  const words = text.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const found = await conn.getMany('memories', { channel, text: { $regex: words, $options: 'i' } }, { sort: { ts: -1 }, limit: 3 }).toArray();
  res.json({
    response_type: 'ephemeral',
    text: found.length === 0 ? `Nothing about "${text}"` : found.map((one: any) => `<@${one.user}>: ${one.text}`).join('\n'),
  });
});

app.auth('/health', (req, res, next) => next());
app.get('/health', (req: any, res: any) => {
  res.json({ status: 'ok', bot: 'recall' });
});

app.get('/channels/:id', async (req: any, res: any) => {
  const conn = await Datastore.open();
  res.json({ channel: req.params.id, messages: (await conn.get(req.params.id, { keyspace: 'channels' })) ?? 0 });
});

export default app.init();
