"""Reads of stored forecasts. Nothing is computed in a request, except the explanation that somebody asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Subquery
from django.urls import reverse

from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.queries import for_person, visible
from goldenthread.engine.forecast import ENGINE_VERSION
from goldenthread.kit import clock
from goldenthread.kit.prepared import Blank, Prepared
from goldenthread.plan.mapping.experience import kind_of
from goldenthread.plan.models import Contribution, Forecast, Step
from goldenthread.plan.queries.outline import own_first
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Objective, Office, Service, Target
from goldenthread.ui import writing

NAMELESS = "Work not shown to you"
WORK = {str(value): f"{label} steps" for value, label in Service.ServiceClass.choices} | {"STEP": "Steps", "PROJECT": "Projects"}


def _newest_first() -> QuerySet[Forecast]:
    """Forecasts with `changes_since`: how many changesets are newer. What went in and came out is not read."""
    since = (
        Changeset.objects.filter(pk__gt=OuterRef("head"))
        .order_by()
        .values("organisation")
        .annotate(n=Count("pk"))
        .values("n")[:1]
    )
    return Forecast.objects.defer("inputs", "results").annotate(changes_since=Subquery(since)).order_by("-made_at", "-id")


@Prepared
def _newest() -> QuerySet[Forecast]:
    return _newest_first().filter(office=Blank("office"))[:1]


def latest_forecast(office: Office | int) -> Forecast | None:
    """The newest forecast of an office, with `changes_since`. One statement."""
    return next(iter(_newest.rows(office=office if isinstance(office, int) else office.pk)), None)


def forecasts_of(person: Person) -> list[Forecast]:
    """The newest forecast of each office that the person may see, with its office; their own office first. One statement."""
    newest = Forecast.objects.filter(office=OuterRef("office")).order_by("-made_at", "-id").values("pk")[:1]
    rows = visible(_newest_first().select_related("office__organisation"), person).filter(pk=Subquery(newest))
    return own_first(rows.order_by("office_id"), person, attrgetter("office.scope_id"))


def changes_since(made: Forecast) -> int:
    """How many changesets are newer than a forecast that `latest_forecast` or `forecasts_of` read."""
    return int(getattr(made, "changes_since", 0) or 0)


@Prepared
def _newest_of() -> QuerySet[Forecast]:
    """The newest forecast of each office that some objectives belong to."""
    offices = Objective.objects.filter(pk__in=Blank("objectives")).values("office_id")
    newest = Forecast.objects.filter(office=OuterRef("office")).order_by("-made_at", "-id").values("pk")[:1]
    return _newest_first().filter(office__in=offices, pk=Subquery(newest))


def objective_forecasts(objective_ids: list[int]) -> dict[int, dict[str, Any]]:
    """Objective id -> what the newest forecast of its office says: chance, basis, worth, its targets by id. One statement.

    Each target has the percentiles of its KPI by day as `fan`.

    `tells_apart` (A09): whether it changes the order of two pieces of work; None where fewer than two are in the forecast.
    """
    found: dict[int, dict[str, Any]] = {}
    for made in _newest_of.rows(objectives=objective_ids):
        subjects, fans = made.results["subjects"], made.results["fans"]
        usual = _order(subjects)
        for pk in objective_ids:
            known = made.results["objectives"].get(str(pk))
            if known is not None:
                mine = {int(t): row for t, row in made.results["targets"].items() if row["objective"] == pk}
                targets = {
                    t: {
                        **row,
                        "why": reverse("plan:explain", args=["target", t]),
                        "fan": fans.get(str(row["kpi"])),
                        "rests_on": rests_on(made, row["kpi"]),
                        "has_work": row.get("has_work", True),
                    }
                    for t, row in mine.items()
                }
                apart = _order(subjects, without=str(pk)) != usual if len(subjects) > 1 else None
                since = {"made_at": made.made_at, "changes_since": changes_since(made), "tells_apart": apart}
                since["why"] = reverse("plan:explain", args=["objective", pk])
                since["rests_on"] = next((r["rests_on"] for r in targets.values() if r["basis"] == known["basis"]), "")
                found[pk] = {**known, "targets": targets, **since}
    return found


@dataclass(frozen=True)
class Experience:
    """What finished work of a kind gave of what was expected of it, in percent, and what is a fair guess for the next."""

    kind: str
    percent: int
    seen: int
    cases: int


def experience_of(subject: Step | Project, made: Forecast | None) -> Experience | None:
    """What work like this gave so far, as the newest forecast learnt it; None where too little is finished."""
    known = made.results.get("experience", {}).get(kind_of(subject)) if made is not None else None
    return Experience(WORK[kind_of(subject)], **known) if known else None


def rests_on(made: Forecast, kpi_id: int) -> str:
    """What the trend of a KPI was learnt from: its own figures, and the class of others; nothing where that was not kept."""
    known = made.results["drifts"].get(str(kpi_id), {})
    if "points" not in known:
        return ""
    if known.get("milestone"):
        return waited(known["milestone"])
    own = writing.plural(known["points"], "figure")
    return f"{own}, drawn to {drawn_to(known['cases'], known['others'])}" if known["cases"] else own


def waited(milestone: dict[str, Any]) -> str:
    """What the outlook of a milestone rests on, in words."""
    if not milestone["waits"]:
        return "a milestone, done"
    done, others = milestone["cases"], writing.plural(milestone["others"], "other milestone")
    told = f"{done} of {others} {'is' if done == 1 else 'are'} done" if milestone["others"] else "no other to go by"
    return f"a milestone that waits for {writing.plural(round(milestone['waited']), 'day')}, {told}"


def drawn_to(cases: int, others: int) -> str:
    """The class of a trend in words."""
    return f"{writing.plural(cases, 'case')} of {writing.plural(others, 'other KPI')}"


def basis_of(made: Forecast | None, objective_id: int) -> str:
    """What the objective's chance rests on; thin where no forecast holds it."""
    known = made.results["objectives"].get(str(objective_id)) if made is not None else None
    return str(known["basis"]) if known else "thin"


@for_person
def _names(person: Person, model: Any, name: str) -> QuerySet[Any]:
    """Ids and names of some rows."""
    return visible(model.objects.filter(pk__in=Blank("ids")), person).values_list("pk", name)


def levers(made: Forecast | None, objective_id: int, person: Person) -> list[dict[str, Any]]:
    """What would raise the objective's chance most for the hours it takes, best first; nameless where `person` may not see it."""
    found: list[dict[str, Any]] = made.results.get("levers", {}).get(str(objective_id), []) if made is not None else []
    names: dict[str, str] = {}
    nouns: tuple[tuple[str, Any, str], ...] = (("step", Step, "activity__name"), ("project", Project, "name"))
    for kind, model, name in nouns:
        ids = [int(lever["ref"].partition(":")[2]) for lever in found if lever["ref"].startswith(f"{kind}:")]
        if ids:
            names |= {f"{kind}:{pk}": told for pk, told in _names(person, model, name, ids=ids)}
    return [lever | {"name": names.get(lever["ref"], NAMELESS)} for lever in found]


def stale_offices(day: date | None = None) -> list[Office]:
    """Offices with a plan whose newest forecast is missing, older than the newest change, of an earlier day or engine."""
    newest = Changeset.objects.aggregate(m=Max("pk"))["m"] or 0
    last = Forecast.objects.filter(office=OuterRef("pk")).order_by("-made_at", "-id")
    rows: Any = Office.objects.filter(plan__isnull=False).annotate(
        seen_head=Subquery(last.values("head")[:1]),
        forecast_day=Subquery(last.values("data_date")[:1]),
        made_by=Subquery(last.values("engine")[:1]),
    )
    today = day or clock.today()
    made = (o for o in rows if o.seen_head is not None and o.made_by == ENGINE_VERSION)
    fresh = {o.pk for o in made if o.seen_head >= newest and o.forecast_day >= today}
    return [o for o in rows if o.pk not in fresh]


@dataclass(frozen=True)
class EffectRow:
    """One contribution to an objective: what it is expected to move, and what is lost without it."""

    contribution: Contribution
    name: str
    url: str | None
    expected: float | None
    chance_now: float | None
    chance_without: float | None


def with_shown(rows: QuerySet[Contribution], person: Person) -> QuerySet[Contribution]:
    """Contributions with `is_shown`: whether `person` may see the work that they come from. The others count without a name."""
    return rows.annotate(is_shown=Exists(visible(Contribution.objects.filter(pk=OuterRef("pk")), person)))


@Prepared
def _contributions() -> QuerySet[Contribution, int]:
    """Ids of the contributions to some KPIs."""
    found = Contribution.objects.filter(kpi__in=Blank("kpis"))
    return found.order_by("kpi__name", "pk").values_list("pk", flat=True)


@for_person
def _effects(person: Person) -> QuerySet[Contribution]:
    """Some contributions with `is_shown` and what their lines name."""
    found = with_shown(Contribution.objects.filter(pk__in=Blank("ids")), person)
    return found.select_related("kpi", "step__activity", "project")


def effects_of(objective: Objective, made: Forecast | None, person: Person, most: int | None) -> tuple[list[EffectRow], int]:
    """At most `most` contributions to an objective's KPIs, those expected to move most first; and how many there are."""
    ids = _contributions.rows(kpis=[target.kpi_id for target in objective.targets.all()])
    strongest = sorted(ids, key=lambda pk: -abs(_expected(pk, objective, made) or 0.0))[:most]
    found = {row.pk: row for row in _effects(person, ids=strongest)}
    return [_effect_row(found[pk], objective, made) for pk in strongest], len(ids)


def _expected(pk: int, objective: Objective, made: Forecast | None) -> float | None:
    """How far a contribution is expected to move the objective's figures; None where the forecast does not hold it."""
    results: dict[str, Any] = made.results if made else {}
    targets = results.get("contributions", {}).get(str(pk), {}).get("targets", {})
    mine = (row for target, row in targets.items() if results["targets"][target]["objective"] == objective.pk)
    return max((row["expected"] for row in mine), key=abs, default=None)


def _effect_row(row: Any, objective: Objective, made: Forecast | None) -> EffectRow:
    """The line of a contribution, read by `with_shown`, on an objective's page."""
    results: dict[str, Any] = made.results if made else {}
    known = results.get("contributions", {}).get(str(row.pk), {})
    now = results.get("objectives", {}).get(str(objective.pk), {}).get("chance")
    lost = known.get("objectives", {}).get(str(objective.pk))
    project = row.project
    name, url = NAMELESS, None
    if row.is_shown:
        name = project.name if project is not None else row.step.activity.name
        url = f"/projects/{project.pk}" if project is not None else f"/plan/steps/{row.step_id}"
    return EffectRow(
        contribution=row,
        name=name,
        url=url,
        expected=_expected(row.pk, objective, made),
        chance_now=now,
        chance_without=None if now is None or lost is None else now - lost,
    )


def drift_rows(objective: Objective, made: Forecast | None) -> list[tuple[Target, float, str]]:
    """The trend of each target's KPI until its date: target, change in KPI units, basis and what it was learnt from."""
    results: dict[str, Any] = made.results if made else {}
    found = []
    for target in sorted(objective.targets.all(), key=attrgetter("pk")):
        known = results.get("targets", {}).get(str(target.pk))
        if made is not None and known is not None and target.value is not None and known.get("drift_share") is not None:
            learnt = rests_on(made, known["kpi"])
            change = known["drift_share"] * (target.value - known["value_now"])
            found.append((target, change, f"{known['basis']}: {learnt}" if learnt else known["basis"]))
    return found


def objectives_that_rank(objective_ids: list[int]) -> dict[int, bool]:
    """A09: whether it changes the order of two pieces of work, by the chances that they bring; unknown ones are left out."""
    found: dict[int, bool] = {}
    for office_id in set(Objective.objects.filter(pk__in=objective_ids).values_list("office_id", flat=True)):
        made = latest_forecast(office_id)
        subjects = made.results["subjects"] if made is not None else {}
        if len(subjects) < 2:
            continue
        for pk in objective_ids:
            if str(pk) in made.results["objectives"]:  # type: ignore[union-attr]
                found[pk] = _order(subjects) != _order(subjects, without=str(pk))
    return found


def _order(subjects: dict[str, Any], without: str = "") -> list[str]:
    brings = {ref: sum(v or 0.0 for o, v in row["objectives"].items() if o != without) for ref, row in subjects.items()}
    return sorted(brings, key=lambda ref: (-brings[ref], ref))
