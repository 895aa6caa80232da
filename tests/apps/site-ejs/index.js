// A price list as EJS pages.
import { app } from 'codehooks-js';
import ejs from 'ejs';

const kItems = [{ name: 'Tea', cents: 350 }, { name: 'Cake <fresh>', cents: 1250 }];

app.set('views', '/views');
app.set('view engine', { ejs });
app.auth('/*', (req, res, next) => next());
app.get('/', (req, res) => res.render('list', { items: kItems, price: (cents) => (cents / 100).toFixed(2) }));
app.get('/broken', (req, res) => res.render('broken', {}));
export default app.init();
