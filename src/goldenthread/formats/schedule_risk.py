"""What finish dates of a schedule file may come out where durations are uncertain, ready to be written as JSON or drawn.

Files seldom say how uncertain a duration is. Where one has custom fields for the shortest, likely and longest duration, those
hold; for every other activity one range is assumed, and what is returned says so in words.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from goldenthread.engine import uncertainty as ranges
from goldenthread.engine.errors import EngineError
from goldenthread.engine.network import NONE, Ints, minute_of, moment_of
from goldenthread.engine.risk_figures import STUDENT_95, Outcome, at_share
from goldenthread.engine.risk_runs import RunOptions
from goldenthread.engine.schedule_risk import Lever, RiskOptions, Simulation, simulate
from goldenthread.engine.schedule_risk import finish_runs as bare_runs
from goldenthread.engine.uncertainty import Risk, Uncertainty
from goldenthread.formats.errors import FormatError
from goldenthread.formats.risk_list import RiskEvent, risks_of
from goldenthread.formats.schedule_dates import computed, iso
from goldenthread.formats.schedule_file import Project, ScheduleFile, Task
from goldenthread.formats.schedule_network import PlanNetwork
from goldenthread.formats.schedule_ranges import own_range, range_fields, rates

SHAPES = {"triangular": ranges.TRIANGULAR, "pert": ranges.PERT, "lognormal": ranges.LOGNORMAL}
NAMES = {"triangular": "drawn as a triangle", "pert": "drawn as PERT", "lognormal": "drawn as a lognormal"}
SHOWN = 20
WATCHED = 200
DAY = 1440


Promises = Sequence[tuple[str, dt.datetime]]
Ranges = Mapping[str, tuple[float, float]]
Counted = Sequence[tuple[RiskEvent, Risk]]  # what may happen, and where it does in the network


@dataclass(frozen=True)
class RiskRequest:
    """How to simulate. low, likely and high: percent of every remaining duration the file gives no range for.

    correlation: between the durations of any two activities of the same project (0 to 1).
    """

    runs: int = 1_000
    seed: int = 1
    shape: str = "triangular"
    low: float = 90
    likely: float = 100
    high: float = 125
    correlation: float = 0.0

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            raise FormatError(f"There is no shape “{self.shape}”: it is {', '.join(SHAPES)}.")
        if not 1 <= self.low <= self.likely <= self.high <= 1_000:
            raise FormatError("The spread must be three percentages from 1 to 1,000, none below the one before.")
        if not 0 <= self.correlation <= 1:
            raise FormatError("The correlation must lie between 0 and 1.")

    @property
    def words(self) -> str:
        """What is assumed, as a sentence."""
        together = f"move together with correlation {self.correlation:g}" if self.correlation else "vary independently"
        return (
            f"Remaining durations are assumed to lie between {self.low:g} % and {self.high:g} % of what is stated, most likely "
            f"{self.likely:g} % ({NAMES[self.shape]}), and to {together}."
        )


def simulated(
    file: ScheduleFile,
    request: RiskRequest | None = None,
    promises: Promises = (),
    *,
    ranges_of: Ranges | None = None,
    events: Sequence[RiskEvent] = (),
) -> dict[str, Any]:
    """Every project with its finish in 10, 50, 80 and 90 % of runs, milestones, critical activities and what would help most.

    promises: what else the finish of every project is held against, in words, and when. ranges_of: as in `finish_runs`.
    events: what may happen; what is kept with the schedule and can lengthen nothing any more is told in the notes.
    """
    request = request or RiskRequest()
    plan, _ = computed(file)
    projects = [project for project in file.projects if project.baseline_of_id is None]
    watched = _watched(plan)
    made = None
    try:
        uncertain, own = _uncertainty(plan, file, request, ranges_of)
        counted = risks_of(plan, file, events)
        uncertain = replace(uncertain, risks=tuple(risk for _, risk in counted))
        if plan.network.key.size:
            options = RiskOptions(request.runs, request.seed)
            made = simulate(plan.network, uncertain, np.array(watched, np.int64), plan.options, options)
    except EngineError as error:
        rows = [plan.rows[place] for place in error.items if isinstance(place, int) and 0 <= place < len(plan.rows)]
        raise FormatError(error.message, f"“{rows[0][1].name[:60]}”" if rows and rows[0] else "") from error
    found = [
        _project(project, plan, place, made, uncertain, own, watched, promises, counted) for place, project in enumerate(projects)
    ]
    for one in found:
        one["notes"] += _idle(events, counted)
    return {
        "kind": file.kind,
        "program": file.program,
        "runs": request.runs,
        "seed": request.seed,
        "assumed": {
            "shape": request.shape,
            "low_percent": request.low,
            "likely_percent": request.likely,
            "high_percent": request.high,
            "correlation": request.correlation,
            "words": request.words,
        },
        "projects": found,
    }


def finish_runs(file: ScheduleFile, request: RiskRequest, ranges_of: Ranges, events: Sequence[RiskEvent] = ()) -> Ints | None:
    """The minute since 1970 in which the file's one project finishes in each run; None where nothing uncertain is left to do.

    ranges_of: by task id what low and high are of the likely remaining duration, where the file itself states no range.
    events: what may happen.
    """
    plan, _ = computed(file)
    try:
        uncertain, _ = _uncertainty(plan, file, request, ranges_of)
        uncertain = replace(uncertain, risks=tuple(risk for _, risk in risks_of(plan, file, events)))
        if not (uncertain.shape != ranges.CERTAIN).any() and not uncertain.risks:
            return None
        made = bare_runs(plan.network, uncertain, np.zeros(0, np.int64), plan.options, request.seed, RunOptions(request.runs))
    except EngineError as error:
        raise FormatError(error.message) from error
    found: Ints = made.finish[0]
    return found


def _uncertainty(
    plan: PlanNetwork, file: ScheduleFile, request: RiskRequest, ranges_of: Ranges | None = None
) -> tuple[Uncertainty, set[int]]:
    """Ranges of every row, and the rows whose range the file itself states."""
    network = plan.network
    base = network.duration.astype(np.float64)
    open_rows = (network.actual_finish == NONE) & (base > 0) & np.array([one is not None for one in plan.rows], bool)
    shares = [request.low, request.likely, request.high]
    columns = [base * share / 100 for share in shares]
    own, fields = set(), range_fields(file)
    item = np.empty(base.size, np.int64)
    for row, one in enumerate(plan.rows):
        item[row] = _key(f"row {row}" if one is None else f"{one[0]}/{one[1].id}")
        if one is None or not open_rows[row]:
            continue
        stated = own_range(one[1], fields, int(base[row]))
        if stated is None and ranges_of and one[1].id in ranges_of:
            less, more = ranges_of[one[1].id]
            stated = (base[row] * less, base[row], base[row] * more)
        if stated is not None:
            own.add(row)
            for column, value in zip(columns, stated, strict=True):
                column[row] = min(value, ranges.MAX_DURATION)  # nobody can mean more
    fixed, per_minute = rates(plan, [project for project in file.projects if project.baseline_of_id is None])
    together = open_rows & (request.correlation > 0)
    factor = np.where(together, network.group, -1)
    loading = np.where(together, np.sqrt(request.correlation), 0.0)
    low, likely, high = columns
    shape = np.where(open_rows, SHAPES[request.shape], ranges.CERTAIN)
    made = Uncertainty(
        shape, low, likely, high, item=item, factor=factor, loading=loading, cost_fixed=fixed, cost_per_minute=per_minute
    )
    return made, own


def _key(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little", signed=True)


def _watched(plan: PlanNetwork) -> list[int]:
    """Rows whose finish is shown: unfinished milestones, and what has a deadline."""
    rows = [(place, one[1]) for place, one in enumerate(plan.rows) if one is not None]
    wanted = [(task.deadline is None, place) for place, task in rows if task.actual_finish is None and _is_watched(task)]
    return sorted(place for _, place in sorted(wanted)[:WATCHED])


def _is_watched(task: Task) -> bool:
    return task.is_milestone or task.deadline is not None or task.kind.endswith("milestone")


def _project(
    project: Project,
    plan: PlanNetwork,
    place: int,
    made: Simulation | None,
    uncertain: Uncertainty,
    own: set[int],
    watched: list[int],
    promises: Promises,
    counted: Counted,
) -> dict[str, Any]:
    rows = [row for row, one in enumerate(plan.rows) if one is not None and one[0] == project.id]
    at_risk = {row for _, risk in counted for row in risk.rows}
    drawn = [row for row in rows if uncertain.shape[row] != ranges.CERTAIN or row in at_risk]
    told: dict[str, Any] = {"id": project.id, "name": project.name, "data_date": iso(project.data_date), "activities": len(drawn)}
    told |= {"with_own_range": len(own.intersection(drawn)), "notes": _notes(plan, rows, drawn)}
    if made is None or not drawn:
        return told | {"finish": None, "risks": []}
    at = int(np.flatnonzero(made.groups == place)[0])
    finish, joint = made.projects[at], made.joints[at]
    target, kind = _commitment(project)
    in_order = np.sort(made.finish[at])
    told |= {"finish": _spread(finish) | _chance(made.finish[at], target, kind)}
    told["promises"] = [{"words": words, **_chance(made.finish[at], moment, "promise")} for words, moment in promises]
    told["curve"] = [iso(moment_of(int(in_order[at_share(in_order, percent)]))) for percent in range(1, 101)]
    told["milestones"] = [
        _milestone(made, number, plan.task(row)[1]) for number, row in enumerate(watched) if plan.task(row)[0] == project.id
    ]
    told["critical"] = [_activity(row, plan, made) for row in _most_critical(made, drawn)]
    levers = [lever for lever in made.levers if lever.group == at]
    told["helps"] = [_help(plan, lever, counted) for lever in levers]
    told["risks"] = _risks(plan, project, levers, counted)
    told["cost"] = None
    if joint is not None:
        told["cost"] = {
            "currency": project.currency,
            "stated": round(joint.stated, 2),
            "p50": round(joint.p50, 2),
            "p80": round(joint.p80, 2),
            "mean": round(joint.mean, 2),
            "correlation_with_finish": None if joint.correlation is None else round(joint.correlation, 3),
            "chance_of_p80_date_and_p80_cost": round(joint.chance_of_both, 4),
            "percentile_that_keeps_both_in_80_percent": joint.level,
        }
    return told


def _help(plan: PlanNetwork, lever: Lever, counted: Counted) -> dict[str, Any]:
    """An activity, or a risk without an id."""
    named = {"id": "", "name": counted[lever.risk][0].name} if lever.risk is not None else _named(plan, lever.row or 0)
    kind = "activity" if lever.risk is None else "risk"
    return {**named, "kind": kind, "p80_falls_days": round(lever.p80_falls / DAY, 2)}


def _risks(plan: PlanNetwork, project: Project, levers: Sequence[Lever], counted: Counted) -> list[dict[str, Any]]:
    """The risks of a project, the one first without which P80 would fall most; None where that was not tried."""
    falls = {lever.risk: lever.p80_falls for lever in levers if lever.risk is not None}
    found = []
    for place, (event, risk) in enumerate(counted):
        if any(plan.task(row)[0] == project.id for row in risk.rows):
            fall = None if place not in falls else round(falls[place] / DAY, 2)
            told = {"name": event.name, "chance_percent": event.chance, "activities": [_named(plan, row) for row in risk.rows]}
            found.append(told | {"p80_falls_days": fall, "stored": event.stored})
    return sorted(found, key=lambda one: (one["p80_falls_days"] is None, -(one["p80_falls_days"] or 0.0)))


def _notes(plan: PlanNetwork, rows: list[int], drawn: list[int]) -> list[str]:
    """What makes the answer weak, in words."""
    if not rows:
        return ["The plan has no activity that can be scheduled."]
    if not drawn:
        return ["Nothing is left to do that takes time, so nothing is uncertain."]
    network, notes = plan.network, []
    linked = set(network.predecessor.tolist()) | set(network.successor.tolist())
    loose = sum(row not in linked for row in drawn)
    if loose:
        have, delay = ("has", "its delay") if loose == 1 else ("have", "a delay of theirs")
        of = f"{loose} of {len(drawn)} activities {have}" if len(drawn) > 1 else "The only activity has"
        notes.append(f"{of} no relationship: {delay} moves nothing else, so the spread of the finish is understated.")
    return notes


def _idle(events: Sequence[RiskEvent], counted: Counted) -> list[str]:
    """Which of the risks that are kept with a schedule, and so are of its one project, changed nothing."""
    known = {event.stored for event, _ in counted}
    names = [f"“{event.name[:60]}”" for event in events if event.stored and event.stored not in known]
    if not names:
        return []
    first = f"{len(names)} risks do not count" if len(names) > 1 else "One risk does not count"
    others = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return [f"{first}, since nothing that it could lengthen is left to do: {', '.join(names[:3])}{others}."]


def _commitment(project: Project) -> tuple[Any, str]:
    """What was promised for the whole: the finish of the first baseline, of the whole or the latest of a row."""
    whole = (project.project_row,) if project.project_row is not None else ()
    for tasks in (whole, project.tasks):
        ends = [one.finish for task in tasks for one in task.baselines if one.number == 0 and one.finish is not None]
        if ends:
            return max(ends), "baseline"
    return None, ""


def _milestone(made: Simulation, number: int, task: Task) -> dict[str, Any]:
    base = next((one.finish for one in task.baselines if one.number == 0 and one.finish is not None), None)
    target, kind = (task.deadline, "deadline") if task.deadline is not None else (base, "baseline" if base else "")
    return {"id": task.id, "name": task.name, **_spread(made.watched[number]), **_chance(made.seen[number], target, kind)}


def _chance(moments: Any, target: Any, kind: str) -> dict[str, Any]:
    if target is None:
        return {"target": None, "target_kind": "", "chance_of_target": None}
    return {
        "target": iso(target),
        "target_kind": kind,
        "chance_of_target": round(float(np.mean(moments <= minute_of(target))), 4),
    }


def _spread(one: Outcome) -> dict[str, Any]:
    error = one.p80_error
    inside = None if error is None else [iso(moment_of(round(one.p80 + side * STUDENT_95 * error))) for side in (-1, 1)]
    return {
        "stated": iso(moment_of(one.stated)),
        "chance_of_stated": round(one.chance, 4),
        **{name: iso(moment_of(getattr(one, name))) for name in ("p10", "p50", "p80", "p90")},
        "mean": iso(moment_of(round(one.mean))),
        "standard_deviation_days": round(one.deviation / DAY, 2),
        "p80_standard_error_days": None if error is None else round(error / DAY, 3),
        "p80_interval_95": inside,
        "p80_by_runs": [[count, iso(moment_of(minute))] for count, minute in one.p80_by_runs],
    }


def _most_critical(made: Simulation, drawn: list[int]) -> list[int]:
    return sorted(drawn, key=lambda row: (-made.criticality[row], -made.sensitivity[row], row))[:SHOWN]


def _named(plan: PlanNetwork, row: int) -> dict[str, str]:
    task = plan.task(row)[1]
    return {"id": task.id, "name": task.name}


def _activity(row: int, plan: PlanNetwork, made: Simulation) -> dict[str, Any]:
    rank = float(made.cruciality[row])
    return {
        **_named(plan, row),
        "criticality": round(float(made.criticality[row]), 4),
        "cruciality": None if np.isnan(rank) else round(rank, 3),
        "sensitivity": round(float(made.sensitivity[row]), 4),
        "stated_hours": round(int(plan.network.duration[row]) / 60, 2),
        "mean_hours": round(float(made.duration_mean[row]) / 60, 2),
        "deviation_hours": round(float(made.duration_deviation[row]) / 60, 2),
    }
