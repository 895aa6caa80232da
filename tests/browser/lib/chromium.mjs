// Debian's Chromium under playwright-core, kept from reaching anything but this machine.

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const kChromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
const kFlags = [
  '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync',
];
const kWaitMs = 15_000;

export async function launchChromium() {
  if (!existsSync(kChromium)) throw new Error(`${kChromium} does not exist: apt-get install chromium, or set CHROMIUM.`);
  return chromium.launch({ executablePath: kChromium, headless: true, chromiumSandbox: false, args: kFlags });
}

/**
 * {page, requests, problems}: a fresh profile. `requests` lists {method, url, body} of all that was asked for;
 * `problems` what went wrong unseen: errors of the page, violated content policies, addresses off this machine.
 */
export async function openPage(t, browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 760 }, ...options });
  t.after(() => context.close());
  context.setDefaultTimeout(kWaitMs);
  const requests = [];
  const problems = [];
  context.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    requests.push({ method: request.method(), url: request.url(), body: request.postData() ?? '' });
    if (protocol.startsWith('http') && !/^(.+\.)?localhost$/.test(hostname)) problems.push(`asked for ${request.url()}`);
  });
  context.on('weberror', (error) => problems.push(String(error.error())));
  context.on('console', (message) => {
    if (/Content Security Policy|Content-Security-Policy/i.test(message.text())) problems.push(message.text());
  });
  return { page: await context.newPage(), requests, problems };
}

/** With SCREENSHOTS=DIR, keeps a picture of the page; else nothing. */
export async function keepPicture(page, name) {
  const dir = process.env.SCREENSHOTS;
  if (!dir) return;
  mkdirSync(dir, { recursive: true });
  await page.screenshot({ path: join(dir, `${name}.png`), fullPage: true });
}
