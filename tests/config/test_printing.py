"""Commands write files whole or not at all."""

import os
import re
from pathlib import Path
from threading import Thread

import pytest

from goldenthread.config.printing import write_whole
from goldenthread.kit.errors import Refused


def test_several_files_are_there_whole_and_nothing_beside_them(tmp_path: Path):
    write_whole({tmp_path / "a": b"one", tmp_path / "b": b"two"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"one", "b": b"two"}


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"before")
    place = tmp_path / "missing" / "b"
    with pytest.raises(Refused, match=re.escape(f"{place} cannot be written: No such file or directory.")):
        write_whole({tmp_path / "a": b"after", place: b"two"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"before"}


@pytest.mark.parametrize("place", ["a/b", "folder"])
def test_a_place_that_takes_no_file_is_refused(tmp_path: Path, place: str):
    (tmp_path / "a").write_bytes(b"before")
    (tmp_path / "folder").mkdir()
    with pytest.raises(Refused, match="cannot be written"):
        write_whole({tmp_path / place: b"two"})


def test_a_link_stays_a_link(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"before")
    (tmp_path / "link").symlink_to("file")
    write_whole({tmp_path / "link": b"after"})
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes() == b"after"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path):
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    write_whole({pipe: b"words"})
    reader.join(5)
    assert read == [b"words"]
    assert pipe.is_fifo()
