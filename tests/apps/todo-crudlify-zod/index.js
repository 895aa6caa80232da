// A todo list: one zod schema and crudlify make the whole REST API.
import { app } from 'codehooks-js';
import { z } from 'zod';

const todo = z.object({
  title: z.string().trim().min(1).max(200),
  done: z.boolean().default(false),
  priority: z.number().int().min(1).max(5).default(3),
  due: z.iso.datetime().optional(),
  tags: z.array(z.string()).default([]),
  owner: z.object({ name: z.string(), team: z.string().optional() }).optional(),
});

// Notes may hold anything.
app.crudlify({ todo, notes: null });

export default app.init();
