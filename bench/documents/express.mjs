// Documents as people keep them by hand: Express, better-sqlite3, JSON text in a column, expression indexes. One process.
//   node express.mjs DATABASE NORMAL|FULL NDJSON_FILE
import express from 'express';
import Database from 'better-sqlite3';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [file, synchronous, documents] = process.argv.slice(2);
const db = new Database(file);
db.pragma('journal_mode = WAL');
db.pragma(`synchronous = ${synchronous}`);
db.exec('CREATE TABLE doc (id TEXT PRIMARY KEY, json TEXT NOT NULL)');
const insert = db.prepare('INSERT INTO doc VALUES (?, ?)');
db.transaction(() => { for (const line of readFileSync(documents, 'utf8').split('\n')) if (line) insert.run(JSON.parse(line)._id, line); })();
db.exec(`CREATE INDEX doc_customer ON doc (json ->> '$.customer')`);
const get = db.prepare('SELECT json FROM doc WHERE id = ?').pluck();
const query = db.prepare(`SELECT json FROM doc WHERE json ->> '$.customer' = ? ORDER BY id`).pluck();

const app = express();
app.disable('x-powered-by');
app.use(express.json());
app.get('/dev/doc/:id', (req, res) => {
  const json = get.get(req.params.id);
  if (json === undefined) return res.status(404).json({ error: 'not found' });
  res.json(JSON.parse(json));
});
app.get('/dev/of/:customer', (req, res) => res.json(query.all(req.params.customer).map((json) => JSON.parse(json))));
app.post('/dev/doc', (req, res) => {
  const document = { ...req.body, _id: Date.now().toString(16) + randomBytes(6).toString('hex') };
  insert.run(document._id, JSON.stringify(document));
  res.status(201).json(document);
});
const server = app.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ ready: true, port: server.address().port })));
