"""What programs read and write of this room: steps, effects, supervision, duties, answers; and the stored forecast."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Path, Router
from pydantic import BaseModel, Field

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may_in, visible
from goldenthread.kit import clock
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan import actions, queries
from goldenthread.plan.actions import version_talk
from goldenthread.plan.actions import versions as version_actions
from goldenthread.plan.models import BusinessPlan, Contribution, Duty, DutyOccurrence, PlanVersion, Raci, Step, Supervision
from goldenthread.plan.queries import conflict_page, version_data
from goldenthread.plan.queries.conflicts import conflict_rows
from goldenthread.plan.queries.freshness import plan_freshness
from goldenthread.plan.queries.freshness_data import freshness_as_data
from goldenthread.plan.queries.version_beside import beside
from goldenthread.plan.queries.version_effects import comparison
from goldenthread.projects.models import GoalAnswer, Project
from goldenthread.purpose.models import Kpi, Objective, Office
from goldenthread.schedule.models import Activity
from goldenthread.ui.programs import Figure, Id, Noun, Write, body, optional_columns, words
from goldenthread.ui.writing import chance_words

Given = dict[str, Any]
STEP = ("step_kind", "mode", "deliverable", "acceptance", "service", "requested_by")
TIMING = ("duration", "is_milestone", "not_before", "deadline", "effort_low", "effort_likely", "effort_high")
DONE = ("progress", "actual_start", "actual_finish")
EFFECT = ("low", "likely", "high")
CONTRIBUTION = ("chance", "lag_days", "ramp_days", "mechanism", "assumption", "grade", "counted_percent")
DUTY = ("holder", "cadence", "next_due", "proof_wanted", "valid_from", "valid_to", "step", "project")
MINUTES = Annotated[int, Field(strict=True, ge=1, le=10_000_000)]
ANSWERS = Literal[tuple(value for value in GoalAnswer.values if value != GoalAnswer.NOT_ASKED)]  # type: ignore[valid-type]
SIZES = Literal["S", "M", "L"]


def _effect(given: Given) -> Given:
    """The fields with a range as one, where all three of its figures are given."""
    said = [name for name in EFFECT if name in given]
    if not said:
        return given
    if len(said) < len(EFFECT):
        raise Refused("A range has a low, a likely and a high figure.", field=min(set(EFFECT) - set(said)))
    return {n: v for n, v in given.items() if n not in EFFECT} | {"effect": tuple(given[n] for n in EFFECT)}


def _supervise(given: Given, by: Person) -> Supervision:
    usual = {"raise_low": 0, "raise_likely": 5, "raise_high": 10}
    raised = tuple(given.pop(name, points) for name, points in usual.items())
    return actions.supervise(by=by, raised=(raised[0], raised[1], raised[2]), **given)


def _move(row: Step, given: Given, by: Person, version: int) -> None:
    actions.move_step(step=row, parent=given.get("parent"), after=given.get("after"), by=by)


def _in_its_plan(given: Given) -> Given:
    """The fields of a new step; what it stands under or after belongs to the same plan."""
    for name in ("parent", "after"):
        beside = given.get(name)
        if beside is not None and beside.plan_id != given["plan"].pk:
            raise Refused("This step belongs to another plan.", field=name)
    return given


PLANS = Noun(
    "plans",
    BusinessPlan,
    ("office", "name", "schedule", "review_days", "approved_on"),
    filters=("office",),
    sorts=("name",),
    create=Write(
        "Start",
        lambda given, by: actions.found_plan(by=by, **given),
        body("NewPlan", BusinessPlan, required=("office",), optional=("name",)),
    ),
)

STEPS = Noun(
    "steps",
    Step,
    (
        "plan", "activity", ("parent_activity", "activity__parent"), ("name", "activity__name"), *STEP, "goal_answer", "mark",
        "doubles", "updated_on", *((n, f"activity__{n}") for n in (*TIMING, *DONE, "blocked_because", "cancelled_on")),
    ),
    filters=("plan", "step_kind", "mode", "service", "goal_answer", "deadline", "is_milestone"),
    sorts=("name", "deadline", "progress", "updated_on"),
    searched=("activity__name", "deliverable"),
    own_version=("version", "activity__version"),
    create=Write(
        "Add",
        lambda given, by: actions.add_step(by=by, **_in_its_plan(given)),
        body(
            "NewStep", Step, required=("plan",), optional=STEP, name=words(300), parent_=Step, after_=Step, accountable_=Person,
            **optional_columns(Activity, *TIMING),
        ),
    ),
    change=Write(
        "Edit",
        lambda row, given, by, version: actions.edit_step(step=row, changes=given, by=by, version=row.whole_version),
        body("StepChanges", Step, optional=STEP, name_=words(300), **optional_columns(Activity, *TIMING, *DONE)),
    ),
    remove=Write("Remove", lambda row, given, by, version: actions.remove_step(step=row, by=by)),
    verbs={
        "confirm": Write("Confirm", lambda row, given, by, version: actions.confirm_step(step=row, by=by)),
        "stop": Write(
            "Stop",
            lambda row, given, by, version: actions.stop_step(step=row, by=by, version=version, **given),
            body("StepStop", because_=words(500)),
        ),
        "move": Write("Move", _move, body("StepMove", parent_=Step, after_=Step)),
        "give-letter": Write(
            "Name who is what on",
            lambda row, given, by, version: actions.set_raci(step=row, by=by, **given),
            body("StepLetter", Raci, required=("person", "letter")),
        ),
        "take-letter": Write(
            "Take a letter from",
            lambda row, given, by, version: actions.clear_raci(step=row, by=by, **given),
            body("StepLetterTaken", Raci, required=("person", "letter")),
        ),
        "answer": Write(
            "Answer for",
            lambda row, given, by, version: actions.answer_goal(subject=row, by=by, **given),
            body("StepAnswer", answer=ANSWERS, kpi_=Kpi, size_=SIZES),
        ),
    },
)  # fmt: skip

LETTERS = Noun("letters", Raci, ("step", "person", "letter"), filters=("step", "person", "letter"), sorts=("step", "letter"))

CONTRIBUTIONS = Noun(
    "contributions",
    Contribution,
    ("step", "project", "kpi", "size", *EFFECT, *CONTRIBUTION, "shown", "confirmed_by", "confirmed_on"),
    filters=("step", "project", "kpi", "shown"),
    sorts=("kpi", "likely", "chance"),
    about=lambda row: row.step or row.project,
    create=Write(
        "State",
        lambda given, by: actions.contribute(by=by, **_effect(given)),
        body(
            "NewContribution", Contribution, required=("kpi",), optional=CONTRIBUTION, step_=Step, project_=Project,
            size_=SIZES, low_=Figure, likely_=Figure, high_=Figure,
        ),
    ),
    change=Write(
        "Change",
        lambda row, given, by, version: actions.edit_contribution(contribution=row, changes=given, by=by, version=version),
        body("ContributionChanges", Contribution, optional=("size", *EFFECT, *CONTRIBUTION)),
    ),
    remove=Write(
        "Withdraw",
        lambda row, given, by, version: actions.withdraw_contribution(contribution=row, by=by, version=version),
    ),
    verbs={
        "confirm": Write(
            "Confirm", lambda row, given, by, version: actions.confirm_contribution(contribution=row, by=by)
        ),
        "judge": Write(
            "Judge",
            lambda row, given, by, version: actions.judge_contribution(contribution=row, by=by, **given),
            body("ContributionJudgement", Contribution, required=("shown",), because_=words(500)),
        ),
    },
)  # fmt: skip

SUPERVISIONS = Noun(
    "supervisions",
    Supervision,
    ("step", "project", "raise_low", "raise_likely", "raise_high"),
    filters=("step", "project"),
    about=lambda row: row.step,
    create=Write(
        "Start",
        _supervise,
        body("NewSupervision", Supervision, required=("step", "project"), optional=("raise_low", "raise_likely", "raise_high")),
    ),
    remove=Write("End", lambda row, given, by, version: actions.end_supervision(supervision=row, by=by)),
)

DUTIES = Noun(
    "duties",
    Duty,
    ("plan", "name", "source", "minutes", *DUTY),
    filters=("plan", "holder", "cadence", "next_due", "step", "project"),
    sorts=("name", "next_due"),
    searched=("name", "source"),
    create=Write(
        "Add",
        lambda given, by: actions.add_duty(by=by, **given),
        body("NewDuty", Duty, required=("plan", "name", "source"), optional=DUTY, minutes_=MINUTES),
    ),
    change=Write(
        "Edit",
        lambda row, given, by, version: actions.edit_duty(duty=row, changes=given, by=by, version=version),
        body("DutyChanges", Duty, optional=("name", "source", *DUTY), minutes_=MINUTES),
    ),
)

OCCURRENCES = Noun(
    "duty-occurrences",
    DutyOccurrence,
    ("duty", "activity", "due_on", "proof", "proven_on"),
    filters=("duty", "due_on", "proven_on"),
    sorts=("due_on", "proven_on"),
    about=lambda row: row.duty,
    verbs={
        "prove": Write(
            "Prove",
            lambda row, given, by, version: actions.prove(occurrence=row, by=by, version=version, **given),
            body("DutyProof", proof=words(500)),
        )
    },
)

VERSIONS = Noun(
    "plan-versions",
    PlanVersion,
    ("plan", "number", "state", "digest", "because", "proposed_at", "proposed_by", "in_force_on", "superseded_on"),
    filters=("plan", "number", "state"),
    sorts=("number", "proposed_at"),
    searched=("because",),
    create=Write(
        "Propose",
        lambda given, by: version_actions.propose_version(by=by, **given),
        body("NewVersion", PlanVersion, required=("plan", "because")),
    ),
    verbs={
        "sign": Write("Agree to", lambda row, given, by, version: version_actions.sign(version=row, by=by)),
        "object": Write(
            "Object to",
            lambda row, given, by, version: version_actions.object_to(version=row, by=by, **given),
            body("VersionObjection", because=words(1000)),
        ),
        "approve": Write(
            "Put in force", lambda row, given, by, version: version_actions.approve_version(version=row, by=by)
        ),
        "withdraw": Write("Withdraw", lambda row, given, by, version: version_actions.withdraw_version(version=row, by=by)),
        "see": Write("Say to have read", lambda row, given, by, version: version_actions.see_version(version=row, by=by)),
        "ask": Write(
            "Ask about",
            lambda row, given, by, version: version_talk.ask_planner(version=row, by=by, **given),
            body("VersionQuestion", text=words(1000)),
        ),
    },
)  # fmt: skip

NOUNS = (PLANS, STEPS, LETTERS, CONTRIBUTIONS, SUPERVISIONS, DUTIES, OCCURRENCES, VERSIONS)

router = Router()


class TargetForecast(BaseModel):
    """What the newest forecast says of a target, in units of its KPI.

    `chance` (0 to 1) is null on a thin basis, which carries words only.
    """

    id: int
    kpi: int
    chance: float | None
    chance_words: str
    p10: float | None
    p50: float | None
    p90: float | None
    coverage: float | None
    coverage_reason: str
    basis: str


class ObjectiveForecast(BaseModel):
    """What it says of an objective. `chance` (0 to 1) rests on the `basis`; on a thin one it is null, see `chance_words`."""

    id: int
    title: str
    chance: float | None
    chance_words: str
    basis: str | None
    targets: list[TargetForecast]


class ForecastAnswer(BaseModel):
    """A stored forecast: when and of what it was made, and its figures for what the caller may see. All null before the first."""

    office: int
    made_at: datetime | None = None
    data_date: date | None = None
    seed: int | None = None
    runs: int | None = None
    engine: str | None = None
    digest: str | None = None
    changes_since: int | None = None
    objectives: list[ObjectiveForecast] = []


@router.get(
    "/offices/{key}/forecast",
    operation_id="forecast_read",
    summary="Read: the newest forecast",
    tags=["forecast"],
    response=ForecastAnswer,
)
def forecast(request: Any, key: Path[Id]) -> dict[str, Any]:
    """The newest stored forecast of an office. Nothing is computed in the request."""
    person: Person = request.person
    office = get_object_or_404(visible(Office.objects.all(), person), pk=key)
    if not may_in(person, Act.VIEW, Kind.PLAN, office.scope_id):
        raise Http404
    made = queries.latest_forecast(office)
    if made is None:
        return {"office": office.pk}
    shown = visible(Objective.objects.filter(office=office), person).order_by("id").values_list("id", "title")
    known = made.results["objectives"]
    return {
        **{n: getattr(made, n) for n in ("made_at", "data_date", "seed", "runs", "engine", "digest")},
        "office": office.pk,
        "changes_since": getattr(made, "changes_since", 0) or 0,
        "objectives": [_objective(pk, title, made.results) for pk, title in shown if str(pk) in known],
    }


def _objective(key: int, title: str, results: dict[str, Any]) -> dict[str, Any]:
    known = results["objectives"][str(key)]
    targets = [_target(int(pk), row) for pk, row in results["targets"].items() if row["objective"] == key]
    return {"id": key, "title": title, **_chance(known), "basis": known.get("basis"), "targets": targets}


def _chance(row: dict[str, Any]) -> dict[str, Any]:
    """A number, unless the basis carries words only."""
    chance = row.get("chance")
    return {"chance": None if row.get("basis") == "thin" else chance, "chance_words": chance_words(chance)}


def _target(key: int, row: dict[str, Any]) -> dict[str, Any]:
    figures = {name: row.get(name) for name in ("p10", "p50", "p90", "coverage")}
    words_of = {name: str(row.get(name) or "") for name in ("coverage_reason", "basis")}
    return {"id": key, "kpi": row["kpi"], **_chance(row), **figures, **words_of}


class ConflictFinding(BaseModel):
    """Objectives that pull apart, or too many of them: which check found it, in words, the rows behind it, what to do."""

    check: str
    objectives: list[int]
    title: str
    words: str
    rows: list[str]
    advice: str


class ConflictsAnswer(BaseModel):
    """What was found between the live objectives that the caller may see, what holds two together, whose hours nobody says."""

    office: int
    objectives: list[dict[str, int | str]]
    findings: list[ConflictFinding]
    together: list[dict[str, list[int | str]]]
    hours_not_known: list[str]


@router.get(
    "/offices/{key}/conflicts",
    operation_id="conflicts_read",
    summary="Read: objectives that pull apart",
    tags=["conflicts"],
    response=ConflictsAnswer,
)
def conflicts(request: Any, key: Path[Id]) -> dict[str, Any]:
    """Objectives of an office that pull one KPI, one piece of work or one person apart."""
    person: Person = request.person
    office = get_object_or_404(visible(Office.objects.all(), person), pk=key)
    plan = next((one for one in queries.plans_of(person) if one.office_id == office.pk), None)
    if plan is None:
        raise Http404
    return conflict_page.as_data(conflict_rows(plan, clock.today(), person), office.pk)


@router.get(
    "/plan-versions/{key}/changes",
    operation_id="plan_versions_changes",
    summary="Read: what changes against another version, whose work it is, why, and what it does to the objectives",
    tags=["plan-versions"],
    response=dict[str, Any],
)
def changes(request: Any, key: Path[Id], number: int | None = None, person: int | None = None) -> dict[str, Any]:
    """Against the version of that `number` of the same plan, else the one in force before; of one `person`'s work where named."""
    caller: Person = request.person
    row = get_object_or_404(visible(PlanVersion.objects.select_related("plan"), caller), pk=key)
    found = beside(row, caller, number)
    if found is None:
        raise Http404
    if found.old is None:
        return {"old": None, "new": row.number, "changes": [], "effects": [], "effects_state": "nothing to compare with"}
    whose = get_object_or_404(visible(Person.objects.all(), caller), pk=person) if person is not None else None
    told = version_data.as_data(comparison((found.old, row), caller, whose, found.effect))
    return {"old": found.old.number, "new": row.number} | told


@router.get(
    "/plans/{key}/freshness",
    operation_id="plans_freshness",
    summary="Read: how fresh a plan is, what is stale, and when it is to be reviewed",
    tags=["plans"],
    response=dict[str, Any],
)
def freshness(request: Any, key: Path[Id]) -> dict[str, Any]:
    """Score, parts, stale parts with who refreshes them, the confusion measures."""
    caller: Person = request.person
    plan = get_object_or_404(visible(BusinessPlan.objects.select_related("office", "schedule"), caller), pk=key)
    sees_people = may_in(caller, Act.VIEW, Kind.PULSE, plan.scope_id)
    return freshness_as_data(plan_freshness(plan, clock.today(), caller), sees_people=sees_people)
