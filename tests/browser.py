"""A real Chromium for tests: pages that report every breach of the content policy, and an accessibility check."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page, Route, sync_playwright

__all__ = ["Browser", "NewPage", "Page", "Route", "Trouble", "accessibility", "chromium", "pages"]

NewPage = Callable[..., Page]

ADVICE = "No Chromium can be started. Install one (Debian, Ubuntu: apt-get install chromium) or set GT_CHROMIUM to its path."
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SWITCHES = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
]
REPORT_BREACH = """document.addEventListener('securitypolicyviolation', e =>
  console.error(`content policy: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile ?? ''}:${e.lineNumber}`))"""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
VIOLATIONS = "options => axe.run(options).then(found => found.violations)"  # what passed is megabytes that nobody reads
LOOKS = ["color-contrast", "link-in-text-block", "meta-viewport", "scrollable-region-focusable", "target-size"]


class Trouble:
    """Lines that a page logged as errors. A refused form (422) always logs one; every other line must be allowed by the test."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._allowed = [re.compile(r"status of 422")]

    def allow(self, pattern: str) -> None:
        """Expect lines that match, for the rest of this test."""
        self._allowed.append(re.compile(pattern))

    def add(self, line: str) -> None:
        self._lines.append(line)

    @property
    def lines(self) -> list[str]:
        """What nobody allowed."""
        return [line for line in self._lines if not any(pattern.search(line) for pattern in self._allowed)]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, else the one that playwright brought."""
    path = os.environ.get("GT_CHROMIUM") or next((found for name in NAMES if (found := shutil.which(name))), None)
    with sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=path, args=SWITCHES)
        except Error as error:
            pytest.fail(f"{ADVICE}\n{error.message.splitlines()[0]}", pytrace=False)
        yield browser
        browser.close()


@contextmanager
def pages(browser: Browser, trouble: Trouble) -> Iterator[NewPage]:
    """A maker of pages, each with cookies of its own; all are closed at the end."""
    contexts = []

    def make(*, width: int = 1440, height: int = 900, scheme: str = "light", scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=scripts,
            reduced_motion="reduce",
            has_touch=width < 600,
            locale="en-GB",
            timezone_id="Europe/London",
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.add_init_script(REPORT_BREACH)
        page = context.new_page()
        page.on("console", lambda message: trouble.add(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: trouble.add(f"page error: {error}"))
        return page

    yield make
    for context in contexts:
        context.close()


def accessibility(page: Page, *, of_looks_alone: bool = False) -> list[str]:
    """What axe finds against WCAG 2.2 AA: one line for each rule and place, empty where all is well.

    `of_looks_alone`: only the rules that depend on colours and widths, for a page that was looked at in another dress.
    """
    rules = {"type": "rule", "values": LOOKS} if of_looks_alone else {"type": "tag", "values": WCAG}
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate(VIOLATIONS, {"runOnly": rules, "resultTypes": ["violations"]})
    return [f"{rule['id']}: {rule['help']} -> {node['target']} {node['html'][:120]}" for rule in found for node in rule["nodes"]]
