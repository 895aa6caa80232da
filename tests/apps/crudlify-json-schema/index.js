// A product catalogue: crudlify with plain JSON Schemas, checked by the app's own ajv that also knows formats, and by the database.
import { app, datastore } from 'codehooks-js';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import product from './schemas/product.json' with { type: 'json' };

const review = {
  type: 'object',
  properties: {
    product: { type: 'string' },
    stars: { type: 'integer', minimum: 1, maximum: 5 },
    at: { type: 'string', format: 'date-time' },
  },
  required: ['product', 'stars'],
};

const validator = addFormats(new Ajv({ allErrors: true, useDefaults: true }));

app.get('/status', async (req, res) => {
  const conn = await datastore.open();
  const [schema, none] = [await conn.getSchema('product'), await conn.getSchema('drafts')];
  res.json({ deployments: await conn.get('deployments'), stage: process.env.STAGE ?? 'test', schema: schema?.$id ?? null, drafts: none });
});

app.crudlify({ product, review, drafts: null }, { validator });

// crudlify checks what is posted and put; what is patched, the database checks.
export default app.init(async () => {
  const conn = await datastore.open();
  await conn.createCollection('product', { schema: product });
  await conn.setSchema('review', review);
  await conn.createIndex('product', 'sku');
  await conn.incr('deployments', 1);
});
