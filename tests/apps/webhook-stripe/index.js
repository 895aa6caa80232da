// Takes Stripe's webhook: checks the signature over the raw body, keeps each event once, and grants or takes away a customer's plan.
import { app, Datastore } from 'codehooks-js';
import Stripe from 'stripe';

const stripe = new Stripe(process.env.STRIPE_SECRET_KEY || 'sk_test_none');

// Stripe sends no API key; its signature is what opens the door.
app.auth('/stripe/webhooks', (req, res, next) => next());

app.post('/stripe/webhooks', async (req, res) => {
  let event;
  try {
    event = stripe.webhooks.constructEvent(req.rawBody, req.headers['stripe-signature'], process.env.STRIPE_WEBHOOK_SECRET);
  } catch (error) {
    console.error('Refused:', error.message);
    return res.status(400).json({ error: 'Bad signature', type: error.type });
  }

  const conn = await Datastore.open();
  try {
    await conn.insertOne('stripe_events', { _id: event.id, type: event.type, created: event.created, data: event.data.object });
  } catch (error) {
    if (error.status === 409) return res.json({ received: true, duplicate: true });
    throw error;
  }
  await handle(conn, event);
  res.json({ received: true });
});

async function handle(conn, event) {
  const object = event.data.object;
  switch (event.type) {
    case 'customer.subscription.created':
    case 'customer.subscription.updated':
      await conn.updateOne('customers', { _id: object.customer }, {
        $set: { plan: object.plan, status: object.status }, $inc: { changes: 1 },
      }, { upsert: true });
      break;
    case 'customer.subscription.deleted':
      await conn.updateOne('customers', object.customer, { $unset: { plan: '' }, $set: { status: 'canceled' }, $inc: { changes: 1 } });
      break;
    default:
      console.log('Unhandled', event.type, object);
  }
}

app.get('/customers/:id', async (req, res) => {
  const conn = await Datastore.open();
  const customer = await conn.findOneOrNull('customers', req.params.id);
  if (customer === null) return res.status(404).json({ error: 'No such customer' });
  res.json(customer);
});

app.get('/events', async (req, res) => {
  const conn = await Datastore.open();
  res.json(conn.getMany('stripe_events', {}, { sort: { created: 1 } }));
});

export default app.init();
