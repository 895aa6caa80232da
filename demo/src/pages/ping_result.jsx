const kMeanings = {
  400: 'The request was not understood.',
  401: 'The token was not accepted. What fails Redd’s check never reaches the backend’s code.',
  403: 'The token is good, but does not permit this.',
  404: 'There is no such route, space or project.',
  421: 'The server does not answer to this host name.',
  429: 'Too many requests for the moment.',
  502: 'The backend’s code ended while it was answering.',
  503: 'The backend is not able to answer just now.',
};

export function PingResult({ result }) {
  if (result.kind === 'no-token') {
    return (
      <Refusal title="No access token">
        <p>The identity provider gave none: {result.message}. Log out and in again.</p>
      </Refusal>
    );
  }
  if (result.kind === 'unreachable') {
    return (
      <Refusal title="No answer">
        <p>The browser got nothing it may show from <code>{result.url}</code>: {result.message}. Either nothing listens
          there, or its answer does not allow this origin (CORS).</p>
      </Refusal>
    );
  }
  return result.ok ? <Answer result={result} /> : <Refused result={result} />;
}

function Answer({ result }) {
  return (
    <section className="card result good" aria-live="polite" data-testid="ping-result">
      <h2><span className="badge">{result.status}</span> The API answered <small>in {result.took} ms</small></h2>
      <pre data-testid="ping-body">{result.body}</pre>
    </section>
  );
}

function Refused({ result }) {
  const { challenge } = result;
  return (
    <Refusal title={<><span className="badge">{result.status}</span> {result.statusText || 'Refused'}</>}>
      <p>{kMeanings[result.status] ?? 'The API refused the call.'}</p>
      <dl>
        <dt>Reason</dt>
        <dd data-testid="ping-reason">
          {challenge
            ? challenge.description ?? challenge.error ?? 'a token is wanted, and none came with the call'
            : 'not in a header that this page may read; see the body'}
        </dd>
        {challenge && <><dt>WWW-Authenticate</dt><dd><code>{challenge.text}</code></dd></>}
      </dl>
      <pre data-testid="ping-body">{result.body || '(no body)'}</pre>
    </Refusal>
  );
}

function Refusal({ title, children }) {
  return (
    <section className="card result bad" aria-live="polite" data-testid="ping-result">
      <h2>{title}</h2>
      {children}
    </section>
  );
}
