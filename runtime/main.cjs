'use strict';
// The worker's entry: node [flags] RUNTIME/main.cjs, file descriptor 3 connected to the server.
require('./lib/worker.cjs').Worker.start(3);
