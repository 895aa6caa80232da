// House rules that a machine can check, as a test: file sizes, banned calls, header template, module READMEs against CMake, locks.
//   node tidy.mjs SOURCE_DIR
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, basename } from 'node:path';

const root = process.argv[2];
const complaints = [];
const complain = (file, text) => complaints.push(`${file}: ${text}`);
const files = execFileSync('git', ['-C', root, 'ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .trim().split('\n').filter((file) => file && existsSync(join(root, file)));
const read = (file) => readFileSync(join(root, file), 'utf8');

const kLinesMax = 800;
const banned = [
  [/\bstd::regex\b/, 'std::regex overflows its stack on long input; use RE2 (SEC-17)', /\.(h|cc)$/],
  [/\b(strcpy|strcat|sprintf|gets)\(/, 'unbounded string function', /\.(h|cc)$/],
  [/\b(rand|srand)\s*\(/, 'use base/random.h', /\.(h|cc)$/],
  [/\bsystem\s*\(|\bpopen\s*\(/, 'no shells', /\.(h|cc)$/],
  [/\bboost::asio::detached\b/, 'use spawn() of base/suspend.h, so that nothing is lost', /\.(h|cc)$/],
  [/std::this_thread::sleep_for|\busleep\s*\(/, 'no sleeps', /\.(h|cc)$/],
  [/\bTODO\b|\bFIXME\b|\bXXX\b/, 'an open end: do it, or file it', /\.(h|cc|mjs|cjs|jsx?)$/],
];

for (const file of files) {
  if (/(^|\/)package-lock\.json$/.test(file)) {
    if (/"resolved"\s*:/.test(read(file))) complain(file, 'names download addresses; install with omit-lockfile-registry-resolved=true');
    continue;
  }
  if (!/\.(h|cc|mjs|cjs|js|jsx|css)$/.test(file) || file.includes('/vectors/') || file === 'tools/tidy.mjs') continue;
  const text = read(file);
  const lines = text.split('\n').length;
  if (lines > kLinesMax) complain(file, `${lines} lines; split by idea (at most ${kLinesMax})`);
  for (const [pattern, why, where] of banned) if (where.test(file) && pattern.test(text)) complain(file, why);
  if (/^src\/[^/]+\/include\/.*\.h$/.test(file)) {
    const first = text.split('\n');
    if (!first[0].startsWith('// ')) complain(file, 'a public header begins with a comment that says why it exists');
    if (!text.includes('#pragma once')) complain(file, 'a header has #pragma once');
    if (/#include <(openssl|sqlite3|curl|boost\/beast)/.test(text)) complain(file, 'keep this library behind a source file');
  }
}

for (const module of readdirSync(join(root, 'src'))) {
  const folder = join('src', module);
  const cmake = join(folder, 'CMakeLists.txt');
  if (!existsSync(join(root, cmake))) { complain(folder, 'has no CMakeLists.txt'); continue; }
  if (!existsSync(join(root, folder, 'README.md'))) { complain(folder, 'has no README.md'); continue; }
  const listed = read(cmake);
  for (const file of files.filter((name) => name.startsWith(folder + '/') && name.endsWith('.cc'))) {
    if (!listed.includes(file.slice(folder.length + 1))) complain(cmake, `does not build ${basename(file)}`);
  }
  for (const [, word] of read(join(folder, 'README.md')).matchAll(/`([a-z_/]+\.(?:h|cc))`/g)) {
    if (!files.some((name) => name.endsWith(word))) complain(join(folder, 'README.md'), `names ${word}, which is not there`);
  }
}

for (const line of complaints) console.error(line);
console.log(`tidy: ${files.length} files, ${complaints.length} complaints`);
process.exit(complaints.length ? 1 : 0);
