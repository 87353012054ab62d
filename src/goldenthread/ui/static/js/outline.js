// A tree of rows: folding, and moving by drag (before, after or inside another row) or by key. Each row's menu offers the same moves.
// Table: data-outline data-rows-url, in an element that the answer replaces (data-target); rows: data-id, [data-level].
const level = (row) => Number(row.querySelector("[data-level]")?.dataset.level || 0);
let dragged = null;

function below(row) {
  const found = [];
  for (let next = row.nextElementSibling; next && level(next) > level(row); next = next.nextElementSibling) found.push(next);
  return found;
}
function fold(button, open) {
  const row = button.closest("tr");
  button.setAttribute("aria-expanded", String(open));
  let hideFrom = open ? Infinity : level(row) + 1;
  below(row).forEach((child) => {
    if (level(child) < hideFrom) hideFrom = Infinity;
    child.hidden = level(child) >= hideFrom;
    const own = child.querySelector("[data-twist]");
    if (!child.hidden && own?.getAttribute("aria-expanded") === "false") hideFrom = level(child) + 1;
  });
  if (button.dataset.of) gt.store[open ? "drop" : "set"](`folded:${button.dataset.of}`, "1");
}
gt.on("click", "[data-twist]", (button) => fold(button, button.getAttribute("aria-expanded") !== "true"));
gt.each("[data-twist][data-of]", (button) => { if (gt.store.get(`folded:${button.dataset.of}`)) fold(button, false); });

const clear = () => document.querySelectorAll(".drop-before, .drop-after, .drop-inside").forEach((row) => row.classList.remove("drop-before", "drop-after", "drop-inside"));
function place(row, event) {
  const box = row.getBoundingClientRect();
  const share = (event.clientY - box.top) / box.height;
  return share < 0.28 ? "before" : share > 0.72 ? "after" : "inside";
}
gt.on("pointerdown", "[data-grip]", (grip) => { grip.closest("tr").draggable = true; });
gt.on("dragstart", "table[data-outline] tr", (row, event) => {
  dragged = row;
  row.classList.add("dragging");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", row.dataset.id);
});
gt.on("dragover", "table[data-outline] tbody tr", (row, event) => {
  if (!dragged || row === dragged || below(dragged).includes(row)) return;
  event.preventDefault();
  clear();
  row.classList.add(`drop-${place(row, event)}`);
});
gt.on("drop", "table[data-outline] tbody tr", (row, event) => {
  if (!dragged || row === dragged) return;
  event.preventDefault();
  gt.rowAct(dragged, `${dragged.dataset.id}/move`, { where: place(row, event), other: row.dataset.id });
});
document.addEventListener("dragend", () => { dragged?.classList.remove("dragging"); if (dragged) dragged.draggable = false; dragged = null; clear(); });

// Keys inside the outline; the sheet behind `?` names them. Arrows walk, Alt with arrows moves, Alt Enter adds, F2 edits.
const MOVES = { ArrowUp: "up", ArrowDown: "down", ArrowRight: "indent", ArrowLeft: "outdent" };
const nameOf = (row) => row?.querySelector("[data-cell=name], th a");
const picked = (table) => [...table.querySelectorAll("tbody .pick input:checked")].map((box) => box.closest("tr"));

function move(row, where) {
  const table = row.closest("table");
  const many = picked(table);
  const focus = { id: row.dataset.id, cell: document.activeElement?.dataset.cell, picked: many.map((one) => one.dataset.id) };
  if (many.length > 1 && many.includes(row)) gt.rowAct(row, "act", { action: where, ids: many.map((one) => `${one.dataset.id}:${one.dataset.version}`).join(",") }, focus);
  else gt.rowAct(row, `${row.dataset.id}/move`, { where }, focus);
}
function walk(row, element, down) {
  let next = down ? row.nextElementSibling : row.previousElementSibling;
  while (next?.hidden) next = down ? next.nextElementSibling : next.previousElementSibling;
  if (!next) return;
  const same = element.matches(".pick input") ? ".pick input" : element.dataset.cell ? `[data-cell="${element.dataset.cell}"]` : "";
  ((same && next.querySelector(same)) || nameOf(next) || next.querySelector("a, button, input"))?.focus();
}
gt.on("keydown", "table[data-outline] tbody tr", (row, event) => {
  const at = event.target;
  if (at.matches("select, textarea, input:not([type=checkbox])") || at.closest(".menu") || event.ctrlKey || event.metaKey) return;
  const edits = row.dataset.id && row.closest("table").dataset.rowsUrl;
  const up = event.key === "ArrowUp", down = event.key === "ArrowDown";
  if (event.altKey && MOVES[event.key] && edits) move(row, MOVES[event.key]);
  else if (event.altKey && event.key === "Enter" && edits) gt.rowAdd(row, event.shiftKey);
  else if (event.key === "F2" && edits) gt.cellOpen(at.matches("[data-cell]") ? at : nameOf(row));
  else if (!event.altKey && (up || down) && !at.matches("[popovertarget], [data-menu]")) walk(row, at, down);
  else return;
  event.preventDefault();
});
