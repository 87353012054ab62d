"""What every test may ask for: a real browser, a page that reports any breach, and the marks that choose the lanes."""

import gc
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from _pytest.runner import runtestprotocol

from goldenthread.kit.stack import with_room
from tests import browser as real
from tests import kept as folders
from tests import prepared

HERE = Path(__file__).parent
DATABASE = {"db", "transactional_db", "live_server", "django_db_setup", "client", "admin_client"}
BROWSER = {"page", "phone", "browser", "new_page"}
WITH_PAGES = {"house", "journeys", "ui"}  # where the browser's lane of `./gt test` looks


# A busy machine is no fault of an example; the same examples on every machine, so that a red run can be repeated.
hypothesis.settings.register_profile("house", deadline=None, derandomize=True)
hypothesis.settings.load_profile("house")


prepared.watch()


def pytest_runtest_setup() -> None:
    """What the watch has compared counts for one test."""
    prepared.forget()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test belongs to the lanes of what it uses: nobody has to remember a mark. On several cores the long ones go first."""
    if getattr(config, "workerinput", None) is not None:
        items.sort(key=lambda item: ("rights" not in item.path.parts, item.get_closest_marker("slow") is None))
    for item in items:
        given = getattr(getattr(item, "callspec", None), "params", {})  # a page that stands in a parameter needs no browser
        fixtures, room = {*getattr(item, "fixturenames", ())} - set(given), item.path.relative_to(HERE).parts[0]
        if fixtures & DATABASE or item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.database)
        if fixtures & BROWSER or room == "journeys":
            item.add_marker(pytest.mark.journey)
            if room not in WITH_PAGES:
                raise pytest.UsageError(f"{item.nodeid} uses a browser, and the lane of the browser would not find it there")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Each test with its fixtures stands on a stack with room, as requests do."""
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    with_room(runtestprotocol, item, nextitem=nextitem)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not look through it, nor as often, just as in the server."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 100)


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> folders.Kept:
    """Data folders made once for the whole run: to be copied."""
    return folders.of(tmp_path_factory)


@pytest.fixture(scope="session")
def browser() -> Iterator[real.Browser]:
    """Chromium, started once; without one the test fails and says what to install."""
    with real.chromium() as started:
        yield started


@pytest.fixture
def trouble() -> Iterator[real.Trouble]:
    """What the pages complained of; the test fails at its end unless it allowed each line."""
    found = real.Trouble()
    yield found
    assert not found.lines, "the page broke its content policy or logged errors"


@pytest.fixture
def new_page(browser: real.Browser, trouble: real.Trouble) -> Iterator[real.NewPage]:
    """Open pages of any size and colour scheme: `new_page(width=390, height=844, scheme="dark")`."""
    with real.pages(browser, trouble) as make:
        yield make


@pytest.fixture
def page(new_page: real.NewPage) -> real.Page:
    """A desktop page, 1440 x 900."""
    return new_page()


@pytest.fixture
def phone(new_page: real.NewPage) -> real.Page:
    """A phone's page, 390 x 844, with touch."""
    return new_page(width=390, height=844)
