// What pages of the control plane may do, and the one at /_/ of a build without the admin UI: what this is and how to log in.
#pragma once

#include <string_view>

namespace redd::control {

// Of every page: no script but files of this server, nothing from elsewhere, in nobody's frame (SEC-34).
inline constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

// Of the admin UI: the same, with its own pictures and fonts, previews of files as data it has fetched itself, and requests to spaces of this
// server under other names (the API runner). Styles are set by its editor and charts, scripts come only from this server.
inline constexpr std::string_view kAdminPolicy =
    "default-src 'none'; script-src 'self'; connect-src 'self' http: https:; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; "
    "font-src 'self'; media-src blob:; frame-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

inline constexpr std::string_view kFrontPage = R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Redd</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.6 system-ui, sans-serif; max-width: 42rem; margin: 4rem auto; padding: 0 1.25rem; }
  h1 { font-size: 1.6rem; margin-bottom: 0; }
  h2 { font-size: 1.05rem; margin-top: 2rem; }
  pre { padding: .8rem 1rem; border: 1px solid #8884; border-radius: 6px; overflow-x: auto; }
  code { font: 14px/1.5 ui-monospace, monospace; }
  .muted { opacity: .7; margin-top: .2rem; }
</style>
<h1>Redd is running</h1>
<p class="muted">A self-hosted serverless backend: code, database and settings of each space, on this machine.</p>
<h2>Log in</h2>
<p>The owner's token is in the file <code>owner-token</code> of the server's data directory. In a terminal:</p>
<pre><code>coho login ADDRESS --token TOKEN</code></pre>
<p><code>ADDRESS</code> is what stands in front of <code>/_/</code> in your browser's address bar.</p>
<h2>Build something</h2>
<pre><code>coho create mybackend
cd mybackend
npm install
coho deploy
coho info</code></pre>
<h2>More</h2>
<ul>
  <li><a href="/_/health">Health</a>, for monitors</li>
  <li><code>/_/api/v1/…</code>: the control API, with <code>Authorization: Bearer TOKEN</code></li>
  <li>Documentation: the folder <code>docs/</code> of the distribution, and <code>coho --help</code></li>
</ul>
</html>
)";

}  // namespace redd::control
