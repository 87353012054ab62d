"""The product's own server, with all its processes, is killed while programs write to it; then it is started again.

`python -m tests.reliability.server_kills KILLS SEED` prints one JSON object of counts, and what it took the server to answer
again: seconds of the clock, and seconds of computing one after the other, which do not tell of neighbours. Programs add
objectives and steps (a step stands in two tables), a person imports files of many projects, and the worker computes
meanwhile. What was cut off is sent again under the same idempotency key, and so is some of what was answered.
"""

import http.client
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests import product
from tests.reliability import stage
from tests.reliability.server import browser_of, free_port, wait_for

PROGRAMS, FILES_A_ROUND, ROWS, PATIENCE = 4, 3, 25, 60.0
LONGEST = 1.2  # seconds from the first answer to the kill
DONE, BUSY = {200, 201, 303}, 429


@dataclass(frozen=True)
class Asked:
    """A request that writes, and what it is known by."""

    name: str
    path: str
    body: str
    headers: dict[str, str]


@dataclass
class Ledger:
    """What was asked and what was answered; the server does not know of it."""

    begun: dict[str, Asked] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    first: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def send(self, link: http.client.HTTPConnection, asked: Asked) -> int:
        """Ask, and note the answer. Raises where there is none."""
        self.begun[asked.name] = asked
        link.request("POST", asked.path, asked.body, asked.headers)
        response = link.getresponse()
        said = response.read()
        if response.status in DONE:
            self.answered.add(asked.name)
            self.first.set()
        elif response.status != BUSY:
            self.refused.append(f"{response.status} {asked.name}: {said[:300]!r}")
        return response.status


class Senders:
    """Who writes: programs with a token each, and a person with a browser."""

    def __init__(self, office: Any, person: Any, port: int, files: int) -> None:
        from goldenthread.accounts import actions
        from goldenthread.plan.models import BusinessPlan
        from goldenthread.workspace.actions import take_in

        self.port, self.office, self.plan = port, office.pk, BusinessPlan.objects.get().pk
        issued = [actions.issue_token(person=person, name=f"{n}", days=1, may_write=True, by=person) for n in range(PROGRAMS)]
        self.secrets = [secret for _, secret in issued]
        self.key, self.browser = browser_of(person.user, port)
        lists = (f"Project\n{''.join(f'file-{n} row {i}' + chr(10) for i in range(ROWS))}" for n in range(files))
        self.files = [
            take_in(name=f"file-{n}.csv", chunks=iter([text.encode()]), by=person, file_kind="PROJECTS").pk
            for n, text in enumerate(lists)
        ]

    def program(self, number: int, round_: int) -> Any:
        """An endless row of requests of one program."""
        for n in range(10_000):
            name = f"sent-{round_}-{number}-{n}"
            row = {"plan": self.plan, "name": name} if n % 2 else {"office": self.office, "title": name}
            headers = {"Authorization": f"Bearer {self.secrets[number]}", "Content-Type": "application/json"}
            path = "/api/steps" if n % 2 else "/api/objectives"
            yield Asked(name, path, json.dumps(row), headers | {"Idempotency-Key": name})

    def person(self, round_: int) -> Any:
        """The files that one person applies in a round."""
        for n in range(round_ * FILES_A_ROUND, (round_ + 1) * FILES_A_ROUND):
            body = urlencode({"csrfmiddlewaretoken": self.key})
            yield Asked(f"file-{n}", f"/import/{self.files[n]}/apply", body, self.browser)

    def write(self, requests: Any, ledger: Ledger) -> None:
        """Send until the server goes, or the round is over."""
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as link:
                for asked in requests:
                    if ledger.over.is_set():
                        return
                    if ledger.send(link, asked) == BUSY:
                        del ledger.begun[asked.name]
                        time.sleep(0.2)
        except (OSError, http.client.HTTPException):
            return

    def press(self, ledger: Ledger, round_: int) -> list[threading.Thread]:
        """Set all of them to work; returns after the first answer."""
        ledger.first, ledger.over = threading.Event(), threading.Event()
        work = [*(self.program(number, round_) for number in range(PROGRAMS)), self.person(round_)]
        threads = [threading.Thread(target=self.write, args=(requests, ledger), daemon=True) for requests in work]
        for thread in threads:
            thread.start()
        if not ledger.first.wait(PATIENCE):
            raise TimeoutError(f"nothing was answered in round {round_}: {ledger.refused[:3]}")
        return threads

    def settle(self, ledger: Ledger, *, twice: int) -> int:
        """Send again what got no answer, and some of what got one; returns how many of the first had been written."""
        cut = [asked for name, asked in ledger.begun.items() if name not in ledger.answered]
        late = len(written() & {asked.name for asked in cut})
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as link:
            for asked in [*cut, *(ledger.begun[name] for name in sorted(ledger.answered)[-twice:])]:
                while ledger.send(link, asked) == BUSY:
                    time.sleep(0.5)
        return late


def written() -> set[str]:
    """What stands in the database, by the keys of requests and the names of files."""
    from goldenthread.accounts.models import Changeset

    with stage.opened():
        rows = Changeset.objects.values_list("key", "title")
        return {key or title.removeprefix("Import ").removesuffix(".csv") for key, title in rows}


def served(port: int) -> tuple[subprocess.Popen[bytes], tuple[float, float]]:
    """The server with its worker, started as a person starts it, and the seconds until it answered, of clock and computing."""
    begun = time.perf_counter()
    environment = product.environment(os.environ["GT_DATA_DIR"]) | {"GT_WORKER": "on"}  # type: ignore[arg-type]
    words = [sys.executable, "-m", product.COMMAND, "serve", "--port", str(port), "--workers", "2"]
    server = subprocess.Popen(words, cwd=product.ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    wait_for(port)
    return server, (time.perf_counter() - begun, computing(server.pid))


def computing(leader: int) -> float:
    """Processor seconds of a process and of the one that computed most of its children: these start side by side."""
    spent = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        if int(fields[2]) == leader:
            spent[int(stat.parent.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return spent.pop(leader) + max(spent.values())


def killed(server: subprocess.Popen[bytes]) -> None:
    """End the group that was started, the server and its workers, without a word."""
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def main(kills: int, seed: int) -> None:
    """Serve, write, kill; settle what was cut off; count."""
    stage.set_up()
    from django.conf import settings

    settings.STATIC_ROOT.mkdir(exist_ok=True)
    chance, port, late, ledger = random.Random(seed), free_port(), 0, Ledger()
    seconds: list[tuple[float, float]] = []
    with stage.opened() as (office, person):
        senders = Senders(office, person, port, kills * FILES_A_ROUND)
    for round_ in range(kills + 1):
        server, took = served(port)
        try:
            seconds.append(took)
            late += senders.settle(ledger, twice=3)
            if round_ < kills:
                threads = senders.press(ledger, round_)
                time.sleep(chance.random() * LONGEST)
        finally:
            killed(server)
        ledger.over.set()
        for thread in threads:
            thread.join(PATIENCE)
    clock, work = (spread(list(told)) for told in zip(*seconds[1:], strict=True))
    answer = {"kills": kills, "written_but_not_acknowledged": late, **counted(ledger)}
    print(json.dumps(answer | {"restart": clock, "restart_computing": work}))


def spread(seconds: list[float]) -> dict[str, float]:
    """Median and worst."""
    return {"median": round(statistics.median(seconds), 2), "worst": round(max(seconds), 2)}


def counted(ledger: Ledger) -> dict[str, Any]:
    """What is there, against what was answered."""
    from goldenthread.accounts.models import Changeset
    from goldenthread.plan.models import Step
    from goldenthread.projects.models import Project
    from goldenthread.purpose.models import Objective
    from goldenthread.schedule.models import Activity

    with stage.opened():
        objectives = Counter(Objective.objects.filter(title__startswith="sent-").values_list("title", flat=True))
        steps = Counter(Step.objects.filter(activity__name__startswith="sent-").values_list("activity__name", flat=True))
        activities = Counter(Activity.objects.filter(name__startswith="sent-").values_list("name", flat=True))
        rows = Project.objects.filter(name__contains=" row ").values_list("name", flat=True)
        files = Counter(name.split(" row ")[0] for name in rows)
        changesets = Counter(Changeset.objects.filter(key__startswith="sent-").values_list("key", flat=True))
    single = objectives + steps
    found = single | files
    return {
        "begun": len(ledger.begun),
        "acknowledged": len(ledger.answered),
        "imports": len(files),
        "refused": ledger.refused[:5],
        "missing": sum(found[name] == 0 for name in ledger.answered),
        "half": sum(n < ROWS for n in files.values()) + len(activities - steps) + len(steps - activities)
        + len(single - changesets) + len(changesets - single),
        "twice": sum(n > 1 for n in single.values()) + sum(n > ROWS for n in files.values()),
        "strange": len(set(found) - set(ledger.begun)),
    }  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
