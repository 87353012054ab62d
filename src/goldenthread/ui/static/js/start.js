// What every behaviour uses. Behaviours hang on data attributes and listen on the document, so they also work in swapped parts.
const gt = {
  // Run `then(element, event)` when an event of `type` reaches something that matches `selector`.
  on(type, selector, then, options) {
    document.addEventListener(type, (event) => {
      const element = event.target instanceof Element ? event.target.closest(selector) : null;
      if (element) then(element, event);
    }, options);
  },
  // Run `then(element)` for every match, now and after each swap; once per element.
  each(selector, then) {
    const seen = new WeakSet();
    const run = () => document.querySelectorAll(selector).forEach((element) => {
      if (!seen.has(element)) { seen.add(element); then(element); }
    });
    run();
    document.addEventListener("htmx:after:swap", run);
  },
  // A request with the token every write needs.
  post(url, values = {}) {
    const headers = JSON.parse(document.body.getAttribute("hx-headers:inherited") || "{}");
    return fetch(url, { method: "POST", headers, body: new URLSearchParams(values), redirect: "follow", credentials: "same-origin" });
  },
  store: {
    get(key) { try { return localStorage.getItem("gt:" + key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem("gt:" + key, value); } catch { /* private window or full: nothing is kept */ } },
    drop(key) { try { localStorage.removeItem("gt:" + key); } catch { /* as above */ } },
  },
  later(then, wait) {
    let timer;
    return (...given) => { clearTimeout(timer); timer = setTimeout(() => then(...given), wait); };
  },
};
window.gt = gt;
