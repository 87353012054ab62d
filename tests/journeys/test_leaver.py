"""A planner leaves in six weeks: all that is his is found from the gaps, handed over to two people, found again, and undone."""

from playwright.sync_api import expect

from tests.browser import NewPage
from tests.journeys.conftest import Product
from tests.journeys.walking import Walker

HEAD, TAKER = "head@aldermere.example.org", "delivery@aldermere.example.org"
LEAVER, TAKER_NAME, OTHER_NAME = "Samir Welland", "Jonas Pellworth", "Ilse Tarrow"
LEAVERS = "Work of people who leave"


def test_a_leavers_work_is_found_and_handed_over(page, new_page: NewPage, product: Product) -> None:
    walker = Walker(page, product).sign_in(HEAD).go("/gaps").reads(LEAVERS)
    line = page.locator(".panel", has_text=LEAVERS).locator("li", has_text=LEAVER)
    promised = int(line.inner_text().split(" thing")[0].rsplit("· ", 1)[1])
    walker.follow(f"Hand over the work of {LEAVER}").reads("Leaves on").reads("Does the work")
    boxes = page.locator("input[name=rows]")
    assert boxes.count() == promised
    task = page.locator("fieldset", has_text="Does the work").locator("label").first.inner_text().strip()

    page.get_by_label("Who takes it over?").select_option(label=OTHER_NAME)
    for box in boxes.all()[1:]:
        box.uncheck()
    walker.press("Hand over").reads("Does the work")
    assert boxes.count() == promised - 1  # the rest is here for somebody else
    page.get_by_label("Who takes it over?").select_option(label=TAKER_NAME)
    walker.press("Hand over").reads(f"Nothing open is assigned to {LEAVER}")
    expect(page.locator("#toasts")).to_contain_text(f"{TAKER_NAME} takes over from {LEAVER}: {promised - 1}")
    walker.go("/gaps").lacks(LEAVERS)

    other = Walker(new_page(), product).sign_in(TAKER)
    other.go("/people?q=Pellworth").follow(TAKER_NAME).reads(task)


def test_handing_over_is_undone_from_the_toast(page, product: Product) -> None:
    walker = Walker(page, product).sign_in(HEAD).go("/gaps").follow(f"Hand over the work of {LEAVER}")
    page.get_by_label("Who takes it over?").select_option(label=TAKER_NAME)
    walker.press("Hand over").undo().go("/gaps").reads(LEAVERS).follow(f"Hand over the work of {LEAVER}").reads("Does the work")
