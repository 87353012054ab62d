"""Commands over schedule files: what a plan from another program holds, storing it, its dates, its health, other formats.

All but storing need no database.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from goldenthread.config.printing import document, say, table, write_whole

if TYPE_CHECKING:
    from goldenthread.config.session import Session
    from goldenthread.formats.schedule_file import ScheduleFile

SHOWN = 40
SAID = {True: "met", False: "not met", None: "not told"}
T = TypeVar("T")
Opened = Callable[[], AbstractContextManager[Any]]
DECIDED = {
    ("who", "other"): "a colleague has this name; not linked, since nobody was asked. The page asks.",
    ("mail", "same"): "linked by the e-mail address.",
    ("goes", "new"): "stored as a new project, though a known one is much like it.",
}


def look_at_schedule(name: str, *, json: bool) -> None:
    """`import schedule FILE --dry-run`: the file's projects, counts, dates and sums, and all that is not carried."""
    from goldenthread.formats.schedule_summary import summary

    told = read_schedule(name, summary)
    if json:
        document({"file": name, "dry_run": True, **told})
        return
    _say(told)


def import_schedule(session: Session, name: str, *, json: bool) -> None:
    """`import schedule FILE`: the same, stored as one action that can be undone; what the page would ask is named."""
    from goldenthread.formats.schedule_summary import summary
    from goldenthread.workspace import imports

    path = Path(name)
    content = imports.content_of(path)
    told = read_schedule(name, summary)
    stored = imports.run("schedule", path.name, content, by=session.person, office=session.office)
    lost = [{"row": one["place"], "field": one["what"], "why": one["text"]} for one in stored["not_understood"]]
    kept = {key: stored[key] for key in ("counts", "changes", "unsure", "changeset")}
    if json:
        document({"file": name, "dry_run": False, **told, **kept, "not_kept": lost[len(told["not_carried"]) :]})
        return
    _say(told)
    counts = stored["counts"]
    say(f"\n{counts['new']} rows are new, {counts['updated']} changed, {counts['gone']} no longer there.")
    for one in stored["unsure"]:
        said = "stored into a known project that it continues." if one["question"] == "goes" else one["note"]
        say(f"  {one['about']}: {DECIDED.get((one['question'], one['answer']), said)}")
    say(f"Stored as action {stored['changeset']}; `undo {stored['changeset']}` takes it back.")


def critical_path_of(name: str, *, json: bool) -> None:
    """`schedule cpm FILE`: dates and floats of every row; people see the critical rows and those with the least float."""
    from goldenthread.formats.schedule_dates import critical_path

    told = read_schedule(name, critical_path)
    if json:
        document({"file": name, **told})
        return
    for project in told["projects"]:
        say(f"{project['name']}: {when(project['start'])} to {when(project['finish'])}\n")
        rows = sorted((row for row in project["rows"] if not row["is_summary"]), key=_urgency)
        table(
            ["id", "row", "start", "finish", "late finish", "total float", "free float", "drag", ""],
            [
                [
                    row["id"],
                    row["name"][:40],
                    when(row["start"]),
                    when(row["finish"]),
                    when(row["late_finish"]),
                    f"{row['total_float_minutes'] / 60:,.1f} h",
                    f"{row['free_float_minutes'] / 60:,.1f} h",
                    f"{row['drag_minutes'] / 60:,.1f} h" if row["drag_minutes"] else "",
                    row["float_band"] if row["float_band"] in ("critical", "near critical") else "",
                ]
                for row in rows[:SHOWN]
            ],
            "No row is scheduled.",
        )
        if len(rows) > SHOWN:
            say(f"… and {len(rows) - SHOWN} more; --json lists them all.")
        if project["left_out"]:
            say(f"Not scheduled: {len(project['left_out'])} rows, the first “{project['left_out'][0]['name'][:60]}”.")
        say("")


def health_of(name: str, opened: Opened, *, json: bool) -> None:
    """`schedule health FILE|PROJECT`: the score of each project, every check with the first row at fault, what to mend first."""
    from goldenthread.formats.schedule_health import health

    told = read_schedule(name, health, opened)
    if json:
        document({"file": name, **told})
        return
    for project in told["projects"]:
        score = "no check applies" if project["score"] is None else f"{project['score']:.1f} of 100 points"
        say(f"{project['name']}: {score}\n")
        table(
            ["check", "title", "", "measured", "limit", "points lost", "rows", "first row"],
            [_of_check(one) for one in project["checks"]],
            "No check.",
        )
        say("\nMend first:" if project["mend_first"] else "\nNothing to mend.")
        by_id = {one["id"]: one for one in project["checks"]}
        for number, key in enumerate(project["mend_first"], 1):
            say(f"  {number}. {by_id[key]['title']} ({key}): {by_id[key]['advice']}")
        say("")
        rows = [[one["id"], one["title"], SAID[one["passed"]], one["words"]] for one in project["practices"]]
        table(["practice", "title", "", "why"], rows, "No practice.")
        say("")


def _of_check(one: dict[str, Any]) -> list[Any]:
    found = one["findings"]
    first = f"{found[0]['id']} “{found[0]['name'][:40]}” {found[0]['detail']}"[:90].strip() if found else one["note"]
    lost = f"{one['points_lost']:.1f}" if one["points_lost"] else ""
    measured = one["measured_words"] if one["passed"] is not None else ""
    return [one["id"], one["title"], SAID[one["passed"]], measured, one["limit_words"], lost, len(found) or "", first]


def _urgency(row: dict[str, Any]) -> tuple[int, str]:
    return row["total_float_minutes"], row["start"]


def when(moment: str | None) -> str:
    return (moment or "").replace("T", " ")


def read_schedule(name: str, answer: Callable[[ScheduleFile], T], opened: Opened | None = None) -> T:
    """What `answer` makes of a file, or with `opened` of a project's schedule; Refused says what is wrong with it."""
    from goldenthread.formats.errors import FormatError
    from goldenthread.formats.limits import read_guarded
    from goldenthread.kit.errors import Refused

    try:
        if opened is not None and names_project(name):
            return answer(_of_project(name, opened))
        return answer(read_guarded("schedule", Path(name).read_bytes()))
    except OSError as error:
        raise Refused(f"{name} cannot be read: {error.strerror}.", field="FILE") from error
    except FormatError as error:
        raise Refused(f"{name}: {error}", field="FILE") from error


def names_project(name: str) -> bool:
    """Whether an argument FILE|PROJECT is a project: no file is there, and it does not end like a file's name."""
    return not Path(name).exists() and not re.fullmatch(r"\.[A-Za-z]\w{1,4}", Path(name).suffix)


def _of_project(name: str, opened: Opened) -> ScheduleFile:
    """The stored schedule of a project by its id, reference or name."""
    with opened() as session:
        from django.utils import timezone

        from goldenthread.projects.queries import found_project, project_plan

        return project_plan(found_project(name, session.person), session.person, timezone.localdate())


def convert(name: str, kind: str, out: Path, *, project: str, json: bool) -> None:
    """`schedule convert FILE --to FORMAT --out PATH`: the file is written whole, or not at all."""
    from goldenthread.formats.schedule_writer import FORMATS, write_schedule

    written = read_schedule(name, lambda read: write_schedule(read, kind, project, made_at=dt.datetime.now(dt.UTC)))
    write_whole({out: written.data})
    lost = [asdict(one) for one in written.not_carried]
    if json:
        document({"file": name, "to": kind, "out": str(out), "bytes": len(written.data), "not_carried": lost})
        return
    say(f"{out}: {FORMATS[kind]}, {len(written.data):,} bytes.\n")
    _say_lost(lost, "Everything that the file says stands in it.")


def export_schedule(session: Session, name: str, kind: str, out: str, *, json: bool) -> None:
    """`export schedule PROJECT`: as it stands here, with the dates worked out here."""
    from django.utils import timezone

    from goldenthread.formats.schedule_writer import FORMATS
    from goldenthread.projects.queries import exported_schedule, found_project
    from goldenthread.schedule.queries import ENDINGS

    project = found_project(name, session.person)
    written = exported_schedule(project, kind, session.person, now=timezone.now(), today=timezone.localdate())
    path = Path(out or f"{'-'.join(project.name.split())[:60].replace('/', '-') or 'schedule'}.{ENDINGS[kind]}")
    write_whole({path: written.data})
    lost = [asdict(one) for one in written.not_carried]
    if json:
        document({"project": project.name, "format": kind, "out": str(path), "bytes": len(written.data), "not_carried": lost})
        return
    say(f"{path}: {FORMATS[kind]}, {len(written.data):,} bytes.\n")
    _say_lost(lost, "Everything that is stored stands in it.")


def _say(told: dict[str, Any]) -> None:
    say(f"{told['program']}\n")
    table(
        [
            "project",
            "rows",
            "activities",
            "milestones",
            "links",
            "with lag",
            "assignments",
            "start",
            "finish",
            "cost",
            "work",
            "critical",
        ],
        [
            [
                project["name"][:40],
                project["rows"],
                project["activities"],
                project["milestones"],
                sum(count for kind, count in project["relationships"].items() if kind != "with_lag"),
                project["relationships"]["with_lag"],
                project["assignments"],
                project["start"],
                project["finish"],
                f"{project['cost']:,.2f} {project['currency']}".strip(),
                f"{project['work_hours']:,.1f} h",
                len(project["critical"]),
            ]
            for project in told["projects"]
        ],
        "No project.",
    )
    say("")
    _say_lost(told["not_carried"], "Everything the file says was read.")


def _say_lost(lost: list[dict[str, Any]], none: str) -> None:
    table(
        ["where", "field", "rows", "first row", "why"],
        [[one["where"], one["field"], one["count"], one["row"][:60], one["why"]] for one in lost[:SHOWN]],
        none,
    )
    if len(lost) > SHOWN:
        say(f"… and {len(lost) - SHOWN} more; --json lists them all.")
