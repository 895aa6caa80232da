// A customer register: crudlify with yup under /api, hooks around what is written, and a report that stands before the generated routes.
import { app, Datastore } from 'codehooks-js';
import * as yup from 'yup';

const customer = yup.object({
  name: yup.string().required().trim(),
  email: yup.string().email().lowercase(),
  credit: yup.number().min(0).integer().default(100),
  status: yup.string().oneOf(['new', 'active', 'closed']).default('new'),
  since: yup.date().default(() => new Date()),
});

const visit = yup.object({ customer: yup.string().required(), minutes: yup.number().required().positive() });

// Whoever calls is remembered with what is written.
app.use('/api/*', (req, res, next) => {
  if (req.method === 'POST') req.body.by = req.headers['x-user'] ?? 'nobody';
  next();
});

// Before the generated GET /api/:collection/:ID, which would look for a customer named report.
app.get('/api/customer/report', async (req, res) => {
  const conn = await Datastore.open();
  const customers = await conn.getMany('customer').toArray();
  res.json({ customers: customers.length, credit: customers.reduce((sum, one) => sum + one.credit, 0) });
});

app.crudlify({ customer, visit }, { prefix: '/api' }).then((hooks) => {
  hooks
    .beforePOST('customer', async (document) => {
      const conn = await Datastore.open();
      const { email } = document;
      if (email && (await conn.findOneOrNull('customer', { email }))) throw new Error(`${email} is a customer already`);
      document.initials = document.name.split(/\s+/).map((word) => word[0]).join('');
    })
    .afterPOST('customer', async ({ _id }) => {
      const conn = await Datastore.open();
      await conn.insertOne('journal', { event: 'created', customer: _id });
    })
    .beforePUT('customer', (document) => {
      document.version = 2;
    })
    .beforePATCH('customer', (change) => {
      if ('credit' in change) throw new Error('Credit is changed by the bank');
      change.changed = true;
    })
    .beforeDELETE('customer', async (id) => {
      const conn = await Datastore.open();
      const { status } = await conn.getOne('customer', id);
      if (status !== 'closed') throw new Error(`Customer ${id} is ${status}, not closed`);
      await conn.insertOne('journal', { event: 'deleted', customer: id });
    });
});

app.get('/journal', async (req, res) => {
  const conn = await Datastore.open();
  conn.getMany('journal').json(res);
});

export default app.init();
