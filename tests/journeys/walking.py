"""How a person walks through the product in a journey: signs in, goes to pages, and each page is looked at for barriers."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser import Page, accessibility
from tests.journeys.conftest import Product

PASSWORD = "a-thread-of-gold"  # the demo's, printed for everybody
FIRST_RUN = "head@brindle.example.org"
SLOW = 30_000  # milliseconds that a busy machine may take for one page
expect.set_options(timeout=SLOW)


class Walker:
    """A person at a browser. `look` asserts that the page has no barrier; console errors fail the test by themselves."""

    def __init__(self, page: Page, product: Product) -> None:
        self.page, self.product = page, product

    def sign_in(self, email: str) -> "Walker":
        """Through the door, as everybody."""
        self.page.goto(f"{self.product.address}/sign-in/login/")
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Password").first.fill(PASSWORD)
        self.page.get_by_label("Password").first.press("Enter")
        self.page.wait_for_url(lambda address: "/sign-in/" not in address)
        return self

    def go(self, path: str) -> "Walker":
        """By address."""
        self.page.goto(self.product.address + path)
        return self.look()

    def follow(self, name: str) -> "Walker":
        """The first link of that name on the page itself."""
        with self.page.expect_navigation(timeout=SLOW):
            self.page.get_by_role("main").get_by_role("link", name=name).first.click()
        return self.look()

    def press(self, name: str) -> "Walker":
        """A button of the page itself."""
        with self.page.expect_navigation(timeout=SLOW):
            self.page.get_by_role("main").get_by_role("button", name=name).first.click()
        return self.look()

    def look(self) -> "Walker":
        """No barrier on this page."""
        assert accessibility(self.page) == [], self.page.url
        return self

    def at(self, path: str) -> "Walker":
        """Where the way led."""
        expect(self.page).to_have_url(self.product.address + path)
        return self

    def reads(self, text: str) -> "Walker":
        """The page says so."""
        expect(self.page.get_by_role("main")).to_contain_text(text)
        return self

    def lacks(self, text: str) -> "Walker":
        """The page does not say so."""
        expect(self.page.get_by_role("main")).not_to_contain_text(text)
        return self

    def undo(self) -> "Walker":
        """By the button of the toast."""
        with self.page.expect_navigation(timeout=SLOW):  # the page is loaded anew once it is undone
            self.page.locator("#toasts").get_by_role("button", name="Undo").click()
        return self

    def take_in(self, file: Path) -> "Walker":
        """Bring a list of projects through the wizard to its last page."""
        self.page.locator("input[type=file]").set_input_files(file)
        self.press("Read")
        if self.page.url.endswith("/columns"):
            self.press("See what it would do")
        return self.press("Import").reads("Imported")

    @property
    def files(self) -> Path:
        """The folder of what a head of PMO has on the desk."""
        return self.product.folder / "first-run"
