// Routes that let a large body through: into the file store, into a counter, and out of the file store.
import { app, filestore } from 'codehooks-js';

app.auth('/*', (req, res, next) => next());
app.get('/pid', (req, res) => res.json(process.pid));
app.put('/stored', async (req, res) => res.json({ bytes: (await filestore.saveFile('/big.bin', req)).size }));
app.put('/counted', async (req, res) => {
  let bytes = 0;
  for await (const piece of req) bytes += piece.length;
  res.json({ bytes });
});
app.get('/stored', async (req, res) => {
  const stream = await filestore.getReadStream('/big.bin');
  res.type('application/octet-stream');
  stream.pipe(res);
});
app.storage({ route: '/static', directory: '/' });
export default app.init();
