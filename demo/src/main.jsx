import { Auth0Provider } from '@auth0/auth0-react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter, useNavigate } from 'react-router';
import workerUrl from '../node_modules/@auth0/auth0-spa-js/dist/auth0-spa-js.worker.production.js?url';
import { App } from './app.jsx';
import { loadConfig } from './config.js';
import './style.css';

// Tokens live in memory only. A reload gets new ones silently: through a hidden frame (prompt=none), and later
// with a refresh token when the configuration says so.
function SignInProvider({ config, children }) {
  const navigate = useNavigate();
  return (
    <Auth0Provider
      domain={config.domain}
      clientId={config.clientId}
      authorizationParams={{ audience: config.audience, redirect_uri: window.location.origin }}
      cacheLocation="memory"
      useRefreshTokens={config.useRefreshTokens}
      useRefreshTokensFallback
      workerUrl={workerUrl}
      onRedirectCallback={(appState) => navigate(appState?.returnTo ?? '/', { replace: true })}
    >
      {children}
    </Auth0Provider>
  );
}

const root = createRoot(document.getElementById('root'));
try {
  const config = await loadConfig();
  root.render(
    <BrowserRouter>
      <SignInProvider config={config}>
        <App config={config} />
      </SignInProvider>
    </BrowserRouter>,
  );
} catch (error) {
  root.render(<p className="problem page">The demo cannot start: {error.message}</p>);
}
