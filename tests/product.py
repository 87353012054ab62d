"""The product's own commands as a person runs them, each in a process and on a data folder of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
COMMAND = "goldenthread.config.command"
# Runs a module and notes the most memory it held itself: the kernel's figure for a child begins at its parent's.
MEASURED = """
import atexit, pathlib, resource, runpy, sys
note, *sys.argv = sys.argv[1:]
def tell():
    own = [line for line in open("/proc/self/status") if line.startswith("VmHWM")][0].split()[1]
    pathlib.Path(note).write_text(str(max(int(own), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)))
atexit.register(tell)
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


@dataclass(frozen=True)
class Outcome:
    """How a command ended: exit code, what it said, and the most memory it and its children held, in bytes."""

    code: int
    out: str
    err: str
    memory: int

    @property
    def answer(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


def environment(folder: Path) -> dict[str, str]:
    """The product's environment for one data folder, nothing of the tests' own settings in it."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GT_", "DJANGO_"))}
    paths = {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]), "PYTHONUTF8": "1"}
    return kept | paths | {"GT_DATA_DIR": str(folder), "GT_WORKER": "off"}


def module(folder: Path, name: str, *words: str) -> Outcome:
    """Run a module on a data folder to its end."""
    folder.mkdir(parents=True, exist_ok=True)
    said, blamed, held = (folder / f"{kind}-{os.getpid()}.txt" for kind in ("out", "err", "memory"))
    with said.open("w") as out, blamed.open("w") as err:
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, str(held), name, *words],
            check=False,
            cwd=ROOT,
            env=environment(folder),
            stdout=out,
            stderr=err,
            stdin=subprocess.DEVNULL,
        )
    memory = int(held.read_text()) * 1024 if held.exists() else 0
    outcome = Outcome(done.returncode, said.read_text(encoding="utf-8"), blamed.read_text(encoding="utf-8"), memory)
    for path in (said, blamed, held):
        path.unlink(missing_ok=True)
    return outcome


def run(folder: Path, *words: str) -> Outcome:
    """Run one of the product's commands."""
    return module(folder, COMMAND, *words)


def must(folder: Path, *words: str) -> Any:
    """Run a command that has to succeed; its JSON answer."""
    done = run(folder, *words, "--json")
    assert done.code == 0, f"{words} ended with {done.code}: {done.err[-2000:]}"
    return done.answer
