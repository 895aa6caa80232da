'use strict';
// The worker's entry: node [flags] RUNTIME/main.cjs, file descriptor 3 connected to the server.

// V8 lets 4 times this many MiB of young buffers lie before it looks for dead ones. With its own 32 only a full collection found them: a
// stream of 1 GiB cost 75 MiB, with 2 it costs 26 at most (bench/files); a scavenge takes 0.1 ms. Set here and not at the spawn: a Node
// without the flag (--node) says so and goes on, there it would not start. --max-semi-space-size, not this, bounds the young heap.
require('node:v8').setFlagsFromString('--scavenger-max-new-space-capacity-mb=2');
require('./lib/worker.cjs').Worker.start(3);
