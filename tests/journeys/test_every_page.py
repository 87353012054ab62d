"""Every page address of the product, drawn from the address table, without a barrier in light and in dark, on desk and phone."""

import re
from collections import deque
from urllib.parse import urlsplit

import pytest
from django.contrib.admindocs.views import simplify_regex
from django.urls import Resolver404, resolve

from tests.browser import Page, accessibility
from tests.journeys.conftest import Product
from tests.journeys.walking import PASSWORD, Walker
from tests.purpose.stated import PLAN
from tests.rights.policy import addresses

OWNER = "operations@aldermere.example.org"  # owns objectives: some pages are for an owner alone
OPERATOR = "operator@aldermere.example.org"  # administers, and heads the PMO: sees every page
NO_PAGES = {
    "/healthz": "a word for a supervisor",
    "/favicon.ico": "a picture",
    "/head": "a number that pages poll",
    "/export/<noun>/<form>": "a file",
    "/strategies/stratml/<key>": "a file",
    "/projects/<key>/schedule/compare/file": "a file",
    "/sign-in/second/recovery-codes/download/": "a file",
    "/projects/<key>/schedule/risks/file": "a file",
    "/plan/contributions/say": "a sentence that its form asks for",
}
ELSEWHERE = {
    "/sign-in/second/webauthn/keys/<pk>/remove/": "needs a passkey: test_sign_in",
    "/sign-in/second/webauthn/keys/<pk>/edit/": "needs a passkey: test_sign_in",
    "/sign-in/second/authenticate/": "stands between two pages: test_sign_in",
    "/sign-in/second/recovery-codes/": "needs one-time codes: test_sign_in",
    "/sign-in/second/recovery-codes/generate/": "needs one-time codes: test_sign_in",
    "/sign-in/second/totp/deactivate/": "needs one-time codes: test_sign_in",
    "/sign-in/second/webauthn/reauthenticate/": "needs a passkey: test_sign_in",
    "/sign-in/second/webauthn/login/": "data for the browser",
    "/sign-in/second/reauthenticate/": "needs one-time codes: test_sign_in",
}
LEFT = ("/static/", "/sign-in/logout", "/scenario/", "/as-of/")  # the same pages once more
MADE_UP = (
    "/invitation/no-such-secret",
    "/answer/no-such-secret",
    "/shared/no-such-link",
    "/sign-in/confirm-email/no-such-key/",
    "/nothing/here",
)


def wanted() -> set[str]:
    """The addresses that answer with a page."""
    offered = {a.path for a in addresses().values() if a.read.is_offered and not a.path.startswith("/api/")}
    assert set(NO_PAGES) | set(ELSEWHERE) <= offered, "what is no page any more leaves the list of exceptions"
    return offered - set(NO_PAGES) - set(ELSEWHERE)


def address_of(path: str) -> str:
    """The line of the address table to which a path belongs; empty where it belongs to none."""
    try:
        route = resolve(urlsplit(path).path).route
    except Resolver404:
        return ""
    return re.sub(r"<\w+:", "<", simplify_regex(route))


class Round:
    """A walk from link to link, one page of each address; each is looked at in light and dark and at two widths."""

    def __init__(self, page: Page, product: Product) -> None:
        self.page, self.site = page, product.address
        self.seen: set[str] = set()
        self.barriers: list[str] = []
        self.ways: deque[str] = deque(a for a in sorted(wanted()) if "<" not in a)

    def run(self) -> None:
        while self.ways:
            self.visit(self.ways.popleft())

    def visit(self, path: str) -> None:
        """One page, unless its like has been seen."""
        address = address_of(path) or path
        if address in self.seen or address in NO_PAGES or address in ELSEWHERE or address.startswith("/api/"):
            return
        self.seen.add(address)
        self.page.goto(self.site + path)
        if self.page.get_by_label("Password").count() and "reauthenticate" in self.page.url:
            self.page.get_by_label("Password").first.fill(PASSWORD)
            self.page.get_by_role("button", name=re.compile("confirm", re.IGNORECASE)).click()
            self.page.wait_for_url(lambda url: "reauthenticate" not in url)
        self.look(path)

    def look(self, path: str) -> None:
        """The page as it stands: barriers, what hangs over its edge, and where it leads."""
        for scheme, width in (("light", 1440), ("dark", 390)):
            self.page.emulate_media(color_scheme=scheme)
            self.page.set_viewport_size({"width": width, "height": 900})
            found = accessibility(self.page, of_looks_alone=scheme == "dark")
            self.barriers += [f"{path} in {scheme}, {width} wide: {barrier}" for barrier in found]
            if self.page.evaluate("document.documentElement.scrollWidth") > width:
                self.barriers.append(f"{path}: wider than {width}")
        self.gather()

    def gather(self) -> list[str]:
        """Where the page that is open leads."""
        links = self.page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
        found = [link for link in links if link.startswith("/") and not link.startswith(LEFT)]
        self.ways.extend(found)
        return found


@pytest.mark.slow
def test_no_page_has_a_barrier(page, new_page, product: Product, trouble) -> None:
    trouble.allow("status of (404|422|403|405)")
    walker = Walker(page, product).sign_in(OPERATOR)
    walk = Round(page, product)
    _bring_files(walker, walk)
    _bring_a_strategy(walker, walk)
    _propose_a_version(walker, walk)
    _plan_together(walker, walk)
    _try_out(walker, walk)
    _ask_and_invite(walker, walk)
    walk.ways.extend(MADE_UP)
    _look_at_every_office(walk)
    _look_where_one_comes_from(walk)
    _look_at_a_schedule(walk)
    walk.run()
    stranger = Round(new_page(), product)
    for path in ("/sign-in/login/", "/sign-in/password/reset/", "/sign-in/inactive/", *MADE_UP):
        stranger.visit(path)
    _answer_as_a_stranger(stranger, walker)
    _read_a_shared_plan(stranger, walker)
    owner = _look_as_an_owner(Round(new_page(), product), product)
    missing = wanted() - walk.seen - stranger.seen - owner.seen
    assert len(walk.seen) > 70
    assert not missing, "no link leads there, and nothing here opens them"
    barriers = walk.barriers + stranger.barriers + owner.barriers
    assert not barriers, "\n".join(barriers)


def _bring_files(walker: Walker, walk: Round) -> None:
    """A list in the wizard, so that its pages are there."""
    walker.go("/import").page.locator("input[type=file]").set_input_files(walker.files / "projects-last-month.csv")
    walker.press("Read")
    walk.look("the wizard’s columns")
    path = urlsplit(walker.page.url).path
    walk.ways.extend([path, path.removesuffix("/columns"), f"{path.removesuffix('/columns')}/columns"])


def _bring_a_strategy(walker: Walker, walk: Round) -> None:
    """The page that says where objectives came from, before and after some did."""
    walker.go("/strategies")
    walk.look("/strategies without any")
    file = {"name": "plan.xml", "mimeType": "application/xml", "buffer": PLAN}
    walker.go("/import").page.locator("input[type=file]").set_input_files([file])
    walker.press("Read").press("Import")
    walk.ways.append("/strategies/1")


def _propose_a_version(walker: Walker, walk: Round) -> None:
    """A version of the plan that waits for its signatures."""
    walker.go("/plan/versions")
    walk.look("/plan/versions without any")
    walker.page.get_by_label("What changed, and why").fill("The first plan")
    walker.press("Propose")
    path = urlsplit(walker.page.url).path
    walk.ways.extend([path, f"{path}/changes"])


def _plan_together(walker: Walker, walk: Round) -> None:
    """A session about what lacks something, with everybody concerned, in which an estimate is asked for."""
    walker.go("/plan/sessions")
    walk.look("/plan/sessions without any")
    page = walker.go("/plan/sessions/new").page
    page.get_by_label("Name", exact=True).fill("Autumn planning")
    page.get_by_label("What is to be agreed").fill("Who answers for what")
    walker.press("Open the session")
    page.get_by_text("Ask for estimates").first.click()
    walker.press("Ask everybody invited")
    walk.look("a session in which an estimate waits")
    walk.ways.append(urlsplit(page.url).path)


def _try_out(walker: Walker, walk: Round) -> None:
    """A scenario, from outside and from inside."""
    page = walker.go("/plan/scenarios").page
    walk.look("/plan/scenarios without any")
    page.get_by_role("button", name="New scenario").click()
    page.locator("dialog[open]").get_by_label("Name").fill("Two people more")
    page.locator("dialog[open]").get_by_role("button", name="Copy the plan").click()
    walker.reads("Scenario: Two people more")
    walk.look("the plan inside a scenario")
    walk.ways.append(re.sub(r".*/scenario/(\d+)/.*", r"/plan/scenarios/\1", page.url))


def _look_as_an_owner(owner: Round, product: Product) -> Round:
    """What the owner of an objective alone is offered on its page."""
    Walker(owner.page, product).sign_in(OWNER)
    owner.page.goto(f"{owner.site}/objectives")
    for link in [link for link in owner.gather() if re.fullmatch(r"/objectives/\d+", link)]:
        owner.page.goto(owner.site + link)
        for offered in [link for link in owner.gather() if link.endswith("/own-chance")]:
            owner.visit(offered)
    return owner


def _look_at_every_office(walk: Round) -> None:
    """The mandates of each office: only one of them has had an earlier version, to compare with."""
    walk.page.goto(f"{walk.site}/mandate")
    for tab in [link for link in walk.gather() if link.startswith("/mandate?office=")]:
        walk.page.goto(walk.site + tab)
        walk.gather()


def _look_at_a_schedule(walk: Round) -> None:
    """A project with a plan of its own: not every project has one."""
    walk.page.goto(f"{walk.site}/projects?q=Billing+renewal")
    link = next(link for link in walk.gather() if re.fullmatch(r"/projects/\d+", link))
    walk.visit(f"{link}/schedule")


def _look_where_one_comes_from(walk: Round) -> None:
    """An objective whose goal above was negotiated: not every objective has one."""
    walk.page.goto(f"{walk.site}/objectives?goal=signed")
    link = next(link for link in walk.gather() if re.fullmatch(r"/objectives/\d+", link))
    walk.page.goto(walk.site + link)
    walk.gather()


def _ask_and_invite(walker: Walker, walk: Round) -> None:
    """A link to set a password, as it is shown once."""
    walker.go("/people/2").press("New password link")
    walk.look("/people/2 with a link")


def _read_a_shared_plan(stranger: Round, walker: Walker) -> None:
    """The plan on one page by a link that somebody made."""
    walker.go("/plan/links").page.get_by_label("For whom").fill("The regulator")
    walker.press("Make the link")
    path = urlsplit(walker.page.get_by_label("The new link").input_value()).path
    stranger.seen.discard(address_of(path))
    stranger.visit(path)
    assert stranger.page.get_by_role("link", name="PDF").count()


def _answer_as_a_stranger(stranger: Round, walker: Walker) -> None:
    """The link of the newest mail that asks something, and a link to set a password that was asked for."""
    stranger.page.goto(f"{stranger.site}/sign-in/password/reset/")
    stranger.page.get_by_label("E-mail").fill("head@aldermere.example.org")
    stranger.page.get_by_role("button", name=re.compile("reset", re.IGNORECASE)).click()
    stranger.page.wait_for_url(re.compile("/reset/done/"))
    mails = "\n".join(file.read_text() for file in sorted((walker.product.folder / "mail").iterdir()))
    mails = mails.replace("=\n", "")
    for pattern in (r"/answer/[\w.~:=-]+", r"/sign-in/password/reset/key/[\w-]+/", r"/invitation/[\w-]+"):
        for link in re.findall(pattern, mails)[-1:]:
            stranger.seen.discard(address_of(link))
            stranger.visit(link)
