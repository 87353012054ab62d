// Editing in place, and what a row sends. A cell becomes a field on click, Enter or F2: Enter saves, Esc leaves, Tab saves and goes on.
// Cells: [data-cell] data-value; data-kind is a type of field, data-list the id of a template of options; data-url and data-with where it
// is not the row's own address. After the answer has replaced the table, the focus returns to where it was.
let wanted = null;

gt.rowAct = (row, path, values, focus = { id: row.dataset.id }) => {
  const table = row.closest("table");
  wanted = focus;
  const url = new URL(path, new URL(table.dataset.rowsUrl, location)).pathname; // beside the address where rows are added
  return htmx.ajax("POST", url, { source: table, target: table.dataset.target || table.tBodies[0], swap: "outerHTML", values });
};
document.addEventListener("htmx:after:swap", () => {
  if (!wanted) return;
  const { id, cell, picked = [], edit } = wanted;
  wanted = null;
  const row = document.querySelector(id ? `tr[data-id="${CSS.escape(id)}"]` : "tr[data-fresh]");
  picked.forEach((one) => document.querySelector(`tr[data-id="${CSS.escape(one)}"] .pick input`)?.click());
  const found = row && ((cell && row.querySelector(`[data-cell="${CSS.escape(cell)}"]`)) || row.querySelector("[data-cell], a"));
  if (edit && found) gt.cellOpen(found);
  else found?.focus();
});

function fieldOf(cell) {
  const list = cell.dataset.list && document.getElementById(cell.dataset.list);
  const field = document.createElement(list ? "select" : "input");
  if (list) field.append(list.content.cloneNode(true));
  else if (cell.dataset.kind) field.type = cell.dataset.kind;
  field.value = cell.dataset.value;
  field.className = "cell-field input";
  field.setAttribute("aria-label", cell.getAttribute("aria-label") || cell.textContent.trim());
  return field;
}
gt.cellOpen = (cell) => {
  const row = cell?.closest("tr");
  if (!row || cell.hidden) return;
  const field = fieldOf(cell);
  const start = field.value;
  let over = false;
  const close = () => { if (over) return; over = true; field.remove(); cell.hidden = false; row.removeAttribute("hx-morph-skip"); gt.settled(); };
  const save = async (next) => {
    if (over || field.disabled) return;
    if (field.value === start) { close(); if (next) gt.cellOpen(next); return; }
    const focus = { id: row.dataset.id, cell: (next || cell).dataset.cell, edit: Boolean(next) };
    const given = cell.dataset.url ? Object.fromEntries(new URLSearchParams(cell.dataset.with)) : { version: row.dataset.version };
    field.disabled = true;
    await gt.rowAct(row, cell.dataset.url || `${row.dataset.id}/cell`, { ...given, field: cell.dataset.cell, value: field.value }, focus);
    if (!field.isConnected) return;
    wanted = null;
    field.disabled = false;
    field.focus();
  };
  cell.hidden = true;
  row.setAttribute("hx-morph-skip", ""); // changes by others leave this row alone until it is saved or left
  cell.after(field);
  field.focus();
  field.select?.();
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const cells = [...row.querySelectorAll("button[data-cell]")].filter((one) => one.checkVisibility?.() !== false || one === cell);
    if (event.key === "Escape") { close(); cell.focus(); } else if (event.key === "Enter") save().then(() => { if (over) cell.focus(); });
    else if (event.key === "Tab") save(cells[cells.indexOf(cell) + (event.shiftKey ? -1 : 1)]);
    else return;
    event.preventDefault();
  });
  if (field.tagName === "SELECT") field.addEventListener("change", () => save());
  field.addEventListener("blur", () => { if (field.isConnected && !field.disabled) save(); });
};
gt.on("click", "button[data-cell]", (cell) => gt.cellOpen(cell));
gt.on("dblclick", "tr [data-level]", (name) => gt.cellOpen(name.querySelector("[data-cell]")));
gt.on("click", "[data-rename]", (button) => gt.cellOpen(button.closest("tr").querySelector("[data-cell=name]")));
gt.on("click", "[data-add-row]", (button) => gt.rowAdd(button.closest("tr"), button.dataset.addRow === "inside"));
gt.on("click", "table[data-outline] .menu button[formaction]", (button, event) => {
  event.preventDefault();
  gt.rowAct(button.closest("tr"), button.getAttribute("formaction"), { [button.name]: button.value });
});

gt.each("select[data-fill]", (field) => { field.append(document.getElementById(field.dataset.fill).content.cloneNode(true)); field.setAttribute("hx-morph-skip", ""); });

// A new row is named where it will stand.
gt.rowAdd = (row, inside) => {
  const table = row.closest("table");
  const depth = Number(row.querySelector("[data-level]").dataset.level) + (inside ? 1 : 0);
  let last = row;
  while (Number(last.nextElementSibling?.querySelector("[data-level]")?.dataset.level) > depth - (inside ? 1 : 0)) last = last.nextElementSibling;
  const made = document.getElementById("new-row").content.firstElementChild.cloneNode(true);
  made.querySelector("[data-level]").dataset.level = depth;
  last.after(made);
  const field = made.querySelector("input");
  field.focus();
  field.addEventListener("keydown", async (event) => {
    event.stopPropagation();
    if (event.key === "Escape") { made.remove(); row.querySelector("[data-cell]")?.focus(); }
    if (event.key !== "Enter" || !field.value.trim() || field.disabled) return;
    event.preventDefault();
    field.disabled = true;
    await gt.rowAct(row, "add", { office: table.dataset.office, name: field.value, [inside ? "inside" : "after"]: row.dataset.id }, {});
    field.disabled = false;
    if (field.isConnected) field.focus();
  });
  field.addEventListener("blur", () => { if (!field.value.trim()) made.remove(); });
};
