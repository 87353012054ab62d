"""The disk fills up while people write: SQLite's own limit on the number of pages stands for it.

`python -m tests.reliability.full` prints one JSON object: what the pages and an import said, and the counts before and after.
"""

import json
import os

from tests.reliability import stage

ROWS = 400


def main() -> None:
    """Edit by page and import a file on a full disk, then again with room."""
    os.environ["GT_HOSTS"] = "testserver"
    stage.set_up()
    from django.db import connection
    from django.test import Client

    from goldenthread.accounts.models import User

    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get())
    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = counts()
    full(connection)
    page, tried = None, 0
    while (page is None or page.status_code == 303) and tried < 200:  # pages that are there already have some room left
        before, tried = counts(), tried + 1
        given = {"name": f"{tried} {'N' * 140}", "unit": "%", "direction": "RISE", "decimals": 1, "cadence": "MONTHLY"}
        page = client.post("/kpis/new", {**given, "definition": "d" * 1900})
    on_page = {"status": page.status_code, "text": page.content.decode(), "saved": tried - 1, "same": counts() == before}
    imported = attempt()
    half = any(counts()[noun] != before[noun] for noun in ("objectives", "kpis"))  # the file itself may have been kept
    connection.cursor().execute(f"PRAGMA max_page_count = {2**31}")
    again = attempt()
    gained = counts()["objectives"] - before["objectives"]
    print(json.dumps({"page": on_page, "import": imported, "half": half, "again": again, "gained": gained}))


def full(connection) -> None:
    """No page more than there are now."""
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")


def attempt() -> str:
    """Import a file; empty where it went well, else the kind of error and what it said."""
    from django.db import DatabaseError

    from goldenthread.workspace import imports

    content = "title\n" + "".join(f"Objective {n} {'x' * 200}\n" for n in range(ROWS))
    with stage.opened() as (office, person):
        try:
            imports.run("csv", "many.csv", content.encode(), by=person, office=office, noun="objectives")
        except DatabaseError as error:
            return f"{type(error).__name__}: {error}"
    return ""


def counts() -> dict[str, int]:
    """Rows that the attempts would add."""
    from goldenthread.accounts.models import Changeset
    from goldenthread.purpose.models import Kpi, Objective
    from goldenthread.workspace.models import ImportedFile

    with stage.opened():
        found = {"objectives": Objective, "kpis": Kpi, "changesets": Changeset, "files": ImportedFile}
        return {name: model.objects.count() for name, model in found.items()}


if __name__ == "__main__":
    main()
