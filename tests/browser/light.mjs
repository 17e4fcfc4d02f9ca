// Opens notebooks of the light track in Chromium, runs all their cells, and writes down what was seen, as JSON.
// node light.mjs BASE OUT SHOTS NOTEBOOK…   (a notebook is named en/L1_base_rates.ipynb)
// Every host but BASE's is refused and noted. Nothing is judged here: that is the test's business.
import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";

const { chromium } = createRequire(`${process.env.CONTRECHAMP_NODE}/`)("playwright-core");
const [base, out, shots, ...notebooks] = process.argv.slice(2);
const home = new URL(base).host;
const patience = 1000 * Number(process.env.CONTRECHAMP_PATIENCE || 240);
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-default-apps"];
const browser = await chromium.launch({ executablePath: process.env.CONTRECHAMP_CHROMIUM, args: flags });
const seen = [];
for (const name of notebooks) seen.push(await visit(name));
await browser.close();
writeFileSync(out, JSON.stringify(seen, null, 1));

async function visit(name) {
  const lang = name.split("/")[0];
  // A context of its own: nothing is kept from the notebook before, as for a reader who comes for the first time.
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const told = { name, outside: [], console: [], requests: 0, bytes: 0, failed: [], seconds: {}, done: false };
  const outside = (url) => url.protocol.startsWith("http") && url.host !== home;
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (outside(url)) told.outside.push(url.href);
    else if (url.protocol.startsWith("http")) told.requests += 1;
  });
  context.on("requestfailed", (request) => told.failed.push(request.url()));
  context.on("response", async (response) => {
    if (!outside(new URL(response.url()))) told.bytes += Number(response.headers()["content-length"] || 0);
  });
  await context.route((url) => outside(url), (route) => route.abort());
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && told.console.push(message.text().slice(0, 400)));
  page.on("pageerror", (error) => told.console.push(String(error).slice(0, 400)));
  const started = Date.now();
  const since = () => (Date.now() - started) / 1000;
  try {
    await page.goto(`${base}/notebooks-${lang}/index.html?path=${encodeURIComponent(name)}`);
    await page.waitForSelector(".jp-Notebook .jp-CodeCell", { timeout: patience });
    told.seconds.visible = since();
    await page.waitForSelector(".lm-MenuBar-itemLabel", { timeout: patience });
    await page.locator(".lm-MenuBar-itemLabel").filter({ hasText: /^(Run|Ex[ée]cution|Ex[ée]cuter|Lancer)$/ }).first().click();
    await page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').first().click();
    told.seconds.asked = since();
    await page.waitForSelector(".jp-OutputArea-output", { timeout: patience });
    told.seconds.first = since();
    // A cell that waits shows [*]; one that ran, its number; one that an error before it left out, an empty place.
    await page.waitForFunction(
      () => [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")].every((prompt) => !prompt.textContent.includes("*")),
      undefined, { timeout: patience, polling: 200 });
    told.seconds.last = since();
    const prompts = await page.locator(".jp-CodeCell .jp-InputPrompt").allTextContents();
    told.done = prompts.length > 0 && prompts.every((prompt) => /^\[\d+\]:?$/.test(prompt.trim()));
  } catch (error) {
    told.console.push(`stopped: ${String(error).split("\n")[0].slice(0, 300)}`);
  }
  told.cells = await page.evaluate(() =>
    [...document.querySelectorAll(".jp-CodeCell")].map((cell) => ({
      prompt: cell.querySelector(".jp-InputPrompt")?.textContent ?? "",
      error: Boolean(cell.querySelector('[data-mime-type="application/vnd.jupyter.error"], .jp-RenderedText[data-mime-type="application/vnd.jupyter.stderr"]')),
      outputs: [...cell.querySelectorAll(".jp-OutputArea-output")].map((o) => o.textContent),
      pictures: [...cell.querySelectorAll(".jp-OutputArea-output img")].map((i) => decodeURIComponent(i.src)),
    })),
  );
  // What a shared computer would keep: databases, storage, cookies, service workers.
  told.kept = await page.evaluate(async () => ({
    databases: (await indexedDB.databases()).map((one) => one.name),
    storage: Object.keys(localStorage),
    cookies: document.cookie,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
  }));
  told.link = await page.evaluate(() => {
    const opened = [];
    window.open = (address) => void opened.push(String(address));
    document.querySelector('.jp-RenderedMarkdown a[href*="#site:"]')?.click();
    return opened[0] ?? "";
  });
  told.named = await page.evaluate(() => {
    const logo = document.getElementById("jp-NotebookLogo");
    const names = [...document.querySelectorAll(".jp-CodeCell .cm-content")].map((one) => one.getAttribute("aria-label"));
    return { title: document.title, back: logo?.getAttribute("aria-label"), leads: logo?.href, names };
  });
  told.menus = await page.evaluate(() => [...document.querySelectorAll(".lm-MenuBar-itemLabel")].map((m) => m.textContent));
  if (shots) await page.screenshot({ path: `${shots}/${name.replace("/", "_").replace(".ipynb", "")}.png` });
  await context.close();
  return told;
}
