// Changes what the page of an article shows without loading it again. Without this script
// the links do the same.

const panes = document.querySelector("[data-panes]");
const links = [...document.querySelectorAll(".views a")];
const order = ["reader", "both", "original"];
const viewOf = (link) => new URL(link.href).searchParams.get("view");

// mark says which view is shown, and what the key leads to.
function mark(view) {
	for (const l of links) {
		const at = viewOf(l);
		if (at === view) l.setAttribute("aria-current", "true"); else l.removeAttribute("aria-current");
		if (at === order[(order.indexOf(view) + 1) % order.length]) l.dataset.key = "s"; else delete l.dataset.key;
	}
}

function show(view, link) {
	panes.className = "panes view-" + view;
	mark(view);
	history.replaceState(null, "", link.href);
}

if (panes && !links.some((l) => l.hasAttribute("aria-current"))) mark(matchMedia("(min-width: 75rem)").matches ? "both" : "reader");

for (const link of links) link.addEventListener("click", (e) => {
	if (e.ctrlKey || e.metaKey || e.shiftKey || e.button) return;
	e.preventDefault();
	show(viewOf(link), link);
});
