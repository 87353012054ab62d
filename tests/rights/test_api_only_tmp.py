import logging
import pytest
from tests.cast import module_cast
from tests.rights import walk
from tests.rights.policy import addresses
from tests.rights.stage import Stage
from tests.rights.walk import Walk, routes

__all__ = ["module_cast"]
pytestmark = [pytest.mark.django_db]


def test_api(module_cast, monkeypatch):
    print(set(routes()) ^ set(addresses()))
    only = {k: v for k, v in addresses().items() if k.startswith("/api/")}
    monkeypatch.setattr(walk, "addresses", lambda: only)
    logging.disable(logging.ERROR)
    found = Walk(Stage(module_cast)).run()
    print(
        found.cells,
        dict(found.statuses),
        len(found.wrong),
        len(found.leaks),
        len(found.writes),
        len(found.headers),
        len(found.stumbles),
    )
    for name in ("wrong", "leaks", "writes", "stumbles"):
        print(name, *getattr(found, name)[:40], sep="\n")
    print(list(found.headers)[:5])
