"""Three people plan together, from the opening to what was agreed; two editors lose nothing of what the other changes."""

import re

from playwright.sync_api import expect

from tests.browser import NewPage, Page, Trouble
from tests.journeys.conftest import Product
from tests.journeys.walking import Walker

HEAD, MEMBER, ANALYST = "head@aldermere.example.org", "delivery@aldermere.example.org", "benefits@aldermere.example.org"
STEP = "Clock on every decision paper"


def open_session(walker: Walker) -> str:
    """About one step, with three people; the address of its room."""
    page = walker.go("/plan/sessions/new").page
    page.locator("input[name=steps], input[name=people]").evaluate_all(
        "boxes => boxes.forEach((box) => { box.checked = false; })"
    )
    page.get_by_role("checkbox", name=STEP).check()
    for name in ("Maren Oakfield", "Jonas Pellworth", "Ilse Tarrow"):
        page.get_by_role("checkbox", name=name).check()
    page.get_by_label("Name", exact=True).fill("Autumn planning")
    page.get_by_label("What is to be agreed").fill("How much work the clock is")
    walker.press("Open the session").reads("0 of 3")
    return re.search(r"/plan/sessions/\d+", page.url)[0]


def answer(walker: Walker, low: str, likely: str, high: str) -> None:
    for name, value in (("Low", low), ("Likely", likely), ("High", high)):
        walker.page.get_by_label(re.compile(f"^{name}")).fill(value)
    walker.press("Answer")


def test_a_session_from_its_opening_to_what_was_agreed(page: Page, new_page: NewPage, product: Product) -> None:
    head = Walker(page, product).sign_in(HEAD)
    room = open_session(head)
    member = Walker(new_page(), product).sign_in(MEMBER).go("/")
    member.reads("Take part: propose, estimate, agree or object").follow("Autumn planning").at(room)
    analyst = Walker(new_page(width=390, height=844), product).sign_in(ANALYST).go(room)

    page.get_by_label("What was agreed").fill("Half a sentence")  # typed while others act
    member.page.get_by_text("Propose a change").press("Enter")
    member.page.get_by_label("What it is to be").fill("A clock on each paper")
    member.page.locator("details[open] select[name=what]").select_option("DELIVERABLE")
    member.page.locator("details[open] input[name=because]").fill("A list helps nobody")
    member.press("Propose").reads("A list helps nobody")
    head.reads("A list helps nobody")  # without a reload
    expect(page.get_by_label("What was agreed")).to_have_value("Half a sentence")
    analyst.reads("A list helps nobody")
    analyst.press("Agree").reads("1 agree, 0 object")
    head.reads("1 agree, 0 object").press("Accept").reads("“A clock on each paper”")

    page.get_by_text("Ask for estimates").click()
    head.press("Ask everybody invited").reads("0 of 3 have answered")
    answer(head, "30", "31.5", "35")
    member.reads("1 of 3 have answered").lacks("31.5")
    answer(member, "32", "34", "40")
    analyst.reads("2 of 3 have answered").lacks("31.5")
    answer(analyst, "60", "71.5", "90")
    for one in (head, member, analyst):
        one.reads("They differ widely").reads("Together 32 to 40 h, likely 34").look()
    head.press("Take over into the plan").reads("Taken over")
    member.reads("Taken over").reads("34 h")

    page.get_by_label("What was agreed").fill("34 hours, a clock on each paper")
    head.press("Close it").reads("34 hours, a clock on each paper")
    analyst.reads("34 hours, a clock on each paper").lacks("Propose a change")
    member.go("/inbox").reads("Autumn planning is closed")


def cell(page: Page, name: str):
    row = page.locator("table[data-outline] tbody tr").filter(
        has=page.locator("[data-cell=name]", has_text="Interview six owners")
    )
    return row.locator(f"[data-cell={name}]")


def test_two_editors_see_each_other_s_changes_within_seconds_and_overwrite_nothing(
    page: Page, new_page: NewPage, product: Product, trouble: Trouble
) -> None:
    trouble.allow("status of 409")  # the second to change a cell is told
    first = Walker(page, product).sign_in(HEAD).go("/plan")
    second = Walker(new_page(), product).sign_in(MEMBER).go("/plan")
    other = second.page
    cell(other, "waits_for").click()
    other.keyboard.type("2.")
    other.evaluate("window.scrollTo(0, 120)")
    scrolled = other.evaluate("window.scrollY")

    page.get_by_role("button", name=re.compile("^Working days of List the owners outside")).click()
    page.keyboard.type("3.5")
    page.keyboard.press("Enter")
    page.get_by_text("Changed: List the owners outside").wait_for()
    changed = other.get_by_role("button", name="Working days of List the owners outside the project: 3.5")
    expect(changed).to_be_visible(timeout=5_000)  # without a reload
    assert other.evaluate("document.activeElement.value") == "2."
    assert other.evaluate("window.scrollY") == scrolled

    other.keyboard.press("Escape")
    cell(other, "days").click()
    other.keyboard.type("7")
    cell(page, "days").click()
    page.keyboard.type("6")
    page.keyboard.press("Enter")
    expect(cell(page, "days")).to_have_text("6")
    other.wait_for_timeout(3_500)  # the change of the first has arrived, beside the field that the second types in
    other.keyboard.press("Enter")
    other.get_by_text("was changed by somebody else").wait_for()
    assert other.evaluate("document.activeElement.value") == "7", "what was typed is still there"
    other.keyboard.press("Escape")
    expect(cell(other, "days")).to_have_text("6")
    assert first.page.locator(".banner").count() == 0
