// Walks through a viewer that asks for a password, and says what a reader sees:
//
//   node locked.mjs BROWSER ORIGIN PASSWORD WORDS PAGE
//
// WORDS find the one article, PAGE is the address of its capture behind /page/. The output is
// a JSON object.
import { chromium } from "playwright-core";

const [browserPath, origin, password, words, capture] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: browserPath,
  args: ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
});

// framed waits for the archived page in a frame of a page, and for its picture.
async function framed(page, what) {
  for (const until = Date.now() + 10_000; Date.now() < until; await page.waitForTimeout(50)) {
    const frame = page.frames().find((f) => f !== page.mainFrame() && f.url().includes(what));
    const text = await frame?.evaluate(() => document.body?.textContent).catch(() => "");
    if (text) return frame;
  }
}

// seen says what a reader sees in a frame: the picture's width, and the picture's address.
async function seen(frame) {
  await frame?.waitForFunction(() => document.getElementById("picture")?.naturalWidth > 0, null, { timeout: 5000 }).catch(() => {});
  return frame?.evaluate(() => ({
    picture: document.getElementById("picture")?.naturalWidth,
    from: document.getElementById("picture")?.src,
    color: getComputedStyle(document.getElementById("said")).color,
  }));
}

// follow clicks on the link in a frame, and says what it leads to.
async function follow(page, frame) {
  await frame?.click("#in", { timeout: 5000 });
  const other = await framed(page, "/other");
  return other?.evaluate(() => document.getElementById("said")?.textContent);
}

// status asks for an address as a page would, with a context's cookies and no page's.
async function status(context, address) {
  return (await context.request.get(address, { maxRedirects: 0 })).status();
}

const out = {};
try {
  const context = await browser.newContext();
  const page = await context.newPage();
  const refused = [];
  const asked = `/articles?q=${words}`;
  out.before = (await page.goto(origin + asked)).status();
  await page.fill("#password", "not " + password);
  await page.click("button");
  out.wrong = await page.textContent("#problem");
  await page.fill("#password", password);
  await page.click("button");
  await page.waitForSelector('main a[href^="/article/"]');
  out.after = page.url().slice(origin.length) === asked;
  context.on("response", (r) => { if (r.status() >= 400) refused.push(`${r.status()} ${r.url()}`); });
  const article = await page.getAttribute('main a[href^="/article/"]', "href");

  await page.goto(origin + article);
  await page.locator("iframe").scrollIntoViewIfNeeded();
  let frame = await framed(page, "/raw/");
  out.article = await seen(frame);
  out.articleLink = await follow(page, frame);

  await page.goto(`${origin}/page/${capture}`);
  frame = await framed(page, "/raw/");
  out.page = await seen(frame);
  out.pageLink = await follow(page, frame);

  await page.goto(`${origin}${article.split("?")[0]}/evidence?field=title`);
  out.evidence = await seen(await framed(page, "/raw/"));
  out.refused = refused;

  const keyed = out.page?.from ?? "";
  const stranger = await browser.newContext();
  out.without = {};
  for (const path of ["/", "/index.json", article, article + ".json", `/page/${capture}`, `/raw/${capture}`, "/live", "/cdx?url=x", keyed.replace(/~[^/]*/, "").slice(origin.length), keyed.replace(/~[^/]*/, "~AAAA").slice(origin.length)]) {
    out.without[path] = await status(stranger, origin + path);
  }
  out.keyed = await status(stranger, keyed);
  out.cookies = (await context.cookies()).map((c) => `${c.httpOnly} ${c.sameSite}`);
} finally {
  await browser.close();
}
console.log(JSON.stringify(out));
