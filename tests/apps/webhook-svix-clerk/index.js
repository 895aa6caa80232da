// Keeps a copy of the users of Clerk, whose webhooks Svix signs.
import { app, Datastore } from 'codehooks-js';
import { Webhook } from 'svix';

app.auth('/clerk', (req, res, next) => next());

app.post('/clerk', async (req, res) => {
  try {
    new Webhook(process.env.CLERK_WEBHOOK_SECRET).verify(req.rawBody, req.headers);
  } catch (error) {
    return res.status(400).json({ error: error.message });
  }

  const conn = await Datastore.open();
  const { type, data: { id, ...user } } = req.body;
  switch (type) {
    case 'user.created':
    case 'user.updated':
      await conn.replaceOne('users', { _id: id }, { ...user, seen: req.headers['svix-id'] }, { upsert: true });
      break;
    case 'user.deleted':
      await conn.removeMany('users', { _id: id });
      break;
  }
  res.status(204).end();
});

app.get('/users', async (req, res) => {
  const conn = await Datastore.open();
  res.json(await conn.find('users', req.query.email ? { 'email_addresses.email_address': req.query.email } : {}).toArray());
});

export default app.init();
