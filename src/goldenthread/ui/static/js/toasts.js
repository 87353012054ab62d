// Messages at the foot of the page: they stay 8 seconds, longer while looked at, and one with Undo stays 20.
const list = document.getElementById("toasts");
const template = document.getElementById("toast-template");

function age(toast) {
  const wait = toast.querySelector("[data-undo]") ? 20000 : 8000;
  let timer;
  const start = () => { timer = setTimeout(() => toast.remove(), wait); };
  const stop = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", stop);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusout", start);
  start();
}

gt.toast = ({ text, tone = "good", undo = null }) => {
  const toast = template.content.querySelector(`.toast.${tone}`).cloneNode(true);
  toast.querySelector("span").textContent = text;
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.undo = undo;
    button.textContent = "Undo";
    toast.querySelector("span").after(button);
  }
  list.append(toast);
  age(toast);
  while (list.children.length > 4) list.firstElementChild.remove();
};

list?.querySelectorAll(".toast").forEach(age);
gt.on("click", "[data-toast-close]", (button) => button.closest(".toast").remove());
gt.on("click", "[data-undo]", async (button) => {
  button.disabled = true;
  const answer = await gt.post(button.dataset.undo).catch(() => null);
  button.closest(".toast").remove();
  if (answer?.ok) location.reload();
  else gt.toast({ text: (answer && answer.headers.get("X-Reason")) || "Not undone: something changed since. Open Activity to see what.", tone: "bad" });
});
document.addEventListener("toasts", (event) => (event.detail?.toasts || []).forEach(gt.toast));
document.addEventListener("toast", (event) => gt.toast(event.detail));
document.addEventListener("htmx:error", () => gt.toast({ text: "The server did not answer. Nothing was changed.", tone: "bad" }));
document.addEventListener("htmx:response:error", (event) => {
  if (event.detail?.ctx?.response?.status >= 500) gt.toast({ text: "Our fault: the server could not finish this. Nothing was changed.", tone: "bad" });
});
