'use strict';
// The global _coho_fs (spec 60.1). The protocol has no file operations yet: every file is missing.

function missing(path) {
  return Object.assign(new Error(`File not found: ${String(path)}`), { code: 'ENOENT', status: 404 });
}

function makeFiles() {
  const absent = async (path) => {
    throw missing(path);
  };
  const refused = async () => {
    const error = new Error('12 UNIMPLEMENTED: the file store is not available in this version of the server');
    throw Object.assign(error, { code: 12, status: 501 });
  };
  return Object.freeze({ getFileStream: absent, readFile: absent, deleteFile: absent, saveFile: refused, list: async () => [] });
}

module.exports = { makeFiles };
