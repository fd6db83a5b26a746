// Keeps the parts of a page up to date that have data-live and an ID: when the server says
// that something has changed, the page is fetched again and these parts are replaced.

const speakEvery = 15000; // ms between sentences that screen readers say
const pending = document.querySelector("[data-live] .notice a[href='/']") !== null;
let spoken = 0, busy = false, again = false;

// isUsed is whether somebody is in a part: it is left as it is for the moment.
const isUsed = (part) => {
	const selection = getSelection();
	return part.contains(document.activeElement) || (!selection.isCollapsed && part.contains(selection.anchorNode));
};

function replace(part, fresh) {
	if (part.innerHTML === fresh.innerHTML || isUsed(part)) return;
	if (part.ariaLive) {
		if (Date.now() - spoken < speakEvery) return;
		spoken = Date.now();
	}
	const open = [...part.querySelectorAll("details")].map((d) => d.open);
	part.replaceChildren(...fresh.childNodes);
	const details = [...part.querySelectorAll("details")];
	if (details.length === open.length) details.forEach((d, i) => { d.open = open[i]; });
}

async function refresh() {
	if (busy) { again = true; return; }
	busy = true;
	try {
		const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
		if (answer.ok) {
			const page = new DOMParser().parseFromString(await answer.text(), "text/html");
			for (const part of document.querySelectorAll("[data-live][id]")) {
				const fresh = page.getElementById(part.id);
				if (fresh) replace(part, document.adoptNode(fresh));
			}
		}
	} catch { /* the server is gone; the stream says when it is back */ }
	busy = false;
	if (again) { again = false; setTimeout(refresh, 2000); }
}

let stream = null;
function listen() {
	if (stream || document.hidden) return;
	stream = new EventSource("/live");
	let first = true;
	stream.addEventListener("status", () => {
		if (!first || pending) refresh();
		first = false;
	});
}
function leave() { stream?.close(); stream = null; }

document.addEventListener("visibilitychange", () => {
	if (document.hidden) { leave(); return; }
	refresh();
	listen();
});
addEventListener("pagehide", leave);
addEventListener("pageshow", listen);
listen();
