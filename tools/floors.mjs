// The floor plan holds: a source file of a room can include the headers of the rooms it stands on, and no others. For every pair of
// rooms this runs the room's own compile command (from compile_commands.json) on one #include line and expects the plan's answer.
//   node floors.mjs BUILD_DIR
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const build = process.argv[2];
const commands = JSON.parse(readFileSync(join(build, 'compile_commands.json'), 'utf8'));
const rooms = new Map();
for (const line of readFileSync(join(build, 'floor-plan.txt'), 'utf8').trim().split('\n')) {
  const [name, floor, ...depends] = line.trim().split(' ');
  rooms.set(name, { floor: Number(floor), depends });
}
const reach = (name, seen = new Set()) => {
  for (const below of rooms.get(name).depends) if (!seen.has(below)) { seen.add(below); reach(below, seen); }
  return seen;
};

const scratch = mkdtempSync(join(tmpdir(), 'redd-floors-'));
let checked = 0;
const wrong = [];
try {
  for (const name of rooms.keys()) {
    const own = commands.find((entry) => entry.file.includes(`/src/${name}/`) && !entry.file.endsWith('_test.cc'));
    if (!own) continue;
    const source = own.file.slice(0, own.file.lastIndexOf(`/src/${name}/`));
    const flags = own.command.split(' ').filter((word) => /^(-I|-D|-std)/.test(word));
    const systems = [...own.command.matchAll(/-isystem (\S+)/g)].flatMap((match) => ['-isystem', match[1]]);
    const allowed = reach(name).add(name);
    for (const other of rooms.keys()) {
      let header;
      try { header = readdirSync(join(source, 'src', other, 'include', other)).find((file) => file.endsWith('.h')); } catch { continue; }
      if (!header) continue;
      const file = join(scratch, `${name}_${other}.cc`);
      writeFileSync(file, `#include "${other}/${header}"\n`);
      let found = true;
      try { execFileSync('clang++-19', [...flags, ...systems, '-E', '-o', '/dev/null', file], { stdio: 'pipe' }); }
      catch (error) {
        if (!String(error.stderr).includes(`'${other}/${header}' file not found`)) throw error;
        found = false;
      }
      checked++;
      if (found !== allowed.has(other)) wrong.push(`${name} (floor ${rooms.get(name).floor}) ${found ? 'can' : 'cannot'} include ${other}/${header}, the plan says otherwise`);
    }
  }
} finally { rmSync(scratch, { recursive: true }); }
for (const line of wrong) console.error(line);
console.log(`floors: ${checked} pairs of rooms checked, ${wrong.length} against the plan`);
process.exit(wrong.length || checked < 50 ? 1 : 0);
