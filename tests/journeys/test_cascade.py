"""A goal negotiated and signed by two people, void once the target moves; a draft mandate that says whom it touches."""

from playwright.sync_api import expect

from tests.browser import NewPage
from tests.journeys.conftest import Product
from tests.journeys.walking import Walker

HEAD, SPONSOR = "head@aldermere.example.org", "sponsor@aldermere.example.org"


def test_from_an_answer_on_today_to_two_signatures_that_a_new_target_makes_void(
    page, new_page: NewPage, product: Product
) -> None:
    head = Walker(page, product).sign_in(HEAD).go("/")
    page.locator("aside").get_by_role("link", name="Forecasts that hold").click()
    head.reads("Answers with Forecast error of project cost 10 %")
    address = page.url.removeprefix(product.address)
    head.press("Let it stand").press("Sign for the PMO").reads("waits for the leadership’s signature")
    sponsor = Walker(new_page(), product).sign_in(SPONSOR).go(address)
    sponsor.press("Sign for the leadership").reads("signed by both sides")
    head.go("/objectives?goal=signed").reads("Forecasts that hold").follow("Forecasts that hold").follow("Edit the target")
    page.locator("input[name=value]").fill("11")
    page.locator("[name=reason]").fill("Ten was out of reach")
    head.press("Save").reads("Self-issued again").follow("The negotiation")
    head.reads("the figure to reach was 10, now 11 stands").look()

    head.go("/mandate").follow("Value that stays").reads("It would touch 3 objectives")
    head.follow("clause by clause, down to people").follow("People").reads("Anouk Sedley")
    head.go("/plan").page.get_by_role("button", name="More of the plan").click()
    head.follow("Conflicts").reads("1 pair of 7 objectives pulls apart")
    page.locator(".triangle a.cell").click()
    expect(page.locator("section:target")).to_contain_text("Check at every gate brings one nearer and the other further away.")
