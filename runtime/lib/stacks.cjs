'use strict';
// Stack traces that name the author's files. The bundle is compiled under the name bundle.js; when it carries an inline source
// map, traces are translated through it the first time that somebody looks at one.

const kBundleName = 'bundle.js';
const kMapMark = '\n//# sourceMappingURL=data:application/json';

let mapText = null;  // base64, as bytes: maps are large and rarely needed
let map = null;

// Takes an inline source map off the end of a script; returns the script's text.
function takeSourceMap(bytes) {
  Error.prepareStackTrace = prepare;
  const mark = bytes.lastIndexOf(kMapMark);
  const comma = mark < 0 ? -1 : bytes.indexOf(';base64,', mark);
  const lineEnd = mark < 0 ? -1 : bytes.indexOf('\n', mark + 1);
  if (comma < 0 || (lineEnd >= 0 && bytes.toString('latin1', lineEnd).trim() !== '')) return bytes.toString('utf8');
  mapText = Buffer.from(bytes.subarray(comma + 8, lineEnd < 0 ? bytes.length : lineEnd));
  return bytes.toString('utf8', 0, mark);
}

function prepare(error, sites) {
  let text;
  try {
    text = String(error);
  } catch {
    text = '<error>';
  }
  for (const site of sites) {
    if (!site.getFileName()?.startsWith(__dirname)) text += `\n    at ${siteText(site)}`;  // ours tell the author nothing
  }
  return text;
}

function siteText(site) {
  const text = String(site);
  if (site.getFileName() !== kBundleName) return text;
  const place = originalPlace(site.getLineNumber(), site.getColumnNumber());
  return place === null ? text : text.replace(/bundle\.js:\d+:\d+/, place);
}

// 'index.js:3:9' for a place in the bundle, counted from one; null when there is no map or nothing there.
function originalPlace(line, column) {
  const entry = sourceMap()?.findEntry(line - 1, column - 1);
  if (entry?.originalSource === undefined) return null;
  return `${cleanSource(entry.originalSource)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}

function sourceMap() {
  if (map === null && mapText !== null) {
    const { SourceMap } = require('node:module');
    try {
      map = new SourceMap(JSON.parse(Buffer.from(mapText.toString('latin1'), 'base64').toString('utf8')));
    } catch {
      mapText = null;
    }
  }
  return map;
}

function cleanSource(source) {
  return source.replace(/^webpack:\/\/[^/]*\//, '').replace(/^(\.{1,2}\/)+/, '');
}

// What the log says about something that was thrown.
function fatalText(error) {
  if (error instanceof Error || (error !== null && typeof error === 'object' && typeof error.stack === 'string')) {
    const stack = String(error.stack);
    const own = Object.keys(error).filter((key) => key !== 'message' && key !== 'stack');
    const extra = own.length === 0 ? '' : ` ${own.map((key) => `${key}: ${shortText(error[key])}`).join(', ')}`;
    const head = stack.includes(String(error.message)) ? stack : `${error.message}\n${stack}`;
    return head + (extra === '' ? '' : `\n   ${extra}`) + (error.cause === undefined ? '' : `\n  caused by: ${fatalText(error.cause)}`);
  }
  return typeof error === 'string' ? error : shortText(error);
}

function shortText(value) {
  const { inspect } = require('node:util');
  return typeof value === 'string' ? value : inspect(value, { depth: 3, breakLength: Infinity, maxStringLength: 1000 });
}

// Where in the author's files an error of loading comes from: 'index.js:3:9', or null.
function placeOf(error) {
  const stack = String(error?.stack ?? '');
  const head = /^bundle\.js:(\d+)\n(.*)\n( *)\^/.exec(stack);  // a syntax error names its line first
  if (head !== null) return originalPlace(Number(head[1]), head[3].length + 1) ?? `bundle.js:${head[1]}:${head[3].length + 1}`;
  const found = /\n    at (?:.*\()?([^()\n]+:\d+:\d+)\)?/g;
  for (const [, place] of stack.matchAll(found)) if (!place.startsWith('node:') && !place.startsWith('/')) return place;
  return null;
}

module.exports = { kBundleName, takeSourceMap, fatalText, placeOf };
