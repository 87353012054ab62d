"""Data folders with a small organisation, copied for each test that writes."""

import os
import shutil
from pathlib import Path

import pytest

from tests import product
from tests.kept import Kept

long = pytest.mark.skipif(not os.environ.get("LONG_TESTS"), reason="takes minutes: set LONG_TESTS=1 to run it")


@pytest.fixture(scope="session")
def works(kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small organisation. Read only: copy it to write."""

    def make(folder: Path) -> None:
        made = product.module(shutil.copytree(kept.tables(), folder), "tests.reliability.stage")
        assert made.code == 0, made.err

    return shutil.copytree(kept.once("works", make), tmp_path_factory.mktemp("works") / "data")


@pytest.fixture
def folder(works: Path, tmp_path: Path) -> Path:
    """A copy to write on."""
    return shutil.copytree(works, tmp_path / "data")
