"""A real disk that is full: a file system of a few megabytes with the data folder, its backup and its exports on it.

`unshare ... python -m tests.reliability.no_room TEMPLATE PLACE` mounts it at PLACE, in a name space of its own so that it is gone
with the process, and prints one JSON object: what each attempt said, and what lay there before and after.
"""

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests import product
from tests.reliability import stage

SIZE = 24 * 2**20
SOME_ROOM = 256 * 1024  # enough to begin, not enough to end


def main(template: Path, place: Path) -> None:
    """Fill the disk, try, make room, try again."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(place)], check=True)
    data, out = place / "data", place / "out"
    shutil.copytree(template, data)
    out.mkdir()
    os.environ |= {"GT_DATA_DIR": str(data), "GT_HOSTS": "testserver"}
    stage.set_up()
    from django.test import Client

    from goldenthread.accounts.models import User

    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get())
    commands = {
        "backup": ("backup", str(out / "all.zip")),
        "workbook": ("export", "xlsx", "--out", str(out / "all.xlsx")),
        "tables": ("export", "csv", "--out", str(out)),
        "strategy": ("export", "stratml", "--out", str(out / "strategy.xml")),
    }
    told: dict[str, Any] = {"good": {name: run(words)["code"] for name, words in commands.items()}}
    for name, words in (("new workbook", (*commands["workbook"][:3], str(out / "new.xlsx"))), *commands.items()):
        fill(place, SOME_ROOM if name == "backup" else 0)
        told[name] = watched(place, lambda words=words: run(words))
    fill(place, SOME_ROOM)
    told["upload"] = watched(place, lambda: upload(client))
    fill(place, 0)
    told["page"] = watched(place, lambda: add(client))
    told["reading"] = {"status": client.get("/objectives").status_code}
    (place / "ballast").unlink()
    told["again"] = {name: run(words)["code"] for name, words in commands.items()}
    told["again"] |= {"upload": upload(client)["status"], "page": add(client)["status"]}
    told["verify"] = run(("verify",))["code"]
    print(json.dumps(told))


def fill(place: Path, left: int) -> None:
    """Leave so much room and no more."""
    ballast = place / "ballast"
    ballast.touch()
    free = shutil.disk_usage(place).free - left
    with ballast.open("r+b") as stream:
        if free < 0:
            stream.truncate(ballast.stat().st_size + free)
        else:
            stream.seek(0, io.SEEK_END)
            stream.write(b"\0" * free)


def watched(place: Path, attempt: Any) -> dict[str, Any]:
    """What the attempt said, and what it changed: files with their content, and counts of rows."""
    before = (files(place), counts())
    told = attempt()
    after = (files(place), counts())
    changed = [name for name in {*before[0], *after[0]} if before[0].get(name) != after[0].get(name)]
    return told | {"changed": sorted(changed), "same_rows": before[1] == after[1]}


def files(place: Path) -> dict[str, bytes]:
    """Every file but the database's own and the ballast."""
    found = (path for path in place.rglob("*") if path.is_file() and "sqlite3" not in path.name and path.name != "ballast")
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in found}


def counts() -> dict[str, int]:
    """Rows that the attempts would add."""
    from goldenthread.accounts.models import Changeset
    from goldenthread.purpose.models import Kpi
    from goldenthread.workspace.models import ImportedFile

    with stage.opened():
        return {model.__name__: model.objects.count() for model in (Changeset, ImportedFile, Kpi)}


def run(words: tuple[str, ...]) -> dict[str, Any]:
    """One of the product's commands."""
    command = [sys.executable, "-m", product.COMMAND, *words]
    data = Path(os.environ["GT_DATA_DIR"])
    done = subprocess.run(command, env=product.environment(data), capture_output=True, text=True, check=False)
    return {"code": done.returncode, "said": done.stderr}


def upload(client: Any) -> dict[str, Any]:
    """A list of a megabyte."""
    rows = "".join(f"Project {n},{'x' * 1000}\n" for n in range(1000))
    sent = io.BytesIO(f"Project,Note\n{rows}".encode())
    sent.name = "list.csv"
    response = client.post("/import/upload", {"file_kind": "PROJECTS", "file": sent, "text": ""})
    return {"status": response.status_code, "said": response.content.decode()}


def add(client: Any) -> dict[str, Any]:
    """KPIs with long texts until the database takes no more, or a hundred are there."""
    for number in range(100):
        before = counts()
        given = {"name": f"{number} {'N' * 140}", "unit": "%", "direction": "RISE", "decimals": 1, "cadence": "MONTHLY"}
        response = client.post("/kpis/new", {**given, "definition": "d" * 1900})
        if response.status_code != 303:
            return {"status": response.status_code, "said": response.content.decode(), "whole": counts() == before}
    return {"status": response.status_code, "said": ""}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
