"""Performance.gov's JSON as plain data: goals, and targets with a figure per quarter.

Every cell is a string that once stood in a spreadsheet. A cell that holds no number, a spreadsheet error, a regress, a start that
is missing or a record that stands there twice is listed with its place; nothing is guessed and nothing is dropped.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from goldenthread.formats.bad_cells import BadCell
from goldenthread.formats.errors import FormatError
from goldenthread.formats.values import is_blank, is_spreadsheet_error, read_number, tidy

INCREASE, DECREASE = "Measurable increase", "Measurable decrease"
MAINTAIN_ABOVE, MAINTAIN_BELOW = "Maintain at or above threshold", "Maintain below threshold"
MILESTONE, UNDEFINED = "Complete milestone", "Target undefined"
KINDS = (INCREASE, DECREASE, MAINTAIN_ABOVE, MAINTAIN_BELOW, MILESTONE, UNDEFINED)
RECORDS = 100_000


@dataclass(frozen=True, slots=True)
class GoalRecord:
    """One goal. kind: SG (strategic), APG (agency priority) or PMA; status is a snapshot of the last quarter, or ""."""

    place: str
    goal: str
    kind: str
    name: str
    description: str
    agency: str
    agency_name: str
    strategic_goal: str
    strategic_objective: str
    status: str


@dataclass(frozen=True, slots=True)
class TargetRecord:
    """One target in one fiscal quarter; a figure is None where its cell holds no number.

    kind: one of KINDS, or the file's own words. stated_met: the file's own status, which is not computed from the figures.
    """

    place: str
    goal: str
    goal_name: str
    target: str
    indicator: str
    kind: str
    agency: str
    year: int | None
    quarter: int | None
    start: float | None
    goal_value: float | None
    value: float | None
    progress: float | None
    stated_met: str


@dataclass(frozen=True, slots=True)
class GoalFile:
    """Goals in the order of the file, and the cells that were not understood."""

    goals: tuple[GoalRecord, ...]
    bad_cells: tuple[BadCell, ...]


@dataclass(frozen=True, slots=True)
class TargetFile:
    """Targets by quarter in the order of the file, and the cells that were not understood."""

    targets: tuple[TargetRecord, ...]
    bad_cells: tuple[BadCell, ...]


def read_goals(data: bytes, options: None = None) -> GoalFile:
    """The goals; raises FormatError where the bytes are not a JSON list of objects with a `goal_id`."""
    goals, bad = [], []
    seen: set[str] = set()
    for place, record in _records(data, "goal_id", "a list of goals"):
        cells = {name: _text(value) for name, value in record.items()}
        bad += [BadCell(place, name, "spreadsheet error", text) for name, text in cells.items() if is_spreadsheet_error(text)]
        clean = {name: "" if is_spreadsheet_error(text) else text for name, text in cells.items()}
        goal = clean.get("goal_id", "")
        if not goal:
            bad.append(BadCell(place, "goal_id", "missing"))
        elif goal in seen:
            bad.append(BadCell(place, "", "goal stands there twice", goal))
        seen.add(goal)
        goals.append(
            GoalRecord(
                place,
                goal,
                clean.get("goal_type", ""),
                clean.get("goal_name", ""),
                clean.get("goal_description", ""),
                clean.get("organization_abbreviation", ""),
                clean.get("organization_name", ""),
                clean.get("sg_id", ""),
                clean.get("so_id", ""),
                clean.get("goal_status", ""),
            )
        )
    return GoalFile(tuple(goals), tuple(bad))


def read_targets(data: bytes, options: None = None) -> TargetFile:
    """The targets; raises FormatError where the bytes are not a JSON list of objects with a `related_goal_id`."""
    targets, bad = [], []
    seen: set[tuple[Any, ...]] = set()
    for place, record in _records(data, "related_goal_id", "a list of targets"):
        target, wrong = _target(place, {name: _text(value) for name, value in record.items()})
        same = (target.goal, target.indicator.casefold(), target.start, target.goal_value, target.year, target.quarter)
        if same in seen and target.indicator:
            wrong.append(BadCell(place, "", "target stands there twice in one quarter", target.indicator))
        seen.add(same)
        targets.append(target)
        bad += wrong
    return TargetFile(tuple(targets), tuple(bad))


def _target(place: str, cells: dict[str, str]) -> tuple[TargetRecord, list[BadCell]]:
    bad: list[BadCell] = []

    def number(field: str) -> float | None:
        text = cells.get(field, "")
        if is_blank(text):
            return None
        found = read_number(text)
        if found is None:
            bad.append(BadCell(place, field, "spreadsheet error" if is_spreadsheet_error(text) else "no number", text))
        return None if found is None else float(found.scaled)

    def whole(field: str, low: int, high: int) -> int | None:
        found = number(field)
        if found is None or found != int(found) or not low <= found <= high:
            bad.append(BadCell(place, field, "not a quarter" if high < 10 else "not a year", cells.get(field, "")))
            return None
        return int(found)

    kind = cells.get("indicator_type", "")
    start, goal_value, value = number("value_start"), number("value_target"), number("value_current")
    progress = number("progress_pct")
    if kind not in KINDS:
        bad.append(BadCell(place, "indicator_type", "unknown kind", kind))
    if kind != MILESTONE:
        bad += [BadCell(place, f, "missing") for f in ("value_start", "value_target") if is_blank(cells.get(f, ""))]
    if progress is not None and progress < 0:
        bad.append(BadCell(place, "progress_pct", "negative", cells["progress_pct"]))
    if start is not None and goal_value is not None and (goal_value - start) * {INCREASE: 1, DECREASE: -1}.get(kind, 0) < 0:
        bad.append(
            BadCell(place, "indicator_type", "target lies on the other side of the start", f"{kind}: {start:g} to {goal_value:g}")
        )
    if not cells.get("indicator"):
        bad.append(BadCell(place, "indicator", "missing"))
    target = TargetRecord(
        place,
        cells.get("related_goal_id", ""),
        cells.get("related_goal", ""),
        cells.get("target", ""),
        cells.get("indicator", ""),
        kind,
        cells.get("related_owner", ""),
        whole("fiscal_yr", 1990, 2199),
        whole("fiscal_qtr", 1, 4),
        start,
        goal_value,
        value,
        progress,
        cells.get("progress_pct_target_status", ""),
    )
    return target, bad


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return " ".join(tidy(str(value)).split())


def _records(data: bytes, needs: str, what: str) -> list[tuple[str, dict[str, Any]]]:
    """Each object of a JSON list with its place ("record 1"); FormatError where it is something else."""
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        raise FormatError("The file is not UTF-8 text.", "", "Save it again as UTF-8.") from problem
    except (ValueError, RecursionError) as problem:
        line = f"line {problem.lineno}" if isinstance(problem, json.JSONDecodeError) else ""
        raise FormatError("The file is not JSON.", line, "Fetch it again; it may have been cut off.") from problem
    if not isinstance(found, list) or not found or not all(isinstance(record, dict) for record in found):
        raise FormatError(f"The file is not {what}.", "", "It must be one JSON list of objects.")
    if len(found) > RECORDS:
        raise FormatError(f"The file holds more than {RECORDS:,} records.", "", "Split the file and read the parts.")
    if not any(needs in record for record in found):
        raise FormatError(
            f"The file is not {what}: no record has a {needs}.", "record 1", "Are the two files the wrong way round?"
        )
    return [(f"record {at}", record) for at, record in enumerate(found, start=1)]
