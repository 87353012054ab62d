"""What storing a schedule file would do, in the words of the import wizard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from goldenthread.formats.schedule_file import NotCarried, ScheduleFile
from goldenthread.formats.schedule_summary import summary
from goldenthread.formats.schedule_values import KEPT_AS_IT_STANDS
from goldenthread.projects.queries.schedule_files import NEW, Going, Known, days_that_follow
from goldenthread.schedule.models import Activity
from goldenthread.schedule.queries import NO_PLACE, OPTIONS, ChangedRow, Comparison, FileRow
from goldenthread.ui import writing
from goldenthread.ui.writing import plural
from goldenthread.workspace.queries import Choice, Preview, PreviewGroup, PreviewRow
from goldenthread.workspace.queries.imports import SHOWN_ROWS

PEOPLE = (("same", "This person"), ("other", "Somebody else"))
LABELS = {
    "code": "Code",
    "parent": "Under",
    "position": "Place",
    "is_summary": "Summary",
    "is_milestone": "Milestone",
    "is_level_of_effort": "Level of effort",
    "is_elapsed": "By the clock",
    "remaining": "Left",
    "calendar": "Calendar",
    "constraint_kind": "Constraint",
    "constraint_date": "Constraint on",
    "effort_likely": "Work",
    "progress": "Done",
    "actual_start": "Started",
    "actual_finish": "Finished",
    "cancelled_on": "Stopped",
    "stated_start": "Start",
    "stated_finish": "Finish",
}
MINUTES = {"duration", "remaining", "effort_likely"}
LEFT_OUT = "Left out, or put right"
KEPT = "Kept and written again, shown on no page"
DERIVED = "Worked out here anew, or only how it is shown"
WORKED_OUT = ("worked out by", "only how it is shown", "a sum over", "computed anew")
STAYS = (KEPT_AS_IT_STANDS, NO_PLACE, OPTIONS)
SAME = "Nothing differs from what is stored: importing keeps the file as one more version, and changes no row."
MOVES = ("new", "updated", "gone", "new_relationships", "changed_relationships", "gone_relationships")
DAYS = {"starts_on": "Start of the project", "finishes_on": "Finish of the project, as forecast"}
Lost = tuple[str, str, str]
UNSAID = {"effort_low", "effort_high", "position"}  # they follow others, or say nothing to a reader


def preview(going: Sequence[Going], known: Sequence[Known], lost: Sequence[NotCarried], file: ScheduleFile) -> Preview:
    """The figures, the projects with where they go, who is who, and the rows that are new, differ or are gone."""
    counts = [one.comparison.counts() for one in going]
    total = {name: sum(count[name] for count in counts) for name in counts[0]}
    told = {one["id"]: one for one in summary(file)["projects"]}
    resources = (
        next(iter(told.values()))["resources"] if len(told) == 1 else len({key for one in going for key in one.file.resources})
    )
    milestones = sum(one.file.milestones for one in going)
    figures = [
        _figure(len(going), "project", "projects"),
        _figure(total["activities"], "activity", "activities"),
        _figure(milestones, "milestone", "milestones"),
        _figure(total["relationships"], "relationship", "relationships"),
        _figure(resources, "resource", "resources"),
        _figure(total["new"], "row added", "rows added"),
        _figure(total["updated"], "row changed", "rows changed"),
        _figure(total["gone"], "row no longer there", "rows no longer there"),
    ]
    missed = [(_where(one), one.field, _lost(one)) for one in lost]
    return Preview(
        figures=figures,
        groups=_groups(going, known, len(counts), told),
        not_understood=missed,
        parts=_parts(lost, missed),
        said="" if any(total[name] for name in MOVES) or any(one.project is None for one in going) else SAME,
        counts={"projects": len(going), "milestones": milestones, "resources": resources, "not_kept": len(lost), **total},
    )


def _figure(count: int, one: str, many: str) -> tuple[str, int]:
    return one if count == 1 else many, count


def _where(one: NotCarried) -> str:
    """The row at fault; of a whole table also which one."""
    return f"{one.where}, {one.row}" if one.row.startswith("line ") else one.row or one.where


def _parts(lost: Sequence[NotCarried], missed: Sequence[Lost]) -> list[tuple[str, list[Lost]]]:
    """What a planner has to look at first; then what is kept and stands on no page; last what follows from the rest."""
    found: dict[str, list[Lost]] = {title: [] for title in (LEFT_OUT, KEPT, DERIVED)}
    for one, line in zip(lost, missed, strict=True):
        title = DERIVED if one.why.startswith(WORKED_OUT) else KEPT if one.why.startswith(STAYS) else LEFT_OUT
        found[title].append((line[0], line[1].replace("_", " "), line[2]))
    return [(title, rows if title == LEFT_OUT else _merged(rows)) for title, rows in found.items()]


def _merged(rows: Sequence[Lost]) -> list[Lost]:
    """Fields of which the same is to be said of the same rows, on one line."""
    found: dict[tuple[str, str], list[str]] = {}
    for place, name, why in rows:
        found.setdefault((place, why), []).append(name)
    return [(place, ", ".join(names), why) for (place, why), names in found.items()]


def _lost(one: NotCarried) -> str:
    return f"{one.why} ({plural(one.count, 'row')})" if one.count > 1 else one.why


def _groups(going: Sequence[Going], known: Sequence[Known], many: int, told: Mapping[str, dict[str, Any]]) -> list[PreviewGroup]:
    projects = [_project(index, one, told.get(one.file.source.projects[0].id, {})) for index, one in enumerate(going)]
    where = "Each becomes a project with its schedule. Say where one continues a project you have."
    groups = [PreviewGroup("projects", "Projects", where, projects, many, is_open=True)]
    if known:
        people = "They have a colleague’s address or name and would see this work among their own. Say where that is wrong."
        groups.append(PreviewGroup("people", "Who is who", people, [_who(one) for one in known], len(known), is_open=True))
    updates = [one.comparison for one in going if one.comparison.schedule is not None]
    gone = [_gone(activity) for one in updates for activity in one.gone]
    changed = [row for one in updates for row in one.changed if not row.is_only_moved]
    new = [row for one in going for row in one.comparison.new]
    links = [row for one in updates for row in _links(one)]
    for key, title, lead, rows, total in (
        ("gone", "No longer in the file", "These are stopped, not removed: hours and history stay.", gone, len(gone)),
        ("updated", "Changed", "Only the fields named here are changed.", _changed(updates), len(changed)),
        ("links", "Relationships", "What waits for what.", links[:SHOWN_ROWS], len(links)),
        ("new", "New", "These rows will be added.", [_new(row) for row in new[:SHOWN_ROWS]], len(new)),
    ):
        if total:
            groups.append(PreviewGroup(key, title, lead, rows[:SHOWN_ROWS], total, is_open=key == "gone"))
    return groups


def _project(index: int, one: Going, told: Mapping[str, Any]) -> PreviewRow:
    """told: the sums that its program would show, as `schedule_summary` has them."""
    count, file, followed = one.comparison.counts(), one.file, days_that_follow(one)
    sums = [
        f"{writing.number(told['work_hours'], 1).removesuffix('.0')} h of work" if told.get("work_hours") else "",
        f"cost {writing.number(told['cost'], 2)} {told['currency']}".strip() if told.get("cost") else "",
    ]
    note = ", ".join(
        filter(
            None,
            (
                plural(count["activities"], "activity", "activities"),
                plural(file.milestones, "milestone"),
                plural(count["relationships"], "relationship"),
                f"{writing.date(file.starts_on)} to {writing.date(file.finishes_on)}" if file.starts_on else "",
                f"dates count from {writing.date(file.data_date)}",
                *sums,
            ),
        )
    )
    offered = {project.pk: project for project in (*one.offered, *([one.project] if one.project is not None else []))}
    options = [(NEW, "A new project"), *((str(pk), f"Into “{project.name}”") for pk, project in offered.items())]
    choice = Choice(f"goes-{index}", options, str(one.project.pk) if one.project is not None else NEW)
    url = reverse("projects:project", args=[one.project.pk]) if one.project is not None else ""
    told_days = [(DAYS[name], writing.date(getattr(one.project, name)), writing.date(day)) for name, day in followed.items()]
    return PreviewRow(file.name, note, told_days, "", url, choice if len(options) > 1 else None)


def _who(one: Known) -> PreviewRow:
    why = "by the e-mail address" if one.is_sure else "by the name"
    choice = Choice(one.question, PEOPLE, "same")
    return PreviewRow(one.resource.name, f"{one.person.name}, {why}", (), "", "", choice)


def _gone(activity: Activity) -> PreviewRow:
    return PreviewRow(activity.name, activity.code, [("Stopped", "no", "yes")], _place(activity.source_key))


def _new(row: FileRow) -> PreviewRow:
    values = row.values
    kind = "summary" if values["is_summary"] else "milestone" if values["is_milestone"] else writing.hours(values["duration"])
    days = " to ".join(writing.date(day) for day in (values["stated_start"], values["stated_finish"]) if day is not None)
    return PreviewRow(values["name"], " · ".join(filter(None, (values["code"], kind, days))), (), _place(row.key))


def _place(key: str) -> str:
    return f"id {key}"


def _changed(updates: Sequence[Comparison]) -> list[PreviewRow]:
    found: list[PreviewRow] = []
    for one in updates:
        for row in one.changed:
            if len(found) == SHOWN_ROWS:
                return found
            if not row.is_only_moved:
                said = [_said(name, row, value, one) for name, value in row.changes.items() if name not in UNSAID]
                found.append(PreviewRow(row.activity.name, row.activity.code, said, _place(row.row.key)))
    return found


def _said(name: str, row: ChangedRow, after: Any, one: Comparison) -> tuple[str, str, str]:
    label = LABELS.get(name, name.replace("_", " ").capitalize())
    if name == "parent":
        before = row.activity.parent_id
        names = {a.pk: a.name for a in one.stored.values()}
        return (
            label,
            names.get(before or 0, "the top"),
            one.file.rows[after].values["name"] if after in one.file.rows else "the top",
        )
    if name == "calendar":
        named = {calendar.pk: calendar.name for calendar in one.calendars.values()}
        was = named.get(row.activity.calendar_id or 0, "the schedule’s own")
        return label, was, one.file.calendars[after]["name"] if after in one.file.calendars else "the schedule’s own"
    return label, _words(name, getattr(row.activity, name)), _words(name, after)


def _words(name: str, value: Any) -> str:
    if value is None or value == "":
        return writing.NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return writing.date(value)
    if name in MINUTES:
        return writing.hours(value)
    if name == "constraint_kind":
        return str(Activity.Constraint(value).label)
    return f"{value} %" if name == "progress" else str(value)


def _links(one: Comparison) -> list[PreviewRow]:
    """Relationships of a known schedule that come, change or go; those of new rows stand with the rows."""
    names = {key: a.name for key, a in one.stored.items()} | {key: row.values["name"] for key, row in one.file.rows.items()}
    new = [(key, "", _lag(*one.file.links[key])) for key in one.new_links]
    changed = [(key, _lag(one.links[key].lag, one.links[key].lag_kind), _lag(*one.file.links[key])) for key in one.changed_links]
    gone = {link.pk: key for key, link in one.links.items()}
    rows = [(key, was, now, "added" if not was else "changed") for key, was, now in (*new, *changed)]
    rows += [(gone[link.pk], _lag(link.lag, link.lag_kind), writing.NONE, "removed") for link in one.gone_links]
    return [
        PreviewRow(f"{names[after]} after {names[before]}", f"{kind} {fate}", [("Lag", was, now)], "")
        for (before, after, kind), was, now, fate in rows
    ]


def _lag(lag: int, kind: str) -> str:
    if not lag:
        return "none"
    if kind == "P":
        return f"{lag} % of its duration"
    return f"{writing.hours(lag)}{' by the clock' if kind == 'E' else ''}"
