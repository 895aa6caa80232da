// Pictures: upload a PNG, get a thumbnail made here, both served from the file store.
import { app, filestore } from 'codehooks-js';
import busboy from 'busboy';
import { PNG } from 'pngjs';

function half(image) {
  const small = new PNG({ width: Math.max(1, image.width >> 1), height: Math.max(1, image.height >> 1) });
  for (let y = 0; y < small.height; y++) {
    for (let x = 0; x < small.width; x++) {
      image.data.copy(small.data, (y * small.width + x) * 4, (y * 2 * image.width + x * 2) * 4, (y * 2 * image.width + x * 2) * 4 + 4);
    }
  }
  return small;
}

app.post('/upload', (req, res) => {
  const form = busboy({ headers: req.headers });
  let work = null;
  form.on('file', (field, file, { filename }) => {
    const pieces = [];
    file.on('data', (piece) => pieces.push(piece));
    file.on('end', () => { work = keep(filename, Buffer.concat(pieces)); });
  });
  form.on('close', async () => {
    try {
      res.status(201).json(await work);
    } catch (error) {
      res.status(415).json({ error: `this is no PNG: ${error.message}` });
    }
  });
  req.pipe(form);
});

async function keep(filename, bytes) {
  const image = PNG.sync.read(bytes);
  const name = filename.replace(/[^\w.-]/g, '_');
  await filestore.saveFile(`/pictures/${name}`, bytes);
  await filestore.saveFile(`/pictures/small/${name}`, PNG.sync.write(half(image)));
  return { picture: `/pictures/${name}`, thumbnail: `/pictures/small/${name}`, width: image.width, height: image.height };
}

app.storage({ route: '/pictures', directory: '/pictures' });
export default app.init();
