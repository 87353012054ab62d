"""The demo as the command itself loaded it, for all tests of the commands."""

import shutil
from pathlib import Path

import pytest

from tests.kept import Kept


@pytest.fixture(scope="session")
def demo(kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's data folder. Read only: ask for `folder` to write."""
    return shutil.copytree(kept.demo(), tmp_path_factory.mktemp("demo") / "data")


@pytest.fixture
def folder(demo: Path, tmp_path: Path) -> Path:
    """A copy to write on."""
    return shutil.copytree(demo, tmp_path / "data")
