"""The demo: from a task on Today to what its goal is worth, and back down to the work, by the thread alone."""

import re

from tests.browser import accessibility
from tests.journeys.conftest import Product
from tests.journeys.walking import Walker

HEAD = "head@aldermere.example.org"


def test_from_a_task_to_money_and_back(page, shown: Product) -> None:
    walker = Walker(page, shown).sign_in(HEAD).go("/")
    beads = page.locator("ol.work > li").first.get_by_role("list", name="Serves").get_by_role("link")
    step, figure, goal = (beads.nth(n) for n in range(3))
    step_name, figure_name, goal_name = step.inner_text(), figure.inner_text(), goal.inner_text()
    assert re.fullmatch(r"/kpis/\d+", figure.get_attribute("href"))
    with page.expect_navigation():
        goal.click()
    walker.look().reads(goal_name)
    assert re.search(r"£[\d.]+m", page.get_by_role("main").inner_text()), "the goal's page says what it is worth"
    walker.reads("What moves it")
    mover = page.get_by_role("row").filter(has_text=figure_name).locator("a[href^='/plan/steps/']").first
    mover_name = mover.inner_text()
    with page.expect_navigation():
        mover.click()
    walker.look().reads(mover_name).follow(figure_name).follow(goal_name).reads("What moves it")
    walker.go("/").follow(step_name).reads(step_name).follow(mover_name).reads(mover_name)


def test_the_map_shows_one_thread_alone_by_keyboard(page, shown: Product) -> None:
    Walker(page, shown).sign_in(HEAD).go("/map")
    node = page.locator("[data-thread-node^='objective:']").first
    node.focus()
    page.keyboard.press("Enter")
    assert node.get_attribute("aria-pressed") == "true"
    assert accessibility(page) == []


def test_a_phone_shows_today_and_the_gaps_without_scrolling_sideways(phone, shown: Product) -> None:
    walker = Walker(phone, shown).sign_in(HEAD)
    for path in ("/", "/gaps", "/start/result"):
        walker.go(path)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_results_show_one_seen_one_not_and_one_that_cannot_be_tested(page, shown: Product) -> None:
    walker = Walker(page, shown).sign_in(HEAD).go("/results").look()
    for work, state in (
        ("One register for decisions", "seen"),
        ("Survey by text message", "not seen so far"),
        ("Trench boxes for every crew", "cannot be tested"),
        ("Leak crews on call at night", "delivered; effect not shown yet"),
    ):
        pill = page.get_by_role("row").filter(has_text=work).locator(".pill")
        assert pill.inner_text() == state, work
    walker.follow("One register for decisions").look().reads("What else could explain it?")
    summary = page.get_by_text("Another way of counting or collecting")
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details[open] select[name=answer]").is_visible()
