"""A target rises, the plan follows: proposed, objected to, answered, put in force; who is concerned reads why, and says so."""

import re

from playwright.sync_api import expect

from tests.browser import NewPage
from tests.journeys.conftest import Product
from tests.journeys.walking import Walker

HEAD, CHAIR, MEMBER = "head@aldermere.example.org", "delivery@aldermere.example.org", "benefits@aldermere.example.org"
OWNERLESS = re.compile("has nobody who answers for it")


def propose(walker: Walker, because: str) -> str:
    """A version of the plan as it stands; the address of its page."""
    walker.go("/plan/versions").page.get_by_label("What changed, and why").fill(because)
    walker.press("Propose").reads("Proposed")
    return re.search(r"/plan/versions/\d+", walker.page.url)[0]


def clear_the_way(walker: Walker, address: str) -> None:
    """Name who answers for the one step without, and give each step without a goal its leave."""
    page = walker.page
    page.get_by_role("link", name=OWNERLESS).click()
    page.get_by_text("Add somebody").click()
    page.locator("select[name=person]").select_option(label="Maren Oakfield")
    page.locator("select[name=letter]").select_option("A")
    walker.press("Add").go(address)
    while page.get_by_text("Let it stand for a while").count():
        left = page.get_by_text("Let it stand for a while").count()
        page.get_by_text("Let it stand for a while").first.click()
        page.locator("details[open] input[name=because]").fill("Agreed until the spring")
        page.locator("details[open]").get_by_role("button", name="Let it stand").click()
        expect(page.get_by_text("Let it stand for a while")).to_have_count(left - 1)


def test_from_a_changed_target_to_who_has_read_what_it_changes(page, new_page: NewPage, product: Product) -> None:
    head = Walker(page, product).sign_in(HEAD)
    address = propose(head, "The plan as the board knows it")
    clear_the_way(head, address)
    head.look().press("Put in force").reads("In force")

    head.go("/objectives").follow("Return on change spending").follow("Edit the target")
    page.locator("input[name=value]").fill("3.1")
    page.locator("[name=reason]").fill("The price review allows more")
    head.press("Save")
    address = propose(head, "More benefits are wanted, so every gate is checked")

    lead = Walker(new_page(), product).sign_in(CHAIR).go(address)
    lead.page.get_by_label("What is wrong with it?").fill("Nobody has the hours.")
    lead.press("Object").reads("Nobody has the hours.")
    head.go(address).reads("Jonas Pellworth objects: Nobody has the hours.")
    page.get_by_label("How it was resolved, or why it is overruled").fill("Two days a week are freed.")
    head.press("Resolved").reads("objected; resolved").press("Put in force").reads("In force")
    head.go(f"{address}/changes?all=1").look().reads("the target of Realised benefits rose to 3.1")

    doer = Walker(new_page(), product).sign_in(MEMBER)
    waits = doer.page.get_by_text("Read what changes for you")
    for _ in range(30):  # the worker tells within a minute
        doer.go("/")
        if waits.count():
            break
        doer.page.wait_for_timeout(2000)
    doer.go(f"{address}/changes").reads("Your work changed: ").reads("the target of Realised benefits rose to 3.1").look()
    doer.press("I have read it").go("/").lacks("Read what changes for you")
    head.go(address).reads("Read and seen · Ilse Tarrow")
