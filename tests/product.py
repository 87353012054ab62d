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
    said, blamed = folder / f"out-{os.getpid()}.txt", folder / f"err-{os.getpid()}.txt"
    with said.open("w") as out, blamed.open("w") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", name, *words],
            cwd=ROOT,
            env=environment(folder),
            stdout=out,
            stderr=err,
            stdin=subprocess.DEVNULL,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    outcome = Outcome(
        process.returncode, said.read_text(encoding="utf-8"), blamed.read_text(encoding="utf-8"), used.ru_maxrss * 1024
    )
    said.unlink()
    blamed.unlink()
    return outcome


def run(folder: Path, *words: str) -> Outcome:
    """Run one of the product's commands."""
    return module(folder, COMMAND, *words)


def must(folder: Path, *words: str) -> Any:
    """Run a command that has to succeed; its JSON answer."""
    done = run(folder, *words, "--json")
    assert done.code == 0, f"{words} ended with {done.code}: {done.err[-2000:]}"
    return done.answer
