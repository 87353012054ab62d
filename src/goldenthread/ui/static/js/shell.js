// On a phone the pages lie in one row: the current one is brought into sight.
const current = document.querySelector(".rail nav [aria-current]");
const strip = document.querySelector(".rail nav");
if (current && strip.scrollWidth > strip.clientWidth) strip.scrollLeft = current.offsetLeft - (strip.clientWidth - current.offsetWidth) / 2;

// A list comes back as it was left: filters, order and page are kept for the visit. On the list itself its own link shows all.
const placeOfList = (path) => `list ${path}`;
for (const link of document.querySelectorAll(".rail nav a")) {
  const left = sessionStorage.getItem(placeOfList(link.pathname));
  if (left && link.pathname !== location.pathname) link.search = left;
}
addEventListener("pagehide", () => {
  if (document.querySelector("form.filters")) sessionStorage.setItem(placeOfList(location.pathname), location.search);
});
