// The thread map: a click or Enter on a node shows the threads through it alone; arrows walk; Esc shows all again.
// Nodes: data-thread-node="ID"; lines: data-thread-link="FROM TO", drawn from the mandate towards the people.
const ends = (link) => link.dataset.threadLink.split(" ");

function reach(links, start, forward) {
  const found = new Set([start]);
  for (let grown = true; grown;) {
    grown = false;
    for (const link of links) {
      const [from, to] = forward ? ends(link) : ends(link).reverse();
      if (found.has(from) && !found.has(to)) { found.add(to); grown = true; }
    }
  }
  return found;
}
function isolate(map, node) {
  const off = !node || node.getAttribute("aria-pressed") === "true";
  const links = [...map.querySelectorAll("[data-thread-link]")];
  const nodes = [...map.querySelectorAll("[data-thread-node]")];
  nodes.forEach((one) => one.setAttribute("aria-pressed", String(!off && one === node)));
  map.classList.toggle("isolating", !off);
  caption(off ? null : node);
  if (off) return;
  const up = reach(links, node.dataset.threadNode, false);
  const down = reach(links, node.dataset.threadNode, true);
  nodes.forEach((one) => one.classList.toggle("on", up.has(one.dataset.threadNode) || down.has(one.dataset.threadNode)));
  links.forEach((link) => link.classList.toggle("on", ends(link).every((end) => up.has(end)) || ends(link).every((end) => down.has(end))));
}
function caption(node) {
  const bar = document.querySelector("[data-map-caption]");
  if (!bar) return;
  bar.hidden = !node;
  if (!node) return;
  bar.querySelector("b").textContent = node.getAttribute("aria-label");
  const link = bar.querySelector("a");
  link.hidden = !node.dataset.href;
  if (node.dataset.href) link.href = node.dataset.href;
}
function walk(map, node, key) {
  const here = node.getBoundingClientRect();
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const [dx, dy] = steps[key];
  const near = [...map.querySelectorAll("[data-thread-node]")].map((other) => {
    const there = other.getBoundingClientRect();
    const x = there.left - here.left;
    const y = there.top - here.top;
    const along = dx ? x * dx : y * dy;
    const across = Math.abs(dx ? y : x);
    return { other, along, cost: dx ? along + across * 0.5 : along + across * 20 };
  }).filter((one) => one.along > 4).sort((a, b) => a.cost - b.cost);
  near[0]?.other.focus();
}
gt.on("click", ".map [data-thread-node]", (node) => isolate(node.closest(".map"), node));
gt.on("keydown", ".map [data-thread-node]", (node, event) => {
  if (event.key === "Enter" || event.key === " ") isolate(node.closest(".map"), node);
  else if (event.key.startsWith("Arrow")) walk(node.closest(".map"), node, event.key);
  else return;
  event.preventDefault();
});
gt.on("dblclick", ".map [data-href]", (node) => location.assign(node.dataset.href));
gt.on("click", "[data-map-all]", () => document.querySelectorAll(".map.isolating").forEach((map) => isolate(map, null)));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) document.querySelectorAll(".map.isolating").forEach((map) => isolate(map, null));
});
