// What is asked inside a page. Each function is sent to the page as text: it may use nothing from outside itself.

// No movement while we look: a colour in transition is neither the old nor the new one.
export function still() {
  const style = document.createElement('style');
  style.textContent = '*,*::before,*::after{transition:none!important;animation:none!important;scroll-behavior:auto!important}';
  document.head.append(style);
}

// Coloured code has hundreds of words of a few kinds, and axe looks at each: keep two of a kind (same class, same
// colours, same size, same ground), put the others back as plain text. Halves the time on a lesson.
export function thin() {
  const kinds = new Map();
  for (const word of document.querySelectorAll('pre span')) {
    if (word.children.length || word.id) continue;
    const style = getComputedStyle(word);
    const ground = word.closest('pre');
    const kind = [word.className, style.color, style.backgroundColor, style.fontWeight, style.fontSize, ground.className,
      ground.parentElement.className].join('|');
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    if (kinds.get(kind) > 2) word.replaceWith(word.textContent);
  }
}

// Show all slides of a deck of reveal.js, one below another, as a reader of the whole would meet them.
export function showSlides() {
  document.querySelectorAll('.reveal .slides section').forEach((section) => {
    section.removeAttribute('hidden');
    section.removeAttribute('aria-hidden');
    section.style.cssText += ';display:block!important;visibility:visible!important;position:static!important;opacity:1!important;transform:none!important';
  });
  document.querySelectorAll('.reveal .fragment').forEach((part) => part.classList.add('visible'));
}

// Make sure that the page shows its dark face; 'none' where it has none.
export async function darken() {
  const root = document.documentElement;
  // The page hears of the change a little later than we do.
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  if ('theme' in root.dataset) {
    const followed = root.dataset.theme === 'dark';
    root.dataset.theme = 'dark';
    return followed ? 'followed' : 'set';
  }
  const rules = (sheet) => {
    try {
      return [...sheet.cssRules];
    } catch {
      return [];
    }
  };
  const dark = [...document.styleSheets].some((sheet) => rules(sheet).some((rule) => (rule.conditionText ?? '').includes('prefers-color-scheme')));
  return dark || getComputedStyle(root).colorScheme.includes('dark') ? 'followed' : 'none';
}

// What the page keeps in the browser, which is then emptied: the next page must not answer for it.
export function storage() {
  const keys = (store) => {
    try {
      const held = Object.keys(store);
      store.clear();
      return held;
    } catch {
      return [];
    }
  };
  return { local: keys(window.localStorage), session: keys(window.sessionStorage) };
}

// Language, title, headings, landmarks, what the head asks of other hosts, and the weight of the page without a cache.
export function structure() {
  const faults = [];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  const mains = [...document.querySelectorAll('main, [role=main]')].filter(shown);
  if (mains.length !== 1) faults.push(`${mains.length} elements are the main part`);
  const firsts = [...document.querySelectorAll('h1, [role=heading][aria-level="1"]')].filter(shown);
  if (firsts.length !== 1) faults.push(`${firsts.length} headings of the first level`);
  const navs = [...document.querySelectorAll('nav, [role=navigation]')].filter(shown);
  const nameOf = (nav) => nav.getAttribute('aria-label') || (nav.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' ').trim();
  if (navs.length > 1) navs.filter((nav) => !nameOf(nav)).forEach((nav) => faults.push(`a navigation without a name: ${nav.outerHTML.slice(0, 90)}`));
  document.querySelectorAll('[id]').forEach((element) => {
    if (document.querySelectorAll(`[id="${CSS.escape(element.id)}"]`).length > 1 && !faults.includes(`two elements have the id ${element.id}`)) faults.push(`two elements have the id ${element.id}`);
  });
  document.querySelectorAll('a[href^="#"]').forEach((link) => {
    const id = decodeURIComponent(link.getAttribute('href').slice(1));
    if (id && !document.getElementById(id)) faults.push(`a link leads to #${id}, which is not on the page`);
  });
  const hints = [...document.querySelectorAll('link[rel]')]
    .filter((link) => /preconnect|dns-prefetch|prefetch|preload|stylesheet|icon|manifest/.test(link.rel) && link.href && /^https?:/.test(link.href) && new URL(link.href).host !== location.host)
    .map((link) => `${link.rel} ${link.href}`);
  const timing = performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'));
  return {
    title: document.title, lang: document.documentElement.lang, structure: faults, hints,
    words: (mains[0] ?? document.body).innerText.split(/\s+/).length,
    weight: timing.reduce((sum, entry) => sum + (entry.decodedBodySize || 0), 0),
    resources: performance.getEntriesByType('resource').map((entry) => entry.name),
    blocking: [...document.querySelectorAll('head script[src]:not([defer]):not([async]):not([type=module])')].map((script) => script.getAttribute('src')),
  };
}

// Pictures whose description is none: missing, a file's name, a path, a hash, one of the words that programs write.
export function pictures() {
  const generic = /^(an? |the |une? |l[ae'’] ?)?(image|picture|photo|figure|graph|chart|plot|output|png|svg|illustration|drawing|diagram|logo|icon|graphique|sortie|dessin|schéma|img|untitled)\s*\d*\.?$/i;
  const found = [];
  const judge = (alt, source) => {
    if (alt === null) return 'no description';
    const text = alt.trim();
    const stem = decodeURIComponent(source.split(/[?#]/)[0].split('/').pop() ?? '').replace(/\.\w+$/, '');
    if (/\.(png|jpe?g|gif|svg|webp|avif|bmp)\b/i.test(text)) return 'the description is the name of a file';
    if (/^\S*[/\\]\S*$/.test(text)) return 'the description is a path';
    if (/^[0-9a-f_-]{12,}$/i.test(text)) return 'the description is a hash';
    if (stem && !source.startsWith('data:') && text === stem) return 'the description is the name of a file';
    if (generic.test(text) || /^<.*>$/.test(text)) return 'the description says nothing';
    return null;
  };
  document.querySelectorAll('img, input[type=image], area').forEach((image) => {
    if (image.closest('[aria-hidden=true]')) return;
    const source = image.getAttribute('src') ?? '';
    const alt = image.getAttribute('alt');
    let why = judge(alt, source);
    // An empty description says "decoration". Our pages have none in their main part, but for a theme's twin of a logo.
    if (!why && !alt.trim() && image.closest('main, [role=main], .slides')) why = 'an empty description in the main part';
    if (!why && image.tagName === 'IMG' && !image.naturalWidth && image.loading !== 'lazy') why = 'the picture is not there';
    if (why) found.push({ why, alt: alt ?? '', source: source.slice(0, 90) });
  });
  document.querySelectorAll('svg').forEach((drawing) => {
    if (drawing.closest('[aria-hidden=true], a, button, [role=img] [role=img]')) return;
    const named = drawing.getAttribute('aria-label') || drawing.getAttribute('aria-labelledby') || drawing.querySelector(':scope > title')?.textContent;
    if (!named) found.push({ why: 'a drawing without a description', alt: '', source: drawing.outerHTML.slice(0, 90) });
  });
  return found;
}

// What a window of this width loses: the page scrolls sideways, text stands outside it or is cut off.
export function lost() {
  const width = document.documentElement.clientWidth;
  const height = window.innerHeight;
  const found = [];
  const label = (element) => `${element.tagName.toLowerCase()}${element.className && typeof element.className === 'string' ? '.' + element.className.trim().split(/\s+/).join('.') : ''} "${(element.innerText ?? element.alt ?? '').trim().replace(/\s+/g, ' ').slice(0, 60)}"`;
  const visible = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true });
  if (document.documentElement.scrollWidth > width + 1) found.push(`the page is ${document.documentElement.scrollWidth} pixels wide`);
  const own = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  // Text that only screen readers meet: squeezed into a point, or clipped away.
  const unseen = (element) => {
    for (let up = element; up && up !== document.body; up = up.parentElement) {
      const style = getComputedStyle(up);
      if (/^(absolute|fixed)$/.test(style.position) && (up.offsetWidth <= 2 || up.offsetHeight <= 2 || /inset\(50%|rect\(0/.test(style.clipPath + style.clip))) return true;
    }
    return false;
  };
  const inScroller = (element) => {
    for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(up).overflowX)) return up;
    }
    return null;
  };
  for (const element of document.body.querySelectorAll('*')) {
    if (element.closest('svg, math') && !element.matches('svg, math')) continue;
    if (!own(element) && !element.matches('img, svg, math, input, select, textarea, button, canvas, video, iframe')) continue;
    const box = element.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    if ((box.right > width + 1 || (box.left < -1 && box.right > 0)) && visible(element) && !unseen(element)) {
      const scroller = inScroller(element);
      const inside = scroller && scroller.getBoundingClientRect().right <= width + 1 && scroller.getBoundingClientRect().left >= -1;
      if (!inside) found.push(`outside the window: ${label(element)}`);
    }
    if (own(element) && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 2) && element.clientWidth) {
      const style = getComputedStyle(element);
      const cutAcross = /hidden|clip/.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
      const cutBelow = /hidden|clip/.test(style.overflowY) && element.scrollHeight > element.clientHeight + 2;
      if ((cutAcross || cutBelow) && visible(element) && !unseen(element)) found.push(`cut off: ${label(element)}`);
    }
  }
  // What stays in place must leave room for what is read.
  let taken = 0;
  for (const element of document.body.querySelectorAll('*')) {
    const style = getComputedStyle(element);
    if (!/fixed|sticky/.test(style.position) || !visible(element) || unseen(element)) continue;
    if (element.parentElement?.closest('[data-counted]')) continue;
    const box = element.getBoundingClientRect();
    // Sticky counts only where it sticks: with its back to an edge of the window.
    if (style.position === 'sticky' && style.top === 'auto' && style.bottom === 'auto') continue;
    if (box.width > width * 0.5 && box.bottom > 0 && box.top < height) {
      element.dataset.counted = '';
      taken += Math.min(box.bottom, height) - Math.max(box.top, 0);
    }
  }
  document.querySelectorAll('[data-counted]').forEach((element) => delete element.dataset.counted);
  if (taken > height * 0.5) found.push(`fixed parts take ${Math.round(taken)} of ${height} pixels in height`);
  return [...new Set(found)].slice(0, 12);
}

// Stops of the Tab key where the focus does not show. One of each kind is tried (same element, same classes, same frame).
export function stops() {
  const kinds = new Map();
  const wanted = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex^="-"])';
  for (const element of document.querySelectorAll(wanted)) {
    if (element.disabled || !element.checkVisibility({ visibilityProperty: true })) continue;
    const frame = element.closest('nav, header, footer, aside, main, form, dialog, details')?.tagName ?? '';
    const kind = `${element.tagName} ${element.type ?? ''} ${element.className} ${frame}`;
    if (!kinds.has(kind)) kinds.set(kind, element);
  }
  const parse = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let up = element; up; up = up.parentElement) {
      const colour = parse(getComputedStyle(up).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return document.documentElement.dataset.theme === 'dark' ? [0, 0, 0] : [255, 255, 255];
  };
  const contrast = (one, other) => {
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const before = document.activeElement;
  const look = (element) => {
    const style = getComputedStyle(element);
    return { outline: style.outlineStyle === 'none' || parseFloat(style.outlineWidth) === 0 ? '' : style.outline, colour: style.outlineColor, auto: style.outlineStyle === 'auto',
      rest: [style.boxShadow, style.backgroundColor, style.border, style.textDecoration, style.color].join('|') };
  };
  const found = [];
  for (const element of kinds.values()) {
    element.blur();
    const rest = look(element);
    element.focus({ preventScroll: true });
    if (document.activeElement !== element) continue;
    const now = look(element);
    const text = (element.innerText || element.getAttribute('aria-label') || element.outerHTML).trim().replace(/\s+/g, ' ').slice(0, 70);
    if (!now.outline && now.rest === rest.rest) found.push({ why: 'the focus does not show', element: `${element.tagName.toLowerCase()} ${text}` });
    else if (now.outline && !now.auto && now.rest === rest.rest) {
      const ratio = contrast(parse(now.colour), behind(element.parentElement));
      if (parse(now.colour)[3] !== 0 && ratio < 3) found.push({ why: `the mark of the focus has a contrast of ${ratio.toFixed(1)} to 1`, element: `${element.tagName.toLowerCase()} ${text}` });
    }
    element.blur();
  }
  before?.focus?.({ preventScroll: true });
  return found;
}

// Without scripts: is there something to read, and does anything only say that it waits for a script?
export function plain() {
  const main = document.querySelector('main, [role=main]') ?? document.body;
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const buttons = [...main.querySelectorAll('button, input[type=button], [role=button]')].filter(shown).map((button) => button.innerText.trim() || button.getAttribute('aria-label') || button.value);
  return { words: main.innerText.split(/\s+/).filter(Boolean).length, heading: document.querySelector('h1')?.innerText ?? '', buttons: [...new Set(buttons)] };
}
