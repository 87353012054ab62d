// Changes by others. Every page asks for the newest changeset now and then and says so, quietly. A page with a part `[data-live]` asks
// every 3 seconds while it is looked at, and has that part drawn anew in place: what is typed, open, picked or focused stays as it is.
const url = document.body.dataset.changes;
const live = () => document.querySelector("[data-live]");
const KEPT = new Set(["open", "hidden", "aria-expanded", "popovertarget"]); // what the reader did to the page
const BUSY = ".new-row, .dragging, dialog[open], .menu:popover-open"; // nothing moves under a hand
const PATIENCE = 200; // looks without news or a touch, then only every fifth
let tag = document.body.dataset.mark ? `"${document.body.dataset.mark}"` : null;
let told = false;
let missed = false;
let asking = false;
let quiet = 0;

gt.redraw = async () => {
  const part = live();
  missed = Boolean(part?.querySelector(`${BUSY}, [hx-morph-skip]:has(.cell-field)`));
  if (!part || part.querySelector(BUSY)) return;
  await htmx.ajax("GET", location.pathname + location.search, { source: part, target: part, swap: "outerMorph" });
};
// Editing has ended: what came from others meanwhile may be drawn.
gt.settled = () => { if (missed) gt.redraw(); };

function tell() {
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
async function look() {
  if (document.hidden || told || asking || (quiet++ > PATIENCE && quiet % 5)) return;
  asking = true;
  const answer = await fetch(url, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store", credentials: "same-origin" }).catch(() => null);
  const now = answer?.status === 200 ? answer.headers.get("ETag") : null;
  const isNew = now && tag && now !== tag;
  if (now) tag = now;
  if (isNew) quiet = 0;
  if (live() && (isNew || missed)) await gt.redraw();
  else if (isNew && !document.querySelector("dialog[open]")) tell();
  asking = false;
}
if (url) {
  look();
  setInterval(look, live() ? 3000 : 30000);
  document.addEventListener("visibilitychange", look);
  for (const type of ["keydown", "pointerdown"]) document.addEventListener(type, () => { quiet = 0; }, { passive: true });
  document.addEventListener("htmx:after:request", (event) => { if (!live() && event.detail?.ctx?.request?.method !== "GET") tag = null; });
}
document.addEventListener("htmx:before:morph:attr", (event) => { if (KEPT.has(event.detail.attrName)) event.preventDefault(); });
