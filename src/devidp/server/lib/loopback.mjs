// What counts as "this machine": the whole provider speaks to nothing else.

export function isLoopbackHostname(hostname) {
  const name = hostname.toLowerCase();
  return (
    name === 'localhost' ||
    /^[a-z0-9.-]+\.localhost$/.test(name) ||
    name === '[::1]' ||
    name === '::1' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name)
  );
}

/** The parsed URL when `text` is an absolute http(s) URL on loopback, any port; else null. */
export function parseLoopbackUrl(text) {
  if (typeof text !== 'string' || !URL.canParse(text)) return null;
  const url = new URL(text);
  const isHttp = url.protocol === 'http:' || url.protocol === 'https:';
  return isHttp && isLoopbackHostname(url.hostname) && !url.username && !url.password ? url : null;
}

/** The origin a request was sent to, from its Host header, or null when that is not a name of this machine. */
export function originOfHost(scheme, host) {
  if (!host || !/^[A-Za-z0-9.:[\]-]+$/.test(host)) return null;
  return parseLoopbackUrl(`${scheme}://${host}/`)?.origin ?? null;
}
