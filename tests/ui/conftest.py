"""The gallery on a server of its own, with the product's middleware but without its accounts."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from django.conf import settings as product
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test import override_settings
from django.test.testcases import QuietWSGIRequestHandler

from goldenthread.ui import jinja
from tests.ui import urls


def only_ui() -> override_settings:
    """The product's settings with the addresses of these tests; nobody needs to sign in."""
    return override_settings(
        ROOT_URLCONF="tests.ui.urls",
        GALLERY=True,
        MIDDLEWARE=[name for name in product.MIDDLEWARE if not name.startswith("goldenthread.config")],
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        MESSAGE_STORAGE="django.contrib.messages.storage.cookie.CookieStorage",
        AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend"],
    )


@contextmanager
def own_addresses() -> Iterator[None]:
    """Addresses are remembered while a server runs; here two sets of them share a process."""
    jinja.url.cache_clear()
    yield
    jinja.url.cache_clear()


@pytest.fixture
def site() -> Iterator[None]:
    """The same, for Django's test client."""
    with only_ui(), own_addresses():
        urls.seen.clear()
        yield


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    """The address of a running gallery, static files included."""
    with only_ui(), own_addresses():
        server = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler)
        server.set_app(StaticFilesHandler(WSGIHandler()))
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture
def posted() -> list[tuple[str, dict[str, str]]]:
    """What the browser posted during this test."""
    urls.seen.clear()
    return urls.seen
