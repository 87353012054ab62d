"""The outline, activities and relationships as rows of a Primavera XER file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from goldenthread.formats.schedule_file import Project, Relationship, Task
from goldenthread.formats.xer_cells import Cells
from goldenthread.formats.xer_tasks import CONSTRAINTS, KINDS, PERCENT, STATUS

_KIND_CODES = {words: code for code, words in KINDS.items()}
_CONSTRAINT_CODES = {words: code for code, words in CONSTRAINTS.items()}
_STATUS_CODES = {words: code for code, words in STATUS.items()}
_PERCENT_CODES = {words: code for code, words in PERCENT.items()}
_MICROSOFT = {"fixed units": "DT_FixedRate", "fixed duration": "DT_FixedDrtn", "fixed work": "DT_FixedQty"}
_PRIORITIES = ((850, "Top"), (600, "High"), (400, "Normal"), (200, "Low"), (0, "Lowest"))
_NEAR = 0.5  # percent: a share of a duration may be rounded


@dataclass(frozen=True, slots=True)
class Numbers:
    """The number of every row in the file that is written, by its id; WBS rows count apart from activities."""

    projects: Mapping[str, str]
    tasks: Mapping[str, str]
    wbs: Mapping[str, str]
    roots: Mapping[str, str]
    resources: Mapping[str, str]
    calendars: Mapping[str, str]
    assignments: Mapping[str, str] = field(default_factory=dict)


def wbs_rows(project: Project, numbers: Numbers) -> list[Cells]:
    """The summaries, under one row for the whole project where they do not stand under one already."""
    own = Cells()
    own.text("wbs_id", numbers.roots[project.id])
    own.text("proj_id", numbers.projects[project.id])
    own.number("seq_num", 0)
    own.flag("proj_node_flag", value=True)
    own.text("status_code", "WS_Open")
    own.text("wbs_short_name", short_name(project))
    own.text("wbs_name", project.name)
    own.text("parent_wbs_id", "")
    summaries = [task for task in project.tasks if task.is_summary]
    is_rooted = numbers.roots[project.id] in (numbers.wbs[task.id] for task in summaries)
    return [*([] if is_rooted else [own]), *(_summary(task, place, project, numbers) for place, task in enumerate(summaries, 1))]


def short_name(project: Project) -> str:
    """What Primavera calls a project: as it was called there, or its name without spaces."""
    return dict(project.kept).get("proj_short_name") or "".join(project.name.split())[:40] or f"P{project.id}"


def _summary(task: Task, place: int, project: Project, numbers: Numbers) -> Cells:
    cells = Cells(task.kept if task.kind == "WBS" else ())
    root = numbers.roots[project.id]
    cells.text("wbs_id", numbers.wbs[task.id])
    cells.text("proj_id", numbers.projects[project.id])
    cells.kept("seq_num")
    if "seq_num" not in cells.cells:
        cells.number("seq_num", place)
    cells.flag("proj_node_flag", value=numbers.wbs[task.id] == root)
    cells.text("status_code", f"WS_{(task.status or 'open').capitalize()}")
    cells.text("wbs_short_name", task.display_id or str(place))
    cells.text("wbs_name", task.name)
    above = numbers.wbs.get(task.parent_id or "", root)
    cells.text("parent_wbs_id", "" if numbers.wbs[task.id] == root else above)
    cells.date("anticip_start_date", task.planned_start)
    cells.date("anticip_end_date", task.planned_finish)
    cells.kept()
    return cells


def activity_row(task: Task, project: Project, numbers: Numbers, *, has_predecessors: bool, is_path_marked: bool) -> Cells:
    """One row of TASK. is_path_marked: the project calls those critical that are marked, not those without float."""
    cells = Cells(task.kept)
    cells.text("task_id", numbers.tasks[task.id])
    cells.text("proj_id", numbers.projects[project.id])
    cells.text("wbs_id", numbers.wbs.get(task.parent_id or "", numbers.roots[project.id]))
    cells.text("clndr_id", numbers.calendars.get(task.calendar_id or project.default_calendar_id or "", ""))
    cells.text("task_code", task.display_id or task.id)
    cells.text("task_name", task.name)
    kind, duration = _kind(task, has_predecessors=has_predecessors)
    cells.text("task_type", kind)
    cells.text("duration_type", duration)
    cells.text("status_code", _STATUS_CODES[status(task)])
    stated = cells.stated.get("priority_type", "")
    is_same = stated and stated.removeprefix("PT_") == task.priority
    cells.text("priority_type", stated if is_same else f"PT_{_priority(task.priority)}")
    _progress(cells, task)
    _dates(cells, task)
    for name, words, day in (
        ("cstr_type", task.constraint, task.constraint_at),
        ("cstr_type2", task.second_constraint, task.second_constraint_at),
    ):
        cells.text(name, _CONSTRAINT_CODES.get(words, ""))
        cells.date(name.replace("type", "date"), day)
    if is_path_marked:
        cells.flag("driving_path_flag", value=task.is_critical)
    cells.kept()
    return cells


def status(task: Task) -> str:
    """Primavera's three words for how far an activity is."""
    if task.status in _STATUS_CODES:
        return task.status
    if task.actual_finish is not None or (task.percent_complete or 0) >= 100:
        return "complete"
    return "in progress" if task.actual_start is not None or (task.percent_complete or 0) > 0 else "not started"


def _kind(task: Task, *, has_predecessors: bool) -> tuple[str, str]:
    words, _, duration = task.kind.rpartition(" ")
    if words in _KIND_CODES:
        return _KIND_CODES[words], f"DT_{duration}"
    if task.kind in _KIND_CODES:
        return _KIND_CODES[task.kind], ""
    duration = _MICROSOFT.get(task.kind, "DT_FixedDrtn")
    if task.is_level_of_effort:
        return "TT_LOE", duration
    if not task.is_milestone or task.duration_minutes:
        return "TT_Task", duration
    return "TT_FinMile" if has_predecessors else "TT_Mile", duration


def _priority(words: str) -> str:
    if words.isascii() and words.isdigit():
        return next(name for low, name in _PRIORITIES if int(words) >= low)
    return words or "Normal"


def _progress(cells: Cells, task: Task) -> None:
    """Durations, percentages and work; the work of machines stays apart where it was read so."""
    cells.hours("target_drtn_hr_cnt", task.duration_minutes)
    left = task.remaining_minutes
    if left is None and task.duration_minutes is not None:
        left = round(task.duration_minutes * (1 - (task.percent_complete or 0) / 100))
    cells.hours("remain_drtn_hr_cnt", left)
    cells.hours("total_float_hr_cnt", task.total_slack_minutes)
    cells.hours("free_float_hr_cnt", task.free_slack_minutes)
    kind, physical = task.percent_kind or "duration", task.percent_physical
    if kind == "duration" and status(task) == "in progress" and task.percent_complete is not None:
        shown = (
            100 * (task.duration_minutes - left) / task.duration_minutes if task.duration_minutes and left is not None else None
        )
        if shown is None or abs(shown - task.percent_complete) > _NEAR:
            kind, physical = "physical", task.percent_complete
    cells.text("complete_pct_type", _PERCENT_CODES[kind])
    cells.number("phys_complete_pct", physical)
    for people, machines, total in (
        ("act_work_qty", "act_equip_qty", task.actual_work_minutes),
        ("remain_work_qty", "remain_equip_qty", task.remaining_work_minutes),
        (
            "target_work_qty",
            "target_equip_qty",
            task.planned_work_minutes if task.planned_work_minutes is not None else task.work_minutes,
        ),
    ):
        apart = cells.minutes(machines)
        cells.hours(people, None if total is None else total - apart)


def _dates(cells: Cells, task: Task) -> None:
    """Primavera shows the actual dates of what began, else the early ones."""
    done = status(task)
    began = task.actual_start or (task.start if done != "not started" else None)
    ended = task.actual_finish or (task.finish if done == "complete" else None)
    for name, value in (
        ("act_start_date", began),
        ("act_end_date", ended),
        ("target_start_date", task.planned_start or task.start),
        ("target_end_date", task.planned_finish or task.finish),
        ("early_start_date", _early(task.early_start, task.planned_start, None if began else task.start)),
        ("early_end_date", _early(task.early_finish, task.planned_finish, None if ended else task.finish)),
        ("late_start_date", task.late_start),
        ("late_end_date", task.late_finish),
        ("restart_date", task.remaining_start),
        ("reend_date", task.remaining_finish),
        ("suspend_date", task.stopped_at),
        ("resume_date", task.resumed_at),
        ("expect_end_date", task.expected_finish),
    ):
        cells.date(name, value)


def _early(early: dt.datetime | None, planned: dt.datetime | None, shown: dt.datetime | None) -> dt.datetime | None:
    """The early date; where it would hide the date that is shown, that one."""
    return early if shown is None or (early or planned) == shown else shown


def link_row(link: Relationship, number: int, project: Project, numbers: Numbers, before: Task | None) -> Cells:
    """One row of TASKPRED. before: the predecessor, of whose duration the lag may be a share."""
    cells = Cells(link.kept)
    cells.number("task_pred_id", number)
    cells.text("task_id", numbers.tasks[link.successor_id])
    cells.text("pred_task_id", numbers.tasks[link.predecessor_id])
    cells.text("proj_id", numbers.projects[project.id])
    other = link.predecessor_project_id or project.id
    cells.text("pred_proj_id", numbers.projects.get(other, numbers.projects[project.id]))
    cells.text("pred_type", f"PR_{link.kind}")
    length = before.duration_minutes if before is not None else None
    share = None if link.lag_percent is None or length is None else round(length * link.lag_percent / 100)
    cells.hours("lag_hr_cnt", link.lag_minutes if share is None else share)
    cells.kept()
    return cells
