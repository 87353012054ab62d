"""The browser of the journeys sees what it is for: breaches of the content policy, errors, barriers. Each is provoked once."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.browser import Trouble, accessibility

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'"
PAGES = {
    "/good": "<!doctype html><html lang=en><title>Good</title><main><h1>Good</h1><p>All is well.</p></main>",
    "/inline": "<!doctype html><html lang=en><title>Inline</title><p id=p>still</p><script>p.textContent = 'ran'</script>",
    "/barrier": "<!doctype html><html lang=en><title>Barrier</title><main><h1>Barrier</h1><input><img src='/good'></main>",
}


class Answer(BaseHTTPRequestHandler):
    """Three pages under a strict policy."""

    def do_GET(self) -> None:
        page = PAGES.get(self.path)
        self.send_response(200 if page else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write((page or "").encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_good_page_gives_no_trouble(page, site):
    page.goto(f"{site}/good")
    assert page.title() == "Good"
    assert accessibility(page) == []


def test_an_inline_script_is_stopped_and_reported(page, site, trouble):
    trouble.allow("favicon|404")
    page.goto(f"{site}/inline")
    assert page.inner_text("#p") == "still"
    assert any("script-src" in line for line in trouble.lines)
    trouble.allow("content policy|Content Security Policy")


def test_barriers_are_found_by_rule_and_place(page, site, trouble):
    trouble.allow(".")
    page.goto(f"{site}/barrier")
    found = accessibility(page)
    assert {line.split(":")[0] for line in found} >= {"label", "image-alt"}


def test_the_phone_is_a_phone(phone, site):
    phone.goto(f"{site}/good")
    assert phone.viewport_size == {"width": 390, "height": 844}
    assert phone.evaluate("navigator.maxTouchPoints") > 0


def test_only_what_was_allowed_is_forgiven():
    trouble = Trouble()
    trouble.add("Failed to load resource: the server responded with a status of 422 (Unprocessable Content)")
    trouble.add("Failed to load resource: the server responded with a status of 500 (Internal Server Error)")
    assert len(trouble.lines) == 1
    trouble.allow("status of 500")
    assert trouble.lines == []
