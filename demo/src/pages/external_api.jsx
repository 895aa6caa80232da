import { useAuth0 } from '@auth0/auth0-react';
import { useState } from 'react';
import { ping } from '../ping.js';
import { PingResult } from './ping_result.jsx';

const kTokenChoices = [
  ['mine', 'my access token'],
  ['damaged', 'my token with a damaged signature'],
  ['none', 'no token'],
];

export function ExternalApi({ config }) {
  const { getAccessTokenSilently } = useAuth0();
  const [choice, setChoice] = useState('mine');
  const [isBusy, setIsBusy] = useState(false);
  const [result, setResult] = useState(null);
  const url = `${config.apiBase}/hello`;

  const onPing = async () => {
    setIsBusy(true);
    setResult(await ping(url, choice, getAccessTokenSilently));
    setIsBusy(false);
  };

  return (
    <>
      <section className="card">
        <h1>External API</h1>
        <p>Calls <code>GET {url}</code> on another origin, with your access token. Redd lets the call through to the
          backend's code only when the token holds.</p>
        <div className="ping">
          <button className="primary" onClick={onPing} disabled={isBusy}>{isBusy ? 'Pinging…' : 'Ping API'}</button>
          <label>
            with
            <select value={choice} onChange={(event) => setChoice(event.target.value)}>
              {kTokenChoices.map(([value, text]) => <option key={value} value={value}>{text}</option>)}
            </select>
          </label>
        </div>
      </section>
      {result && <PingResult result={result} />}
    </>
  );
}
