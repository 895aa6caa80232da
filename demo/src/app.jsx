import { useAuth0 } from '@auth0/auth0-react';
import { Navigate, Route, Routes } from 'react-router';
import { NavBar } from './nav_bar.jsx';
import { ExternalApi } from './pages/external_api.jsx';
import { Home } from './pages/home.jsx';
import { NotFound } from './pages/not_found.jsx';
import { Profile } from './pages/profile.jsx';
import { RequireSignIn } from './require_sign_in.jsx';

export function App({ config }) {
  const { isLoading, error } = useAuth0();
  return (
    <>
      <NavBar />
      <main className="page">
        {error && <p className="problem" role="alert">Sign-in failed: {error.message}</p>}
        {isLoading ? <p className="loading" role="status">One moment…</p> : (
          <Routes>
            <Route index element={<Home config={config} />} />
            <Route path="login" element={<RequireSignIn><Navigate to="/" replace /></RequireSignIn>} />
            <Route path="profile" element={<RequireSignIn><Profile /></RequireSignIn>} />
            <Route path="external-api" element={<RequireSignIn><ExternalApi config={config} /></RequireSignIn>} />
            <Route path="*" element={<NotFound />} />
          </Routes>
        )}
      </main>
    </>
  );
}
