import { useAuth0 } from '@auth0/auth0-react';

export function Profile() {
  const { user } = useAuth0();
  return (
    <section className="card">
      <div className="person">
        <img src={user.picture} alt={`Picture of ${user.name}`} width="88" height="88" />
        <div>
          <h1>{user.name}</h1>
          <p className="quiet">{user.email}</p>
        </div>
      </div>
      <h2>What the ID token says</h2>
      <pre data-testid="profile-json">{JSON.stringify(user, shorten, 2)}</pre>
    </section>
  );
}

// A picture may be a whole image in a data: URL.
function shorten(name, value) {
  return typeof value === 'string' && value.startsWith('data:') && value.length > 80 ? `${value.slice(0, 60)}…` : value;
}
