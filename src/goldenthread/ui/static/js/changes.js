// Changes by others: every 30 seconds the page asks for the newest changeset and says so, quietly, if there is one.
const url = document.body.dataset.changes;
let tag = null;
let told = false;

async function look() {
  if (document.hidden || told) return;
  const answer = await fetch(url, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store", credentials: "same-origin" }).catch(() => null);
  if (!answer || answer.status !== 200) return;
  const now = answer.headers.get("ETag");
  if (tag && now !== tag && !document.querySelector("dialog[open]")) {
    told = true;
    const note = document.createElement("div");
    note.className = "banner";
    note.setAttribute("role", "status");
    const text = Object.assign(document.createElement("p"), { textContent: "Somebody changed something since this page was drawn." });
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: "Show" });
    button.addEventListener("click", () => location.reload());
    note.append(text, button);
    document.getElementById("main")?.prepend(note);
  }
  tag = now;
}
if (url) {
  look();
  setInterval(look, 30000);
  document.addEventListener("htmx:after:request", (event) => { if (event.detail?.ctx?.request?.method !== "GET") tag = null; });
}
