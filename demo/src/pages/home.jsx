import { useAuth0 } from '@auth0/auth0-react';
import { Link } from 'react-router';
import { useSignIn } from '../require_sign_in.jsx';

const kSteps = [
  ['You sign in', 'at the identity provider, with authorization code and PKCE. The app gets an access token for its API.'],
  ['The app calls', 'GET /hello on another origin, with that token as Bearer.'],
  ['Redd checks', 'the token against the key set of the space, before any code of the backend runs.'],
  ['Your code answers', 'with your profile, kept for twenty minutes, and a counter that survives restarts.'],
];

export function Home({ config }) {
  const { isAuthenticated, user } = useAuth0();
  const signIn = useSignIn();
  return (
    <>
      <section className="hero">
        <h1>{isAuthenticated ? `Welcome, ${user.given_name ?? user.nickname ?? user.name}` : 'A React app, a sign-in, a backend'}</h1>
        <p>One page app, one identity provider, one Redd space: three origins, one token, and no code of yours runs without it.</p>
        {isAuthenticated
          ? <Link className="primary" to="/external-api">Call the external API</Link>
          : <button className="primary" onClick={() => signIn('/')}>Log in to begin</button>}
      </section>
      <ol className="steps">
        {kSteps.map(([title, text]) => <li className="card" key={title}><h2>{title}</h2><p>{text}</p></li>)}
      </ol>
      <p className="quiet centred">
        Signs in at <code>{config.domain}</code>, calls <code>{config.apiBase}</code>. Both stand in <code>auth_config.json</code>.
      </p>
    </>
  );
}
