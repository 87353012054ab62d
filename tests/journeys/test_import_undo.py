"""An import that was a mistake: undone from the toast at once, or from the activity later; nothing of it stays."""

from tests.formats.schedules import WEIR
from tests.journeys.conftest import Product
from tests.journeys.walking import Walker

HEAD = "head@aldermere.example.org"
ONE = "Complaint desk redesign"  # stands in the list brought in, and not in the demo


def test_undone_from_the_toast(page, product: Product) -> None:
    walker = Walker(page, product).sign_in(HEAD).go("/projects").lacks(ONE)
    walker.go("/import").take_in(walker.files / "projects-last-month.csv")
    walker.undo().go("/projects").lacks(ONE)


def test_undone_from_the_activity(page, product: Product, tmp_path) -> None:
    walker = Walker(page, product).sign_in(HEAD).go("/import")
    walker.take_in(walker.files / "projects-last-month.csv")
    walker.go("/projects?q=Complaint").reads(ONE)
    walker.go("/activity")
    line = page.locator("ol.rows > li").filter(has_text="projects-last-month.csv").first
    line.get_by_role("button", name="Undo").click()
    page.wait_for_load_state()
    walker.look().go("/projects?q=Complaint").lacks(ONE).go("/activity").reads("undone")
    a_schedule(walker, tmp_path / "weir.xml")


def a_schedule(walker: Walker, file) -> None:
    """A plan from Microsoft Project becomes a project with its schedule, and is gone again."""
    file.write_bytes(WEIR)
    walker.go("/import").take_in(file)
    walker.follow("Open “Weir”").reads("past its deadline")
    walker.go("/activity")
    line = walker.page.locator("ol.rows > li").filter(has_text="weir.xml").first
    line.get_by_role("button", name="Undo").click()
    walker.page.wait_for_load_state()
    walker.go("/projects?q=Weir").reads("Nothing fits")
