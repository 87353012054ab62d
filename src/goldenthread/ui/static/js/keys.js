// Keys of one or two letters, from `data-shortcut` on links, buttons and fields; the sheet behind `?` is made from the same.
const sheet = document.getElementById("keys");
const rows = document.getElementById("keys-list");
const toggle = document.getElementById("keys-on");
const always = [["Ctrl K", "Search or act"], ["?", "This sheet"], ["Esc", "Close, or show the whole map again"]];
let before = "";

const enabled = () => gt.store.get("keys") !== "off";
const label = (element) => element.dataset.shortcutLabel || element.getAttribute("aria-label") || [...element.childNodes].filter((n) => !n.matches?.("kbd, small, svg")).map((n) => n.textContent).join("").trim();
const typing = (element) => element.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

function showSheet() {
  const known = new Map(always);
  document.querySelectorAll("[data-shortcut]").forEach((element) => {
    const keys = element.dataset.shortcut.split(" ").map((key) => key.toUpperCase()).join(" ");
    if (!known.has(keys)) known.set(keys, label(element));
  });
  document.querySelectorAll("[data-keys]").forEach((element) => known.set(element.dataset.keys, element.textContent));
  rows.replaceChildren(...[...known].map(([keys, text]) => {
    const row = document.createElement("div");
    const term = document.createElement("dt");
    const keysCell = document.createElement("dd");
    term.textContent = text;
    keysCell.append(...keys.split(" ").map((key) => Object.assign(document.createElement("kbd"), { textContent: key })));
    row.append(term, keysCell);
    return row;
  }));
  toggle.checked = enabled();
  sheet.showModal();
}

toggle?.addEventListener("change", () => gt.store.set("keys", toggle.checked ? "on" : "off"));
gt.on("click", "[data-sheet]", showSheet);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !sheet) return;
  if (typing(event.target) || document.querySelector("dialog[open]") || !enabled()) return;
  if (event.key === "?") { event.preventDefault(); showSheet(); return; }
  const key = event.key.toLowerCase();
  const match = (wanted) => [...document.querySelectorAll("[data-shortcut]")].find((element) => element.dataset.shortcut === wanted && element.checkVisibility?.() !== false);
  const found = (before && match(`${before} ${key}`)) || match(key);
  before = !found && key === "g" ? key : "";
  if (before) setTimeout(() => { before = ""; }, 1200);
  if (!found) return;
  event.preventDefault();
  if (typing(found)) found.focus(); else found.click();
});
