// A single-page app with its API: files of dist/ on every address, the API before them.
import { app, Datastore } from 'codehooks-js';

app.auth('/api/*', (req, res, next) => next());
app.get('/api/count', async (req, res) => {
  const conn = await Datastore.open();
  res.json({ count: await conn.incr('visits') });
});
app.static({ route: '/', directory: '/dist', default: 'index.html', notFound: '/index.html' });

export default app.init();
