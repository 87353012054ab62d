"""Servers that need not load the product each: one process has loaded it (`ready`), and every server is a fork of that one.

Granian and the application start in the fork as they do in a process of their own, which other journeys begin with.
"""

import multiprocessing
import os
import subprocess
import sys
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).parents[2]


def be_granian(words: list[str]) -> None:
    """What the fork does: `granian` with these words."""
    from granian.cli import entrypoint

    multiprocessing.set_start_method("fork", force=True)  # so its worker is a fork as well, as it is anywhere on such a system
    sys.argv = ["granian", *words]
    entrypoint()


class Fork:
    """A server that runs, to be asked and ended as a `subprocess.Popen` is."""

    def __init__(self, process: BaseProcess) -> None:
        self.process = process
        self.terminate, self.kill = process.terminate, process.kill

    def poll(self) -> int | None:
        """The exit code, once there is one."""
        return self.process.exitcode

    def wait(self, seconds: float) -> int:
        """The exit code; TimeoutExpired where it takes longer."""
        self.process.join(seconds)
        if self.process.exitcode is None:
            raise subprocess.TimeoutExpired("granian", seconds)
        return self.process.exitcode


class Forks:
    """The process that is forked. What it has read of its settings holds for one data folder: one server at a time."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(["tests.journeys.ready"])
        told = {
            "DJANGO_SETTINGS_MODULE": "goldenthread.config.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        }
        with patch.dict(os.environ, environment | told, clear=True):
            forkserver.ensure_running()

    def start(self, words: list[str]) -> Fork:
        """A server on what lies in the folder now."""
        process = self.context.Process(target=be_granian, args=(words,))
        process.start()
        return Fork(process)
