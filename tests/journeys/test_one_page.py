"""One-page plans on paper: printed by a real browser, counted in pages, from three objectives to forty."""

import re
from datetime import timedelta

import pytest
from django.contrib.staticfiles import finders

from goldenthread.accounts import actions as accounts
from goldenthread.formats.one_page import pages_of
from goldenthread.plan import actions
from goldenthread.plan.models import Contribution
from goldenthread.purpose.models import Kpi, Objective, Service, Target
from goldenthread.schedule.actions import postponed_dates
from goldenthread.ui import assets
from tests.browser import Page
from tests.formats.test_one_page_slide import check as check_slide
from tests.journeys.conftest import Product
from tests.journeys.walking import Walker
from tests.plan.conftest import kept_cast, module_cast, module_scene, scene
from tests.plan.test_workbook import changed

__all__ = ["kept_cast", "module_cast", "module_scene", "scene"]

COUNTS = (3, 8, 15, 25, 40)
SITE = "http://one-page.test"
LONG = "Have every department of the organisation Decide Within three working days on WHATEVER its projects ask of it, "
ROW = 4.2 * 96 / 25.4  # what one row takes on paper, in the browser's pixels


def on_paper(page: Page) -> int:
    """How many pages the browser prints."""
    return pages_of(page.pdf(prefer_css_page_size=True))


def bring(page: Page, html: str) -> None:
    """Show a page that was drawn without a server, with the product's own styles and font."""

    def answer(route) -> None:
        address = route.request.url.removeprefix(SITE)
        if address == "/":
            route.fulfill(body=html, content_type="text/html")
        elif address.endswith("app.css"):
            route.fulfill(body=assets.joined_css(), content_type="text/css")
        elif address.endswith(".woff2"):
            route.fulfill(path=finders.find("ui/vendor/inter.woff2"))
        else:
            route.fulfill(body="", content_type="text/javascript" if address.endswith(".js") else "image/svg+xml")

    page.unroute_all()
    page.route("**/*", answer)
    page.goto(f"{SITE}/")
    page.evaluate("document.fonts.ready.then(() => document.fonts.size)")


def grow(scene, count: int) -> None:
    """Bring the office to that many objectives with long words everywhere, each with two figures and four steps."""
    head = scene.cast.head
    have = Objective.objects.filter(state=Objective.State.APPROVED).count()
    with accounts.changeset(title="Grow", by=head), postponed_dates():
        for n in range(have, count):
            objective = Objective(
                office=scene.cast.office,
                title=(LONG * 2)[:280] + f"no. {n}",
                short_name=f"{LONG[:50]} {n}",
                owner=scene.cast.pmo,
                state=Objective.State.APPROVED,
            )
            objective.save()
            for m in range(2):
                kpi = Kpi(office=scene.cast.office, name=f"{n}.{m} {LONG}", unit="working days a decision", direction="FALL")
                kpi.save()
                due = scene.today + timedelta(days=300 + n)
                Target(objective=objective, kpi=kpi, baseline=1_234_567.5, value=987_654.5, due_on=due).save()
            for m in range(4):
                step = actions.add_step(
                    plan=scene.plan, name=f"{n}.{m} {LONG * 2}"[:290], by=head, accountable=head, duration=480
                )
                Contribution(step=step, kpi=kpi, low=-1.0, likely=-2.0, high=-3.0).save()


@pytest.fixture
def large(scene):
    """An office with more duties and stopped services than a page holds."""
    head = scene.cast.head
    for n in range(9):
        actions.add_duty(plan=scene.plan, name=f"{n} {LONG}", source="The Water Act", holder=head, by=head,
                         cadence="YEARLY", next_due=scene.today, minutes=60)  # fmt: skip
    with accounts.changeset(title="Stop", by=head):
        for n in range(9):
            name = f"{n} {LONG}"[:110]
            Service(office=scene.cast.office, name=name, state=Service.State.RETIRED, goes_to=LONG).save()
    return scene


def test_an_office_page_never_takes_a_second_sheet(page: Page, large, capsys) -> None:
    told = []
    for count in COUNTS:
        grow(large, count)
        client = large.cast.client(large.cast.head)
        html = client.get("/plan/one-page").content.decode()
        assert pages_of(client.get("/plan/one-page?pdf").content) == 1
        check_slide(client.get("/plan/one-page?pptx").content)
        bring(page, html)
        assert page.locator(".goal").count() == count
        assert on_paper(page) == 1, count
        page.emulate_media(media="print")
        page.set_viewport_size({"width": round(186 * 96 / 25.4), "height": 1000})
        bottom = page.evaluate("document.querySelector('.sheet').getBoundingClientRect().bottom")
        row = ROW * (5.1 / 4.2 if page.locator(".roomy").count() else 1)
        rows = [box["height"] for box in (item.bounding_box() for item in page.locator(".works li, .sides li").all())]
        lines = (1, 2) if page.locator(".airy").count() else (1,)
        assert all(min(abs(height - n * row) for n in lines) < 0.6 for height in rows), (
            "a row of the page has the height that was counted on"
        )
        told.append(f"{count}: {page.locator('.sheet').get_attribute('class')}, {bottom * 25.4 / 96:.0f} of 277 mm")
        assert bottom <= 277 * 96 / 25.4
        page.emulate_media(media="null")  # as the browser prints by itself
    with capsys.disabled():
        print("\n" + "\n".join(told))


def test_a_persons_page_never_takes_a_second_sheet(page: Page, large) -> None:
    grow(large, 15)
    bring(page, large.cast.client(large.cast.head).get("/plan/one-page/me").content.decode())
    assert page.get_by_text(re.compile(r"^and \d+ more$")).count() >= 1, "what does not stand is counted"
    assert on_paper(page) == 1


def more(walker: Walker) -> Walker:
    """The page of the plan with its menu open."""
    walker.page.get_by_role("button", name="More of the plan").click()
    return walker


def test_a_shared_page_is_read_without_an_account_prints_on_one_sheet_and_ends(
    page: Page, new_page, product: Product, trouble
) -> None:
    trouble.allow("status of 404")
    product.sign_in(page)
    walker = Walker(page, product).go("/plan/one-page").follow("Share")
    page.get_by_label("For whom").fill("The board")
    walker.press("Make the link")
    address = page.get_by_label("The new link").input_value()
    outside = new_page()
    outside.goto(address)
    outside.get_by_role("heading", name="the plan on one page").wait_for()
    assert on_paper(outside) == 1
    assert not outside.get_by_text("Tobias Merrow").count(), "nobody is named"
    walker.go("/plan/links").reads("1 time, last on")
    page.get_by_role("row", name="The board").get_by_role("button", name="Revoke").click()
    page.locator("#confirm button[value=yes]").click()
    walker.reads("revoked")
    outside.goto(address)
    outside.get_by_role("heading", name="This link does not open anything").wait_for()


def test_a_workbook_comes_back_over_a_page_that_shows_every_cell(page: Page, product: Product) -> None:
    product.sign_in(page)
    walker = more(Walker(page, product).go("/plan")).follow("Excel")
    with page.expect_download() as out:
        page.get_by_role("link", name="Take it out").click()
    book = changed(out.value.path().read_bytes(), lambda book: book["steps"][0].update({"deliverable": "A dated list"}))
    page.get_by_label("The workbook that you changed").set_input_files(
        [{"name": "plan.xlsx", "mimeType": "application/octet-stream", "buffer": book}]
    )
    walker.press("Show what changes").reads("A dated list").reads("nothing has been written yet")
    walker.press("Import").reads("1changed")


def test_the_demo_prints_on_one_page_each_and_the_ways_there_are_short(page: Page, shown: Product) -> None:
    shown.sign_in(page)
    walker = Walker(page, shown).follow("My plan on one page").reads("My steps, in order")
    assert on_paper(page) == 1
    more(walker.go("/plan")).follow("On one page").reads("What we do not do")
    assert on_paper(page) == 1
    page.emulate_media(media="print")
    assert not page.get_by_text("Plain words").is_visible()
    assert not page.get_by_role("button", name="Print").is_visible()
