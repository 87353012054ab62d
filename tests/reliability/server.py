"""The product's own server, two processes of it, on the database of the test; and a crowd that sends to it."""

import http.client
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from django.test import Client

from tests import product

AT_ONCE = 100
Request = tuple[str, str, str, dict[str, str]]  # method, path, body, headers


def database() -> str:
    """The test's database as GT_DATABASE_URL says it."""
    entry = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{quote(str(entry['NAME']))}"
    return f"postgresql://{entry['USER']}@/{entry['NAME']}?host={quote(entry['HOST'], safe='')}"


def free_port() -> int:
    """A port on which nobody listens."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def words(port: int) -> list[str]:
    """What starts the server with two workers."""
    said = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "2"]
    return [*said, "--blocking-threads", "4", "--no-ws", "--log-level", "error", "goldenthread.config.wsgi:application"]


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """The port of a server that is ready."""
    told = {
        "GT_DATABASE_URL": database(),
        "GT_SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "tests.reliability.served",
    }
    environment = product.environment(folder) | told
    (folder / "static").mkdir(parents=True)
    port = free_port()
    server = subprocess.Popen(words(port), cwd=product.ROOT, env=environment, stdin=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=60)


def wait_for(port: int) -> None:
    """Until the server answers."""
    patience = time.monotonic() + 60
    while time.monotonic() < patience:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as link:
                link.request("GET", "/healthz")
                if link.getresponse().status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"nobody answers on port {port}")


class Crowd:
    """A hundred programs at once, each with a connection of its own."""

    def __init__(self, port: int) -> None:
        self.port = port

    def send(self, requests: list[Request]) -> Counter[int]:
        """How often each status came."""
        hands = [requests[start::AT_ONCE] for start in range(AT_ONCE)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return Counter(status for answers in pool.map(self._one, hands) for status in answers)

    def _one(self, requests: list[Request]) -> list[int]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)) as link:
            found = []
            for method, path, body, headers in requests:
                link.request(method, path, body, headers)
                response = link.getresponse()
                response.read()
                found.append(response.status)
            return found


def browser_of(user: Any, port: int) -> tuple[str, dict[str, str]]:
    """The key of a signed-in person's forms, and the headers of a browser that sends them."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    token = client.get("/settings").content.decode().split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]
    names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
    cookie = "; ".join(f"{name}={client.cookies[name].value}" for name in names)
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{port}"}
    return token, headers
