"""The commands that read, as everybody: they name no more than the pages do."""

import contextlib
import io
import os
import zipfile
from pathlib import Path

import pytest
from django.db import connection

from goldenthread.config import plan_conflicts, plan_freshness, plan_papers, planning, reading
from goldenthread.config.session import Session
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.scoping import organisation_scope
from goldenthread.purpose.models import Objective, Target
from tests.cast import module_cast
from tests.rights.policy import matrix
from tests.rights.stage import ELSEWHERE, FOREIGN, SECRET, Stage

__all__ = ["module_cast"]

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ASKS_FOR = {
    "thread": "OBJECTIVE",
    "track-record": "OBJECTIVE",
    "gaps": "PULSE",
    "explain": "PLAN",
    "results": "PLAN",
    "freshness": "PLAN",
    "conflicts": "PLAN",
    "one-page": "PLAN",
    "one-page slide": "PLAN",
}
PAPERS = (".xlsx", ".pptx")


def said(command, *given) -> str | None:
    """What a command prints; None where it refuses."""
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            command(*given, json=True)
    except (Forbidden, Refused):
        return None
    return out.getvalue()


def paper(path: Path | io.BytesIO) -> str:
    """Every word in a packed file, and in the workbooks inside it."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return "".join(
        paper(io.BytesIO(part)) if part.startswith(b"PK") else part.decode("utf-8", "replace") for part in parts.values()
    )


@pytest.mark.skipif(connection.vendor != "sqlite" and not os.environ.get("LONG_TESTS"), reason="on PostgreSQL with LONG_TESTS")
def test_no_command_says_more_than_the_pages(module_cast, django_db_blocker, tmp_path):
    with django_db_blocker.unblock():
        stage, cells, wrong = Stage(module_cast), 0, []
        hidden_goal = stage.planters["secret"].row(Objective)
        own = stage.planters["own"].row(Objective)
        for player in stage.players:
            if player.person is None:
                continue
            with organisation_scope(module_cast.organisation):
                person = module_cast.fresh(player.person)
                hidden_target = Target.objects.get(objective=hidden_goal, value=20.0)
                session = Session(module_cast.organisation, person, "")
                stranger = stage.planters["other"].rows[type(person)]
                asked = {
                    "thread": (reading.thread, session),
                    "gaps": (reading.gaps, session),
                    "results": (reading.results, session),
                    "freshness": (plan_freshness.freshness, session),
                    "conflicts": (plan_conflicts.conflicts, session),
                    "track-record": (reading.track_record, session),
                    "today self": (reading.today, session, person.email),
                    "today other": (reading.today, session, stranger.email),
                    "export": (reading.export, session, "csv", str(tmp_path / player.name)),
                    "export stratml": (reading.export_stratml, session, str(tmp_path / player.name / "plan.xml"), 2),
                    "one-page": (planning.one_page, session, tmp_path / player.name / "page.xlsx", ""),
                    "one-page slide": (planning.one_page, session, tmp_path / player.name / "page.pptx", ""),
                    "one-page self": (planning.one_page, session, tmp_path / player.name / "own.xlsx", person.email),
                    "one-page other": (planning.one_page, session, tmp_path / player.name / "other.xlsx", stranger.email),
                    "workbook": (plan_papers.take_out, session, tmp_path / player.name / "plan.xlsx"),
                    "explain": (reading.explain, session, f"objective:{own.pk}"),
                    "explain secret": (reading.explain, session, f"objective:{hidden_goal.pk}"),
                    "explain secret target": (reading.explain, session, f"target:{hidden_target.pk}"),
                }
                (tmp_path / player.name).mkdir()
                for name, (command, *given) in asked.items():
                    cells += 1
                    told = said(command, *given)
                    if told is None and player.name == "HEAD":
                        wrong.append(f"{name} as HEAD is refused")
                    sees_secrets = "v" in matrix().get((player.name, "CONFIDENTIAL"), "")
                    kind = ASKS_FOR.get(name)
                    if name == "export stratml" and (told is not None) != ("x" in matrix().get((player.name, "OBJECTIVE"), "")):
                        wrong.append(f"{name} as {player.name} is answered otherwise than the matrix says")
                    if name == "workbook" and (told is not None) != ("x" in matrix().get((player.name, "PLAN"), "")):
                        wrong.append(f"{name} as {player.name} is answered otherwise than the matrix says")
                    if told is not None and kind and "v" not in matrix().get((player.name, kind), ""):
                        wrong.append(f"{name} as {player.name} answers")
                    if told is not None and name.startswith("explain secret") and not sees_secrets:
                        wrong.append(f"{name} as {player.name} answers")
                    files = (
                        "".join(path.read_text() for path in (tmp_path / player.name).glob("*") if path.suffix not in PAPERS)
                        if name.startswith("export")
                        else "".join(paper(path) for path in (tmp_path / player.name).glob("*") if path.suffix in PAPERS)
                        if name.startswith(("one-page", "workbook"))
                        else ""
                    )
                    hidden = [
                        FOREIGN,
                        *([] if sees_secrets else [SECRET]),
                        *([] if player.name in ("ADMINISTRATOR", "nobody") else [ELSEWHERE]),
                    ]
                    wrong += [f"{name} as {player.name} says {word}" for word in hidden if word in (told or "") + files]
        print(f"{cells} commands")
        assert cells >= 100
        assert not wrong, "\n".join(wrong)
