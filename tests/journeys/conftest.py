"""The product as a person gets it: its own command, its own server and worker, a data folder of its own."""

import json
import multiprocessing
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.browser import Browser, Page
from tests.journeys.forks import Fork, Forks
from tests.kept import SIGN_INS, Kept

Serve = Callable[..., "Product"]
COMMAND = str(Path(sys.executable).with_name("goldenthread"))


@dataclass(frozen=True)
class Product:
    """A running installation."""

    address: str
    folder: Path
    sign_ins: tuple[dict[str, str], ...]

    def sign_in(self, page: Page, role: str = "Head of PMO") -> None:
        """Sign in as the demo's person of that role: on to today, or to the first run where nothing is there yet."""
        person = next(entry for entry in self.sign_ins if entry["role"].startswith(role))
        page.goto(f"{self.address}/")
        page.locator("input[name=login]").fill(person["email"])
        page.locator("input[name=password]").fill(person["password"])
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/sign-in/" not in url)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one of the product's commands on the same data."""
        return command(self.folder, *words)

    def read(self, *words: str) -> dict:
        """The JSON answer of a command that must succeed."""
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def environment(folder: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GT_", "DJANGO_"))}
    return kept | {"GT_DATA_DIR": str(folder), "PYTHONUTF8": "1"}


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *words], env=environment(folder), text=True, capture_output=True, check=False, timeout=300)


def django(folder: Path, *words: str) -> None:
    env = environment(folder) | {"DJANGO_SETTINGS_MODULE": "goldenthread.config.settings"}
    subprocess.run([sys.executable, "-m", "django", *words], env=env, check=True, timeout=300, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="session")
def static(kept: Kept) -> Path:
    """Styles and scripts as the product serves them."""

    def make(folder: Path) -> None:
        folder.mkdir()
        django(folder, "collectstatic", "--no-input", "--verbosity", "0")

    return kept.once("static", make) / "static"


@pytest.fixture(scope="session")
def empty_folder(kept: Kept, static: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with tables and static files, and nobody in it."""
    folder = shutil.copytree(kept.tables(), tmp_path_factory.mktemp("empty") / "data")
    shutil.copytree(static, folder / "static", dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def demo_folder(kept: Kept, static: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the demo organisation, loaded by its command."""
    folder = shutil.copytree(kept.demo(), tmp_path_factory.mktemp("demo") / "data")
    shutil.copytree(static, folder / "static", dirs_exist_ok=True)
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address: str, server: subprocess.Popen | Fork) -> None:
    """Until the first answer of any kind; a server that ends instead fails the test."""
    for _ in range(600):
        assert server.poll() is None, "the server ended before it answered; its words stand above"
        try:
            urlopen(address, timeout=10).close()
        except URLError as error:
            if getattr(error, "code", None):
                return
            time.sleep(0.05)
        else:
            return
    pytest.fail("the server did not answer within 30 seconds")


def granian(port: int) -> list[str]:
    """What `./gt` starts where tables and styles are there already."""
    options = f"--interface wsgi --host 127.0.0.1 --port {port} --workers 1 --blocking-threads 4 --workers-kill-timeout 15"
    return f"{options} --log-level warning --no-ws goldenthread.config.wsgi:application".split()


@contextmanager
def serving(root: Path, browser: Callable[[], Browser | None]) -> Iterator[Serve]:
    """Start the product on a copy of a data folder: its server alone, in a process of its own or as one of `forks`, or its
    command, which looks after tables and styles too.
    """
    servers: list[subprocess.Popen | Fork] = []

    def start(prepared: Path, *, by_command: bool = False, forks: Forks | None = None) -> Product:
        folder = forks.folder if forks else root / f"data-{len(servers)}"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(prepared, folder)
        port = free_port()
        if forks:
            servers.append(forks.start(granian(port)))
        else:
            words = [COMMAND, "serve", "--port", str(port)] if by_command else [sys.executable, "-m", "granian", *granian(port)]
            servers.append(subprocess.Popen(words, env=environment(folder)))
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/", servers[-1])
        kept = folder / SIGN_INS
        sign_ins = tuple(json.loads(kept.read_text())["sign_ins"]) if kept.exists() else ()
        return Product(address, folder, sign_ins)

    yield start
    if opened := browser():  # an open page goes on asking for changes, and would find nobody there
        for context in opened.contexts:
            context.close()
    for server in servers:
        server.terminate()
    for server in servers:
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


@pytest.fixture
def serve(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Serve]:
    """Starts servers that end with the test."""
    with serving(tmp_path, lambda: request.getfixturevalue("browser") if "browser" in request.fixturenames else None) as start:
        yield start


@pytest.fixture(scope="session")
def forks(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Forks | None:
    """What the servers on the demo are forks of, where the system knows such processes."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return None
    folder = shutil.copytree(demo_folder, tmp_path_factory.mktemp("forks") / "data")
    return Forks(folder, environment(folder))


@pytest.fixture
def product(serve: Serve, demo_folder: Path, forks: Forks | None) -> Product:
    """The running demo; a fresh copy for each test."""
    return serve(demo_folder, forks=forks)


@pytest.fixture(scope="session")
def shown(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The running demo for tests that only look: one for all of them."""
    with serving(tmp_path_factory.mktemp("shown"), lambda: None) as start:
        yield start(demo_folder)


@pytest.fixture
def empty_product(serve: Serve, empty_folder: Path) -> Product:
    """A running installation without the demo, started by its own command."""
    return serve(empty_folder, by_command=True)
