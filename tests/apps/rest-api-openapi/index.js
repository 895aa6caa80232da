// A REST API that documents itself: crudlify with zod, routes that say what they are, and a page to try them.
import { app, body, datastore, openapi, param, query, response } from 'codehooks-js';
import { z } from 'zod';

const Book = z.object({
  title: z.string().min(1),
  author: z.string(),
  year: z.number().int().min(1450),
  tags: z.array(z.string()).default([]),
});
const Loan = z.object({ reader: z.string().min(1), days: z.number().int().min(1).max(30).default(14) });

app.openapi({
  info: { title: 'Library', version: '2.1.0', description: 'Books and who has them' },
  tags: [{ name: 'Loans' }],
});

app.post('/books/:id/loan',
  openapi({
    summary: 'Lend a book', tags: ['Loans'], operationId: 'lendBook',
    parameters: [param('id', { description: 'The book' })],
    requestBody: body(Loan),
    responses: { 201: response('Lent', Loan), 404: response('No such book'), 409: response('Lent already') },
  }),
  async (req, res) => {
    const wish = Loan.safeParse(req.body);
    if (!wish.success) return res.status(400).json(wish.error.issues);
    const conn = await datastore.open();
    if (!(await conn.findOneOrNull('books', req.params.id))) return res.status(404).json({ error: 'No such book' });
    try {
      res.status(201).json(await conn.insertOne('loans', { _id: req.params.id, ...wish.data }));
    } catch (error) {
      res.status(error.status).json({ error: 'Lent already' });
    }
  });

app.get('/loans', openapi({ summary: 'All loans', tags: ['Loans'], parameters: [query('reader', { description: 'Of one reader' })] }), async (req, res) => {
  const conn = await datastore.open();
  conn.getMany('loans', req.query.reader ? { reader: req.query.reader } : {}).json(res);
});

app.crudlify({ books: Book, shelves: null });

export default app.init();
