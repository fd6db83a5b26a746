// Replays pages of a WACZ package in ReplayWeb.page and prints what a reader sees of them:
//
//   node replay.mjs FILE.wacz SCREENSHOT.png BROWSER [TIMESTAMP/]URL...
//
// For each page, the output is a JSON line: the frame's URL, the title and the text. The
// screenshot is of the last page. TIMESTAMP has 14 digits.
import { createServer } from "node:http";
import { createReadStream, statSync } from "node:fs";
import { chromium } from "playwright-core";

const [file, screenshot, browserPath, ...pages] = process.argv.slice(2);
const player = new URL("./node_modules/replaywebpage/", import.meta.url);
const waitAtMost = 120_000; // milliseconds

const page = (url, ts) => `<!doctype html><meta charset="utf-8"><title>replay</title>
<script src="/replay/ui.js"></script>
<style>html, body, replay-web-page { height: 100%; margin: 0; display: block }</style>
<replay-web-page source="/package.wacz" url="${url.replaceAll('"', "%22").replaceAll("&", "&amp;")}" ts="${ts}" replayBase="/replay/" embed="replayonly"></replay-web-page>`;

// Viewers read parts of a package: the server must know ranges.
function sendPackage(request, response) {
  const size = statSync(file).size;
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? "");
  let from = 0, to = size - 1, status = 200;
  if (range && (range[1] || range[2])) {
    status = 206;
    if (range[1] === "") from = Math.max(0, size - Number(range[2]));
    else {
      from = Number(range[1]);
      if (range[2] !== "") to = Math.min(to, Number(range[2]));
    }
  }
  const headers = { "Content-Type": "application/wacz", "Accept-Ranges": "bytes", "Content-Length": to - from + 1 };
  if (status === 206) headers["Content-Range"] = `bytes ${from}-${to}/${size}`;
  response.writeHead(status, headers);
  if (request.method === "HEAD") response.end();
  else createReadStream(file, { start: from, end: to }).pipe(response);
}

const server = createServer((request, response) => {
  const { pathname: path, searchParams: query } = new URL(request.url, "http://localhost");
  if (path === "/package.wacz") return sendPackage(request, response);
  if (path === "/replay/sw.js" || path === "/replay/ui.js") {
    response.writeHead(200, { "Content-Type": "text/javascript" });
    return createReadStream(new URL(path.slice("/replay/".length), player)).pipe(response);
  }
  if (path === "/") {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
    return response.end(page(query.get("url"), query.get("ts")));
  }
  response.writeHead(404).end();
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));

const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
try {
  for (const name of pages) {
    const [, ts, url] = /^(?:(\d{14})\/)?(.*)$/.exec(name);
    const tab = await browser.newPage({ viewport: { width: 1000, height: 1200 } });
    await tab.goto(`http://127.0.0.1:${server.address().port}/?url=${encodeURIComponent(url)}&ts=${ts ?? ""}`);
    const until = Date.now() + waitAtMost;
    let frame, text = "";
    while (Date.now() < until && text.trim() === "") {
      await tab.waitForTimeout(200);
      frame = tab.frames().find((f) => f.url().includes("/w/") && f.url().includes("mp_/"));
      if (frame) text = await frame.evaluate(() => document.readyState === "complete" ? document.body.innerText : "").catch(() => "");
    }
    if (!frame) throw new Error(`${name} was not replayed within a minute`);
    await tab.waitForTimeout(500);
    await tab.screenshot({ path: screenshot });
    console.log(JSON.stringify({ url: frame.url(), title: await frame.title(), text }));
    await tab.close();
  }
} finally {
  await browser.close();
  server.close();
}
