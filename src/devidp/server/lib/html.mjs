// Text to HTML: one escaping template tag and the frame of every page. No page loads anything from elsewhere.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

class Html {
  constructor(text) {
    this.text = text;
  }
  toString() {
    return this.text;
  }
}

const kEscapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escapeHtml = (value) => String(value).replace(/[&<>"']/g, (character) => kEscapes[character]);

/** html`<p>${anything}</p>`: values are escaped, unless they are Html themselves; arrays are joined. */
export function html(strings, ...values) {
  const print = (value) => {
    if (value === null || value === undefined || value === false) return '';
    if (Array.isArray(value)) return value.map(print).join('');
    return value instanceof Html ? value.text : escapeHtml(value);
  };
  return new Html(strings.reduce((text, part, index) => text + print(values[index - 1]) + part));
}

const kStyle = readFileSync(new URL('../style.css', import.meta.url), 'utf8');
const kStyleHash = hashOf(kStyle);

function hashOf(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** A page answer. `formAction` lists where its forms may lead, redirects included. */
export function page({ title, body, status = 200, formAction = "'self'" }) {
  const policy =
    `default-src 'none'; style-src ${kStyleHash}; img-src data:; form-action ${formAction}; ` +
    `frame-ancestors 'none'; base-uri 'none'`;
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(kStyle)}</style>
</head>
<body>${body}</body>
</html>`;
  return answer(status, policy, document.text);
}

/** The page of a silent sign-in: it hands `response` to the window that framed or opened it, if that is `targetOrigin`. */
export function webMessagePage(targetOrigin, response) {
  const data = JSON.stringify({ targetOrigin, message: { type: 'authorization_response', response } });
  const script =
    `const { targetOrigin, message } = ${data.replace(/</g, '\\u003c')};\n` +
    `(window.opener ?? window.parent).postMessage(message, targetOrigin);`;
  const policy =
    `default-src 'none'; script-src ${hashOf(script)}; frame-ancestors ${targetOrigin}; base-uri 'none'; form-action 'none'`;
  return answer(200, policy, `<!doctype html><meta charset="utf-8"><title>Silent sign-in</title><script>${script}</script>`);
}

function answer(status, policy, body) {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': policy,
    },
    body,
  };
}
