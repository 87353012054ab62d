// Ctrl K: search or act in one box. The server answers /palette?q= with links and small forms.
const palette = document.getElementById("palette");
const input = palette?.querySelector("input");
const results = document.getElementById("palette-results");
let asked = 0;

async function ask() {
  const mine = ++asked;
  const answer = await fetch(`/palette?q=${encodeURIComponent(input.value)}`, { headers: { "HX-Request": "true" }, credentials: "same-origin" }).catch(() => null);
  if (mine !== asked || !answer) return;
  if (answer.headers.has("HX-Redirect")) { location.assign(answer.headers.get("HX-Redirect")); return; }
  if (answer.ok) results.innerHTML = await answer.text();
}
function open() {
  if (palette.open) return;
  palette.showModal();
  input.value = "";
  ask();
}

if (palette && document.querySelector("[data-palette]")) {
  input.addEventListener("input", gt.later(ask, 120));
  gt.on("click", "[data-palette]", (link, event) => { event.preventDefault(); open(); });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") { event.preventDefault(); open(); }
  });
  palette.addEventListener("keydown", (event) => {
    const entries = [...results.querySelectorAll("a, button")];
    const at = entries.indexOf(document.activeElement);
    if (event.key === "ArrowDown") entries[Math.min(at + 1, entries.length - 1)]?.focus();
    else if (event.key === "ArrowUp") (at > 0 ? entries[at - 1] : input).focus();
    else if (event.key === "Escape") palette.close(); // a search field would only clear itself
    else if (event.key === "Enter" && document.activeElement === input) entries[0]?.click();
    else {
      if (event.key.length === 1 && at >= 0 && !event.ctrlKey && !event.metaKey) input.focus();
      return;
    }
    event.preventDefault();
  });
}
