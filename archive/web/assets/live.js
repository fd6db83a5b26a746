// Keeps the parts of a page up to date that have data-live and an ID: when the server says
// that something has changed, the page is fetched again and these parts are replaced.

const speakEvery = 15000; // ms between sentences that screen readers say
// isPending is whether the page shows something that will end, or is still being counted. That
// may have happened before the stream began, or while a part was in use.
const isPending = () => document.querySelector("[data-live] [data-pending]") !== null;
const lookAgain = 5000; // ms
let spoken = 0, busy = false, again = false, timer = 0;

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
	clearTimeout(timer);
	if (again) timer = setTimeout(refresh, 2000);
	else if (stream && isPending()) timer = setTimeout(refresh, lookAgain);
	again = false;
}

let stream = null;
function listen() {
	if (stream || document.hidden) return;
	stream = new EventSource("/live");
	let first = true;
	stream.addEventListener("status", () => {
		if (!first || isPending()) refresh();
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
