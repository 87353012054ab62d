// Several rows at once: the box in the head takes all, Shift takes a stretch, a bar with the actions appears at the foot.
let last = null;
const boxes = (table) => [...table.querySelectorAll("tbody .pick input[type=checkbox]")];

function show(table) {
  const all = boxes(table);
  const picked = all.filter((box) => box.checked);
  all.forEach((box) => box.closest("tr").setAttribute("aria-selected", String(box.checked)));
  const head = table.querySelector("[data-select-all]");
  if (head) { head.checked = picked.length > 0 && picked.length === all.length; head.indeterminate = picked.length > 0 && !head.checked; }
  const bar = document.getElementById(all[0]?.getAttribute("form")) || document.querySelector("[data-selection]");
  if (!bar) return;
  bar.hidden = picked.length === 0;
  bar.querySelector("[data-selection-count]").textContent = `${picked.length} picked`;
}

gt.on("change", "table[data-select] [data-select-all]", (head) => {
  const table = head.closest("table");
  boxes(table).forEach((box) => { box.checked = head.checked; });
  show(table);
});
gt.on("click", "table[data-select] tbody .pick input", (box, event) => {
  const table = box.closest("table");
  const all = boxes(table);
  if (event.shiftKey && last && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    all.slice(from, to + 1).forEach((one) => { one.checked = box.checked; });
  }
  last = box;
  show(table);
});
gt.on("click", "[data-selection-clear]", () => document.querySelectorAll("table[data-select]").forEach((table) => {
  boxes(table).forEach((box) => { box.checked = false; });
  show(table);
}));
gt.each("table[data-select]", show);
