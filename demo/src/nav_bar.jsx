import { useAuth0 } from '@auth0/auth0-react';
import { useEffect, useRef, useState } from 'react';
import { Link, NavLink } from 'react-router';
import { useSignIn } from './require_sign_in.jsx';

export function NavBar() {
  const { isAuthenticated, isLoading } = useAuth0();
  const signIn = useSignIn();
  return (
    <header className="bar">
      <nav aria-label="Main">
        <Link className="brand" to="/"><img src="/icon.svg" alt="" width="26" height="26" />Redd demo</Link>
        <NavLink to="/" end>Home</NavLink>
        {isAuthenticated && <NavLink to="/external-api">External API</NavLink>}
      </nav>
      {isAuthenticated ? <AvatarMenu /> : !isLoading && (
        <button className="primary small" onClick={() => signIn('/')}>Log in</button>
      )}
    </header>
  );
}

function AvatarMenu() {
  const { user, logout } = useAuth0();
  const [isOpen, setIsOpen] = useState(false);
  const box = useRef(null);

  useEffect(() => {
    if (!isOpen) return undefined;
    const close = (event) => {
      if (event.key === 'Escape' || (event.type === 'pointerdown' && !box.current?.contains(event.target))) setIsOpen(false);
    };
    document.addEventListener('keydown', close);
    document.addEventListener('pointerdown', close);
    return () => {
      document.removeEventListener('keydown', close);
      document.removeEventListener('pointerdown', close);
    };
  }, [isOpen]);

  return (
    <div className="avatar-menu" ref={box}>
      <button
        className="avatar"
        aria-label={`Account of ${user.name}`}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        <img src={user.picture} alt="" width="36" height="36" />
      </button>
      {isOpen && (
        <div className="menu" role="menu">
          <p><strong>{user.name}</strong><small>{user.email}</small></p>
          <Link role="menuitem" to="/profile" onClick={() => setIsOpen(false)}>Profile</Link>
          <button role="menuitem" onClick={() => logout({ logoutParams: { returnTo: window.location.origin } })}>Log out</button>
        </div>
      )}
    </div>
  );
}
