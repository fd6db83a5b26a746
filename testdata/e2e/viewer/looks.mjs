// Looks at views of the viewer as people with different screens see them:
//
//   node looks.mjs BASE BROWSER FOLDER < views.json
//
// views.json is a list of {"name", "path"}; paths are those of BASE. For each view, the output is
// a JSON line: its status, axe-core's findings (WCAG 2.2 AA) in the light and the dark scheme,
// requests that left BASE, messages of the console (as of violated policies), pixels by which it is
// wider than a phone, the time to the first byte in milliseconds, and whether it works without
// JavaScript. FOLDER gets a screenshot of each: NAME.png, NAME-dark.png and NAME-phone.png.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [base, browserPath, folder] = process.argv.slice(2);
const views = JSON.parse(readFileSync(0, "utf8"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });

// look opens a view with some settings of the browser and returns what it found.
async function look(view, settings, shot, scripts = true) {
  const context = await browser.newContext({ reducedMotion: "reduce", ...settings, javaScriptEnabled: scripts });
  const tab = await context.newPage();
  const seen = { outside: [], console: [] };
  tab.on("request", (r) => { if (!r.url().startsWith(base) && !r.url().startsWith("data:") && !r.url().startsWith("blob:")) seen.outside.push(r.url()); });
  tab.on("console", (m) => { if (["error", "warning"].includes(m.type())) seen.console.push(m.text().slice(0, 300)); });
  tab.on("pageerror", (e) => seen.console.push(String(e).slice(0, 300)));
  const response = await tab.goto(base + view.path, { waitUntil: "load" });
  const timing = response.request().timing();
  seen.status = response.status();
  seen.milliseconds = Math.round(timing.responseStart - timing.requestStart);
  await tab.waitForTimeout(300); // what the page's own script adds
  if (scripts) {
    seen.wider = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  }
  if (shot !== undefined) await tab.screenshot({ path: `${folder}/${view.name}${shot}.png` });
  if (scripts) { // axe changes the page a little, so it comes last; the page's policy would refuse it as an element
    await tab.evaluate(axe);
    const found = await tab.evaluate((tags) => axe.run(document, { runOnly: { type: "tag", values: tags }, iframes: false }), tags);
    seen.checked = found.passes.length;
    seen.axe = found.violations.map((v) => ({ id: v.id, impact: v.impact, nodes: v.nodes.length, example: v.nodes[0].html.slice(0, 200), why: v.nodes[0].failureSummary.slice(0, 300) }));
  } else {
    seen.heading = await tab.locator("h1").first().textContent();
  }
  await context.close();
  return seen;
}

try {
  for (const view of views) {
    const light = await look(view, { viewport: { width: 1280, height: 900 } }, "");
    const dark = await look(view, { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }, "-dark");
    const phone = await look(view, { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true }, "-phone");
    const bare = await look(view, { viewport: { width: 1280, height: 900 } }, undefined, false);
    console.log(JSON.stringify({ ...view, status: light.status, milliseconds: light.milliseconds, checked: Math.min(light.checked, dark.checked, phone.checked), axe: [...light.axe, ...dark.axe, ...phone.axe],
      outside: [...light.outside, ...phone.outside], console: [...light.console, ...phone.console, ...bare.console], wider: phone.wider, bare: bare.heading }));
  }
} finally {
  await browser.close();
}
