// The switch for single keys (WCAG 2.2, 2.1.4), which app.js reads.
const box = document.querySelector("#keys-on");
try {
	box.checked = localStorage.getItem("keys") !== "off";
	document.querySelector("#keys-switch").hidden = false;
	box.addEventListener("change", () => localStorage.setItem("keys", box.checked ? "on" : "off"));
} catch { /* without storage, keys stay on */ }
