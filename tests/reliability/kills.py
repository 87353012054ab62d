"""A process that writes is killed at random moments; what it acknowledged must be there, whole, and once.

`python -m tests.reliability.kills KILLS SEED` prints one JSON object of counts. Each child first sends again what its
predecessor had begun, under the same idempotency key. Acknowledgements stand in a file outside the database.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from tests.reliability import stage

ROWS = 25


def work(ledger: Path, number: int) -> None:
    """Write batches and import files until killed; each is announced before and acknowledged after."""
    begun, acknowledged = read(ledger)
    with ledger.open("a", buffering=1) as log, stage.opened() as (office, person):
        for name in begun[-1:]:
            if name not in acknowledged:
                send(office, person, name)
                log.write(f"done {name}\n")
        for i in range(100_000):
            name = f"{'file' if i % 3 == 2 else 'batch'}-{number}-{i}"
            log.write(f"begin {name}\n")
            send(office, person, name)
            log.write(f"done {name}\n")


def send(office, person, name: str) -> None:
    """One request under its key: many rows at once, or a file read in. Sent again, it does nothing."""
    from goldenthread.accounts import actions
    from goldenthread.kit import history
    from goldenthread.purpose.models import Objective
    from goldenthread.workspace import imports

    if actions.once(key=name, digest=name, by=person) is not None:
        return
    with actions.changeset(title=f"Write {name}", by=person, key=name, digest=name):
        if name.startswith("batch"):
            history.add_all(Objective, [Objective(office=office, title=f"{name} row {n}") for n in range(ROWS)])
        else:
            content = "title\n" + "".join(f"{name} row {n}\n" for n in range(ROWS))
            imports.run("csv", f"{name}.csv", content.encode(), by=person, office=office, noun="objectives")


def read(ledger: Path) -> tuple[list[str], set[str]]:
    """Names begun in order, and names acknowledged; a line cut off by a kill says nothing."""
    lines = ledger.read_text().split("\n")[:-1] if ledger.exists() else []
    pairs = [line.split(" ", 1) for line in lines if " " in line]
    return [n for word, n in pairs if word == "begin"], {n for word, n in pairs if word == "done"}


def kill_one(ledger: Path, number: int, moment: float) -> None:
    """Start a writer and end it without a word, a moment after its first request."""
    child = os.fork()
    if child == 0:
        try:
            work(ledger, number)
        except BaseException as error:  # noqa: BLE001  the parent must hear of it
            with ledger.open("a") as log:
                log.write(f"fault {type(error).__name__}: {error}\n")
        os._exit(1)
    size = ledger.stat().st_size if ledger.exists() else 0
    patience = time.monotonic() + 60
    while not (ledger.exists() and ledger.stat().st_size > size) and time.monotonic() < patience:
        time.sleep(0.002)  # until it writes, however busy the machine is
    time.sleep(moment)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def main(kills: int, seed: int) -> None:
    """Kill, then look."""
    stage.set_up()
    rng = random.Random(seed)
    ledger = Path(os.environ["GT_DATA_DIR"]) / "acknowledged.txt"
    for number in range(kills):
        kill_one(ledger, number, rng.random() * 0.3)
    begun, acknowledged = read(ledger)
    from goldenthread.purpose.models import Objective

    with stage.opened() as (office, person):
        for name in begun[-1:]:
            send(office, person, name)
            send(office, person, name)
        titles = Objective.objects.filter(title__contains=" row ").values_list("title", flat=True)
        rows = Counter(title.split(" row ")[0] for title in titles)
    counts = {
        "kills": kills,
        "begun": len(begun),
        "acknowledged": len(acknowledged),
        "missing": sum(rows[name] == 0 for name in acknowledged | set(begun[-1:])),
        "half": sum(0 < count < ROWS for count in rows.values()),
        "twice": sum(count > ROWS for count in rows.values()),
        "unannounced": len(set(rows) - set(begun)),
        "whole_but_unacknowledged": len(set(rows) - acknowledged),
        "faults": [line for line in ledger.read_text().split("\n") if line.startswith("fault")],
    }
    print(json.dumps(counts))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
