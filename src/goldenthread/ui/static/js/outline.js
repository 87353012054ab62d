// A tree of rows: folding, and moving by drag (before, after or inside another row). Each row's menu offers the same moves.
// Table: data-outline data-move-url; rows: data-id data-level. The server gets id, target, place and answers with the new table body.
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
  const table = row.closest("table");
  htmx.ajax("POST", table.dataset.moveUrl, { source: table, target: table.dataset.moveTarget || "table[data-outline] tbody", swap: "outerHTML", values: { id: dragged.dataset.id, target: row.dataset.id, place: place(row, event) } });
});
document.addEventListener("dragend", () => { dragged?.classList.remove("dragging"); if (dragged) dragged.draggable = false; dragged = null; clear(); });
