"""The thread of any piece of work: activity, step or project, KPI, objective, clause of the mandate."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import Rights, rights
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.models import Contribution
from goldenthread.purpose.models import Kpi, Objective, Office, Target, secret_kpis
from goldenthread.purpose.queries import with_figures
from goldenthread.schedule.models import Activity

HIDDEN = "A confidential objective"
CLOSED = (Objective.State.ACHIEVED, Objective.State.RETIRED)


@dataclass(frozen=True)
class Link:
    """One bead of the thread: its kind, name and address (None where there is nothing to open)."""

    kind: str
    label: str
    url: str | None = None


@dataclass
class Chains:
    """What is needed to tell the thread of many activities without a statement for each."""

    parents: dict[int, int | None]
    names: dict[int, str]
    step_of: dict[int, int]
    project_of: dict[int, int]
    project_names: dict[int, str]
    effects: dict[str, list[Contribution]]
    targets: dict[int, list[Target]]
    supervised: dict[int, list[int]] = field(default_factory=dict)
    sees_secrets: bool = False
    open_scopes: frozenset[int] = frozenset()  # offices whose confidential objectives may be seen
    person_id: int = 0
    held: Rights | None = None

    def subjects(self, activity_id: int) -> list[str]:
        """References of what the activity belongs to, nearest first: its step, steps above it, its project."""
        found: list[str] = []
        here: int | None = activity_id
        while here is not None:
            if here in self.step_of:
                found.append(f"step:{self.step_of[here]}")
            if here in self.project_of:
                found.append(f"project:{self.project_of[here]}")
            here = self.parents.get(here)
        return list(dict.fromkeys(found))

    def contribution(self, activity_id: int) -> Contribution | None:
        """The contribution that the activity works for: the nearest one above it, of several that with the largest effect."""
        for ref in self.subjects(activity_id):
            given = list(self.effects.get(ref, []))
            if ref.startswith("step:"):
                for project_id in self.supervised.get(int(ref[5:]), []):
                    given += self.effects.get(f"project:{project_id}", [])
            if given:
                return max(given, key=lambda c: (abs(c.likely) * c.chance, -c.pk))
        return None

    def chain(self, activity_id: int) -> list[Link]:
        """The beads from the step or project up to the clause; empty where no goal is named."""
        given = self.contribution(activity_id)
        if given is None:
            return []
        beads = []
        subject = next(iter(self.subjects(activity_id)), None)
        if subject is not None:
            beads.append(self._subject(subject, activity_id))
        return beads + self.goal(given)

    def goal(self, given: Any) -> list[Link]:
        """The beads from a contribution's KPI up to the clause."""
        kpi: Kpi = given.kpi
        targets = self.targets.get(given.kpi_id, [])
        objective = targets[0].objective if targets else None
        is_secret = objective.is_confidential if objective is not None else given.is_secret  # also of goals given up
        if is_secret and not self._sees(objective or kpi):
            return [Link("kpi", "A confidential KPI"), Link("objective", HIDDEN)]
        beads = [Link("kpi", kpi.name, f"/kpis/{kpi.pk}" if self._opens(Kind.KPI, kpi.office, kpi.owner_id) else None)]
        if objective is not None:
            opens = self._opens(Kind.OBJECTIVE, objective.office, objective.owner_id)
            beads.append(Link("objective", objective.label, f"/objectives/{objective.pk}" if opens else None))
            if objective.clause is not None:
                opens = self._opens(Kind.MANDATE, objective.office)
                where = f"/mandate?office={objective.office_id}" if opens else None
                beads.append(Link("mandate", objective.clause.text, where))
        return beads

    def _opens(self, kind: str, office: Office, owner_id: int | None = None) -> bool:
        """Whether the page of a bead opens: a link that leads nowhere is none."""
        if self.held is None or owner_id == self.person_id:
            return True
        return self.held.everywhere(Act.VIEW, kind) or office.scope_id in self.held.scopes(Act.VIEW, kind)

    def _sees(self, row: Objective | Kpi) -> bool:
        """Whether a confidential objective or figure may be named."""
        return self.sees_secrets or row.office.scope_id in self.open_scopes or row.owner_id == self.person_id

    def _subject(self, ref: str, activity_id: int) -> Link:
        kind, _, ident = ref.partition(":")
        if kind == "project":
            return Link("project", self.project_names.get(int(ident), "A project"), f"/projects/{ident}")
        here: int | None = activity_id
        while here is not None and self.step_of.get(here) != int(ident):
            here = self.parents.get(here)
        return Link("step", self.names.get(here or 0, ""), f"/plan/steps/{ident}")


def chains_of(activities: list[Activity], person: Person) -> Chains:
    """Chains for these activities: three statements, whatever their number; none where there are none."""
    if not activities:
        return Chains({}, {}, {}, {}, {}, {}, {}, {}, False, frozenset(), person.pk)
    schedules = {a.schedule_id for a in activities}
    rows = Activity.objects.filter(schedule_id__in=schedules).values_list(
        "pk",
        "parent_id",
        "name",
        "step__pk",
        "step__supervisions__project_id",
        "schedule__project__pk",
        "schedule__project__name",
    )
    parents: dict[int, int | None] = {}
    names: dict[int, str] = {}
    step_of: dict[int, int] = {}
    project_of: dict[int, int] = {}
    project_names: dict[int, str] = {}
    supervised: dict[int, list[int]] = defaultdict(list)
    found = list(rows)
    parents.update((row[0], row[1]) for row in found)
    above = _above({a.pk for a in activities}, parents)
    for pk, _, name, step, watched, project, project_name in found:
        if pk not in above:  # a large plan holds thousands of effects of which these activities need a few
            continue
        names[pk] = name
        if step:
            step_of[pk] = step
        if watched:
            supervised[step].append(watched)
        if project:
            project_of[pk], project_names[project] = project, project_name
    effects = _effects(step_of, project_of, supervised)
    kpis = {c.kpi_id for given in effects.values() for c in given}
    return Chains(
        parents,
        names,
        step_of,
        project_of,
        project_names,
        effects,
        open_targets(kpis),
        dict(supervised),
        rights(person).everywhere(Act.VIEW, Kind.CONFIDENTIAL),
        rights(person).scopes(Act.VIEW, Kind.CONFIDENTIAL),
        person.pk,
        rights(person),
    )


def _above(activities: set[int], parents: dict[int, int | None]) -> set[int]:
    """The activities and everything above them."""
    seen: set[int] = set()
    for pk in activities:
        here: int | None = pk
        while here is not None and here not in seen:
            seen.add(here)
            here = parents.get(here)
    return seen


def _effects(
    step_of: dict[int, int], project_of: dict[int, int], supervised: dict[int, list[int]]
) -> dict[str, list[Contribution]]:
    projects = {*project_of.values(), *(p for watched in supervised.values() for p in watched)}
    found: dict[str, list[Contribution]] = defaultdict(list)
    wanted = Q(step_id__in=set(step_of.values())) | Q(project_id__in=projects)
    given = Contribution.objects.filter(wanted).exclude(shown=Contribution.Shown.REFUTED).select_related("kpi__office")
    secret = Exists(secret_kpis().filter(pk=OuterRef("kpi")))
    for row in given.annotate(is_secret=secret).order_by("id"):
        found[f"step:{row.step_id}" if row.step_id else f"project:{row.project_id}"].append(row)
    return found


def open_targets(kpi_ids: set[int]) -> dict[int, list[Target]]:
    """KPI id -> targets of objectives that still count, approved ones first; with the last figure."""
    found: dict[int, list[Target]] = defaultdict(list)
    rows: Any = (
        with_figures(Target.objects.filter(kpi_id__in=kpi_ids))
        .exclude(objective__state__in=CLOSED)
        .select_related("objective__clause", "objective__office", "kpi")
        .order_by("objective_id", "id")
    )
    for row in sorted(rows, key=lambda t: t.objective.state != Objective.State.APPROVED):
        found[row.kpi_id].append(row)
    return found
