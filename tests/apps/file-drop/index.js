// A drop box: anybody with the key leaves files by a form, lists them, takes them, throws them away.
import { app, filestore } from 'codehooks-js';
import busboy from 'busboy';
import { PassThrough } from 'node:stream';

const kLargest = 1024 * 1024;

app.post('/drop', (req, res) => {
  const form = busboy({ headers: req.headers, defParamCharset: 'utf8', limits: { fileSize: kLargest, files: 5 } });
  const saving = [];
  form.on('file', (field, file, { filename, mimeType }) => {
    const path = `/drop/${filename}`;
    const through = new PassThrough();
    file.on('limit', () => {
      file.unpipe(through).resume();
      through.destroy(new Error(`${filename} is larger than ${kLargest} bytes`));
    });
    saving.push(filestore.saveFile(path, through, { contentType: mimeType }));
    saving.at(-1).catch(() => {});
    file.pipe(through);
  });
  form.on('error', (error) => res.status(400).json({ error: error.message }));
  form.on('close', async () => {
    const results = await Promise.allSettled(saving);
    const failed = results.find((one) => one.status === 'rejected');
    if (failed) return res.status(413).json({ error: failed.reason.message });
    if (results.length === 0) return res.status(400).json({ error: 'no file in the form' });
    res.status(201).json(results.map((one) => one.value));
  });
  req.pipe(form);
});

app.get('/drop', async (req, res) => {
  res.json((await filestore.list('/drop')).map(({ name, size, contentType }) => ({ name, size, contentType })));
});

app.get('/drop/:name', async (req, res) => {
  try {
    const entry = (await filestore.list('/drop')).find((one) => one.name === req.params.name);
    const stream = await filestore.getReadStream(`/drop/${req.params.name}`);
    res.set('content-type', entry.contentType).set('content-disposition', `attachment; filename="${encodeURIComponent(req.params.name)}"`);
    stream.pipe(res.writable);
  } catch (error) {
    res.status(404).json({ error: error.message });
  }
});

app.delete('/drop/:name', async (req, res) => {
  try {
    res.json(await filestore.deleteFile(`/drop/${req.params.name}`));
  } catch (error) {
    res.status(404).json({ error: error.message });
  }
});

export default app.init();
