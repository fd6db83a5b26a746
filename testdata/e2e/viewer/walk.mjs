// Walks through the viewer as an archivist does, by keyboard alone where a keyboard is enough:
//
//   node walk.mjs BASE BROWSER PICTURED EDITED FOLDER
//
// PICTURED and EDITED are the IDs of an article with a picture and of one with two versions.
// The output is one JSON object with what was seen at each step; FOLDER gets the files that
// were downloaded.
import { chromium } from "playwright-core";

const [base, browserPath, pictured, edited, folder] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
const seen = {};
const problems = [];

// open makes a tab, without JavaScript if scripts is false.
async function open(scripts) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce", javaScriptEnabled: scripts, acceptDownloads: true });
  const tab = await context.newPage();
  tab.setDefaultTimeout(10_000);
  tab.on("pageerror", (e) => problems.push(String(e)));
  tab.on("console", (m) => { if (m.type() === "error") problems.push(m.text()); });
  tab.on("request", (r) => { if (!r.url().startsWith(base) && !/^(data|blob):/.test(r.url())) problems.push("asked " + r.url()); });
  return tab;
}

const at = (tab) => { const u = new URL(tab.url()); return u.pathname + u.search; };
const text = (tab, selector) => tab.locator(selector).first().innerText();
const focused = (tab) => tab.evaluate(() => document.activeElement?.textContent.trim());

// press presses keys, and waits for the other page that the last of them opens.
async function press(tab, path, ...keys) {
  const before = tab.url();
  for (const key of keys.slice(0, -1)) await tab.keyboard.press(key);
  await Promise.all([tab.waitForURL((u) => u.href !== before && (u.pathname + u.search).startsWith(path)), tab.keyboard.press(keys.at(-1))]);
  await tab.waitForLoadState("load");
}

// archived waits for the archived page in its frame, and returns what a reader sees of it.
async function archived(tab) {
  const handle = await tab.waitForSelector("iframe.original, .original iframe");
  const frame = await handle.contentFrame();
  await frame.waitForLoadState("load");
  const pictures = frame.locator("img");
  for (const until = Date.now() + 5000; Date.now() < until; await tab.waitForTimeout(50)) {
    if (await pictures.evaluateAll((all) => all.every((p) => p.complete))) break;
  }
  return {
    text: await frame.locator("body").innerText(),
    pictures: await pictures.evaluateAll((all) => all.map((p) => p.naturalWidth)),
    marks: await frame.locator("mark.newsmorgue-evidence").allInnerTexts(),
  };
}

async function byKeyboard() {
  const tab = await open(true);
  await tab.goto(base + "/");
  // Search, move in the list, open.
  await tab.keyboard.press("/");
  await tab.keyboard.type("anchor dredger");
  await press(tab, "/articles", "Enter");
  seen.found = { at: at(tab), lead: await text(tab, ".summary .lead") };
  await tab.keyboard.press("j");
  seen.first = await focused(tab);
  await tab.keyboard.press("k"); // there is nothing before the first
  seen.still = await focused(tab);
  await press(tab, "/article/" + pictured, "Enter");
  seen.article = { title: await text(tab, "h1"), caption: await text(tab, ".story figcaption"), credit: await text(tab, ".story figcaption .credit"),
    picture: await tab.locator(".story figure img").first().evaluate(async (p) => { await p.decode(); return p.naturalWidth; }), original: await archived(tab) };
  // The arrangements of text and page.
  seen.arrangements = [];
  for (let i = 0; i < 3; i++) {
    await tab.keyboard.press("s");
    seen.arrangements.push({ chosen: await text(tab, ".views [aria-current]"), text: await tab.locator(".story .body").isVisible(), page: await tab.locator(".original").isVisible() });
  }
  // The evidence, there by a key and by each field's link.
  await press(tab, `/article/${pictured}/evidence`, "d");
  await press(tab, "/article/" + pictured, "d");
  await tab.locator(".fields tbody a", { hasText: "Byline" }).focus();
  await press(tab, `/article/${pictured}/evidence?field=byline`, "Enter");
  seen.evidence = { heading: await text(tab, "h1"), value: await text(tab, ".values li"), marks: (await archived(tab)).marks };
  // Its versions, and those of an edited one.
  await tab.goto(`${base}/article/${edited}`);
  await press(tab, `/article/${edited}/versions`, "v");
  seen.versions = { heading: await text(tab, "h2"), before: await tab.locator(".half del").allInnerTexts(), after: await tab.locator(".half ins").allInnerTexts() };
  await press(tab, `/article/${edited}/versions?from=1`, "s");
  seen.inline = await tab.locator(".block ins").allInnerTexts();
  await press(tab, "/article/" + edited, "v");
  // From a run to its changes.
  await press(tab, "/runs", "g", "r");
  await press(tab, "/runs/", "j", "Enter");
  await tab.locator(".cards a", { hasText: "changed" }).focus();
  await press(tab, "/changes?run=", "Enter");
  seen.runChanges = await tab.locator(".changes .headline").allInnerTexts();
  // The other keys.
  await press(tab, "/help", "?");
  seen.keys = await tab.locator(".keys kbd").allInnerTexts();
  for (const [key, path] of [["o", "/"], ["a", "/articles"], ["c", "/changes"], ["r", "/runs"], ["e", "/exports"]]) await press(tab, path, "g", key);
  // An export of what a search shows.
  await tab.keyboard.press("/");
  await tab.keyboard.type("anchor dredger");
  await press(tab, "/articles", "Enter");
  await press(tab, "/exports", "x");
  seen.selection = await text(tab, ".selection");
  await press(tab, "/exports", "x");
  await tab.locator(".job", { hasText: "done" }).first().waitFor({ timeout: 20_000 });
  await tab.locator(".job summary", { hasText: "file" }).first().focus();
  await tab.keyboard.press("Enter");
  const link = tab.locator(".job a[download]", { hasText: "articles" }).first();
  await link.focus();
  const [download] = await Promise.all([tab.waitForEvent("download"), tab.keyboard.press("Enter")]);
  seen.file = `${folder}/${download.suggestedFilename()}`;
  await download.saveAs(seen.file);
  await tab.context().close();
}

async function withoutScripts() {
  const tab = await open(false);
  await tab.goto(base + "/");
  await tab.locator("#find").fill("anchor dredger");
  await tab.locator("#find").press("Enter");
  await tab.waitForURL(/\/articles\?/);
  await tab.locator(".hits h2 a").first().click();
  await tab.waitForURL("**/article/" + pictured);
  seen.bare = { title: await tab.locator("h1").textContent(), caption: await tab.locator(".story figcaption").first().textContent(), original: await tab.locator(".original").isVisible() };
  await tab.locator(".views a", { hasText: "Archived page" }).click();
  await tab.waitForURL(/view=original/);
  seen.bare.alone = await tab.locator(".original").isVisible() && !(await tab.locator(".story .body").isVisible());
  await tab.locator(".fields tbody a", { hasText: "Title" }).click();
  await tab.waitForURL(/evidence/);
  seen.bare.evidence = await tab.locator("h1").textContent();
  await tab.context().close();
}

try {
  await byKeyboard();
  await withoutScripts();
  seen.problems = problems;
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
