// Puts the files of a built admin UI into one, which `redd` carries in itself (src/control/web_pack.h reads it).
//   node admin/pack.mjs FOLDER FILE
// The file: lines `PATH TYPE ETAG SIZE BROTLI_SIZE GZIP_SIZE`, an empty line, then for each line its bytes as they are, as brotli and as gzip
// (a size of 0: not kept in that form).
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const kTypes = {
  '.html': 'text/html;charset=utf-8', '.js': 'text/javascript;charset=utf-8', '.css': 'text/css;charset=utf-8',
  '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.png': 'image/png',
};

const [folder, target] = process.argv.slice(2);
if (!target) {
  console.error('usage: node admin/pack.mjs FOLDER FILE');
  process.exit(2);
}
const lines = [];
const parts = [];
const names = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
  .sort();
for (const name of names) {
  const type = kTypes[extname(name)];
  if (!type) throw new Error(`${name}: no content type is known for it. Fix: add its extension to admin/pack.mjs.`);
  const bytes = readFileSync(join(folder, name));
  const isText = !type.startsWith('font/') && !type.endsWith('/png');
  const brotli = isText ? brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }) : Buffer.alloc(0);
  const gzip = isText ? gzipSync(bytes, { level: 9 }) : Buffer.alloc(0);
  const etag = createHash('sha256').update(bytes).digest('hex').slice(0, 20);
  lines.push([name, type, etag, bytes.length, brotli.length, gzip.length].join(' '));
  parts.push(bytes, brotli, gzip);
}
writeFileSync(target, Buffer.concat([Buffer.from(`${lines.join('\n')}\n\n`), ...parts]));
