"""Tasks and relationships of Microsoft Project XML."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from goldenthread.formats import schedule_file as said
from goldenthread.formats.mspdi_stream import Nested, cells_of, children, kept_parts
from goldenthread.formats.schedule_file import Baseline, CustomValue, Relationship, Task
from goldenthread.formats.schedule_values import Losses, Row, shared

TENTH = 0.1  # slack and lag are written in tenths of a minute
_CENTS = 100  # and amounts in hundredths
KINDS = ("fixed units", "fixed duration", "fixed work")
CONSTRAINTS = (
    said.ASAP,
    said.ALAP,
    said.MUST_START,
    said.MUST_FINISH,
    said.START_NO_EARLIER,
    said.START_NO_LATER,
    said.FINISH_NO_EARLIER,
    said.FINISH_NO_LATER,
)
LINKS = ("FF", "FS", "SF", "SS")
_ESTIMATED = 32  # added to a format where the duration is only estimated
UNITS = {3: "minutes", 5: "hours", 7: "days", 9: "weeks", 11: "months", 19: "%"}  # one more: elapsed
_PERCENT, _NO_UNIT = (19, 20), 21
_WORKED_OUT = "worked out by Microsoft Project from other fields"
_COMPUTED = (
    "StartVariance FinishVariance WorkVariance DurationVariance CostVariance CV SV VAC ACWP BCWS BCWP OverAllocated "
    "Overallocated PercentWorkComplete RegularWork OvertimeWork OvertimeCost ActualOvertimeWork ActualOvertimeCost "
    "RemainingOvertimeWork RemainingOvertimeCost StartSlack FinishSlack PeakUnits ActualWorkProtected "
    "ActualOvertimeWorkProtected OutlineNumber"
)
WHY = {
    **dict.fromkeys(_COMPUTED.split(), _WORKED_OUT),
    **dict.fromkeys(
        ("HideBar", "Rollup", "LevelingDelayFormat", "StandardRateFormat", "OvertimeRateFormat"), "only how it is shown"
    ),
}
_READ = frozenset(
    "UID ID Name Type IsNull WBS OutlineLevel Priority Start Finish Duration DurationFormat Work Milestone Summary Critical "
    "Active Manual Estimated EarlyStart EarlyFinish LateStart LateFinish FreeSlack TotalSlack FixedCost PercentComplete "
    "PercentWorkComplete PhysicalPercentComplete Cost ActualDuration ActualCost ActualWork RemainingDuration RemainingCost "
    "RemainingWork ConstraintType ConstraintDate CalendarUID Deadline ActualStart ActualFinish Stop Resume Notes "
    "ManualStart ManualFinish".split()
)
_CARRIED = _READ - {"DurationFormat", "Estimated", "IsNull"}  # the unit in which a duration is shown is not its length
_PARTS = frozenset({"PredecessorLink", "Baseline", "ExtendedAttribute", "OutlineCode"})
_LINK = frozenset({"PredecessorUID", "Type", "CrossProject", "CrossProjectName", "LinkLag", "LagFormat"})


class Outline:
    """Which row stands under which, by the levels of the rows before it."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str]] = []
        self.parents: set[str] = set()

    def place(self, level: int, key: str) -> str | None:
        """The parent of a row that follows at `level`; None at the top."""
        while self._open and self._open[-1][0] >= level:
            self._open.pop()
        parent = self._open[-1][1] if self._open else None
        self._open.append((level, key))
        if parent is not None:
            self.parents.add(parent)
        return parent


def task_of(element: Element, outline: Outline, losses: Losses) -> tuple[Task | None, list[Relationship]]:
    """One task with the relationships that end at it; no task, with a note, for a blank row or one without UID."""
    row, nested = cells_of(element, "Task", losses)
    uid = row.text("UID")
    if not uid or row.truth("IsNull"):
        row.lose("UID" if not uid else "IsNull", "a row without UID was left out" if not uid else "an empty row was left out")
        return None, []
    row.unread(_READ, WHY)
    links = [link for name, part in nested if name == "PredecessorLink" and (link := _link(part, row, uid))]
    level = row.whole("OutlineLevel", 0, 1000)
    level = level if level is not None else max(1, row.text("OutlineNumber").count(".") + 1)
    hidden = uid == "0" and level == 0
    parent = None if hidden else outline.place(level, uid)
    for name in {name for name, _ in nested} - _PARTS:
        losses.field("Task", row.name, name)
    return _task(row, uid, parent, level, nested), links


def is_blank(element: Element) -> bool:
    """Whether this is one of the empty rows that people leave between tasks."""
    return any(one.text in ("1", "true") for one in children(element, "IsNull")) and bool(children(element, "UID"))


def _task(row: Row, uid: str, parent: str | None, level: int, nested: Nested) -> Task:
    unit, elapsed, estimated = unit_of(row.whole("DurationFormat", 0, 100))
    kind, constraint = row.whole("Type", 0, 2), row.whole("ConstraintType", 0, 7)
    return Task(
        id=uid,
        name=row.text("Name"),
        parent_id=parent,
        level=level,
        display_id=row.text("ID"),
        wbs=row.text("WBS"),
        is_summary=row.truth("Summary"),
        is_milestone=row.truth("Milestone"),
        is_active=row.truth("Active", default=True),
        is_manual=row.truth("Manual"),
        kind=KINDS[kind] if kind is not None else "",
        calendar_id=row.key("CalendarUID"),
        priority=row.text("Priority"),
        duration_minutes=row.span("Duration"),
        duration_stated=f"{row.text('Duration')} {unit}".strip(),
        is_duration_elapsed=elapsed,
        is_estimated=estimated or row.truth("Estimated"),
        actual_duration_minutes=row.span("ActualDuration"),
        remaining_minutes=row.span("RemainingDuration"),
        percent_complete=row.number("PercentComplete"),
        percent_work=row.number("PercentWorkComplete"),
        percent_physical=row.number("PhysicalPercentComplete"),
        percent_kind="duration",
        start=row.date("Start"),
        finish=row.date("Finish"),
        planned_start=row.date("ManualStart"),
        planned_finish=row.date("ManualFinish"),
        actual_start=row.date("ActualStart"),
        actual_finish=row.date("ActualFinish"),
        stopped_at=row.date("Stop"),
        resumed_at=row.date("Resume"),
        early_start=row.date("EarlyStart"),
        early_finish=row.date("EarlyFinish"),
        late_start=row.date("LateStart"),
        late_finish=row.date("LateFinish"),
        free_slack_minutes=row.minutes("FreeSlack", TENTH, signed=True),
        total_slack_minutes=row.minutes("TotalSlack", TENTH, signed=True),
        is_critical=row.truth("Critical"),
        constraint=CONSTRAINTS[constraint] if constraint is not None else "",
        constraint_at=row.date("ConstraintDate"),
        deadline=row.date("Deadline"),
        work_minutes=row.span("Work"),
        actual_work_minutes=row.span("ActualWork"),
        remaining_work_minutes=row.span("RemainingWork"),
        cost=row.money("Cost", _CENTS),
        fixed_cost=row.money("FixedCost", _CENTS),
        actual_cost=row.money("ActualCost", _CENTS),
        remaining_cost=row.money("RemainingCost", _CENTS),
        notes=row.text("Notes"),
        baselines=baselines_of(nested, row),
        custom=custom_of(nested, row),
        kept=(*row.kept(_CARRIED), *kept_parts(nested, _PARTS)),
    )


def unit_of(number: int | None) -> tuple[str, bool, bool]:
    """The words for a format, whether it is elapsed time, and whether only estimated."""
    if number is None:
        return "", False, False
    estimated = number > _ESTIMATED + 2 and number != 53
    plain = number - _ESTIMATED if estimated else number
    elapsed = plain - 1 in UNITS
    word = UNITS.get(plain - 1 if elapsed else plain, "")
    return (f"elapsed {word}" if elapsed else word), elapsed, estimated


def _link(element: Element, task: Row, uid: str) -> Relationship | None:
    cells = cells_of(element, "PredecessorLink", task.losses)[0]
    cells.name = task.name
    cells.unread(_LINK)
    kind, unit = cells.whole("Type", 0, 3), cells.whole("LagFormat", 0, 100)
    other = cells.text("PredecessorUID")
    if cells.truth("CrossProject") or not other:
        cells.lose("PredecessorUID", f"a predecessor in another file ({cells.text('CrossProjectName')[:80] or 'not named'})")
        return None
    percent = cells.number("LinkLag") if is_percent(unit) else None
    return Relationship(
        predecessor_id=other,
        successor_id=uid,
        kind=LINKS[kind] if kind is not None else "FS",
        lag_minutes=0 if percent is not None else cells.minutes("LinkLag", TENTH, signed=True) or 0,
        is_elapsed=unit_of(unit)[1],
        lag_percent=percent,
        kept=cells.kept(_LINK - {"LagFormat"}),
    )


def is_percent(unit: int | None) -> bool:
    """Whether a format of lag means a share of the predecessor's duration."""
    plain = (unit or _NO_UNIT) - _ESTIMATED if (unit or 0) > _ESTIMATED + 2 and unit != 53 else unit
    return plain in _PERCENT


def baselines_of(nested: Nested, row: Row) -> tuple[Baseline, ...]:
    """The baselines of a task, a resource or an assignment, by number."""
    found: dict[int, Baseline] = {}
    for name, part in nested:
        if name != "Baseline":
            continue
        cells, inner = cells_of(part, f"{row.where} baseline", row.losses)
        cells.name = row.name
        number = cells.whole("Number", 0, 10)
        if number is None or number in found:
            cells.lose("Number", "a baseline without a number of its own from 0 to 10 was left out")
            continue
        cells.unread(_BASELINE, WHY)
        for extra, _ in inner:
            row.losses.field(cells.where, row.name, extra)
        dates = cells.date("Start"), cells.date("Finish")
        amounts = cells.span("Duration"), cells.span("Work")
        cost = cells.money("Cost", _CENTS)
        kept = (*cells.kept(_BASELINE - {"DurationFormat"}), *kept_parts(inner, frozenset()))
        found[number] = Baseline(number, *dates, *amounts, cost, kept)
    return tuple(found[number] for number in sorted(found))


_BASELINE = frozenset({"Number", "Start", "Finish", "Duration", "DurationFormat", "Work", "Cost"})


OUTLINE = shared("OutlineCode", "1")  # where a value or a field stood, kept with it


def custom_of(nested: Nested, row: Row) -> tuple[CustomValue, ...]:
    """Values of custom fields and outline codes."""
    found = []
    for name, part in nested:
        if name not in ("ExtendedAttribute", "OutlineCode"):
            continue
        cells = cells_of(part, f"{row.where} {name}", row.losses)[0]
        cells.name = row.name
        used = next((part for part in ("Value", "ValueID", "ValueGUID") if cells.text(part)), "")
        cells.unread(frozenset({"FieldID", used}))
        if cells.text("FieldID") and used:
            kept = cells.kept(frozenset({"FieldID", "Value"}))
            found.append(
                CustomValue(cells.text("FieldID"), cells.text(used), (*kept, OUTLINE) if name == "OutlineCode" else kept)
            )
    return tuple(found)
