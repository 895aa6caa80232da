import { useAuth0 } from '@auth0/auth0-react';
import { useLocation } from 'react-router';

export function useSignIn() {
  const { loginWithRedirect } = useAuth0();
  return (returnTo) => loginWithRedirect({ appState: { returnTo } });
}

/** A page for signed-in people: others are invited to sign in and come back to it. */
export function RequireSignIn({ children }) {
  const { isAuthenticated } = useAuth0();
  const { pathname } = useLocation();
  const signIn = useSignIn();
  if (isAuthenticated) return children;
  return (
    <section className="card narrow centred">
      <h1>Please sign in</h1>
      <p className="quiet">What is behind this belongs to one person.</p>
      <button className="primary" onClick={() => signIn(pathname)}>Log in</button>
    </section>
  );
}
