"""The risks of a schedule on the page of its simulation: opened over it, activities found while somebody types, nothing lost."""

from playwright.sync_api import expect

from tests.journeys.conftest import Product
from tests.journeys.walking import Walker


def test_what_was_ticked_stays_while_more_is_found_and_after_a_refusal(page, shown: Product, trouble) -> None:
    trouble.allow("status of 422")
    Walker(page, shown).sign_in("head@aldermere.example.org").go("/projects/2/schedule/simulation?runs=200")
    page.get_by_role("link", name="Trainers are needed elsewhere").press("Enter")
    dialog = page.get_by_role("dialog", name="Change this risk")
    search = dialog.get_by_label("Find activities by name or code")
    search.fill("forty")
    dialog.get_by_label("Trial with forty users").check()
    search.fill("d1")
    expect(dialog.get_by_label("System test")).not_to_be_checked()
    expect(dialog.get_by_label("Trial with forty users")).to_be_checked()
    dialog.get_by_label("At most").fill("1")
    dialog.get_by_label("At most").press("Enter")
    expect(page.get_by_text("Low, likely and high are not in order.")).to_be_visible()
    for name in ("Train three hundred people", "Trial with forty users"):
        expect(page.get_by_label(name)).to_be_checked()
