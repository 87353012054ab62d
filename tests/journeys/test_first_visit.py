"""What a first visit costs: every list page of the demo with an empty cache, weighed as it comes over the wire."""

import time

from tests.browser import NewPage, Page, Route
from tests.journeys.conftest import Product

PAGES = ("/", "/map", "/objectives", "/plan", "/gaps", "/projects")
WIDE = ("/", "/plan", "/gaps")  # where words of another width move most
SHIFT = """() => new Promise(done => {
  let total = 0;
  new PerformanceObserver(list => list.getEntries().forEach(entry => { total += entry.value; }))
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(total), 400);
})"""


def weighed(page: Page, address: str) -> dict[str, list[int]]:
    """The bytes of each answer by its kind, heads of the answers included."""
    kinds: dict[str, str] = {}
    found: dict[str, list[int]] = {}
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    wire.on(
        "Network.loadingFinished",
        lambda event: found.setdefault(kinds.get(event["requestId"], "Other"), []).append(int(event["encodedDataLength"])),
    )
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return found


def test_a_first_visit_is_light_and_still(new_page: NewPage, shown: Product) -> None:
    door = new_page()
    shown.sign_in(door)
    cookies = door.context.cookies()
    faults = []
    for path in PAGES:
        page = new_page()
        page.context.add_cookies(cookies)
        found = weighed(page, shown.address + path)
        shift = page.evaluate(SHIFT)
        total = sum(map(sum, found.values()))
        figures = {
            "requests": (sum(map(len, found.values())), 8),
            "bytes": (total, 120 * 1024),
            "bytes of scripts": (sum(found.get("Script", [])), 40 * 1024),
            "bytes of styles": (sum(found.get("Stylesheet", [])), 20 * 1024),
            "layout shift": (shift, 0.01),
        }
        print(path, {kind: sum(sizes) for kind, sizes in found.items()}, figures)
        assert total > 20_000, f"{path}: nothing was weighed"
        faults += [f"{path}: {value} {name}, at most {limit}" for name, (value, limit) in figures.items() if value > limit]
    assert not faults, "\n".join(faults)


def test_nothing_moves_where_the_font_comes_late(new_page: NewPage, shown: Product) -> None:
    door = new_page()
    shown.sign_in(door)
    cookies = door.context.cookies()
    late: list[str] = []

    def wait(route: Route) -> None:
        time.sleep(0.4)
        late.append(route.request.url)
        route.continue_()

    shifts = {}
    for path in WIDE:
        page = new_page()
        page.context.add_cookies(cookies)
        page.route("**/inter*.woff2", wait)
        page.goto(shown.address + path)
        page.wait_for_load_state("networkidle")
        shifts[path] = page.evaluate(SHIFT)
    assert len(late) == len(WIDE)
    assert max(shifts.values()) <= 0.01, shifts
