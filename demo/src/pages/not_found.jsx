import { Link } from 'react-router';

export function NotFound() {
  return (
    <section className="card narrow centred">
      <h1>Nothing here</h1>
      <p><Link to="/">Back home</Link></p>
    </section>
  );
}
