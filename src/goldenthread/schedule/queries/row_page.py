"""The page of one row of a schedule: what holds here beside what its file says, with all that no column keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from goldenthread.formats import schedule_file as files
from goldenthread.formats.schedule_kept import read_row
from goldenthread.schedule.models import (
    Activity,
    ActivityDates,
    Assignment,
    BaselineActivity,
    Calendar,
    Relationship,
    Resource,
    Schedule,
    ScheduleSource,
    StatedBaseline,
)
from goldenthread.schedule.queries.parts import parts_of
from goldenthread.schedule.queries.withheld import without_costs, without_people
from goldenthread.ui import writing

LISTED = 100  # relationships of a row and direction that are named
A_DAY = 24 * 60
RECKONED = {  # Primavera's types of duration
    "FixedDUR2": "fixed duration and units",
    "FixedDrtn": "fixed duration and units per time",
    "FixedQty": "fixed units",
    "FixedRate": "fixed units per time",
}


@dataclass(frozen=True)
class Fact:
    """One line: its name, what holds here, what the file says; an empty text where nothing is said."""

    name: str
    here: str = ""
    filed: str = ""


@dataclass(frozen=True)
class FactGroup:
    """Lines under a heading."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class RelatedRow:
    """A row at the other end of a relationship, and the relationship in words."""

    pk: int
    name: str
    words: str


@dataclass(frozen=True)
class Cells:
    """A table of texts; a column in which nothing is said is not in it."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class RowPage:
    """A row ready for its page. over: the rows it stands under, outermost first; parts: stretches in which it is worked on."""

    pk: int
    name: str
    code: str
    over: tuple[tuple[int, str], ...]
    is_group: bool
    is_filed: bool
    groups: tuple[FactGroup, ...]
    notes: str
    custom: tuple[tuple[str, str], ...]
    parts: tuple[str, ...]
    baselines: Cells
    work: Cells
    before: tuple[RelatedRow, ...]
    after: tuple[RelatedRow, ...]


def row_page(schedule: Schedule, key: int, *, with_people: bool, with_costs: bool) -> RowPage | None:
    """The row of this id, None where the schedule has none; the same number of statements for every row.

    What somebody may not see of the file is withheld as it is when the schedule is taken out.
    """
    row = Activity.objects.filter(schedule=schedule, pk=key).select_related("dates", "calendar").first()
    if row is None:
        return None
    source = ScheduleSource.objects.filter(schedule=schedule).values_list("content", "resources").first()
    content, became = source if source is not None else (None, {})
    whole = read_row(content, row.source_key) if row.source_key else None
    file = _shown(whole, with_people=with_people, with_costs=with_costs)
    task = file.projects[0].tasks[0] if file is not None else None
    day = Calendar.objects.filter(schedule=schedule, is_default=True).values_list("minutes_per_day", "week").first() or (480, [])
    words = _Words(day[0], file.projects[0].currency if file is not None else "")
    under = dict(Activity.objects.filter(schedule=schedule, children__isnull=False).values_list("pk", "parent_id"))
    return RowPage(
        pk=row.pk,
        name=row.name,
        code=row.code,
        over=_over(row, under),
        is_group=row.is_summary or row.pk in under,
        is_filed=task is not None,
        groups=_groups(row, task, words),
        notes=task.notes.strip() if task is not None else "",
        custom=_custom(file, task),
        parts=_parts(whole, row, day[1]),
        baselines=_baselines(row, task, words),
        work=_work(row, file, became, words) if with_people else Cells((), ()),
        before=_related(row, "predecessor", "successor", words),
        after=_related(row, "successor", "predecessor", words),
    )


def _shown(file: files.ScheduleFile | None, *, with_people: bool, with_costs: bool) -> files.ScheduleFile | None:
    if file is None:
        return None
    file = file if with_costs else without_costs(file)
    return file if with_people else without_people(file)


def _over(row: Activity, under: Mapping[int, int | None]) -> tuple[tuple[int, str], ...]:
    """The rows above, outermost first. under: of every row that has some below it, the row above."""
    found: list[int] = []
    at = row.parent_id
    while at is not None and at not in found:
        found.append(at)
        at = under.get(at)
    names = dict(Activity.objects.filter(pk__in=found).values_list("pk", "name"))
    return tuple((pk, names[pk]) for pk in reversed(found))


class _Words:
    """How figures of a row are written: days as long as the schedule's own, money in the file's currency."""

    def __init__(self, minutes_per_day: int, currency: str) -> None:
        self.minutes_per_day, self.currency = minutes_per_day or 480, currency

    def days(self, minutes: int | None) -> str:
        """Working minutes as days."""
        if minutes is None:
            return ""
        count = round(minutes / self.minutes_per_day, 2)
        return f"{writing.number(count)} {'day' if count == 1 else 'days'}"

    def money(self, amount: Decimal | None) -> str:
        """An amount, empty where none is stated."""
        return "" if amount is None else f"{writing.number(amount, 2)} {self.currency}".strip()


def _day(value: date | None) -> str:
    return "" if value is None else writing.date(value)


def _moment(value: datetime | None) -> str:
    return "" if value is None else writing.datetime(value)


def _share(value: float | None) -> str:
    return "" if value is None else f"{writing.number(value)} %"


def _hours(minutes: int | None) -> str:
    return "" if minutes is None else f"{writing.number(round(minutes / 60, 2))} h"


def _drag(days: str) -> str:
    return f"{days}: all would finish so much earlier if it took no time" if days else ""


def _yes(value: object) -> str:
    return "yes" if value else ""


def _groups(row: Activity, task: files.Task | None, words: _Words) -> tuple[FactGroup, ...]:
    """The groups of lines, without those that say nothing."""
    dates: ActivityDates | None = getattr(row, "dates", None)
    said: Iterable[tuple[str, Iterable[Fact]]] = (
        ("Dates", _dates(row, dates, task)),
        ("Float", _floats(row, dates, task, words)),
        ("Bounds", _bounds(row, task)),
        ("Progress", _progress(row, task, words)),
        ("Work", _efforts(row, task)),
        ("Costs", _costs(task, words)),
        ("Kind", _kind(row, task)),
    )
    kept = [(title, tuple(one for one in facts if one.here or one.filed)) for title, facts in said]
    return tuple(FactGroup(title, facts) for title, facts in kept if facts)


def _filed(task: files.Task | None, write: Callable[[Any], str], name: str) -> str:
    return "" if task is None else write(getattr(task, name))


def _dates(row: Activity, dates: ActivityDates | None, task: files.Task | None) -> Iterable[Fact]:
    start, finish = (dates.early_start, dates.early_finish) if dates is not None else (None, None)
    late = (dates.late_start, dates.late_finish) if dates is not None else (None, None)
    yield Fact("Start", _day(row.actual_start or start), _filed(task, _moment, "start"))
    yield Fact("Finish", _day(row.actual_finish or finish), _filed(task, _moment, "finish"))
    yield Fact("Actual start", _day(row.actual_start), _filed(task, _moment, "actual_start"))
    yield Fact("Actual finish", _day(row.actual_finish), _filed(task, _moment, "actual_finish"))
    yield Fact("Early start", _day(start), _filed(task, _moment, "early_start"))
    yield Fact("Early finish", _day(finish), _filed(task, _moment, "early_finish"))
    yield Fact("Late start", _day(late[0]), _filed(task, _moment, "late_start"))
    yield Fact("Late finish", _day(late[1]), _filed(task, _moment, "late_finish"))
    for name, column in (
        *(("Planned start", "planned_start"), ("Planned finish", "planned_finish")),
        *(("Remaining work starts", "remaining_start"), ("Remaining work finishes", "remaining_finish")),
        *(("Stopped at", "stopped_at"), ("Resumes at", "resumed_at"), ("Expected finish", "expected_finish")),
    ):
        yield Fact(name, "", _filed(task, _moment, column))
    yield Fact("Stopped on", _day(row.cancelled_on))


def _floats(row: Activity, dates: ActivityDates | None, task: files.Task | None, words: _Words) -> Iterable[Fact]:
    is_open = dates is not None and row.actual_finish is None and not row.is_level_of_effort
    here = (dates.total_float, dates.free_float) if dates is not None and is_open else (None, None)
    yield Fact("Total float", words.days(here[0]), _filed(task, words.days, "total_slack_minutes"))
    yield Fact("Free float", words.days(here[1]), _filed(task, words.days, "free_slack_minutes"))
    critical = _yes(is_open and dates is not None and dates.is_critical)
    yield Fact("Critical", critical, _filed(task, _yes, "is_critical"))
    yield Fact("On the longest path", _yes(dates is not None and dates.is_on_longest_path))
    yield Fact("Drag", _drag(words.days(dates.drag or None) if dates is not None and is_open else ""))


def _bounds(row: Activity, task: files.Task | None) -> Iterable[Fact]:
    here = f"{row.get_constraint_kind_display()} {_day(row.constraint_date)}".strip() if row.constraint_kind else ""
    yield Fact("Constraint", here[:1].lower() + here[1:], _bound(task, "constraint"))
    yield Fact("Second constraint", "", _bound(task, "second_constraint"))
    yield Fact("Not before", _day(row.not_before))
    yield Fact("Deadline", _day(row.deadline), _filed(task, _moment, "deadline"))
    yield Fact("Calendar", row.calendar.name if row.calendar is not None else "")
    yield Fact("Placed by hand", "", _filed(task, _yes, "is_manual"))


def _bound(task: files.Task | None, name: str) -> str:
    if task is None or not getattr(task, name) or getattr(task, name) == files.ASAP:
        return ""
    return f"{getattr(task, name)} {_moment(getattr(task, f'{name}_at'))}".strip()


def _progress(row: Activity, task: files.Task | None, words: _Words) -> Iterable[Fact]:
    is_work = not row.is_summary
    done = 100 if row.actual_finish is not None else row.progress
    yield Fact("Complete, of the duration", _share(done) if is_work else "", _filed(task, _share, "percent_complete"))
    yield Fact("Complete, of the work", "", _filed(task, _share, "percent_work"))
    yield Fact("Complete, physically", "", _filed(task, _share, "percent_physical"))
    yield Fact("Which of them counts", "", task.percent_kind if task is not None else "")
    length = words.days(row.duration) if is_work and not row.is_milestone else ""
    yield Fact("Duration", f"{length} by the clock" if row.is_elapsed and length else length, _length(task, words))
    yield Fact("Actual duration", "", _filed(task, words.days, "actual_duration_minutes"))
    yield Fact("Remaining duration", words.days(row.remaining), _filed(task, words.days, "remaining_minutes"))
    yield Fact("State", f"blocked: {row.blocked_because}" if row.blocked_because else "", task.status if task is not None else "")


def _length(task: files.Task | None, words: _Words) -> str:
    if task is None or task.duration_minutes is None:
        return ""
    marks = [word for word, said in (("by the clock", task.is_duration_elapsed), ("estimated", task.is_estimated)) if said]
    return ", ".join([words.days(task.duration_minutes), *marks])


def _efforts(row: Activity, task: files.Task | None) -> Iterable[Fact]:
    yield Fact("Work", _hours(row.effort_likely), _filed(task, _hours, "work_minutes"))
    yield Fact("Planned work", "", _filed(task, _hours, "planned_work_minutes"))
    yield Fact("Actual work", "", _filed(task, _hours, "actual_work_minutes"))
    yield Fact("Remaining work", "", _filed(task, _hours, "remaining_work_minutes"))


def _costs(task: files.Task | None, words: _Words) -> Iterable[Fact]:
    for name, column in (
        *(("Cost", "cost"), ("Fixed cost", "fixed_cost")),
        *(("Actual cost", "actual_cost"), ("Remaining cost", "remaining_cost")),
    ):
        yield Fact(name, "", _filed(task, words.money, column))


def _kind(row: Activity, task: files.Task | None) -> Iterable[Fact]:
    here = (
        "summary" if row.is_summary else "milestone" if row.is_milestone else "level of effort" if row.is_level_of_effort else ""
    )
    yield Fact("Kind", here, _kind_filed(task.kind) if task is not None and not task.kind.isdigit() else "")
    yield Fact("Priority", "", task.priority if task is not None else "")
    if task is not None:
        yield Fact("Number in the file", "", task.display_id if task.display_id != row.code else "")
        yield Fact("Place in the breakdown", "", task.wbs if task.wbs != row.code else "")


def _kind_filed(kind: str) -> str:
    """The kind that a file states, with Primavera's way of reckoning in its own words."""
    *said, last = kind.split(" ") if kind else [""]
    return ", ".join([" ".join(said), RECKONED[last]]) if last in RECKONED else kind


def _custom(file: files.ScheduleFile | None, task: files.Task | None) -> tuple[tuple[str, str], ...]:
    """The organisation's own fields: name and value, with what a chosen value stands for."""
    if file is None or task is None:
        return ()
    fields = {one.id: one for one in file.custom_fields}
    found = []
    for one in task.custom:
        field = fields.get(one.field_id)
        meaning = dict(field.choices).get(one.value, "") if field is not None else ""
        if one.value.strip():
            found.append(
                (field.name if field is not None else one.field_id, f"{one.value} ({meaning})" if meaning else one.value)
            )
    return tuple(found)


def _parts(file: files.ScheduleFile | None, row: Activity, week: list[Any]) -> tuple[str, ...]:
    """A split row's stretches of work; none where it was made longer or shorter here."""
    project = file.projects[0] if file is not None else None
    if project is None or row.duration != abs(project.tasks[0].duration_minutes or 0):
        return ()
    found = parts_of(project.tasks[0], project.assignments, week)
    return tuple(f"{_moment(start)} to {_moment(finish)}" for start, finish in found)


def _baselines(row: Activity, task: files.Task | None, words: _Words) -> Cells:
    """Those of its file, then those set here, newest first."""
    filed = [
        (
            *(_of_file(one.number), _moment(one.start), _moment(one.finish)),
            *(words.days(one.duration_minutes), _hours(one.work_minutes), words.money(one.cost)),
        )
        for one in (task.baselines if task is not None else ())
    ]
    if task is None or not filed:
        stated = StatedBaseline.objects.filter(activity=row).order_by("number").values_list("number", "start", "finish")
        filed = [(_of_file(n), _day(start), _day(finish), "", "", "") for n, start, finish in stated]
    own = BaselineActivity.objects.filter(activity=row).order_by("-baseline__set_on", "-baseline_id")[:20]
    names = ("baseline__name", "start", "finish", "effort_likely")
    here = [(name, _day(start), _day(finish), "", _hours(effort), "") for name, start, finish, effort in own.values_list(*names)]
    return _cells(("Baseline", "Start", "Finish", "Duration", "Work", "Cost"), [*filed, *here])


def _of_file(number: int) -> str:
    return f"of the file, {number}" if number else "of the file"


def _work(row: Activity, file: files.ScheduleFile | None, became: dict[str, int], words: _Words) -> Cells:
    """Who and what works on it, as it is now, each with what the file says of that work."""
    stored: Any = Assignment.objects.filter(activity=row).order_by("resource__name", "id")
    names = ("resource_id", "resource__person__name", "resource__name", "resource__resource_kind", "units")
    now = {
        pk: (person or name, kind.lower() if person or kind != Resource.ResourceKind.PERSON else "work", units)
        for pk, person, name, kind, units in stored.values_list(*names)
    }
    resources = {one.id: one for one in file.resources} if file is not None else {}
    rows, told = [], set()
    for one in file.projects[0].assignments if file is not None else ():
        pk, resource = became.get(one.resource_id), resources.get(one.resource_id)
        if pk is not None and pk not in now:
            continue  # taken off it here
        name, kind, _ = now.get(pk or 0, (resource.name if resource else "", resource.kind if resource else "", 0))
        units = _share(now[pk][2]) if pk is not None else _share(one.units * 100 if one.units is not None else None)
        amount = "" if one.quantity is None or resource is None else f"{writing.number(one.quantity)} {resource.material_unit}"
        told.add(pk)
        rows.append(
            (
                *(name or "nobody named", kind, units, amount.strip()),
                *map(_hours, (one.work_minutes, one.actual_work_minutes, one.remaining_work_minutes)),
                *map(_moment, (one.start, one.finish)),
                *map(words.money, (one.cost, one.actual_cost, one.remaining_cost)),
            )
        )
    added = [(name, kind, _share(units), *[""] * 9) for pk, (name, kind, units) in now.items() if pk not in told]
    head = ("Who or what", "Kind", "Units", "Quantity", "Work", "Done", "Left", "Start", "Finish", "Cost", "Actual", "Remaining")
    return _cells(head, [*rows, *added])


def _cells(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Cells:
    said = [n for n in range(len(head)) if n == 0 or any(row[n] for row in rows)]
    return Cells(tuple(head[n] for n in said), tuple(tuple(row[n] for n in said) for row in rows))


def _related(row: Activity, other: str, mine: str, words: _Words) -> tuple[RelatedRow, ...]:
    """The rows at the other ends of its relationships, in the order in which they were made."""
    found = Relationship.objects.filter(**{mine: row}).order_by("id")
    names = (f"{other}_id", f"{other}__name", "relationship_kind", "lag", "lag_kind")
    kinds = dict(Relationship.RelationshipKind.choices)
    return tuple(
        RelatedRow(pk, name, ", ".join([kinds[kind].lower(), *_lag(lag, lag_kind, words)]))
        for pk, name, kind, lag, lag_kind in found.values_list(*names)[:LISTED]
    )


def _lag(lag: int, kind: str, words: _Words) -> list[str]:
    if not lag:
        return []
    if kind == Relationship.LagKind.PERCENT:
        return [f"lag {writing.number(lag)} % of the predecessor"]
    said = (
        words.days(lag) if kind != Relationship.LagKind.ELAPSED else f"{writing.number(round(lag / A_DAY, 2))} days by the clock"
    )
    return [f"lag {said}"]
