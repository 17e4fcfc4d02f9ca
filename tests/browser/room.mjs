// One Chromium that answers orders, one JSON object a line on standard input and one a line on standard output:
//   {"page": 1, "do": "open", "args": [{"width": 360}]}     a new page; the answer says nothing
//   {"page": 1, "do": "goto", "args": ["http://…"]}         any method of Playwright's page that is listed below
//   {"page": 1, "do": "press", "args": ["Tab"]}
//   {"do": "audit", "args": [{"pages": [{"address": "…"}]}]}
// Nothing outside this machine can be reached: all but 127.0.0.1 goes to a proxy that does not exist. What was asked for
// is kept for each page. The packages stand elsewhere (CONTRECHAMP_NODE), since `npm ci` must not write among the sources.
import { createRequire } from 'node:module';
import readline from 'node:readline';
import { audit, withoutScripts } from './audit.mjs';

const require = createRequire(process.env.CONTRECHAMP_NODE + '/');
const { chromium } = require('playwright-core');

const ARGUMENTS = [
  '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--proxy-server=http://127.0.0.1:9', '--proxy-bypass-list=127.0.0.1', '--allow-file-access-from-files=false',
];

export const isOutside = (address) => /^(https?|wss?|ftp):/.test(address) && new URL(address).hostname !== '127.0.0.1';

// What happened on a page since it was last told to forget.
export function watch(page) {
  const seen = { console: [], errors: [], outside: [], failed: [] };
  page.on('console', (message) => {
    // That an outside request failed is said once, by the request.
    if (message.type() === 'error' && !isOutside(message.location().url)) seen.console.push(message.text());
  });
  page.on('pageerror', (error) => seen.errors.push(String(error)));
  page.on('request', (request) => {
    if (isOutside(request.url())) seen.outside.push(request.url());
  });
  page.on('websocket', (socket) => {
    if (isOutside(socket.url())) seen.outside.push(socket.url());
  });
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    if (!isOutside(request.url()) && why !== 'net::ERR_ABORTED') seen.failed.push(`${request.url()} ${why}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) seen.failed.push(`${response.url()} ${response.status()}`);
  });
  seen.forget = () => ['console', 'errors', 'outside', 'failed'].forEach((kind) => (seen[kind].length = 0));
  return seen;
}

const browser = await chromium.launch({ executablePath: process.env.CONTRECHAMP_CHROMIUM, args: ARGUMENTS });
const rooms = new Map();

async function open(number, { width = 1280, height = 900, javascript = true, scheme = 'light', lang = 'en-GB', touch = false } = {}) {
  const context = await browser.newContext({
    viewport: { width, height }, javaScriptEnabled: javascript, colorScheme: scheme, locale: lang, hasTouch: touch,
  });
  context.setDefaultTimeout(15000);
  const page = await context.newPage();
  rooms.set(number, { page, seen: watch(page) });
}

const locators = ['click', 'fill', 'focus', 'hover', 'check', 'uncheck', 'selectOption', 'innerText', 'inputValue',
  'getAttribute', 'isVisible', 'count', 'ariaSnapshot', 'allInnerTexts', 'waitFor', 'scrollIntoViewIfNeeded'];
const ofPage = ['goBack', 'goForward', 'title', 'url', 'content', 'waitForTimeout', 'emulateMedia', 'setViewportSize', 'reload'];

async function obey({ page: number, do: what, args = [] }) {
  if (what === 'audit') return audit(browser, watch, require, ...args);
  if (what === 'without_scripts') return withoutScripts(browser, watch, ...args);
  if (what === 'open') return open(number, ...args);
  const { page, seen } = rooms.get(number);
  if (what === 'seen') return { console: seen.console, errors: seen.errors, outside: seen.outside, failed: seen.failed };
  if (what === 'forget') return seen.forget();
  if (what === 'goto') return void (await page.goto(args[0], { waitUntil: 'load' }));
  if (what === 'press') return page.keyboard.press(...args);
  if (what === 'type') return page.keyboard.type(...args);
  if (what === 'evaluate') return page.evaluate(...args);
  if (what === 'wait_for') return void (await page.waitForFunction(args[0], null, { timeout: args[1] ?? 15000 }));
  if (what === 'screenshot') return void (await page.screenshot({ path: args[0], fullPage: args[1] ?? false }));
  if (what === 'close') return (await page.context().close(), void rooms.delete(number));
  if (ofPage.includes(what)) return (await page[what](...args)) ?? null;
  if (locators.includes(what)) return page.locator(args[0]).first()[what](...args.slice(1));
  if (what === 'all') return page.locator(args[0]).count();
  throw new Error(`there is no order ${what}`);
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  let answer;
  try {
    const order = JSON.parse(line);
    const value = await obey(order);
    answer = { value: ['goBack', 'goForward', 'reload'].includes(order.do) ? null : (value ?? null) };
  } catch (error) {
    answer = { error: String(error.message ?? error) };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
await browser.close();
