"""The first run in a browser: from a slide, a messy list and one key each to the page that says what came of it."""

from playwright.sync_api import expect

from tests.browser import NewPage
from tests.journeys.conftest import Product
from tests.journeys.walking import FIRST_RUN, Walker

PURPOSE = "Have projects decided in time and show what they were worth."


def answer(walker: Walker, key: str) -> None:
    """One key for the project shown; waits for the next one."""
    shown = walker.page.locator("#goals h2").inner_text()
    walker.page.keyboard.press(key)
    expect(walker.page.locator("#goals h2")).not_to_have_text(shown)


def test_from_an_empty_organisation_to_the_result(page, product: Product) -> None:
    walker = Walker(page, product).sign_in(FIRST_RUN)
    walker.at("/start").look().follow("Begin").at("/start/mandate")
    page.get_by_label("Name of the PMO").fill("Change office")
    page.get_by_label("What it is for").fill(PURPOSE)
    page.get_by_label("Who gave the mandate").fill("The board")
    walker.press("Save and go on").at("/start/objectives")

    page.get_by_label("One objective, or").fill((walker.files / "deck.txt").read_text(encoding="utf-8"))
    walker.press("Propose objectives").reads("Where does it stand today?")
    page.get_by_role("checkbox", name="Become digital by default").uncheck()
    share = page.get_by_role("group", name="Raise direct debit share")
    share.get_by_label("Today").fill("52 %")
    walker.press("Keep what is ticked").at("/start/objectives").lacks("Become digital")
    walker.reads("52 → 70 %" if "no day" in page.content() else "Where")

    walker.go("/").at("/").reads("First steps: 2 of 6 done").follow("Go on").follow("First step").at("/start/step")
    page.get_by_label("What will you do first?").fill("Agree decision days with the sponsors")
    walker.press("Add to the plan").reads("Your first thread").reads("Odile Hartnell").follow("On to the projects")
    walker.take_in(walker.files / "portfolio.xlsx").follow("Name the goals")
    answer(walker, "1")
    page.keyboard.press("r")
    walker.at("/start/result").reads("1 of 6projects name a goal").reads("5are not asked about yet").follow("Answer for them")
    for key in ("2", "d", "n", "u"):
        answer(walker, key)
    page.keyboard.press("2")
    walker.look().reads("Every project has an answer").follow("See what came of it").at("/start/result")

    walker.reads("3 of 6projects name a goal").reads("2have no goal named").reads("Your first thread").reads(PURPOSE)
    walker.reads("The next three things").reads("Odile Hartnell says none").reads("don’t know yet")
    walker.go("/gaps").go("/map").go("/start")


def test_the_first_steps_need_no_script(new_page: NewPage, product: Product) -> None:
    page = new_page(scripts=False, width=390, height=844)
    walker = Walker(page, product).sign_in(FIRST_RUN)
    page.get_by_role("link", name="Begin").click()
    page.get_by_label("Name of the PMO").fill("Change office")
    page.get_by_label("What it is for").fill(PURPOSE)
    page.get_by_label("Who gave the mandate").fill("The board")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("One objective, or").fill("Cut complaint resolution from 14 to 8 days by end of 2027")
    page.get_by_role("button", name="Propose objectives").click()
    page.get_by_role("button", name="Keep what is ticked").click()
    walker.at("/start/objectives").reads("14 → 8 days by 31 Dec 2027")
    page.get_by_role("link", name="On to the first step").click()
    page.get_by_label("What will you do first?").fill("Call every complainant within a day")
    page.get_by_role("button", name="Add to the plan").click()
    walker.reads("Your first thread")
    page.get_by_role("link", name="On to the projects").click()
    page.locator("input[type=file]").set_input_files(walker.files / "projects-last-month.csv")
    page.get_by_role("button", name="Read the list").click()
    page.get_by_role("button", name="See what it would do").click()
    page.get_by_role("button", name="Import").click()
    page.get_by_role("link", name="Name the goals").click()
    page.get_by_role("button", name="Cut complaint resolution").click()
    walker.reads("1 of 6 projects answered")
