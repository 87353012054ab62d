"""The demo, loaded once for all tests of the commands by the command itself."""

import shutil
from pathlib import Path

import pytest

from tests import product


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's data folder. Read only: ask for `folder` to write."""
    folder = tmp_path_factory.mktemp("demo")
    assert product.run(folder, "migrate").code == 0
    assert product.must(folder, "demo")["loaded"]
    return folder


@pytest.fixture
def folder(demo: Path, tmp_path: Path) -> Path:
    """A copy to write on."""
    return shutil.copytree(demo, tmp_path / "data")
