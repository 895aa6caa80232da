// An imitation of the API that the demo calls, for work on the demo or the provider without a built redd. It proves
// nothing about Redd and serves only where STAND_IN_API=1 asks for it: it asks the provider's /userinfo whether a token
// holds, and answers in the backend's shape.

import { once } from 'node:events';
import { createServer } from 'node:http';

export async function startStandIn(t, idp) {
  let counter = 0;
  const server = createServer(async (request, response) => {
    const cors = {
      'access-control-allow-origin': request.headers.origin ?? '*',
      'access-control-allow-headers': 'authorization',
      'access-control-expose-headers': 'www-authenticate',
    };
    if (request.method === 'OPTIONS') return response.writeHead(204, cors).end();
    const authorization = request.headers.authorization;
    const answer = authorization ? await fetch(`${idp.url}/userinfo`, { headers: { authorization } }) : null;
    if (!answer?.ok) {
      const challenge = answer?.headers.get('www-authenticate') ?? 'Bearer';
      response.writeHead(401, { ...cors, 'www-authenticate': challenge, 'content-type': 'application/json' });
      return response.end(JSON.stringify({ error: 'unauthorized' }));
    }
    const { nickname } = await answer.json();
    counter += 1;
    response.writeHead(200, { ...cors, 'content-type': 'application/json' });
    return response.end(JSON.stringify({ message: `Hello ${nickname}`, user: nickname, counter, now: new Date() }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { apiBase: `http://localhost:${server.address().port}/dev` };
}
