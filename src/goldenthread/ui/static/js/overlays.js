// Dialogs, menus, questions before something happens, the print button.
gt.on("click", "[data-dialog]", (opener) => document.getElementById(opener.dataset.dialog)?.showModal());
if (!("command" in HTMLButtonElement.prototype)) {
  gt.on("click", "button[commandfor]", (opener) => {
    const dialog = document.getElementById(opener.getAttribute("commandfor"));
    if (opener.getAttribute("command") === "show-modal") dialog?.showModal();
    if (opener.getAttribute("command") === "close") dialog?.close();
  });
}
gt.each("dialog[data-open]", (dialog) => dialog.showModal());
gt.on("click", "dialog", (dialog, event) => {
  if (event.target !== dialog) return;
  const box = dialog.getBoundingClientRect();
  const outside = event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
  if (outside && dialog.id !== "confirm") dialog.close();
});
document.addEventListener("close-dialog", () => document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close()));
gt.each("[data-focus]", (element) => element.focus());
gt.on("click", "[data-print]", () => window.print());

// The menu that rows share is made for a row when somebody opens it there.
function rowMenu(button) {
  const row = button.closest("tr");
  const menu = document.getElementById(button.dataset.menu).content.firstElementChild.cloneNode(true);
  menu.id = `${button.dataset.menu}-${row.dataset.id}`;
  for (const entry of menu.querySelectorAll("[href], [formaction]")) {
    const id = row.dataset[entry.dataset.of || "id"];
    for (const name of ["href", "formaction"]) if (entry.hasAttribute(name)) entry.setAttribute(name, entry.getAttribute(name).replace(/\b0\b/, id));
    if (!id) entry.remove();
  }
  button.after(menu);
  button.setAttribute("popovertarget", menu.id);
  return menu;
}
gt.on("click", "[data-menu]:not([popovertarget])", rowMenu); // the same click then opens it

// A menu opens beside its button, inside the window.
document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!(menu instanceof Element) || !menu.matches(".menu[popover]")) return;
  if (event.newState !== "open") { menu.removeAttribute("style"); return; } // htmx would copy it, and the content policy forbids that
  const button = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
  if (!button) return;
  const from = button.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const below = from.bottom + 4 + size.height <= innerHeight;
  const left = Math.max(8, Math.min(from.right - size.width, innerWidth - size.width - 8));
  menu.style.insetInlineStart = `${from.left + size.width <= innerWidth - 8 ? from.left : left}px`;
  menu.style.insetBlockStart = `${below ? from.bottom + 4 : Math.max(8, from.top - size.height - 4)}px`;
}, true);
gt.on("keydown", ".menu, [popovertarget], [data-menu]", (element, event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const menu = element.matches(".menu") ? element : document.getElementById(element.getAttribute("popovertarget")) || (element.dataset.menu && rowMenu(element));
  if (!menu) return;
  if (!menu.matches(":popover-open")) menu.showPopover();
  const entries = [...menu.querySelectorAll("a, button")];
  const at = entries.indexOf(document.activeElement);
  const next = event.key === "ArrowDown" ? at + 1 : at < 0 ? entries.length - 1 : at - 1 + entries.length;
  entries[next % entries.length]?.focus();
  event.preventDefault();
});
gt.on("click", ".menu a, .menu button:not([popovertarget])", (entry) => entry.closest(".menu").hidePopover());

// Questions: `data-confirm` on a form, `hx-confirm` on anything htmx sends.
const question = document.getElementById("confirm");
function ask(text) {
  question.querySelector("h2").textContent = text;
  question.returnValue = "no";
  question.showModal();
  return new Promise((answer) => question.addEventListener("close", () => answer(question.returnValue === "yes"), { once: true }));
}
gt.on("submit", "form[data-confirm]", (form, event) => {
  if (form.dataset.confirmed) { delete form.dataset.confirmed; return; }
  event.preventDefault();
  event.stopImmediatePropagation();
  const button = event.submitter;
  ask(form.dataset.confirm).then((yes) => {
    if (!yes) return;
    form.dataset.confirmed = "1";
    form.requestSubmit(button);
  });
}, true);
document.addEventListener("htmx:confirm", (event) => {
  const text = event.target.closest?.("[hx-confirm]")?.getAttribute("hx-confirm");
  if (!text) return;
  event.preventDefault();
  ask(text).then((yes) => (yes ? event.detail.issueRequest(true) : event.detail.dropRequest?.()));
});
