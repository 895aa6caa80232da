// The founding route as people write it by hand: Express, express-oauth2-jwt-bearer, SQLite (Node's own binding), one process.
//   node express.mjs PORT DATABASE NORMAL|FULL JWKS_URL ISSUER AUDIENCE
import express from 'express';
import { auth } from 'express-oauth2-jwt-bearer';
import { DatabaseSync } from 'node:sqlite';

const [port, file, synchronous, jwksUri, issuer, audience] = process.argv.slice(2);
const db = new DatabaseSync(file);
db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous};
  CREATE TABLE IF NOT EXISTS kv (keyspace TEXT, key TEXT, value, expires INTEGER, PRIMARY KEY (keyspace, key)) WITHOUT ROWID;`);
const get = db.prepare('SELECT value FROM kv WHERE keyspace = ? AND key = ? AND (expires IS NULL OR expires > ?)');
const set = db.prepare('INSERT INTO kv VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value, expires = excluded.expires');
const incr = db.prepare(`INSERT INTO kv VALUES ('', ?, 1, NULL) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value`);

const app = express();
app.disable('x-powered-by');
app.use(auth({ jwksUri, issuer, audience, tokenSigningAlg: 'RS256' }));
app.get('/dev/hello', (req, res) => {
  const token = req.headers.authorization.slice(7);
  let profile = get.get('sessions', token, Date.now())?.value;
  if (!profile) {
    profile = JSON.stringify({ nickname: 'alice' });
    set.run('sessions', token, profile, Date.now() + 1200_000);
  }
  const user = JSON.parse(profile);
  const { value: counter } = incr.get('hello');
  res.json({ message: `Hello ${user.nickname}`, counter, now: new Date() });
});
const server = app.listen(Number(port), '127.0.0.1', () => console.log(JSON.stringify({ ready: true, port: server.address().port })));
