// Text typed into `form[data-draft=NAME]` is kept in this browser until the server has it: a lost session or line loses nothing.
const key = (form) => `draft:${location.pathname}:${form.dataset.draft}`;
const secret = (name, form) => name === "csrfmiddlewaretoken" || form.elements[name]?.type === "password" || form.elements[name]?.type === "file";
const typed = (form) => [...new FormData(form)].filter(([name]) => !secret(name, form));
const keep = gt.later((form) => { if (form.isConnected) gt.store.set(key(form), JSON.stringify(typed(form))); }, 400);

function fill(form, values) {
  const left = new Map();
  values.forEach(([name, value]) => left.set(name, [...(left.get(name) || []), value]));
  [...form.elements].forEach((field) => {
    if (!field.name || secret(field.name, form)) return;
    const given = left.get(field.name) || [];
    if (field.type === "checkbox" || field.type === "radio") field.checked = given.includes(field.value);
    else if (field.type === "select-multiple") [...field.options].forEach((option) => { option.selected = given.includes(option.value); });
    else if (given.length) field.value = given[0];
  });
}

// A plain form went through if the next page is another one, or says so.
const sent = gt.store.get("sent");
const here = [...document.querySelectorAll("form[data-draft]")].some((form) => key(form) === sent);
if (sent && !document.querySelector(".entrance")) {
  if (!here || document.querySelector(".toast.good")) gt.store.drop(sent);
  gt.store.drop("sent");
}

gt.each("form[data-draft]", (form) => {
  const kept = gt.store.get(key(form));
  if (!kept || kept === JSON.stringify(typed(form))) { gt.store.drop(key(form)); return; }
  const note = document.createElement("div");
  note.className = "draft";
  note.setAttribute("role", "status");
  note.append("You typed something here that was not saved. ");
  for (const [text, then] of [["Put it back", () => fill(form, JSON.parse(kept))], ["Forget it", () => gt.store.drop(key(form))]]) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: text });
    button.addEventListener("click", () => { then(); note.remove(); form.removeAttribute("hx-morph-skip"); });
    note.append(button);
  }
  form.prepend(note);
  form.setAttribute("hx-morph-skip", ""); // the note stays until it is answered
});
gt.on("input", "form[data-draft]", (form) => keep(form));
gt.on("submit", "form[data-draft]", (form) => {
  gt.store.set(key(form), JSON.stringify(typed(form)));
  if (!form.hasAttribute("hx-post")) gt.store.set("sent", key(form));
});
// htmx says how it went.
document.addEventListener("htmx:after:request", (event) => {
  const form = event.target.closest?.("form[data-draft]");
  const answer = event.detail?.ctx?.response;
  const moved = answer?.headers?.get?.("HX-Redirect") || "";
  if (form && answer?.status < 400 && !moved.includes("login")) gt.store.drop(key(form));
});
