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
