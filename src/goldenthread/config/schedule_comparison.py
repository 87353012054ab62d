"""`schedule compare A B`, or one project and an earlier plan of it: side by side in words, or as one JSON document."""

from __future__ import annotations

from typing import Any

from goldenthread.config.printing import document, say, table
from goldenthread.config.schedule_files import SHOWN, Opened, read_schedule, when


def compare(before: str, after: str, opened: Opened, *, json: bool) -> None:
    """How the finish moved and by which changes, then rows, logic, dates and the critical path."""
    from goldenthread.formats.schedule_compare import compare_schedules

    old = read_schedule(before, lambda read: read, opened)
    told = read_schedule(after, lambda read: compare_schedules(old, read), opened)
    if json:
        document({"files": [before, after], **told})
        return
    for project in told["projects"]:
        _say(project)
        if project["causes"]:
            drawn = "" if told["is_exact"] else " There are many changes, so orders were drawn: ± is the standard error."
            say(f"{told['method']}{drawn}\n")


def compare_project(name: str, against: str, opened: Opened, *, json: bool) -> None:
    """What moved in the schedule of a project since a file that was brought for it, or a baseline: what its page says."""
    with opened() as session:
        from django.utils import timezone

        from goldenthread.projects.queries import found_project, project_movement

        project = found_project(name, session.person)
        chosen, plans, told = project_movement(project, session.person, against, timezone.localdate())
    if json:
        known = [{"value": one.value, "words": one.words} for one in plans]
        document({"project": project.name, "against": chosen.value, "earlier": known, "projects": [told]})
        return
    say(f"Against {chosen.words} (--against {chosen.value}).\n")
    _say(told)
    if told["causes"]:
        say(f"{told['method']}\n")
    others = [[one.value, one.words] for one in plans if one is not chosen]
    table(["--against", "earlier plan"], others, "There is no other earlier plan.")


def _say(project: dict[str, Any]) -> None:
    from goldenthread.formats.schedule_compare_words import movement

    was, now = when(project["finish_before"]), when(project["finish"])
    say(f"{project['name']}: the finish {movement(project['moved_days'])} ({was} → {now})")
    say(
        f"Rows matched by {project['matched_by']}: {project['matched']}; "
        f"only in the earlier plan: {project['only_before']}; only in the later: {project['only_after']}.\n"
    )
    causes = [[f"{one['moved_days']:+,.1f}", _error(one), one["words"]] for one in project["causes"]]
    if project["is_whole"]:
        table(["days", "±", "change"], causes[:SHOWN], "No change moved the finish.")
        _more(causes)
    else:
        ends = [one["name"] if one else "nothing" for one in (project["last_before"], project["last"])]
        same = project["same_rows"]
        if same is not None and same["finish"] != project["finish"]:
            say(f"The finish of the rows that are in the baseline {movement(same['moved_days'])}, to {same['finish']}.")
        say(f"{project['method']}\nFinished last: “{ends[0]}” in the baseline, “{ends[1]}” now.")
    if project["without_effect"]:
        say(f"Without effect on the finish: {project['without_effect']} changes.")
    for title, rows in (("Added", project["rows_added"]), ("Removed", project["rows_removed"])):
        _list(f"{title} rows", rows)
    changed = [
        [one["id"], one["name"][:40], cell["field"], cell["before"] or "–", cell["after"] or "–"]
        for one in project["rows_changed"]
        for cell in one["changes"]
    ]
    _table("Rows that changed", ["id", "row", "field", "before", "now"], changed)
    logic = [
        [one["change"], one["predecessor"]["name"][:40], one["successor"]["name"][:40], one["before"] or "–", one["after"] or "–"]
        for one in project["logic"] or ()
    ]
    _table("Relationships", ["", "predecessor", "successor", "before", "now"], logic)
    moved = [
        [
            one["id"],
            one["name"][:40],
            *(when(one[name]) for name in ("start_before", "start", "finish_before", "finish")),
            (f"{one['float_days_before']:g} → " if project["is_whole"] else "") + f"{one['float_days']:g} d",
        ]
        for one in project["dates_moved"]
    ]
    _table("Dates that moved", ["id", "row", "start before", "start", "finish before", "finish", "float"], moved)
    _list("Now critical", project["critical_entered"] or [])
    _list("No longer critical", project["critical_left"] or [])
    say("")


def _error(one: dict[str, Any]) -> str:
    return f"{one['error_days']:.1f}" if one["error_days"] else ""


def _table(title: str, head: list[str], rows: list[list[Any]]) -> None:
    if rows:
        say(f"\n{title}:")
        table(head, rows[:SHOWN])
        _more(rows)


def _list(title: str, rows: list[dict[str, str]]) -> None:
    if rows:
        named = ", ".join(f"{one['id']} “{one['name'][:40]}”" for one in rows[:10])
        say(f"\n{title} ({len(rows)}): {named}{', …' if len(rows) > 10 else ''}")


def _more(rows: list[Any]) -> None:
    if len(rows) > SHOWN:
        say(f"… and {len(rows) - SHOWN} more; --json lists them all.")
