"""A planner leaves in six weeks: the work is found among the gaps, handed over as one action, and the taker finds it on Today."""

from playwright.sync_api import expect

from tests.browser import NewPage
from tests.journeys.conftest import Product
from tests.journeys.walking import Walker

HEAD, TAKER = "head@aldermere.example.org", "delivery@aldermere.example.org"
LEAVER, TAKER_NAME = "Samir Welland", "Jonas Pellworth"


def test_a_leavers_work_is_found_and_handed_over(page, new_page: NewPage, product: Product) -> None:
    walker = Walker(page, product).sign_in(HEAD).go("/gaps").reads("Work of people who leave").follow(LEAVER)
    walker.reads("Open work").reads("Leaves on")
    task = page.locator(".panel", has_text="Open work").locator("li").first.inner_text().splitlines()[0]
    walker.follow("Hand it over").reads(task)
    page.get_by_label("Who takes it over?").select_option(label=TAKER_NAME)
    walker.press("Hand over").reads(f"Nothing open is assigned to {LEAVER}")
    expect(page.locator("#toasts")).to_contain_text(f"{TAKER_NAME} takes over from {LEAVER}")
    walker.go("/gaps").lacks("Work of people who leave")

    other = Walker(new_page(), product).sign_in(TAKER)
    people = other.go("/people?q=Pellworth")
    people.follow(TAKER_NAME).reads(task)


def test_handing_over_is_undone_from_the_toast(page, product: Product) -> None:
    walker = Walker(page, product).sign_in(HEAD).go("/gaps").follow(LEAVER).follow("Hand it over")
    page.get_by_label("Who takes it over?").select_option(label=TAKER_NAME)
    walker.press("Hand over").undo().go("/gaps").reads("Work of people who leave")
