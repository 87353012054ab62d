"""Activities and relationships of a Primavera XER file."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from goldenthread.formats import schedule_file as said
from goldenthread.formats.schedule_file import CustomValue, Relationship, Task
from goldenthread.formats.schedule_values import Row
from goldenthread.formats.xer_outline import wbs_key
from goldenthread.formats.xer_resources import total
from goldenthread.formats.xer_tables import Xer

HOUR = 60
KINDS = {
    "TT_Task": "task",
    "TT_Rsrc": "resource dependent",
    "TT_LOE": "level of effort",
    "TT_Mile": "start milestone",
    "TT_FinMile": "finish milestone",
    "TT_WBS": "WBS summary",
}
CONSTRAINTS = {
    "CS_ALAP": said.ALAP,
    "CS_MSO": said.MUST_START,
    "CS_MEO": said.MUST_FINISH,
    "CS_MSOA": said.START_NO_EARLIER,
    "CS_MSOB": said.START_NO_LATER,
    "CS_MEOA": said.FINISH_NO_EARLIER,
    "CS_MEOB": said.FINISH_NO_LATER,
    "CS_MANDSTART": said.MANDATORY_START,
    "CS_MANDFIN": said.MANDATORY_FINISH,
}
STATUS = {"TK_NotStart": "not started", "TK_Active": "in progress", "TK_Complete": "complete"}
PERCENT = {"CP_Drtn": "duration", "CP_Phys": "physical", "CP_Units": "units"}
_READ = frozenset(
    "task_id proj_id wbs_id clndr_id task_code task_name task_type status_code complete_pct_type phys_complete_pct "
    "priority_type total_float_hr_cnt free_float_hr_cnt remain_drtn_hr_cnt target_drtn_hr_cnt act_work_qty remain_work_qty "
    "target_work_qty act_equip_qty remain_equip_qty target_equip_qty cstr_type cstr_date cstr_type2 cstr_date2 "
    "act_start_date act_end_date early_start_date early_end_date late_start_date late_end_date restart_date reend_date "
    "target_start_date target_end_date expect_end_date suspend_date resume_date driving_path_flag duration_type".split()
)
_CARRIED = _READ - frozenset(  # machines stand within sums; a path may be marked though the project does not go by it
    {"act_equip_qty", "remain_equip_qty", "target_equip_qty", "priority_type", "driving_path_flag"}
)
_LINK = frozenset("task_pred_id task_id pred_task_id proj_id pred_proj_id pred_type lag_hr_cnt".split())


@dataclass(slots=True)
class Around:
    """What an activity takes from other tables: notes, fields, money, and when its project calls it critical."""

    notes: dict[tuple[str, str], str] = field(default_factory=dict)
    custom: dict[tuple[str, str], tuple[CustomValue, ...]] = field(default_factory=dict)
    costs: dict[str, tuple[Decimal | None, Decimal | None]] = field(default_factory=dict)
    critical_minutes: dict[str, int | None] = field(default_factory=dict)


def task_of(row: Row, around: Around, *, is_wbs_known: bool) -> Task:
    """One activity."""
    row.unread(_READ)
    key, kind, status = row.text("task_id"), row.text("task_type"), row.text("status_code")
    if kind not in KINDS:
        row.lose("task_type", f"“{kind[:20]}” is no known kind of activity; read as a task")
    spent, due = around.costs.get(key, (None, None))
    return Task(
        id=key,
        name=row.text("task_name"),
        parent_id=wbs_key(row.text("wbs_id")) if is_wbs_known else None,
        level=1,
        display_id=row.text("task_code"),
        is_milestone=kind in ("TT_Mile", "TT_FinMile"),
        is_level_of_effort=kind == "TT_LOE",
        kind=" ".join(part for part in (KINDS.get(kind, "task"), row.text("duration_type").removeprefix("DT_")) if part),
        status=STATUS.get(status, status),
        calendar_id=row.key("clndr_id"),
        priority=row.text("priority_type").removeprefix("PT_"),
        constraint=_constraint(row, "cstr_type"),
        constraint_at=row.date("cstr_date"),
        second_constraint=_constraint(row, "cstr_type2"),
        second_constraint_at=row.date("cstr_date2"),
        expected_finish=row.date("expect_end_date"),
        cost=total(spent, due),
        actual_cost=spent,
        remaining_cost=due,
        notes=around.notes.get(("task_id", key), ""),
        custom=around.custom.get(("TASK", key), ()),
        **_dates(row, STATUS.get(status, status), around.critical_minutes.get(row.text("proj_id"), 0)),
        **_progress(row, STATUS.get(status, status)),
        kept=row.kept(_CARRIED),
    )


def _dates(row: Row, status: str, limit: int | None) -> dict[str, Any]:
    """Critical as its project says: float up to a limit, or (limit None) the marked longest path."""
    began, finished = row.date("act_start_date"), row.date("act_end_date")
    planned = row.date("target_start_date"), row.date("target_end_date")
    early = row.date("early_start_date") or row.date("restart_date"), row.date("early_end_date") or row.date("reend_date")
    slack = row.minutes("total_float_hr_cnt", HOUR, signed=True)
    near = row.truth("driving_path_flag") if limit is None else slack is not None and slack <= limit
    return {
        "start": began or early[0] or planned[0],
        "finish": finished or early[1] or planned[1],
        "planned_start": planned[0],
        "planned_finish": planned[1],
        "actual_start": began,
        "actual_finish": finished,
        "stopped_at": row.date("suspend_date"),
        "resumed_at": row.date("resume_date"),
        "early_start": early[0],
        "early_finish": early[1],
        "remaining_start": row.date("restart_date"),
        "remaining_finish": row.date("reend_date"),
        "late_start": row.date("late_start_date"),
        "late_finish": row.date("late_end_date"),
        "free_slack_minutes": row.minutes("free_float_hr_cnt", HOUR, signed=True),
        "total_slack_minutes": slack,
        "is_critical": near and finished is None and status != "complete",
    }


def _progress(row: Row, status: str) -> dict[str, Any]:
    """Durations and work; work of people and of machines together."""
    duration, left = row.minutes("target_drtn_hr_cnt", HOUR), row.minutes("remain_drtn_hr_cnt", HOUR)
    done = _sum(row.minutes("act_work_qty", HOUR), row.minutes("act_equip_qty", HOUR))
    rest = _sum(row.minutes("remain_work_qty", HOUR), row.minutes("remain_equip_qty", HOUR))
    planned = _sum(row.minutes("target_work_qty", HOUR), row.minutes("target_equip_qty", HOUR))
    work = _sum(done, rest)
    physical, kind = row.number("phys_complete_pct"), row.text("complete_pct_type")
    percent = None
    if status in ("complete", "not started"):
        percent = 100.0 if status == "complete" else 0.0
    elif kind == "CP_Phys":
        percent = physical
    elif kind == "CP_Units":
        percent = 100 * (done or 0) / work if work else None
    elif duration and left is not None:
        percent = max(0.0, 100 * (duration - left) / duration)
    return {
        "duration_minutes": duration,
        "duration_stated": f"{row.text('target_drtn_hr_cnt')} hours" if duration is not None else "",
        "remaining_minutes": left,
        "percent_complete": percent,
        "percent_physical": physical,
        "percent_kind": PERCENT.get(kind, ""),
        "work_minutes": work if work is not None else planned,
        "planned_work_minutes": planned,
        "actual_work_minutes": done,
        "remaining_work_minutes": rest,
    }


def _sum(*minutes: int | None) -> int | None:
    stated = [one for one in minutes if one is not None]
    return sum(stated) if stated else None


def _constraint(row: Row, column: str) -> str:
    stated = row.text(column)
    if stated and stated not in CONSTRAINTS:
        row.lose(column, f"“{stated[:20]}” is no known constraint")
    return CONSTRAINTS.get(stated, "")


def links_of(xer: Xer, projects: dict[str, str]) -> list[Relationship]:
    """All relationships. projects: the project of each activity."""
    found = []
    for row in xer.rows("TASKPRED", "task_pred_id"):
        row.unread(_LINK)
        kind = row.text("pred_type").removeprefix("PR_")
        if kind not in ("FS", "SS", "FF", "SF"):
            row.lose("pred_type", f"“{kind[:20]}” is no kind of relationship; read as FS")
            kind = "FS"
        before, after = row.text("pred_task_id"), row.text("task_id")
        other = projects.get(before)
        lag = row.minutes("lag_hr_cnt", HOUR, signed=True) or 0
        outside = other if other != projects.get(after) else None
        kept = row.kept(_LINK)
        found.append(Relationship(before, after, kind, lag, predecessor_project_id=outside, kept=kept))
    return found
