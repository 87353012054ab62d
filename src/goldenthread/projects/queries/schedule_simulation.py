"""The page that asks when a project will really be finished: its schedule simulated, held against what was promised."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import is_own, may_in
from goldenthread.formats.errors import FormatError
from goldenthread.formats.risk_list import RiskEvent
from goldenthread.formats.schedule_risk import SHAPES, RiskRequest, simulated
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.projects.models import Project
from goldenthread.projects.queries.schedule_exports import found_project
from goldenthread.schedule.models import Activity, ScheduleReview
from goldenthread.schedule.queries import entered_ranges, revision, risk_events, stored_file
from goldenthread.ui.curves import Curve, curve
from goldenthread.ui.writing import date as written

RUNS = (200, 1_000, 2_000, 5_000, 10_000)
LARGE = 6_000  # activities from which the worker simulates
AT_ONCE = 8_000_000  # activities times runs of a smaller plan that a page waits for
SIMULATE = "simulate"
DEFAULT = RiskRequest()
SHOWN_DAYS = 0.05  # less would be shown as nothing
END_OF_DAY = dt.time(23, 59)


@dataclass(frozen=True)
class Held:
    """A finish held against a day: the plan's own, a baseline, a promise or a deadline. chance: share of runs that keep it."""

    words: str
    at: dt.datetime
    chance: float


@dataclass(frozen=True)
class Stone:
    """A milestone, or a row with a deadline. held: none where nothing was promised."""

    name: str
    stated: dt.datetime
    p50: dt.datetime
    p80: dt.datetime
    held: Held | None


@dataclass(frozen=True)
class Help:
    """What P80 would gain if this activity lasted what is planned, or this risk did not happen. share: of the largest gain."""

    name: str
    days: float
    share: float
    is_risk: bool


@dataclass(frozen=True)
class SimulationPage:
    """What the page shows. Without `finish` there is nothing to simulate, and `notes` or `fault` say why.

    fewer: that fewer runs were made than asked for. held: one of each day. lies_behind: that, by the plan, all this has passed.
    told: the figures as `formats.schedule_risk` gives them. made_at: of a large plan, when the worker found this, None where it
    has not yet; is_old: the plan has changed since.
    """

    asked: RiskRequest
    fewer: bool = False
    fault: str = ""
    notes: tuple[str, ...] = ()
    told: dict[str, Any] | None = None
    finish: dict[str, dt.datetime] = field(default_factory=dict)
    held: tuple[Held, ...] = ()
    lies_behind: bool = False
    milestones: tuple[Stone, ...] = ()
    helps: tuple[Help, ...] = ()
    wide: Curve | None = None
    narrow: Curve | None = None
    is_large: bool = False
    is_old: bool = False
    made_at: dt.datetime | None = None


def simulated_project(
    name: str, person: Person, asked: RiskRequest, today: dt.date, events: Sequence[RiskEvent] = ()
) -> dict[str, Any]:
    """The figures of one project by its id, reference or name, without cost where the person may not see cost rates.

    events: what may happen, in the place of the risks that are kept with its schedule.
    """
    project = found_project(name, person)
    if not (may_in(person, Act.VIEW, Kind.PLAN, project.scope_id) or is_own(person, project)):
        raise Forbidden("You may not see this schedule.")
    told = _simulated(project, asked, today, events)
    if not may_in(person, Act.VIEW, Kind.COST_RATE, project.scope_id):
        told["projects"] = [{**one, "cost": None} for one in told["projects"]]
    return told


def simulation_of(project: Project, asked: RiskRequest, today: dt.date) -> dict[str, Any]:
    """All figures of a project's schedule, or `refused`: why there are none. They tell cost, which is not for all to see."""
    try:
        return _simulated(project, asked, today)
    except Refused as refusal:
        return {"refused": str(refusal)}


def simulation_question(asked: RiskRequest) -> str:
    """What was asked for, as the question of a kept review."""
    said = json.dumps(asdict(asked), sort_keys=True)
    return f"{SIMULATE}:{hashlib.sha256(said.encode()).hexdigest()[:24]}"


def simulation_revision(project: Project, today: dt.date) -> str:
    """Another one whenever the schedule, or what its finish is held against, changed."""
    promised = [at.isoformat() for _, at in _promises(project)]
    of = revision(project.schedule, today, with_risks=True) if project.schedule is not None else ""
    return hashlib.sha256(repr((of, promised)).encode()).hexdigest()


def is_large(project: Project) -> bool:
    """Whether the worker simulates it."""
    return Activity.objects.filter(schedule=project.schedule).count() >= LARGE


def _simulated(project: Project, asked: RiskRequest, today: dt.date, events: Sequence[RiskEvent] = ()) -> dict[str, Any]:
    if project.schedule is None:
        raise Refused(f"“{project}” has no schedule yet.", field="PLAN")
    try:
        stored = stored_file(project.schedule, today)
        ranges = entered_ranges(project.schedule, stored)
        events = events or risk_events(project.schedule, stored)
        return simulated(stored.file, asked, _promises(project), ranges_of=ranges, events=events)
    except FormatError as error:
        raise Refused(str(error)) from error


def risk_request(given: Mapping[str, Any], seed: int = 1) -> RiskRequest:
    """What a form asked for, drawn into the limits; what is no number is as by default."""

    def number(name: str, least: float, most: float, default: float) -> float:
        try:
            value = float(str(given.get(name, "")).strip())
        except ValueError:
            return default
        return default if math.isnan(value) else min(max(value, least), most)

    likely = number("likely", 1, 1_000, DEFAULT.likely)
    shape = str(given.get("shape", ""))
    return RiskRequest(
        runs=int(number("runs", RUNS[0], RUNS[-1], DEFAULT.runs)),
        seed=int(number("seed", 0, 2**31 - 1, seed)),
        shape=shape if shape in SHAPES else DEFAULT.shape,
        low=min(number("low", 1, 1_000, DEFAULT.low), likely),
        likely=likely,
        high=max(number("high", 1, 1_000, DEFAULT.high), likely),
        correlation=number("together", 0, 100, DEFAULT.correlation * 100) / 100,
    )


def simulation_page(project: Project, asked: RiskRequest, today: dt.date) -> SimulationPage:
    """The schedule simulated as asked for: a small one at once, in as many runs as a page can wait for; a large one as kept."""
    size = Activity.objects.filter(schedule=project.schedule).count()
    if size >= LARGE:
        return _kept(project, asked, today)
    made = replace(asked, runs=min(asked.runs, max(RUNS[0], AT_ONCE // max(1, size))))
    return replace(_shown(made, simulation_of(project, made, today), today), fewer=made.runs < asked.runs)


def _kept(project: Project, asked: RiskRequest, today: dt.date) -> SimulationPage:
    """What the worker found for this question, if it was asked."""
    rows = ScheduleReview.objects.filter(schedule=project.schedule, question=simulation_question(asked))
    found = rows.first()
    if found is None:
        return SimulationPage(asked, is_large=True)
    is_old = found.revision != simulation_revision(project, today)
    return replace(_shown(asked, found.told, today), is_large=True, is_old=is_old, made_at=found.made_at)


def _shown(asked: RiskRequest, told: dict[str, Any], today: dt.date) -> SimulationPage:
    if "refused" in told:
        return SimulationPage(asked, fault=told["refused"])
    (found,) = told["projects"]
    if found["finish"] is None:
        return SimulationPage(asked, notes=tuple(found["notes"]))
    finish = {name: _moment(found["finish"][name]) for name in ("stated", "p10", "p50", "p80", "p90")}
    held = _of_each_day(_held(found))
    pictures = [_curve(found, finish, held, width) for width in (720, 360)]
    most_days = max([one["p80_falls_days"] for one in found["helps"]], default=0.0)
    return SimulationPage(
        asked=asked,
        notes=tuple(found["notes"]),
        told=found,
        finish=finish,
        held=held,
        lies_behind=finish["p90"].date() < today,
        milestones=tuple(_stone(one) for one in found["milestones"]),
        helps=tuple(
            Help(one["name"], one["p80_falls_days"], one["p80_falls_days"] / most_days, one["kind"] == "risk")
            for one in found["helps"]
            if one["p80_falls_days"] >= SHOWN_DAYS
        ),
        wide=pictures[0],
        narrow=pictures[1],
    )


def _promises(project: Project) -> list[tuple[str, dt.datetime]]:
    days = (("approved finish", project.baseline_finish), ("finish as reported", project.finishes_on))
    return [(words, dt.datetime.combine(day, END_OF_DAY)) for words, day in days if day is not None]


def _held(found: dict[str, Any]) -> tuple[Held, ...]:
    finish = found["finish"]
    held = [Held("the plan", _moment(finish["stated"]), finish["chance_of_stated"])]
    if finish["target"]:
        held.append(Held("baseline of the schedule", _moment(finish["target"]), finish["chance_of_target"]))
    held += [Held(one["words"], _moment(one["target"]), one["chance_of_target"]) for one in found["promises"]]
    return tuple(held)


def _of_each_day(held: Sequence[Held]) -> tuple[Held, ...]:
    """Several that name one day are one, with the words of all; the plan's own comes first."""
    days: dict[dt.date, list[Held]] = {}
    for one in held:
        days.setdefault(one.at.date(), []).append(one)
    return tuple(replace(some[-1], words=", ".join(one.words for one in some)) for some in days.values())


def _stone(one: dict[str, Any]) -> Stone:
    held = Held(one["target_kind"], _moment(one["target"]), one["chance_of_target"]) if one["target"] else None
    return Stone(one["name"], _moment(one["stated"]), _moment(one["p50"]), _moment(one["p80"]), held)


def _curve(found: dict[str, Any], finish: dict[str, dt.datetime], held: tuple[Held, ...], width: int) -> Curve:
    marks = [(f"{one.words} {written(one.at)}", one.at, "plan" if one is held[0] else "promise") for one in held]
    marks += [(f"P{share} {written(finish[f'p{share}'])}", finish[f"p{share}"], "share") for share in (50, 80)]
    return curve([_moment(one) for one in found["curve"]], sorted(marks, key=lambda mark: mark[1]), width)


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
