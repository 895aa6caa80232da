import { startRedd } from './lib/redd.mjs';
import { makeApp } from './lib/app.mjs';
import { request as open } from 'node:http'; import { once } from 'node:events';
const server = await startRedd();
const app = await makeApp(server, { files: { 'index.js': `import { app, filestore } from 'codehooks-js';
app.auth('/*', (q,r,n)=>n());
app.put('/count', async (req,res)=>{let n=0; for await (const p of req) n+=p.length; res.json(n)});
app.put('/raw', async (req,res)=>res.json(await filestore.saveFile('/big.bin', req)));
app.get('/read', async (req,res)=>{let n=0; for await (const p of await filestore.getReadStream('/big.bin')) n+=p.length; res.json(n)});
app.get('/mem', (req,res)=>res.json([process.pid, Object.entries(process.memoryUsage()).map(([k,v])=>k+'='+(v>>20)).join(' ')]));
app.storage({route:'/s',directory:'/'});
export default app.init();`}});
await app.deploy();
import {readFileSync} from 'node:fs'; import {createHash} from 'node:crypto'; const mem = async (w) => { const t = await (await fetch(app.url+'/mem')).text(); console.log(w, t, /VmHWM.*/.exec(readFileSync('/proc/'+JSON.parse(t)[0]+'/status','utf8'))[0]); };
await mem('start');
for (const path of ['/count','/raw']) {
const c = open(app.url+path, {method:'PUT', headers:{'content-type':'application/octet-stream','content-length':256<<20}});
const piece=Buffer.alloc(1<<20,7);
for (let n=0;n<256;n++) if(!c.write(piece)) await once(c,'drain');
c.end(); const [a]=await once(c,'response'); for await (const p of a) console.log(String(p)); await mem(path);
}
console.log(await (await fetch(app.url+'/read')).text()); await mem('read');
let n=0; for await (const p of (await fetch(app.url+'/s/big.bin')).body) {n+=p.length; createHash('sha256').update(p).digest();} console.log(n); await mem('static');
await server.stop(); await app.remove();
