// Files that are whole or absent: written beside their place, then renamed into it.

import { renameSync, writeFileSync } from 'node:fs';

export const writePrivateFile = (path, text) => writeWhole(path, text, 0o600);
export const writePublicFile = (path, text) => writeWhole(path, text, 0o644);

function writeWhole(path, text, mode) {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode });
  renameSync(temporary, path);
}
