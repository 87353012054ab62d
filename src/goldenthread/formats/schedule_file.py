"""What a project schedule file says, as plain data: the same shape for Microsoft Project XML and Primavera XER.

Ids are the file's own, as text. Times are the file's local times without zone; working time is whole minutes; money is in
the file's own currency. A figure the file does not state is None. Calendars, resources and custom fields belong to the file,
since several projects may share them; everything else stands in its project.

`kept` holds, wherever it stands, what a row says in words that only its own kind of file knows: names and values as stated
(a name that ends in "/" holds XML), so that writing the same kind again loses nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

MSPDI, XER = "mspdi", "xer"
Kept = tuple[tuple[str, str], ...]
ASAP, ALAP = "as soon as possible", "as late as possible"
MUST_START, MUST_FINISH = "must start on", "must finish on"
START_NO_EARLIER, START_NO_LATER = "start no earlier than", "start no later than"
FINISH_NO_EARLIER, FINISH_NO_LATER = "finish no earlier than", "finish no later than"
MANDATORY_START, MANDATORY_FINISH = "mandatory start", "mandatory finish"


@dataclass(frozen=True, slots=True)
class NotCarried:
    """Something the file says that is not in what was read, or was put right on the way.

    where: table or element ("TASK", "Task"). row: the first row at fault in words; count: how many rows in all.
    """

    where: str
    row: str
    field: str
    why: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Shift:
    """Working time in minutes after midnight; finish is above 1,440 where a shift ends on the next day."""

    start_minute: int
    finish_minute: int


@dataclass(frozen=True, slots=True)
class WorkWeek:
    """Shifts of seven days, Monday first; None: as the base calendar says. Dates are None for the usual week."""

    days: tuple[tuple[Shift, ...] | None, ...]
    name: str = ""
    first_day: dt.date | None = None
    last_day: dt.date | None = None


@dataclass(frozen=True, slots=True)
class CalendarException:
    """Days that differ, first and last included; no shifts: no work. recurrence: the rule as stated, empty for plain days."""

    first_day: dt.date
    last_day: dt.date
    shifts: tuple[Shift, ...]
    name: str = ""
    recurrence: tuple[tuple[str, str], ...] = ()
    kept: Kept = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Calendar:
    """week: the usual week; other_weeks: weeks that hold between dates; project_id: set where only one project owns it."""

    id: str
    name: str
    week: WorkWeek
    base_id: str | None = None
    is_default: bool = False
    other_weeks: tuple[WorkWeek, ...] = ()
    exceptions: tuple[CalendarException, ...] = ()
    project_id: str | None = None
    minutes_per_day: int | None = None
    minutes_per_week: int | None = None
    kept: Kept = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CustomField:
    """A field the organisation named itself. of: task, resource, assignment, project. choices: value and description."""

    id: str
    name: str
    of: str
    kind: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    kept: Kept = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CustomValue:
    """The value of the CustomField `field_id`, as text."""

    field_id: str
    value: str
    kept: Kept = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a task once was to be. number: 0 to 10."""

    number: int
    start: dt.datetime | None
    finish: dt.datetime | None
    duration_minutes: int | None = None
    work_minutes: int | None = None
    cost: Decimal | None = None
    kept: Kept = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Rate:
    """Prices of a resource from a day on. table: A to E, as Microsoft names them; the unit is the file's own words."""

    table: str
    from_time: dt.datetime | None
    to_time: dt.datetime | None
    standard: Decimal | None
    overtime: Decimal | None = None
    per_use: Decimal | None = None
    unit: str = "hour"
    max_units: float | None = None
    kept: Kept = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Resource:
    """kind: work, equipment, material or cost. max_units: 1.0 is one full person or machine."""

    id: str
    name: str
    kind: str
    code: str = ""
    initials: str = ""
    email: str = ""
    group: str = ""
    calendar_id: str | None = None
    parent_id: str | None = None
    max_units: float | None = None
    material_unit: str = ""
    is_active: bool = True
    is_generic: bool = False
    rates: tuple[Rate, ...] = ()
    notes: str = ""
    baselines: tuple[Baseline, ...] = ()
    custom: tuple[CustomValue, ...] = ()
    kept: Kept = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class TimePhase:
    """A stretch of work or cost over time. kind and unit: the file's own numbers; value: as stated."""

    kind: str
    start: dt.datetime | None
    finish: dt.datetime | None
    unit: str
    value: str
    kept: Kept = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Task:
    """A row of the outline: a summary or an activity.

    parent_id None: the row stands at the top. phases: when it is worked on, where nobody is assigned; gaps are splits.
    """

    id: str
    name: str
    parent_id: str | None
    level: int
    display_id: str = ""
    wbs: str = ""
    is_summary: bool = False
    is_milestone: bool = False
    is_level_of_effort: bool = False
    is_active: bool = True
    is_manual: bool = False
    kind: str = ""
    status: str = ""
    calendar_id: str | None = None
    priority: str = ""
    duration_minutes: int | None = None
    duration_stated: str = ""
    is_duration_elapsed: bool = False
    is_estimated: bool = False
    actual_duration_minutes: int | None = None
    remaining_minutes: int | None = None
    percent_complete: float | None = None
    percent_work: float | None = None
    percent_physical: float | None = None
    percent_kind: str = ""
    start: dt.datetime | None = None
    finish: dt.datetime | None = None
    planned_start: dt.datetime | None = None
    planned_finish: dt.datetime | None = None
    actual_start: dt.datetime | None = None
    actual_finish: dt.datetime | None = None
    stopped_at: dt.datetime | None = None
    resumed_at: dt.datetime | None = None
    early_start: dt.datetime | None = None
    early_finish: dt.datetime | None = None
    remaining_start: dt.datetime | None = None
    remaining_finish: dt.datetime | None = None
    late_start: dt.datetime | None = None
    late_finish: dt.datetime | None = None
    free_slack_minutes: int | None = None
    total_slack_minutes: int | None = None
    is_critical: bool = False
    constraint: str = ""
    constraint_at: dt.datetime | None = None
    second_constraint: str = ""
    second_constraint_at: dt.datetime | None = None
    deadline: dt.datetime | None = None
    expected_finish: dt.datetime | None = None
    work_minutes: int | None = None
    planned_work_minutes: int | None = None
    actual_work_minutes: int | None = None
    remaining_work_minutes: int | None = None
    cost: Decimal | None = None
    fixed_cost: Decimal | None = None
    actual_cost: Decimal | None = None
    remaining_cost: Decimal | None = None
    notes: str = ""
    baselines: tuple[Baseline, ...] = ()
    phases: tuple[TimePhase, ...] = ()
    custom: tuple[CustomValue, ...] = ()
    kept: Kept = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Relationship:
    """kind: FS, SS, FF or SF. lag_minutes: working time, or clock time where is_elapsed; lag_percent: of the predecessor."""

    predecessor_id: str
    successor_id: str
    kind: str
    lag_minutes: int = 0
    is_elapsed: bool = False
    lag_percent: float | None = None
    predecessor_project_id: str | None = None
    kept: Kept = field(default=(), compare=False, repr=False)

    @property
    def has_lag(self) -> bool:
        """Whether any lag or lead is stated."""
        return bool(self.lag_minutes or self.lag_percent)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A resource on a task. units: 1.0 is the whole resource; quantity: for a material, in its own unit."""

    id: str
    task_id: str
    resource_id: str
    units: float | None = None
    work_minutes: int | None = None
    actual_work_minutes: int | None = None
    remaining_work_minutes: int | None = None
    quantity: float | None = None
    cost: Decimal | None = None
    actual_cost: Decimal | None = None
    remaining_cost: Decimal | None = None
    start: dt.datetime | None = None
    finish: dt.datetime | None = None
    rate_table: str = ""
    baselines: tuple[Baseline, ...] = ()
    phases: tuple[TimePhase, ...] = ()
    custom: tuple[CustomValue, ...] = ()
    kept: Kept = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Project:
    """One project. project_row: Microsoft's hidden row 0, which holds the whole; it is no row of `tasks`.

    baseline_of_id: the project of this file that this one is a baseline of. options: other settings, as stated.
    """

    id: str
    name: str
    start: dt.datetime | None = None
    finish: dt.datetime | None = None
    data_date: dt.datetime | None = None
    default_calendar_id: str | None = None
    currency: str = ""
    minutes_per_day: int = 480
    minutes_per_week: int = 2400
    days_per_month: float = 20.0
    is_scheduled_from_start: bool = True
    project_row: Task | None = None
    tasks: tuple[Task, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    custom: tuple[CustomValue, ...] = ()
    baseline_of_id: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    kept: Kept = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ScheduleFile:
    """kind: mspdi or xer. program: what the file says wrote it."""

    kind: str
    program: str
    projects: tuple[Project, ...]
    calendars: tuple[Calendar, ...]
    resources: tuple[Resource, ...]
    custom_fields: tuple[CustomField, ...]
    not_carried: tuple[NotCarried, ...]
