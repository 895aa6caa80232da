// The bodies of the two pages people look at: sign-in and start.

import { html } from './html.mjs';
import { kUsers } from './users.mjs';

export function loginPage({ parameters, wish, problem, claimsText }) {
  const action = `/login?${parameters}`;
  return html`<main class="card narrow">
<p class="eyebrow">Development identity provider</p>
<h1>Sign in</h1>
<p class="quiet">to <strong>${wish.clientId}</strong> at ${wish.redirectUrl.host}${
    wish.audience ? html`, for the API <code>${wish.audience}</code>` : ''
  }</p>
${problem ? html`<p class="problem" role="alert">${problem}</p>` : ''}
<form method="post" action="${action}">
<div class="people">${kUsers.map(
    (user) => html`
<button class="person" name="user" value="${user.id}"${user.id === wish.loginHint || user.email === wish.loginHint ? html` autofocus` : ''}>
<img src="${user.picture}" alt="" width="44" height="44">
<span><strong>${user.name}</strong><small>${user.email}</small></span>
<span class="go" aria-hidden="true">→</span>
</button>`,
  )}
</div>
<details${problem || claimsText ? html` open` : ''}>
<summary>Extra claims</summary>
<p class="quiet">A JSON object, put into the tokens and the answer of <code>/userinfo</code>.</p>
<textarea name="claims" rows="5" spellcheck="false" aria-label="Extra claims" placeholder='{"roles": ["editor"]}'>${claimsText}</textarea>
</details>
<button class="plain" name="action" value="cancel">Cancel</button>
</form>
<p class="foot">No password: this provider runs on your machine, for development only.</p>
</main>`;
}

const kEndpoints = [
  ['Discovery', '/.well-known/openid-configuration'],
  ['Key set (JWKS)', '/.well-known/jwks.json'],
  ['Authorize', '/authorize'],
  ['Token', '/oauth/token'],
  ['User info', '/userinfo'],
  ['Log out', '/v2/logout'],
];

export function startPage({ key, state, origin }) {
  return html`<main class="wide">
<header><p class="eyebrow">Redd</p><h1>Development identity provider</h1>
<p class="quiet">Auth0-shaped, on this machine only. Issuer <code>${origin}/</code></p></header>

<section class="card"><h2>People</h2>
<div class="people row">${kUsers.map(
    (user) => html`
<div class="person"><img src="${user.picture}" alt="" width="44" height="44">
<span><strong>${user.name}</strong><small>${user.email}</small><small><code>${user.sub}</code></small></span></div>`,
  )}
</div></section>

<section class="card"><h2>Signing key</h2>
<p>RS256, <code>${key.kid}</code><br><span class="quiet">made ${timeText(key.createdAt)}</span></p>
<form method="post" action="/dev/rotate"><button class="primary">Rotate the key</button></form>
<p class="quiet">The old key leaves the set at once: every token made so far stops working.</p></section>

<section class="card"><h2>A token for the shell</h2>
<pre>TOKEN=$(curl -s -H 'accept: text/plain' ${origin}/dev/token \\
  -d '{"user": "alice", "audience": "https://hello.redd.test"}')</pre>
<p class="quiet">Made to be refused: <code>"expiresIn": -60</code>, <code>"kid": "unknown"</code>,
<code>"signature": "wrong"</code>, <code>"alg": "none"</code>, <code>"alg": "HS256"</code>.
Any claim: <code>"claims": {"roles": ["editor"], "nbf": null}</code>.</p></section>

<section class="card"><h2>Recent tokens</h2>
${state.recentTokens.length ? html`<ul class="tokens">${state.recentTokens.map(tokenItem)}</ul>` : html`<p class="quiet">None since the start.</p>`}
</section>

<section class="card"><h2>Addresses</h2>
<table>${kEndpoints.map(
    ([name, path]) => html`
<tr><th scope="row">${name}</th><td><code>${origin}${path}</code></td></tr>`,
  )}
</table></section>
</main>`;
}

function tokenItem({ kind, token, claims, at }) {
  return html`
<li><details><summary><strong>${String(claims.sub ?? 'no subject')}</strong> ${kind}
<small class="quiet">${timeText(at)}</small></summary>
<pre>${JSON.stringify(claims, null, 2)}</pre><pre class="token">${token}</pre></details></li>`;
}

const timeText = (iso) => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
