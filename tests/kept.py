"""Data folders that are costly to make and that many tests begin with: made once in a run, by the product's own commands.

Every process of a run, and every lane of `./gt test`, takes its copy of the same ones.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import product

SIGN_INS = "sign_ins.json"


@contextlib.contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    """Two processes of a run take turns, where the system has such locks."""
    with lock.open("w") as held:
        with contextlib.suppress(ImportError):
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX)
        yield


class Kept:
    """The folders of this run. Each answer is the kept one itself: copy it before anything can write there."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def once(self, name: str, make: Callable[[Path], None]) -> Path:
        """The folder of that name, made by whoever asks first."""
        folder, unfinished = self.root / name, self.root / f"{name}-{os.getpid()}"
        with _only_one(self.root / f"{name}.lock"):
            if not folder.exists():
                make(unfinished)
                unfinished.rename(folder)
        return folder

    def tables(self) -> Path:
        """A migrated database with nobody in it."""
        return self.once("tables", _migrate)

    def demo(self) -> Path:
        """The demo organisations, and the answer of the command that loaded them as `sign_ins.json`."""
        return self.once("demo", lambda folder: _load(shutil.copytree(self.tables(), folder)))


def _migrate(folder: Path) -> None:
    done = product.run(folder, "migrate")
    assert done.code == 0, done.err


def _load(folder: Path) -> None:
    told = product.must(folder, "demo")
    assert told["loaded"]
    (folder / SIGN_INS).write_text(json.dumps(told), encoding="utf-8")


def of(factory: pytest.TempPathFactory) -> Kept:
    """The folders shared by all lanes where `./gt test` names a place for them, else by the processes of this pytest."""
    told, mine = os.environ.get("GT_TEST_KEPT"), factory.getbasetemp()
    root = Path(told) if told else (mine.parent if os.environ.get("PYTEST_XDIST_WORKER") else mine) / "kept"
    root.mkdir(parents=True, exist_ok=True)
    return Kept(root)
