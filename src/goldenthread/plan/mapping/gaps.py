"""Rows -> what the checks for unsupported work, people without a line and goals without work read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from goldenthread.engine.thread_gaps import Goal, Office
from goldenthread.engine.thread_links import DutyFact, Link, Work
from goldenthread.plan.models import Contribution, Step
from goldenthread.projects.models import GoalAnswer, Project
from goldenthread.purpose.models import Objective, Service

HOUR = 60
ANSWERS = {
    GoalAnswer.NOT_ASKED: "not_asked",
    GoalAnswer.LINKED: "linked",
    GoalAnswer.DONT_KNOW: "dont_know",
    GoalAnswer.NONE: "none",
    GoalAnswer.DUTY: "linked",
}
OBJECTIVE_STATES = {
    Objective.State.DRAFT: "draft",
    Objective.State.PROPOSED: "proposed",
    Objective.State.APPROVED: "approved",
    Objective.State.ACHIEVED: "achieved",
    Objective.State.RETIRED: "retired",
}
SERVICE_STATES = {Service.State.OFFERED: "offered", Service.State.NOT_OFFERED: "not_offered", Service.State.RETIRED: "retired"}
EXPIRED = "EXPIRED"  # an approved objective whose time has passed
OPEN_FIRST = (
    Objective.State.APPROVED,
    Objective.State.PROPOSED,
    Objective.State.DRAFT,
    EXPIRED,
    Objective.State.ACHIEVED,
    Objective.State.RETIRED,
)


@dataclass(frozen=True)
class ObjectiveFacts:
    """What the checks need of an objective, and the KPIs of its targets."""

    pk: int
    label: str
    state: str
    valid_to: date | None
    kpis: tuple[int, ...]
    is_confidential: bool = False
    owner: int | None = None


@dataclass(frozen=True)
class GapRows:
    """The rows that the checks look at, as `plan.queries.gap_rows` annotates them.

    Activities, projects and services carry `minutes_logged`; activities and projects also `has_duty` and `duty_in_force`;
    activities `holder_id`. `supervised`: step id -> ids of the projects that it supervises. `states`: id of a KPI that
    something moves -> state of its most open objective, `EXPIRED` included.
    """

    today: date
    contributions: list[Contribution]
    activities: list[Any]
    supervised: dict[int, list[int]]
    states: dict[int, str]
    mandate_in_force: bool = True
    objectives: list[ObjectiveFacts] = field(default_factory=list)
    projects: list[Any] = field(default_factory=list)
    services: list[Any] = field(default_factory=list)

    @cached_property
    def steps(self) -> dict[int, Step]:
        """The steps by id, from their activities."""
        return {a.step.pk: a.step for a in self.activities if hasattr(a, "step")}

    @cached_property
    def names(self) -> dict[int, str]:
        """The activities' names by id."""
        return {a.pk: a.name for a in self.activities}


def office(rows: GapRows) -> Office:
    """The office as far as gaps need it."""
    return Office(mandate_in_force=rows.mandate_in_force)


def state_of(objective: ObjectiveFacts, today: date) -> Any:
    """The objective's state as the checks know it: one whose time has passed is expired."""
    if objective.valid_to is not None and objective.valid_to < today and objective.state == Objective.State.APPROVED:
        return "expired"
    return OBJECTIVE_STATES[Objective.State(objective.state)]


def goals(rows: GapRows) -> list[Goal]:
    """The objectives with the KPIs of their targets."""
    return [Goal(o.pk, o.label, o.kpis, state_of(o, rows.today)) for o in rows.objectives]


def links(rows: GapRows) -> dict[str, tuple[Link, ...]]:
    """Reference of the subject -> its links. A supervising step has the links of the projects it supervises."""
    states: dict[int, Any] = {kpi: state.lower() for kpi, state in rows.states.items()}
    steps = rows.steps
    found: dict[str, list[Link]] = {}
    for row in rows.contributions:
        ref = f"step:{row.step_id}" if row.step_id else f"project:{row.project_id}"
        found.setdefault(ref, []).append(_link(row, states, steps))
    for step_id, project_ids in rows.supervised.items():
        for project_id in project_ids:
            found.setdefault(f"step:{step_id}", []).extend(
                replace(link, contribution=f"{link.contribution}/{step_id}") for link in found.get(f"project:{project_id}", [])
            )
    return {ref: tuple(given) for ref, given in found.items()}


def links_of_others(rows: GapRows) -> list[Link]:
    """Links of running projects that lie under another office: they move this office's goals, and are not its work."""
    here = {project.pk for project in rows.projects}
    others = {
        f"project:{row.project_id}"
        for row in rows.contributions
        if row.project is not None
        and row.project_id not in here
        and row.project.state in {Project.State.RUNNING, Project.State.ON_HOLD}
        and row.project.gone_on is None
    }
    return [link for ref, given in links(rows).items() if ref in others for link in given]


def _link(row: Contribution, states: dict[int, Any], steps: dict[int, Step]) -> Link:
    project, step = row.project, steps.get(row.step_id or 0)
    cancelled = (project is not None and project.state == Project.State.CANCELLED) or (
        step is not None and step.activity.cancelled_on is not None
    )
    delivered = step.activity.actual_finish if step is not None else None
    if project is not None and project.state == Project.State.CLOSED:
        delivered = project.finishes_on
    return Link(
        contribution=str(row.pk),
        kpi=row.kpi_id,
        kpi_has_objective=row.kpi_id in states,
        objective_state=states.get(row.kpi_id, "approved"),
        through_cancelled=cancelled,
        service_retired=bool(step is not None and step.service is not None and step.service.state != Service.State.OFFERED),
        expected_effect=row.likely * row.chance / 100,
        statement_complete=bool(row.mechanism.strip()) or bool(row.size),
        grade=row.grade if row.shown != Contribution.Shown.SHOWN else max(row.grade, 3),
        delivered_day=delivered,
        lag_days=row.lag_days + row.ramp_days,
        refuted=row.shown == Contribution.Shown.REFUTED,
    )


def work(rows: GapRows) -> list[Work]:
    """Steps, the activities below them, projects, and services that are not offered any more, as pieces of work with their hours.

    Hours for an offered service are not work without a goal: the mandate asks for the service.
    """
    given = links(rows)
    keys = keys_of(rows.activities)
    open_ids = _open_ids(rows.activities)
    out = [_activity(a, keys, given, open_ids) for a in rows.activities if a.pk in open_ids]
    out += [_project(p, given) for p in rows.projects]
    out += [_service(s) for s in rows.services if s.minutes_logged and s.state != Service.State.OFFERED]
    return out


def keys_of(activities: list[Any]) -> dict[int, str]:
    """Id of an activity -> the key of its piece of work."""
    return {a.pk: f"step:{a.step.pk}" if hasattr(a, "step") else f"activity:{a.pk}" for a in activities}


def _open_ids(activities: list[Any]) -> set[int]:
    """Ids of work that is neither stopped nor done, with all above it: what is left of a delivered step keeps its line."""
    open_ids = {a.pk for a in activities if a.cancelled_on is None and not a.is_done}
    summaries = {a.parent_id for a in activities if a.parent_id is not None}
    parents = {a.pk: a.parent_id for a in activities}
    alive: set[int] = set()
    for pk in open_ids - summaries:
        here: int | None = pk
        while here is not None and here not in alive:
            alive.add(here)
            here = parents.get(here)
    return alive


def _activity(activity: Any, keys: dict[int, str], given: dict[str, tuple[Link, ...]], open_ids: set[int]) -> Work:
    ref, step = keys[activity.pk], getattr(activity, "step", None)
    left = (activity.effort_likely or activity.duration) * (100 - activity.progress) / 100
    occurrence = getattr(activity, "duty_occurrence", None)
    fact = DutyFact(None, None, has_proof=True) if occurrence is not None else _duty(activity)
    doubles = step.doubles_id if step is not None and step.mark == Step.Mark.DUPLICATE else None
    return Work(
        key=ref,
        kind="step" if step else "activity",
        title=activity.name,
        hours=max(left, activity.minutes_logged or 0) / HOUR,
        holder=activity.holder_id,
        owner_answer=ANSWERS[GoalAnswer(step.goal_answer)] if step else "not_asked",  # type: ignore[arg-type]
        links=given.get(ref, ()),
        duty=fact,
        is_mandatory=fact is not None,
        service_state=SERVICE_STATES[Service.State(step.service.state)] if step and step.service else None,  # type: ignore[arg-type]
        duplicate_of=f"step:{doubles}" if doubles else None,
        parent=keys[activity.parent_id] if activity.parent_id in open_ids else None,
    )


def _duty(row: Any) -> DutyFact | None:
    """The duty that asks for the work: in force, ended on a day, or not begun."""
    if not row.has_duty:
        return None
    if row.duty_in_force:
        return DutyFact(None, None, has_proof=True)
    return DutyFact(None, row.duty_ended, has_proof=True) if row.duty_ended else DutyFact(date.max, None, has_proof=True)


def _project(project: Any, given: dict[str, tuple[Link, ...]]) -> Work:
    ref, fact = f"project:{project.pk}", _duty(project)
    if fact is None and project.is_mandatory and project.mandatory_because:
        fact = DutyFact(None, None, has_proof=True)
    return Work(
        key=ref,
        kind="project",
        title=project.name,
        hours=(project.minutes_logged or 0) / HOUR,
        holder=project.manager_id,
        owner_answer=ANSWERS[GoalAnswer(project.goal_answer)],  # type: ignore[arg-type]
        links=given.get(ref, ()),
        duty=fact,
        is_mandatory=project.is_mandatory,
    )


def _service(service: Any) -> Work:
    return Work(
        key=f"service:{service.pk}",
        kind="service",
        title=service.name,
        hours=service.minutes_logged / HOUR,
        owner_answer="linked",
        service_state=SERVICE_STATES[Service.State(service.state)],  # type: ignore[arg-type]
    )
