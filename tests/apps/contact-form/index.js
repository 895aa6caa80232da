// A contact form for a static site: takes the posted form, drops what bots send, limits what one address may send, and gives the owner a CSV.
import { app, Datastore } from 'codehooks-js';
import { nanoid } from 'nanoid';

const kMessagesPerMinute = 5;
const kFields = ['name', 'email', 'message'];

// Anybody may post; everything else needs an API key.
app.auth('/contact', (req, res, next) => {
  if (req.method === 'POST') next();
  else next('The list is for the owner');
});

const isEmail = (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);

function problemsOf(body) {
  const problems = {};
  for (const field of kFields) {
    if (typeof body[field] !== 'string' || body[field].trim() === '') problems[field] = 'is required';
  }
  if (!problems.email && !isEmail(body.email)) problems.email = 'is not an e-mail address';
  if (!problems.message && body.message.length > 2000) problems.message = 'is longer than 2000 characters';
  return problems;
}

app.post('/contact', async (req, res) => {
  const conn = await Datastore.open();
  const sent = await conn.incr(`from-${req.ip}`, 1, { keyspace: 'contact-rate', ttl: 60_000 });
  if (sent > kMessagesPerMinute) {
    res.status(429).set('retry-after', '60').json({ error: 'Too many messages, try again in a minute' });
    return;
  }
  // People do not see this field; whatever fills it in is told that all is well.
  if (req.body.website) return res.redirect(303, '/thanks.html');

  const problems = problemsOf(req.body);
  if (Object.keys(problems).length > 0) return res.status(422).json({ problems });
  const { name, email, message } = req.body;
  await conn.insertOne('messages', { _id: nanoid(), name: name.trim(), email, message, ip: req.ip, at: new Date() });
  res.redirect(303, '/thanks.html');
});

const csvCell = (value) => {
  const text = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text; // a spreadsheet must not run it
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

app.get('/messages.csv', async (req, res) => {
  const conn = await Datastore.open();
  res.set('content-type', 'text/csv; charset=utf-8');
  res.set('content-disposition', 'attachment; filename="messages.csv"');
  res.write('at,name,email,message\r\n');
  await conn.getMany('messages', {}, { sort: { at: 1 } }).forEach((one) => {
    res.write(['at', 'name', 'email', 'message'].map((field) => csvCell(one[field])).join(',') + '\r\n');
  });
  res.end();
});

app.delete('/messages/:id', async (req, res) => {
  try {
    const conn = await Datastore.open();
    res.json(await conn.removeOne('messages', req.params.id));
  } catch (error) {
    res.status(404).json({ error: 'No such message' });
  }
});

export default app.init();
