"""The gallery in a real browser: accessible, light, whole on a phone, and every behaviour by keyboard."""

import gzip
import re

import pytest

from goldenthread.ui import samples
from tests.browser import accessibility
from tests.ui import urls

PAGES = ["", "today/", "objective/", "map/", "plan/", "list/", "wizard/", "entrance/"]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_light_and_dark_on_desk_and_phone(page, gallery, name):
    page.goto(f"{gallery}/ui/{name}")
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert accessibility(page) == []


def test_axe_finds_nothing_in_what_lies_over_the_page(page, gallery):
    page.goto(f"{gallery}/ui/")
    page.keyboard.press("Control+k")
    page.get_by_role("link", name="Thread map page").wait_for()
    assert accessibility(page) == []
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("?")
    assert accessibility(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Open a dialog").click()
    assert accessibility(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Actions: More").click()
    page.evaluate("gt.toast({text: 'Moved', undo: '/probe/undo/7'}); gt.toast({text: 'Not saved', tone: 'bad'})")
    assert accessibility(page) == []


def test_a_first_visit_is_light_and_still(page, gallery):
    weights = {}
    page.on("response", lambda answer: weights.setdefault(answer.url, (answer.request.resource_type, answer.body())))
    page.goto(f"{gallery}/ui/today/")
    page.wait_for_load_state("networkidle")
    shift = page.evaluate("""() => new Promise(done => new PerformanceObserver(list =>
      done(list.getEntries().reduce((sum, entry) => sum + entry.value, 0))).observe({type: 'layout-shift', buffered: true})
      || setTimeout(() => done(0), 300))""")
    sizes = {url: (kind, len(body) if kind == "font" else len(gzip.compress(body, 9))) for url, (kind, body) in weights.items()}
    total = sum(size for _, size in sizes.values())
    print(f"{len(sizes)} requests, {total / 1024:.0f} KB, shift {shift}")
    assert len(sizes) <= 8
    assert total <= 120 * 1024
    assert sum(size for kind, size in sizes.values() if kind == "script") <= 40 * 1024
    assert sum(size for kind, size in sizes.values() if kind == "stylesheet") <= 20 * 1024
    assert shift <= 0.01


def test_the_palette_finds_a_page_by_keyboard_alone(page, gallery):
    page.goto(f"{gallery}/ui/today/")
    page.keyboard.press("Control+k")
    page.keyboard.type("pla")
    page.wait_for_function("() => document.querySelector('#palette li a')?.firstChild.textContent === 'Plan'")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.firstChild.textContent") == "Plan"
    page.keyboard.press("Enter")
    page.wait_for_url("**/ui/plan/")


def test_the_palette_says_when_there_is_nothing(page, gallery):
    page.goto(f"{gallery}/ui/today/")
    page.keyboard.press("Control+k")
    page.keyboard.type("zzzz")
    page.get_by_text("Nothing found").wait_for()
    page.keyboard.press("Escape")
    assert not page.locator("#palette").is_visible()


def test_the_sheet_lists_every_key_and_switches_them_off(page, gallery):
    page.goto(f"{gallery}/ui/today/")
    page.keyboard.press("?")
    listed = {" ".join(page.locator("#keys-list > div").nth(i).locator("kbd").all_inner_texts()).lower()
              for i in range(page.locator("#keys-list > div").count())}  # fmt: skip
    wanted = set(page.eval_on_selector_all("[data-shortcut]", "all => all.map(e => e.dataset.shortcut)"))
    assert wanted <= listed
    assert len(wanted) >= 6
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_timeout(300)
    assert page.url.endswith("/ui/today/")
    page.evaluate("gt.store.drop('keys')")
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/ui/map/")


def test_keys_do_nothing_while_typing_and_slash_goes_to_the_filter(page, gallery):
    page.goto(f"{gallery}/ui/list/")
    page.evaluate("document.querySelector('form.filters').addEventListener('submit', event => event.preventDefault())")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("gm?")
    assert page.input_value("[name=q]") == "gm?"
    assert not page.locator("#keys").is_visible()


def test_a_menu_opens_inside_the_window_and_gives_the_focus_back(page, gallery):
    page.goto(f"{gallery}/ui/plan/")
    button = page.get_by_role("button", name="Actions for Billing Move")
    button.focus()
    page.keyboard.press("ArrowDown")
    menu = page.locator("#row-menu-7")
    box = menu.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1440
    assert box["y"] + box["height"] <= 900
    assert page.evaluate("document.activeElement.textContent") == "Indent"
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.textContent") == "Stop this step"
    page.keyboard.press("Escape")
    assert not menu.is_visible()
    assert page.evaluate("document.activeElement.getAttribute('popovertarget')") == "row-menu-7"


def test_a_question_stands_before_what_cannot_be_undone(page, gallery, posted):
    page.goto(f"{gallery}/ui/")
    page.eval_on_selector("form[data-confirm]", "form => { form.action = '/probe/record/'; }")
    for answer, count in (("Keep", 0), ("Go on", 1)):
        page.get_by_role("button", name="Actions: More").click()
        page.get_by_role("button", name="Remove").click()
        assert page.locator("#confirm h2").inner_text() == "Remove it? There is an undo."
        page.get_by_role("button", name=answer).click()
        page.wait_for_timeout(300)
        assert len(posted) == count


def test_several_rows_are_picked_with_shift(page, gallery):
    page.goto(f"{gallery}/ui/plan/")
    boxes = page.locator("tbody .pick input")
    bar = page.locator("[data-selection]")
    assert not bar.is_visible()
    boxes.nth(1).check()
    boxes.nth(4).click(modifiers=["Shift"])
    assert [boxes.nth(i).is_checked() for i in range(7)] == [False, True, True, True, True, False, False]
    assert bar.locator("b").inner_text() == "4 picked"
    head = page.locator("[data-select-all]")
    assert head.evaluate("e => e.indeterminate")
    head.check()
    assert bar.locator("b").inner_text() == "7 picked"
    bar.get_by_role("button", name="Clear").click()
    assert not bar.is_visible()


def test_a_branch_folds_and_stays_folded(page, gallery):
    page.goto(f"{gallery}/ui/plan/")
    twist = page.get_by_role("button", name="Parts of Clients decide")
    twist.press("Enter")
    assert not page.get_by_text("Board confirms", exact=True).is_visible()
    assert page.get_by_text("Billing Move", exact=True).is_visible()
    page.reload()
    assert not page.get_by_text("Board confirms", exact=True).is_visible()
    twist.click()
    assert page.get_by_text("Board confirms", exact=True).is_visible()


def test_a_row_moved_by_drag_tells_the_server_where(page, gallery, posted):
    page.goto(f"{gallery}/ui/plan/")
    page.locator("tr[data-id='7']").hover()
    row = page.locator("tr[data-id='2']").bounding_box()
    grip = page.locator("tr[data-id='7'] [data-grip]").bounding_box()
    page.mouse.move(grip["x"] + 10, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(row["x"] + 200, row["y"] + 20, steps=4)
    for y in (3, 2, 3):  # a drag reports a place only when the next move comes
        page.mouse.move(row["x"] + 200, row["y"] + y)
    page.locator("tr[data-id='2'].drop-before").wait_for()
    page.mouse.up()
    page.get_by_text("Moved 3 steps").wait_for()
    assert posted == [("/ui/rows/7/move", {"where": "before", "other": "2"})]


def test_undo_posts_and_draws_the_page_again(page, gallery, posted):
    page.goto(f"{gallery}/ui/plan/")
    page.evaluate("htmx.ajax('POST', '/probe/record/', {target: '#main', swap: 'none'})")
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Moved 3 steps").wait_for(state="detached")
    assert [path for path, _ in posted] == ["/probe/record/", "/probe/undo/7"]


def test_an_undo_that_is_refused_says_why(page, gallery, trouble):
    trouble.allow("status of 409")
    page.goto(f"{gallery}/ui/plan/")
    page.evaluate("gt.toast({text: 'Moved', undo: '/probe/undo/8'})")
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Ben changed it since.").wait_for()


@pytest.mark.parametrize("start", ["o2", "s4", "p2", "k5", "m1"])
def test_one_thread_can_be_seen_alone(page, gallery, start):
    links = [tuple(link.split()[:2]) for link in samples.LINKS.split(", ")]
    wanted = {start}
    for one, other in ((0, 1), (1, 0)):  # all that is reached downwards, and all that is reached upwards
        found = {start}
        while grown := {link[other] for link in links if link[one] in found} - found:
            found |= grown
        wanted |= found
    page.goto(f"{gallery}/ui/map/")
    node = page.locator(f"[data-thread-node={start}]")
    node.focus()
    page.keyboard.press("Enter")
    shown = set(page.eval_on_selector_all(".map .node.on", "all => all.map(e => e.dataset.threadNode)"))
    assert shown == wanted
    assert node.get_attribute("aria-pressed") == "true"
    assert page.locator("[data-map-caption] a").get_attribute("href") == "/ui/"
    assert page.locator("[data-map-caption] b").inner_text() == node.get_attribute("aria-label")
    page.keyboard.press("Escape")
    assert not page.locator("[data-map-caption]").is_visible()
    assert page.locator(".map.isolating").count() == 0


def test_arrows_walk_the_map(page, gallery):
    page.goto(f"{gallery}/ui/map/")
    page.locator("[data-thread-node=o2]").focus()
    walked = []
    for key in ("ArrowRight", "ArrowDown", "ArrowRight", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
        walked.append(page.evaluate("document.activeElement.dataset.threadNode"))
    assert walked == ["k3", "k4", "s4", "k4", "o2"] or walked[-1][0] == "o"
    assert [key[0] for key in walked] == ["k", "k", "s", "k", "o"]


def test_typed_text_survives_a_lost_line(page, gallery, trouble):
    trouble.allow("net::ERR_INTERNET_DISCONNECTED|Failed to fetch|does not conform")
    page.goto(f"{gallery}/ui/")
    page.fill("[name=title]", "Half the waiting")
    page.fill("[name=why]", "Because it is long")
    page.context.set_offline(True)
    page.get_by_role("button", name="Save").click()
    page.get_by_text("The server did not answer").first.wait_for()
    page.context.set_offline(False)
    page.reload()
    page.get_by_role("button", name="Put it back").click()
    assert page.input_value("[name=title]") == "Half the waiting"
    assert page.input_value("[name=why]") == "Because it is long"
    page.reload()
    page.get_by_role("button", name="Forget it").click()
    page.reload()
    assert page.locator(".draft").count() == 0


def test_a_change_by_another_is_told_once(page, gallery):
    urls.head["tag"] = "1"
    page.clock.install()
    with page.expect_response("**/probe/changes"):
        page.goto(f"{gallery}/probe/watched/")
    with page.expect_response("**/probe/changes") as same:
        page.clock.fast_forward(31_000)
    assert same.value.status == 304
    assert page.get_by_text("Somebody changed something").count() == 0
    urls.head["tag"] = "2"
    with page.expect_response("**/probe/changes") as new:
        page.clock.fast_forward(31_000)
    assert new.value.status == 200
    page.get_by_text("Somebody changed something").wait_for()
    page.clock.fast_forward(62_000)
    assert page.get_by_text("Somebody changed something").count() == 1


def test_it_works_before_any_script_ran(new_page, gallery):
    page = new_page(scripts=False)
    page.goto(f"{gallery}/ui/list/")
    assert page.get_by_role("button", name="Apply").is_visible()
    assert page.locator("[data-palette]").get_attribute("href") == "/palette"
    page.get_by_role("button", name="Actions for Weir Renewal").click()
    assert page.get_by_role("link", name="Assign a goal").is_visible()
    page.get_by_role("link", name="Thread map").click()
    assert page.get_by_text("The thread, 23 November").is_visible()
    page.get_by_role("link", name="Plan", exact=True).click()
    assert page.get_by_text("Board confirms", exact=True).is_visible()


def test_the_first_key_skips_to_the_content(page, gallery):
    page.goto(f"{gallery}/ui/today/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_paper_shows_the_content_alone(page, gallery):
    page.goto(f"{gallery}/ui/list/")
    page.emulate_media(media="print", color_scheme="dark")
    for selector in (".rail", ".filters", ".pager", ".act"):
        assert not page.locator(selector).first.is_visible()
    assert page.get_by_text("Weir Renewal").first.is_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"


def test_forced_colours_keep_the_thread_and_the_lines(page, gallery):
    page.goto(f"{gallery}/ui/map/")
    page.emulate_media(forced_colors="active")
    stroke, paper = page.evaluate("""() => [getComputedStyle(document.querySelector('.map .link')).stroke,
      getComputedStyle(document.body).backgroundColor]""")
    assert stroke != paper
    page.goto(f"{gallery}/ui/today/")
    dot, paper = page.evaluate("""() => [getComputedStyle(document.querySelector('.thread li'), '::before').backgroundColor,
      getComputedStyle(document.body).backgroundColor]""")
    assert dot != paper


def test_on_a_phone_the_current_page_is_in_sight_and_targets_are_large(phone, gallery):
    phone.goto(f"{gallery}/ui/list/")
    box = phone.locator(".rail nav [aria-current]").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    small = phone.eval_on_selector_all(
        ".btn", "all => all.filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 36).map(e => e.textContent)"
    )
    assert small == []


def test_a_chart_has_words_and_a_table(page, gallery):
    page.goto(f"{gallery}/ui/objective/")
    picture = page.get_by_role("img", name=re.compile("Decision latency, measured and expected"))
    assert picture.first.is_visible()
    page.get_by_text("The same as a table").click()
    table = page.get_by_role("region", name="Decision latency, measured and expected as a table")
    assert table.locator("tbody tr").count() == 26
    assert table.locator("tbody tr").first.inner_text().split("\t")[:2] == ["28 Oct 2025", "6.4"]
