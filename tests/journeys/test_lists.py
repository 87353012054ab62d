"""Long lists: they come in pages, are sorted and filtered by address, and come back as they were left."""

from playwright.sync_api import expect

from tests.journeys.conftest import Product
from tests.journeys.walking import Walker


def test_a_list_comes_back_as_it_was_left_and_its_own_link_shows_all(page, shown: Product) -> None:
    walker = Walker(page, shown).sign_in("head@aldermere.example.org").go("/projects")
    page.get_by_label("State").select_option("")
    page.wait_for_url("**/projects?*state=*")
    page.get_by_role("main").get_by_role("link", name="Budget").click()
    page.wait_for_url("**sort=budget*")
    left = page.url
    rail = page.get_by_role("navigation", name="Pages")
    rail.get_by_role("link", name="Inbox").click()
    page.wait_for_url("**/inbox")
    rail.get_by_role("link", name="Projects").click()
    expect(page).to_have_url(left)
    rail.get_by_role("link", name="Projects").click()
    walker.at("/projects")


def test_rows_fold_and_columns_go_by_key_and_stay_so_in_the_address(page, shown: Product) -> None:
    Walker(page, shown).sign_in("head@aldermere.example.org").go("/projects/2/schedule")
    rows, twist = page.locator("tbody tr"), page.get_by_role("button", name="Parts of Prepare")
    whole = rows.count()
    twist.press("Enter")
    expect(twist).to_have_attribute("aria-expanded", "false")
    assert rows.count() < whole
    expect(twist).to_be_focused()
    page.get_by_role("button", name="Columns").press("Enter")
    page.get_by_label("Float", exact=True).press("Space")
    expect(page.get_by_role("columnheader", name="Float")).to_have_count(0)
    expect(twist).to_have_attribute("aria-expanded", "false")
    page.reload()
    expect(page.get_by_role("columnheader", name="Float")).to_have_count(0)
    page.get_by_role("button", name="Parts of Prepare").press("Enter")
    expect(rows).to_have_count(whole)
