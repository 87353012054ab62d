// On a phone the pages lie in one row: the current one is brought into sight.
const current = document.querySelector(".rail nav [aria-current]");
const strip = document.querySelector(".rail nav");
if (current && strip.scrollWidth > strip.clientWidth) strip.scrollLeft = current.offsetLeft - (strip.clientWidth - current.offsetWidth) / 2;
