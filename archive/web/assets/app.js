// Keys and small comforts. Every page works without this script.

const target = (selector) => document.querySelector(selector);
const open = (path) => { location.href = path; };

// keys are what single keys do; a view adds its own with data-key on a link or button.
const keys = new Map([
	["/", () => target("#find")?.focus()],
	["?", () => open("/help")],
	["j", () => move(1)],
	["k", () => move(-1)],
]);
const after = new Map([["o", "/"], ["a", "/articles"], ["c", "/changes"], ["r", "/runs"], ["e", "/exports"]]);

// move goes to the next or previous item of a list: elements with data-item, which have a link.
function move(by) {
	const items = [...document.querySelectorAll("[data-item]")];
	const at = items.findIndex((i) => i.contains(document.activeElement));
	const next = items[at < 0 ? (by > 0 ? 0 : items.length - 1) : at + by];
	next?.querySelector("a")?.focus();
}

// Keys can be switched off on the page of help (WCAG 2.2, 2.1.4).
const off = () => { try { return localStorage.getItem("keys") === "off"; } catch { return false; } };

let going = 0; // when g was pressed
document.addEventListener("keydown", (e) => {
	if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || off()) return;
	if (e.target.closest?.("input, textarea, select, [contenteditable]")) {
		if (e.key === "Escape") e.target.blur();
		return;
	}
	if (e.timeStamp - going < 1500 && after.has(e.key)) {
		going = 0;
		e.preventDefault();
		open(after.get(e.key));
		return;
	}
	if (e.key === "g") { going = e.timeStamp; return; }
	const own = [...document.querySelectorAll("[data-key]")].find((el) => el.dataset.key === e.key);
	if (own) { e.preventDefault(); own.click(); return; }
	if (keys.has(e.key)) { e.preventDefault(); keys.get(e.key)(); }
});

// data-copy on a button copies the text of the element that it names.
document.addEventListener("click", async (e) => {
	const button = e.target.closest?.("button[data-copy]");
	if (!button) return;
	const text = target(button.dataset.copy)?.textContent ?? "";
	try {
		await navigator.clipboard.writeText(text.trim());
		button.textContent = "Copied";
	} catch {
		getSelection().selectAllChildren(target(button.dataset.copy));
		button.textContent = "Selected";
	}
});
for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = false;
