// A product catalogue: crudlify with plain JSON Schemas, checked by the app's own ajv that also knows formats.
import { app } from 'codehooks-js';
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

app.crudlify({ product, review, drafts: null }, { validator });

export default app.init();
