// Opens pages in a browser and says what they did:
//
//   node viewer.mjs BROWSER ORIGIN CONTROL BEACON NAME=PATH...
//
// ORIGIN is that of the viewer; ORIGIN + CONTROL answers with what was asked for since it was
// asked last. All hosts of live.example are at the address BEACON. For each page, the output
// is a JSON line. Of a page whose NAME begins with look, it has what a reader sees; of one that
// begins with click, also where a link leads; of one that begins with mark, what is highlighted.
import { chromium } from "playwright-core";

const [browserPath, origin, control, beacon, ...cases] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: browserPath,
  args: ["--no-sandbox", `--host-resolver-rules=MAP *.live.example ${beacon}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`],
});

// frameOf waits for a frame that shows an archived page.
async function frameOf(page, what) {
  for (const until = Date.now() + 5000; Date.now() < until; await page.waitForTimeout(50)) {
    const frame = page.frames().find((f) => f.url().includes(what));
    if (frame) return frame;
  }
}

// look says what a reader sees of the archived page, wherever it is.
async function look(page) {
  for (const frame of page.frames()) {
    const seen = await frame.evaluate(() => {
      const picture = document.getElementById("picture");
      const said = document.getElementById("said");
      return said && {
        text: said.textContent,
        picture: picture.naturalWidth,
        color: getComputedStyle(said).color,
        fonts: [...document.fonts].map((f) => f.status),
      };
    }).catch(() => null);
    if (seen) return seen;
  }
}

// marked says what is highlighted in a frame, and whether the reader sees the first of it.
async function marked(frame) {
  return frame.evaluate(() => {
    const all = [...document.querySelectorAll("mark.newsmorgue-evidence")];
    const first = document.getElementById("newsmorgue-mark-1");
    const { top, bottom } = first.getBoundingClientRect();
    return {
      texts: all.map((m) => m.textContent),
      seen: top >= 0 && bottom <= innerHeight,
      color: getComputedStyle(first).backgroundColor,
    };
  });
}

try {
  for (const given of cases) {
    const [name, path] = given.split(/=(.*)/s);
    const context = await browser.newContext();
    await context.addCookies([{ name: "viewer", value: "secret", url: origin }]);
    const page = await context.newPage();
    const errors = [], began = Date.now();
    page.on("console", (m) => { if (m.type() === "error") errors.push(m.text()); });
    const asked = [];
    context.on("requestfinished", (r) => { if (!r.url().startsWith(origin)) asked.push(r.url()); });
    await fetch(origin + control);
    await page.goto(origin + path, { waitUntil: "load", timeout: 15_000 }).catch(() => {});
    await page.waitForTimeout(450);
    const seen = /^(look|click)/.test(name) ? await look(page) : undefined;
    const marks = name.startsWith("mark") ? await marked(await frameOf(page, "/raw/")) : undefined;
    let link;
    if (name.startsWith("click")) {
      const frame = await frameOf(page, "/raw/");
      await frame.click("#in", { timeout: 5000 });
      link = (await frameOf(page, "/other"))?.url();
      if (link) link = new URL(link).pathname;
    }
    const { api, beacons, connections } = await (await fetch(origin + control)).json();
    const cookies = await context.cookies(origin);
    const title = await page.title().catch(() => "");
    console.log(JSON.stringify({
      took: Date.now() - began, name, api, beacons, connections, link, seen, marks, asked, errors: process.env.VERBOSE ? errors : undefined,
      left: !page.url().startsWith(origin + path),
      title, owned: title.includes("owned") || cookies.some((c) => c.name === "owned") || beacons.some((b) => b.includes("secret")),
    }));
    await context.close();
  }
} finally {
  await browser.close();
}
