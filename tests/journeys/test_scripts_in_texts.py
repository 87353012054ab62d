"""S12: texts that would run a program, in every field of the demo, on pages in a real Chromium. Nothing runs, nothing is refused.

Three pages here; with LONG_TESTS=1 every address of the product, twice, with the texts moved on.
"""

import os
import re
import subprocess
import sys

import pytest

from tests.browser import Page
from tests.journeys.conftest import Product, environment
from tests.journeys.payloads import payloads
from tests.journeys.test_every_page import OPERATOR, Round
from tests.journeys.walking import Walker
from tests.product import ROOT

LONG = bool(os.environ.get("LONG_TESTS"))
SHIFTS = (0, 91) if LONG else (0,)
FEW = ("/objectives", "/plan", "/projects")
ALIVE = """text => [...(text ? new DOMParser().parseFromString(text, 'text/html') : document).querySelectorAll('*')]
  .filter(element => [...element.attributes].some(({name, value}) =>
    /^on|^(data-)?hx-on/.test(name) || value.startsWith('/xss') ||
    (['href', 'src', 'action', 'data', 'srcdoc', 'content', 'formaction'].includes(name) &&
      /javascript:|alert\\(|xss/.test(value)))
  || (element.tagName == 'SCRIPT' && element.text.includes('alert('))).map(element => element.outerHTML.slice(0, 200))"""
SHOWN = "() => document.documentElement.innerText + [...document.querySelectorAll('input, textarea')].map(e => e.value).join(' ')"


class Search(Round):
    """The same walk, looking for what came alive."""

    def __init__(self, page: Page, product: Product) -> None:
        super().__init__(page, product)
        self.shown: set[str] = set()
        self.alive: list[str] = []

    def run(self) -> None:
        if LONG:
            return super().run()
        for path in FEW:
            self.visit(path)
        return None

    def look(self, path: str) -> None:
        self.shown |= set(re.findall(r"alert\((\d+)\)", self.page.evaluate(SHOWN)))
        self.alive += [f"{path}: {element}" for element in self.page.evaluate(ALIVE, "")]
        self.gather()


def test_the_search_finds_what_a_page_would_show_unescaped(page: Page) -> None:
    found = [text for text in payloads() if page.evaluate(ALIVE, f"<title>{text}</title><p>{text}</p>")]
    assert len(set(payloads())) == 200
    assert len(found) >= 180, "all but those that only break out of an attribute or of a template"


@pytest.mark.slow
def test_no_text_runs_a_program(page: Page, product: Product, trouble) -> None:
    trouble.allow("status of (404|422|403|405)")
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "xss" in request.url else None)
    Walker(page, product).sign_in(OPERATOR)
    shown: set[str] = set()
    for shift in SHIFTS:
        words = [sys.executable, "-m", "tests.journeys.payloads", str(shift)]
        env = environment(product.folder) | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        planted = int(subprocess.run(words, check=True, cwd=ROOT, env=env, stdout=subprocess.PIPE).stdout)
        search = Search(page, product)
        search.run()
        shown |= search.shown
        print(f"\n{planted} texts written, {len(search.seen)} addresses looked at, {len(search.shown)} payloads seen as text")
        assert not search.alive, "\n".join(search.alive[:20])
    assert (dialogs, asked) == ([], [])
    assert len(shown) >= (200 if LONG else 100)
