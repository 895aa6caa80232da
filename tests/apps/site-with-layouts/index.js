// A site of pages made on the server: Handlebars, one layout, a guest book, a style sheet that browsers may keep.
import { app, Datastore } from 'codehooks-js';
import handlebars from 'handlebars';
import layouts from 'handlebars-layouts';

handlebars.registerHelper(layouts(handlebars));
app.set('views', '/views');
app.set('layout', '/views/layout.hbs');
app.set('view engine', { hbs: handlebars });

app.auth(/^\/(guests)?$/, (req, res, next) => next());

app.get('/', (req, res) => res.render('home', { title: 'Home', visitor: req.query.visitor ?? 'stranger' }));
app.get('/guests', async (req, res) => {
  const conn = await Datastore.open();
  res.render('guests', { title: 'Guests', guests: await conn.getMany('guests', {}, { sort: { _id: -1 }, limit: 10 }).toArray() });
});
app.post('/guests', async (req, res) => {
  const { name = '' } = req.body;
  if (name.trim() === '') return res.status(400).render('guests', { title: 'Guests', error: 'Please write your name', guests: [] });
  const conn = await Datastore.open();
  await conn.insertOne('guests', { name: name.trim() });
  res.redirect(303, 'guests');
});
app.static({ route: '/public', directory: '/public', headers: { 'Cache-Control': 'public, max-age=3600' } });

export default app.init();
