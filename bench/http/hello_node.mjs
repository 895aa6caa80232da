// The same answer from node:http.
import http from 'node:http';

let requests = 0;
const server = http.createServer((request, response) => {
  requests += 1;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end('Hello');
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));

process.stdin.on('close', () => {
  const usage = process.resourceUsage();
  console.log(JSON.stringify({ userS: usage.userCPUTime / 1e6, systemS: usage.systemCPUTime / 1e6, requests, rssKiB: usage.maxRSS }));
  process.exit(0);
});
process.stdin.resume();
