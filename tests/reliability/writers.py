"""Many processes write to one SQLite file through the product's actions.

`python -m tests.reliability.writers PROCESSES TRANSACTIONS` prints one JSON object: what was acknowledged, what is there,
the longest wait for the write lock in ms, how long it was held (by the clock, and computing), and how long the log grew beside
a reader who looks at one state for seconds.
Every process mixes new rows, many rows at once, and adding one to a shared number read beforehand.
"""

import json
import os
import sqlite3
import sys
import threading
import time
import traceback
from datetime import date, timedelta
from pathlib import Path

from tests.reliability import stage

MANY = 10
HELD = 5  # seconds
LONGEST = ("slowest", "waited", "held", "held_computing")  # ms
BEGUN_WITH, FULL_WEEK = 2400, 7 * 24 * 60


def write(number: int, transactions: int) -> dict[str, int]:
    """One process's work; a version conflict is read again and repeated, as a person would."""
    from django.db import OperationalError, connection

    from goldenthread.accounts import actions
    from goldenthread.kit import history
    from goldenthread.kit.errors import Conflict
    from goldenthread.purpose import actions as purpose
    from goldenthread.purpose.models import Kpi, Objective

    told = dict.fromkeys(("objectives", "figures", "added", "locked", "conflicts", *LONGEST), 0)
    since = (0.0, 0.0)

    def longest(name: str, seconds: float) -> None:
        told[name] = max(told[name], round(seconds * 1000))

    def watch(execute, sql, params, many, context):
        nonlocal since
        begun = time.perf_counter()
        result = execute(sql, params, many, context)
        if sql.startswith("BEGIN"):
            since = (time.perf_counter(), time.thread_time())
            longest("waited", since[0] - begun)
        return result

    def commit() -> None:
        committed()
        longest("held", time.perf_counter() - since[0])
        longest("held_computing", time.thread_time() - since[1])

    committed, connection.commit = connection.commit, commit
    with connection.execute_wrapper(watch), stage.opened() as (office, person):
        kpi = Kpi.objects.order_by("pk")[1 + number % 2]
        for i in range(transactions):
            begun = time.perf_counter()
            try:
                if i % 4 == 0:
                    with actions.changeset(title=f"Many {number}.{i}", by=person):
                        rows = [Objective(office=office, title=f"Objective {number}.{i}.{n}") for n in range(MANY)]
                        history.add_all(Objective, rows)
                    told["objectives"] += MANY
                elif i % 4 == 1:
                    day = date.today() - timedelta(days=number * transactions + i)
                    purpose.enter_measurement(kpi=kpi, on=day, value=float(i), by=person)
                    told["figures"] += 1
                else:
                    told["conflicts"] += _add_one(person, Conflict)
                    told["added"] += 1
            except OperationalError as error:
                told["locked"] += "locked" in str(error)
            longest("slowest", time.perf_counter() - begun)
    return told


def _add_one(person, conflict) -> int:
    """Add a minute to the shared person's week from what was read; returns how often somebody was faster."""
    from goldenthread.accounts import actions
    from goldenthread.accounts.models import Person

    for lost in range(10_000):
        shared = Person.objects.get(pk=person.pk)
        minutes = shared.minutes_per_week + 1
        wanted = {"minutes_per_week": minutes if minutes < FULL_WEEK else BEGUN_WITH}  # a week ends before an endless writer does
        try:
            actions.edit_person(person=shared, changes=wanted, by=shared, version=shared.version)
        except conflict:
            time.sleep(0.001 * (os.getpid() % 7))
        else:
            return lost
    raise RuntimeError("never got through")


class Reader(threading.Thread):
    """Somebody who reads all the while, each time for as long as the longest page or export may take."""

    def __init__(self, database: Path) -> None:
        super().__init__(daemon=True)
        self.database, self.over = database, threading.Event()
        self.largest, self.reads, self.same_view = 0, 0, True

    def run(self) -> None:
        """Read as a backup does, hold the view, see that it stayed, measure the log; until it is over."""
        from goldenthread.config.keeping import empty_log

        reader = sqlite3.connect(self.database, isolation_level=None, timeout=20)
        while not self.over.is_set():
            empty_log(reader)
            reader.execute("BEGIN")
            seen = self._count(reader)
            self.over.wait(HELD)
            self.same_view &= seen == self._count(reader)
            reader.execute("COMMIT")
            self.largest = max(self.largest, Path(f"{self.database}-wal").stat().st_size)
            self.reads += 1
        reader.close()

    @staticmethod
    def _count(reader: sqlite3.Connection) -> int:
        return reader.execute("SELECT COUNT(*) FROM accounts_changeset").fetchone()[0]

    def stop(self) -> dict[str, int | bool]:
        """End it, and say what it saw."""
        self.over.set()
        self.join()
        return {"bytes": self.largest, "same_view": self.same_view, "reads": self.reads}


def main(processes: int, transactions: int) -> None:
    """Fork the writers before anybody has opened the database; count what they said and what is there."""
    stage.set_up()
    pipes = []
    for number in range(processes):
        reading, writing = os.pipe()
        if os.fork() == 0:
            code = 1
            try:
                os.write(writing, json.dumps(write(number, transactions)).encode())
                code = 0
            except BaseException:
                traceback.print_exc()  # the parent hears only that it ended
                raise
            finally:
                os._exit(code)
        os.close(writing)
        pipes.append(reading)
    reader = Reader(Path(os.environ["GT_DATA_DIR"]) / "golden-thread.sqlite3")
    reader.start()
    told = []
    for reading in pipes:
        with os.fdopen(reading) as stream:
            told.append(json.loads(stream.read()))
    for _ in pipes:
        os.wait()
    log = reader.stop()
    from goldenthread.purpose.models import Measurement, Objective

    with stage.opened() as (_, person):
        found = {"objectives": Objective.objects.count() - 1, "figures": Measurement.objects.count()}
        found["added"] = person.minutes_per_week - BEGUN_WITH
    total = {key: sum(t[key] for t in told) for key in told[0]} | {key: max(t[key] for t in told) for key in LONGEST}
    print(json.dumps({"told": total, "found": found, "log": log}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
