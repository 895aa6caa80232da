// One call of the API, told as {kind: 'answer', …}, {kind: 'unreachable'} or {kind: 'no-token'}; it never throws.

export async function ping(url, choice, getAccessTokenSilently) {
  let token = null;
  try {
    if (choice !== 'none') token = await getAccessTokenSilently();
  } catch (error) {
    return { kind: 'no-token', message: error.error_description ?? error.message };
  }
  if (choice === 'damaged') token = damage(token);
  const startedAt = performance.now();
  try {
    const response = await fetch(url, { headers: token ? { authorization: `Bearer ${token}` } : {} });
    const text = await response.text();
    return {
      kind: 'answer',
      ok: response.ok,
      status: response.status,
      statusText: response.statusText,
      challenge: readChallenge(response.headers.get('www-authenticate')),
      body: pretty(text),
      took: Math.round(performance.now() - startedAt),
    };
  } catch (error) {
    return { kind: 'unreachable', message: error.message, url };
  }
}

// Another letter in the middle of the signature: the last one carries bits that a decoder ignores.
function damage(token) {
  const at = token.lastIndexOf('.') + 20;
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
}

function pretty(text) {
  try {
    const shorten = (_, value) => (typeof value === 'string' && value.startsWith('data:') ? `${value.slice(0, 60)}…` : value);
    return JSON.stringify(JSON.parse(text), shorten, 2);
  } catch {
    return text;
  }
}

/** {scheme, error, description} of a WWW-Authenticate value; null when there is none or the browser hides it. */
export function readChallenge(value) {
  if (!value) return null;
  const parameters = Object.fromEntries(
    [...value.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/gi)].map(([, name, text]) => [name, text.replace(/\\(.)/g, '$1')]),
  );
  return { text: value, scheme: value.split(' ')[0], error: parameters.error, description: parameters.error_description };
}
