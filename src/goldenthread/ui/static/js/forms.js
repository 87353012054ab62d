// Filters that submit themselves, files dropped on a field, a button that cannot be pressed twice, swaps that keep the focus.
const submit = gt.later((form) => form.requestSubmit(), 250);
gt.on("input", "form[data-autosubmit] input[type=search]", (field) => submit(field.form));
gt.on("change", "form[data-autosubmit]", (form, event) => { if (event.target.type !== "search") form.requestSubmit(); });

gt.on("dragover", "[data-drop]", (zone, event) => { event.preventDefault(); zone.classList.add("over"); });
gt.on("dragleave", "[data-drop]", (zone) => zone.classList.remove("over"));
gt.on("drop", "[data-drop]", (zone, event) => {
  event.preventDefault();
  zone.classList.remove("over");
  const field = zone.querySelector("input[type=file]");
  field.files = event.dataTransfer.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

gt.on("submit", "form[method=post]:not([hx-post])", (form, event) => {
  if (event.defaultPrevented) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  setTimeout(() => { delete form.dataset.sent; }, 4000);
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));
