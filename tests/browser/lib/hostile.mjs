// Texts that would do something where they are taken for markup, an address, a template or a pattern, instead of for text.
// Whatever runs sets window.hacked; whatever is fetched has STOLEN in its address.

const kRuns = 'window.hacked=1';
const kStolen = '/_/STOLEN';

export const kHostile = [
  `<script>${kRuns}</script>`,
  `<img src="${kStolen}" onerror="${kRuns}">`,
  `"><svg onload="${kRuns}"><image href="${kStolen}"/></svg>`,
  `'><iframe srcdoc="<script>parent.hacked=1</script>"></iframe>`,
  `javascript:${kRuns}`,
  `JaVaScRiPt:${kRuns}//`,
  ` \tjava\nscript:${kRuns}`,
  `data:text/html,<script>opener.hacked=1</script>`,
  `[click](javascript:${kRuns})`,
  `![x](${kStolen})`,
  `<a href="javascript:${kRuns}" autofocus onfocus="${kRuns}">x</a>`,
  `<input autofocus onfocus="${kRuns}">`,
  `<details open ontoggle="${kRuns}">`,
  `<body onload="${kRuns}">`,
  `<style>@import '${kStolen}';*{background:url(${kStolen})}</style>`,
  `<link rel="stylesheet" href="${kStolen}">`,
  `<base href="https://evil.example/">`,
  `<meta http-equiv="refresh" content="0;url=${kStolen}">`,
  `<form action="${kStolen}"><button autofocus>`,
  `<object data="${kStolen}"></object><embed src="${kStolen}">`,
  `<math><mtext></mtext><mglyph><style><img src=${kStolen} onerror=${kRuns}></style></math>`,
  `<noscript><p title="</noscript><img src=${kStolen} onerror=${kRuns}>">`,
  `<!--><img src=${kStolen} onerror=${kRuns}>-->`,
  `</textarea></title></script><script>${kRuns}</script>`,
  `&lt;script&gt;${kRuns}&lt;/script&gt;`,
  `&#60;img src=${kStolen} onerror=${kRuns}&#62;`,
  `\\u003cscript\\u003e${kRuns}\\u003c/script\\u003e`,
  `%3Cscript%3E${kRuns}%3C/script%3E`,
  `{{constructor.constructor('${kRuns}')()}}`,
  `\${${kRuns}}`,
  `<%= ${kRuns} %>`,
  `#{${kRuns}} {% ${kRuns} %}`,
  `';${kRuns};//`,
  `\`;${kRuns};//`,
  `__proto__`,
  `constructor`,
  `\u202Egnp.txt\u202C \u2066isolate\u2069 \u200Bzero\uFEFF`,
  `Z\u0351\u036B\u0343\u036A\u0302\u036B\u033D\u034F\u0334\u0319\u0324\u031E\u0349\u035A\u032F\u031E\u0320\u034D A\u036B\u0357\u0334`,
  `${'W'.repeat(180)}`,
  `\x1b[31mred\x1b[0m \x1b]0;title 👩‍👩‍👧‍👦 ﷽`,
  `=HYPERLINK("${kStolen}")`,
  `../../../../etc/passwd`,
  `nul\u0000byte`,
];

export const kHtmlPage = `<!doctype html><script>${kRuns};opener&&(opener.hacked=1);top.hacked=1</script><img src="${kStolen}" onerror="${kRuns}">`;
export const kSvgImage = `<svg xmlns="http://www.w3.org/2000/svg" onload="${kRuns}"><script>${kRuns};top.hacked=1</script><image href="${kStolen}"/></svg>`;

/** Watches a page for all that hostile text could do. `done()` lists what was seen since. */
export async function watch(page) {
  const seen = [];
  page.on('dialog', (dialog) => {
    seen.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('framenavigated', (frame) => {
    const url = frame.url();
    if (frame !== page.mainFrame()) seen.push(`a frame: ${url.slice(0, 100)}`);
    else if (!new URL(url).pathname.startsWith('/_/')) seen.push(`went to ${url.slice(0, 100)}`);
  });
  page.context().on('page', (other) => seen.push(`opened ${other.url()}`));
  page.context().on('request', (request) => {
    if (/STOLEN|evil\.example/.test(request.url())) seen.push(`asked for ${request.url()}`);
  });
  return {
    async done() {
      if (await page.evaluate(() => 'hacked' in window || 'hacked' in Object.prototype)) seen.push('a script ran');
      const markup = await page.evaluate(() => document.querySelectorAll('iframe, object, embed, base, math, meta[http-equiv=refresh], #root script, #root link, [onerror], [onload], [onfocus], [ontoggle], a[href^="javascript:" i]').length);
      if (markup > 0) seen.push(`${markup} elements that no screen has`);
      return seen;
    },
  };
}
