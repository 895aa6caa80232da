// The page at /authenticate/PROVIDER/UUID on which a person logs a waiting command line in (spec 70.3, SEC-42), and its script. No
// credential is in it: the token of the login lives in the script's memory, and is given up when the command line has its own.
#pragma once

#include <string_view>

namespace redd::control {

inline constexpr std::string_view kLoginPage = R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Log in · Redd</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.6 system-ui, sans-serif; max-width: 26rem; margin: 4rem auto; padding: 0 1.25rem; }
  h1 { font-size: 1.5rem; }
  label { display: block; margin-top: .8rem; }
  input { font: inherit; width: 100%; box-sizing: border-box; padding: .45rem .6rem; border: 1px solid #8888; border-radius: 6px; }
  button { font: inherit; margin-top: 1.2rem; padding: .5rem 1.1rem; border: 0; border-radius: 6px; background: #2457d6; color: #fff; cursor: pointer; }
  button.plain { background: none; color: inherit; text-decoration: underline; padding: 0; }
  code { font: 600 1.4rem/1.6 ui-monospace, monospace; letter-spacing: .08em; }
  .error { color: #c22; min-height: 1.6em; }
  .muted { opacity: .75; }
  [hidden] { display: none; }
</style>
<h1>Log in a command line</h1>
<p class="error" id="error" role="alert"></p>
<form id="login">
  <label>E-mail<input id="email" type="email" autocomplete="username" required></label>
  <label>Password<input id="password" type="password" autocomplete="current-password" required></label>
  <button>Continue</button>
  <p><button class="plain" type="button" id="toRedeem">I have a code of an invitation or for a new password</button></p>
</form>
<form id="redeem" hidden>
  <label>Code<input id="code" autocomplete="one-time-code" required></label>
  <label>Your name (for a new account)<input id="name" autocomplete="name"></label>
  <label>New password, 12 characters or more<input id="newPassword" type="password" autocomplete="new-password" minlength="12" required></label>
  <button>Continue</button>
  <p><button class="plain" type="button" id="toLogin">Back to the login</button></p>
</form>
<form id="confirm" hidden>
  <p>A command line at the address <b id="address"></b> asks to act as <b id="who"></b>. Its code:</p>
  <p><code id="short"></code></p>
  <p class="muted">Confirm only when you began this login yourself a moment ago. When your terminal shows a code, it must be this one.</p>
  <button>Confirm</button>
</form>
<p id="done" hidden>Done: the command line is logged in. You can close this page.</p>
<noscript>This page needs JavaScript.</noscript>
<script src="/_/login.js" defer></script>
</html>
)";

inline constexpr std::string_view kLoginScript = R"('use strict';
const uuid = location.pathname.split('/').pop();
const at = (id) => document.getElementById(id);
let token = '';

const ask = async (method, path, body) => {
  const answer = await fetch('/_/api/v1' + path, {
    method,
    headers: { ...(token && { authorization: 'Bearer ' + token }), ...(body && { 'content-type': 'application/json' }) },
    body: body && JSON.stringify(body),
  });
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.error);
  return json;
};

const show = (id) => {
  for (const one of ['login', 'redeem', 'confirm', 'done']) at(one).hidden = one !== id;
};

const on = (id, act) => at(id).addEventListener('submit', async (event) => {
  event.preventDefault();
  at('error').textContent = '';
  const button = at(id).querySelector('button');
  button.disabled = true;
  try {
    await act();
  } catch (error) {
    at('error').textContent = error.message;
  }
  button.disabled = false;
});

const askToConfirm = async (login) => {
  token = login.token;
  const waiting = await ask('GET', '/cli-logins/' + encodeURIComponent(uuid));
  at('address').textContent = waiting.address;
  at('short').textContent = waiting.code;
  at('who').textContent = login.user.name + ' <' + login.user.email + '>';
  show('confirm');
};

at('toRedeem').addEventListener('click', () => show('redeem'));
at('toLogin').addEventListener('click', () => show('login'));
on('login', async () => askToConfirm(await ask('POST', '/login', { email: at('email').value, password: at('password').value })));
on('redeem', async () => askToConfirm(await ask('POST', '/accounts', { code: at('code').value.trim(), name: at('name').value, password: at('newPassword').value })));
on('confirm', async () => {
  await ask('POST', '/cli-logins/' + encodeURIComponent(uuid), {});
  show('done');
  await ask('POST', '/logout', {});
  token = '';
});
)";

}  // namespace redd::control
