// The audit of pages: console, outside requests, axe (WCAG 2.2 A and AA, and axe's own rules on landmarks and headings)
// in light and dark, descriptions, what a narrow screen loses, where the keyboard's focus does not show.
// Two pages of one browser work at once. What costs is axe on long pages: in the dark only colours are looked at again,
// on the narrow screen only what its width can break.
import fs from 'node:fs';
import { pictures, structure, lost, stops, storage, still, thin, darken, showSlides, plain } from './in_page.mjs';

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const ALSO = ['heading-order', 'empty-heading', 'page-has-heading-one', 'landmark-one-main', 'landmark-no-duplicate-main',
  'landmark-main-is-top-level', 'landmark-unique', 'region', 'tabindex', 'skip-link'];
const COLOURS = ['color-contrast', 'link-in-text-block'];
const WIDTH = ['scrollable-region-focusable', 'target-size'];
const WIDE = { width: 1280, height: 900 };
// 320 by 256 is 1280 by 1024 at 400 per cent.
const NARROW = { 360: { width: 360, height: 740 }, 320: { width: 320, height: 256 } };

const rules = (names) => Object.fromEntries(names.map((name) => [name, { enabled: true }]));

async function axe(page, options) {
  return page.evaluate(async (given) => {
    const told = await window.axe.run(document, { ...given, resultTypes: ['violations'], xpath: false, preload: false });
    const short = (node) => ({
      html: node.html.replace(/\s+/g, ' ').slice(0, 160),
      why: [...node.any, ...node.all, ...node.none].map((check) => check.message).join('; ').slice(0, 220),
    });
    return {
      violations: told.violations.map((rule) => ({ id: rule.id, impact: rule.impact, count: rule.nodes.length, nodes: rule.nodes.slice(0, 4).map(short) })),
      undecided: told.incomplete.map((rule) => rule.id),
    };
  }, options);
}

async function look(page, seen, script, { address, slides = false, wide_only: wideOnly = false }) {
  const found = { address, axe: {}, lost: {}, undecided: [] };
  const start = process.hrtime.bigint();
  await page.goto('about:blank'); // what the last page does when its window changes is no business of this one
  seen.forget();
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(WIDE);
  await page.goto(address, { waitUntil: 'load' });
  if (slides) await page.evaluate(showSlides);
  await page.evaluate(still);
  await page.evaluate(script);
  Object.assign(found, await page.evaluate(structure));
  found.pictures = await page.evaluate(pictures);
  await page.evaluate(thin);
  const keep = async (name, options) => {
    const told = await axe(page, options);
    found.axe[name] = told.violations;
    found.undecided.push(...told.undecided.map((rule) => `${name}: ${rule}`));
  };
  await keep('light', { runOnly: { type: 'tag', values: WCAG }, rules: rules(ALSO) });
  await page.keyboard.press('Tab'); // from here on, focus is the keyboard's
  found.stops = await page.evaluate(stops);
  await page.emulateMedia({ colorScheme: 'dark' });
  found.dark = await page.evaluate(darken);
  if (found.dark !== 'none') {
    await keep('dark', { runOnly: { type: 'rule', values: COLOURS } });
    found.stops.push(...(await page.evaluate(stops)).map((stop) => ({ ...stop, dark: true })));
  }
  if (!wideOnly) {
    if (slides) {
      // A deck is another page in a narrow window: it is read from the start.
      await page.goto('about:blank');
      await page.setViewportSize(NARROW[360]);
      await page.goto(address, { waitUntil: 'load' });
      await page.evaluate(still);
      await page.evaluate(script);
    }
    for (const [name, size] of Object.entries(NARROW)) {
      await page.setViewportSize(size);
      await page.evaluate(resized);
      found.lost[name] = await page.evaluate(lost);
    }
    await keep('narrow', { runOnly: { type: 'rule', values: WIDTH } });
  }
  found.storage = await page.evaluate(storage);
  found.storage.cookies = (await page.context().cookies()).map((cookie) => cookie.name);
  await page.context().clearCookies();
  for (const kind of ['console', 'errors', 'outside', 'failed']) found[kind] = [...seen[kind]];
  found.milliseconds = Number((process.hrtime.bigint() - start) / 1000000n);
  return found;
}

// A page hears of its new width with the next frame, which a busy machine may draw late: what it then sets is waited for.
const resized = () => new Promise((done) => {
  requestAnimationFrame(() => requestAnimationFrame(() => done(true)));
  setTimeout(() => done(false), 2000);
});

export async function audit(browser, watch, require, { pages, at_once: atOnce = 2 }) {
  const script = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
  const waiting = pages.map((page, place) => [page, place]);
  const results = new Array(pages.length);
  const worker = async () => {
    const context = await browser.newContext({ viewport: WIDE });
    const page = await context.newPage();
    const seen = watch(page);
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      try {
        results[next[1]] = await look(page, seen, script, next[0]);
      } catch (error) {
        results[next[1]] = { address: next[0].address, crash: String(error.message ?? error).slice(0, 400) };
      }
    }
    await context.close();
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, pages.length) }, worker));
  return results;
}

// The same pages with scripts turned off: what is there to read.
export async function withoutScripts(browser, watch, { pages }) {
  const context = await browser.newContext({ viewport: WIDE, javaScriptEnabled: false });
  const page = await context.newPage();
  const results = [];
  for (const { address } of pages) {
    await page.goto(address, { waitUntil: 'load' });
    results.push({ address, ...(await page.evaluate(plain)) });
  }
  await context.close();
  return results;
}
