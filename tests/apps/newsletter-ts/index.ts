// A newsletter: people subscribe with a form, confirm by a link, are found by the editor, and leave. In TypeScript.
import { app, Datastore } from 'codehooks-js';
import type { httpRequest, httpResponse } from 'codehooks-js';
import { parseCookie, stringifySetCookie } from 'cookie';
import { z } from 'zod';
import topics from './topics.json' with { type: 'json' };
import welcome from './templates/welcome.html';
import { confirmationOf, fill } from '#lib/letters';

const Subscription = z.object({
  email: z.email().transform((text: string) => text.toLowerCase()),
  topic: z.enum(topics.map((one: { id: string }) => one.id) as [string, ...string[]]),
});

interface Subscriber { _id: string; topic: string; confirmed: boolean; }

app.auth('/subscribe', (req: httpRequest, res: httpResponse, next: () => void) => next());
app.auth('/confirm/*', (req: httpRequest, res: httpResponse, next: () => void) => next());
app.auth('/me', (req: httpRequest, res: httpResponse, next: () => void) => next());

app.post('/subscribe', async (req: httpRequest, res: httpResponse) => {
  const wish = Subscription.safeParse(req.body);
  if (!wish.success) return res.status(400).json({ errors: wish.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) });
  const { email, topic } = wish.data;
  const conn = await Datastore.open();
  await conn.updateOne('subscribers', email, { $set: { topic, confirmed: false } }, { upsert: true });
  res.status(202).send(fill(welcome, { email, link: confirmationOf(email, process.env.LETTER_SECRET!) }));
});

app.get('/confirm/:email/:signature', async (req: httpRequest, res: httpResponse) => {
  const { email, signature } = req.params;
  if (confirmationOf(email, process.env.LETTER_SECRET!) !== `confirm/${encodeURIComponent(email)}/${signature}`) return res.status(403).end('This link is not ours');
  const conn = await Datastore.open();
  await conn.updateOne('subscribers', email, { $set: { confirmed: true } });
  res.set('set-cookie', stringifySetCookie({ name: 'subscriber', value: email, httpOnly: true, sameSite: 'lax', path: '/' }));
  res.end('Confirmed');
});

app.get('/me', async (req: httpRequest, res: httpResponse) => {
  const { subscriber } = parseCookie(req.headers.cookie ?? '');
  const conn = await Datastore.open();
  const found: Subscriber | null = subscriber ? await conn.findOneOrNull('subscribers', { _id: subscriber, confirmed: true }) : null;
  if (found === null) return res.status(401).json({ error: 'unknown' });
  res.json(found);
});

app.get('/subscribers', async (req: httpRequest, res: httpResponse) => {
  const conn = await Datastore.open();
  const query = { _id: { $regex: String(req.query.search ?? ''), $options: 'i' }, confirmed: true };
  conn.getMany('subscribers', query, { sort: { _id: 1 } }).json(res);
});

export default app.init();
