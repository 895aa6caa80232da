// The API that the demo calls: a real redd with demo/backend deployed by coho, behind the key set of `idp`.

import { makeApp } from '../../lib/app.mjs';
import { startRedd } from '../../lib/redd.mjs';
import { kAudience } from './processes.mjs';
import { startStandIn } from './stand_in_api.mjs';

/** {apiBase}: ends with the test. */
export async function startApi(t, idp) {
  if (process.env.STAND_IN_API === '1') return startStandIn(t, idp);
  const server = await startRedd({ args: ['--allow-private', 'localhost', '--ca-file', idp.caFile] });
  t.after(() => server.stop());
  const app = await makeApp(server, { from: 'demo/backend', modules: 'demo/backend/node_modules' });
  t.after(() => app.remove());
  await app.good('jwks', `${idp.url}/.well-known/jwks.json`, '--issuer', `${idp.url}/`, '--audience', kAudience);
  await app.good('set-env', 'AUTH0_DOMAIN', `localhost:${idp.securePort}`);
  await app.deploy();
  return { apiBase: `http://localhost:${server.port}/dev` };
}
