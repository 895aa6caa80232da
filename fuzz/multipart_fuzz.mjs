// Multipart bodies, whole and hurt, through a real server into Busboy in a script, against Busboy alone: what an app sees of a form must not
// depend on Redd. Redd has no multipart parser of its own, so this target is no libFuzzer program; `tests/multipart.test.mjs` replays its corpus
// (fuzz/corpus/multipart: a content type, a line break, the body) and a range of seeds.
//   node fuzz/multipart_fuzz.mjs [--seconds N] [--seed FIRST]     a difference is written into the corpus; exit code 1
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { root, startRedd } from '../tests/lib/redd.mjs';
import { makeApp } from '../tests/lib/app.mjs';
import { direct, generateForm, hurt, random, readForm } from '../tests/lib/multipart.mjs';

export const corpus = join(root, 'fuzz/corpus/multipart');

// → {compare({type, body}, seed), stop()}; compare answers undefined, or {seen, expected}.
export async function startTarget() {
  const server = await startRedd();
  const app = await makeApp(server, { files: { 'index.js': `import { app } from 'codehooks-js';
import Busboy from 'busboy';
import { createHash } from 'node:crypto';
const read = ${readForm};
app.auth('/*', (req, res, next) => next());
app.post('/form', async (req, res) => {
  await null;
  res.json({ ...await read(Busboy, createHash, req, req.headers), noBody: Object.keys(req.body).length === 0 && !req.rawBody });
});
export default app.init();
` } });
  await app.deploy();
  const compare = async ({ type, body }, seed) => {
    const { below, pick } = random(seed);
    const pieces = new ReadableStream({ start(stream) {
      for (let at = 0, size; at < body.length; at += size) stream.enqueue(body.subarray(at, at + (size = pick([1, 2, 3, 7, 1000, 30_000, 65_536]) + below(2))));
      stream.close();
    } });
    const answer = await fetch(`${server.url}/dev/form`, { method: 'POST', duplex: 'half', headers: { 'content-type': type }, body: pieces });
    const seen = await answer.json();
    const expected = { ...JSON.parse(JSON.stringify(await direct(type, body))), noBody: true };
    return isDeepStrictEqual(seen, expected) ? undefined : { seen, expected };
  };
  return { compare, stop: async () => { await server.stop(); await app.remove(); } };
}

export const formOf = (seed) => (seed % 2 === 0 ? generateForm(seed) : hurt(generateForm(seed), seed));

export const entryOf = (bytes) => {
  const at = bytes.indexOf('\n');
  return { type: bytes.subarray(0, at).toString('latin1'), body: bytes.subarray(at + 1) };
};

async function main() {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: String(Date.now() % 1e9) } } });
  const target = await startTarget();
  const until = Date.now() + Number(values.seconds) * 1000;
  let seed = Number(values.seed), done = 0;
  try {
    for (; Date.now() < until; seed++, done++) {
      const form = formOf(seed);
      const difference = await target.compare(form, seed);
      if (!difference) continue;
      const file = join(corpus, `found-${createHash('sha256').update(form.body).digest('hex').slice(0, 12)}`);
      writeFileSync(file, Buffer.concat([Buffer.from(`${form.type}\n`, 'latin1'), form.body]));
      console.error(`seed ${seed}: ${file}\nseen     ${JSON.stringify(difference.seen)}\nexpected ${JSON.stringify(difference.expected)}`);
      process.exitCode = 1;
      return;
    }
    console.log(`${done} forms from seed ${values.seed}, no difference`);
  } finally {
    await target.stop();
  }
}
if (process.argv[1] === import.meta.filename) await main();
