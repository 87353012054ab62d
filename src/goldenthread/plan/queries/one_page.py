"""The plan of an office on one page: why it is there, what it is to reach, by which steps, its duties, what it does not do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.engine.page_room import FULL, LIST, Arrangement, GoalSize, Shown, arrange
from goldenthread.engine.plain_words import Readability, readability
from goldenthread.plan.models import BusinessPlan, Contribution, Duty, PlanVersion, Raci
from goldenthread.plan.queries.forecasts import latest_forecast
from goldenthread.plan.queries.goals import OPEN_PROJECTS
from goldenthread.plan.queries.page_parts import (
    Figure,
    Line,
    Lines,
    Standing,
    chance_of,
    duties_due,
    figure_of,
    first_sentence,
    lasting,
    spans_of,
    standing_of,
    targets_of,
)
from goldenthread.purpose.models import Mandate, Objective, Service
from goldenthread.ui import writing

COUNTED = (Objective.State.APPROVED, Objective.State.PROPOSED)
TITLE_ROOM, TITLE_SIZE = 245.0, 10.0  # points on paper beside owner and chance, in the size of a title
LONGEST_TITLE = 2  # lines
Arranged = Callable[[Sequence[GoalSize], tuple[int, int]], Arrangement]


@dataclass(frozen=True)
class Work:
    """A step or project that moves an objective: what, who answers for it, by when."""

    name: str
    url: str
    who: str
    finish: date | None


@dataclass(frozen=True)
class GoalLine:
    """An objective as it stands on the page: its words, and as many of its figures and steps as there is room for."""

    title: str
    url: str
    owner: str
    is_proposed: bool
    chance: str
    basis: str
    figures: tuple[Figure, ...]
    works: tuple[Work, ...]
    shown: Shown

    @property
    def figures_shown(self) -> tuple[Figure, ...]:
        """Those that stand in a line of their own."""
        return self.figures[: self.shown.figures]

    @property
    def works_shown(self) -> tuple[Work, ...]:
        """The steps that stand, the next to finish first."""
        return self.works[: self.shown.steps]

    @property
    def steps_left(self) -> str:
        """How many steps do not stand, in few words: "2 more", or "4" where none does; empty where all do."""
        left = len(self.works) - self.shown.steps
        return "" if not left else f"{left} more" if self.shown.steps else str(left)

    @property
    def left_out(self) -> str:
        """What does not stand, in words: "2 more steps, 1 more figure"; empty where everything does."""
        steps = len(self.works) - self.shown.steps
        figures = len(self.figures) - self.shown.figures
        told = [writing.plural(steps, "more step" if self.shown.steps else "step")] if steps else []
        return ", ".join(told + ([writing.plural(figures, "more figure")] if figures else []))


@dataclass(frozen=True)
class OfficePage:
    """An office's plan on one page."""

    plan: BusinessPlan
    standing: Standing
    mandate: str
    mandate_url: str
    density: str
    is_roomy: bool
    is_airy: bool
    stacked: bool
    goals: tuple[GoalLine, ...]
    goals_count: int
    hidden: int
    duties: Lines
    not_done: Lines

    @property
    def goals_left_out(self) -> int:
        """Objectives for which the page has no room."""
        return self.goals_count - len(self.goals)

    @property
    def reading(self) -> Readability:
        """How hard its words are to read; each sentence at fault with the address where it can be changed."""
        texts = [(self.mandate_url, self.mandate), *((goal.url, goal.title) for goal in self.goals)]
        texts += [(work.url, work.name) for goal in self.goals for work in goal.works_shown]
        texts += [(row.url, row.name) for rows in (self.duties, self.not_done) for row in rows.rows]
        return readability(list(dict.fromkeys(texts)))


def office_page(plan: BusinessPlan, viewer: Person, day: date, arranged: Arranged = arrange) -> OfficePage:
    """The page of a plan that `viewer` may see, less what is confidential to him or her: twelve statements, whatever its size.

    arranged: what the sheet has room for.
    """
    mandate = visible(Mandate.objects.filter(office=plan.office_id, state=Mandate.State.IN_FORCE), viewer).first()
    counted = Objective.objects.filter(office=plan.office_id, state__in=COUNTED)
    objectives = list(visible(counted.select_related("owner"), viewer).order_by("state", "id"))  # APPROVED before PROPOSED
    targets = targets_of(objectives)
    made = latest_forecast(plan.office_id)
    works = _works(plan, {target.kpi_id for given in targets.values() for target in given}, viewer)
    duties, not_done = _duties(plan, viewer, day), _not_done(plan, viewer)
    told = [(o, targets[o.pk], _works_of(targets[o.pk], works)) for o in objectives]
    sizes = [GoalSize(lines_of(o.title), len(given), len(moved)) for o, given, moved in told]
    found = arranged(sizes, (len(duties), len(not_done)))
    goals = tuple(
        _goal(o, given, moved, shown, chance_of(made, o, given, day), found.density)
        for (o, given, moved), shown in zip(told, found.goals, strict=False)
    )
    return OfficePage(
        plan=plan,
        standing=standing_of(visible(PlanVersion.objects.filter(plan=plan), viewer), made, day),
        mandate=first_sentence(mandate.purpose) if mandate else "",
        mandate_url=f"/mandate?office={plan.office_id}",
        density=found.density,
        is_roomy=found.is_roomy,
        is_airy=found.is_airy,
        stacked=found.stacked,
        goals=goals,
        goals_count=len(objectives),
        hidden=counted.count() - len(objectives),
        duties=Lines(tuple(duties[: found.sides[0]]), len(duties)),
        not_done=Lines(tuple(not_done[: found.sides[1]]), len(not_done)),
    )


def lines_of(title: str) -> int:
    """Lines that a title takes on paper; it is cut after the second."""
    return 1 if writing.width(title, TITLE_SIZE) <= TITLE_ROOM else LONGEST_TITLE


def _title(objective: Objective, lines: int) -> str:
    """The title, or the few words instead of one that does not fit."""
    return objective.title if lines_of(objective.title) <= lines else objective.label


def _goal(
    objective: Objective, targets: Sequence[Any], works: Sequence[Work], shown: Shown, chance: tuple[str, str], density: str
) -> GoalLine:
    title = objective.label if density == LIST else _title(objective, LONGEST_TITLE if density == FULL else 1)
    return GoalLine(
        title=title,
        url=f"/objectives/{objective.pk}",
        owner=objective.owner.name if objective.owner else "",
        is_proposed=objective.state == Objective.State.PROPOSED,
        chance=chance[0],
        basis=chance[1],
        figures=tuple(map(figure_of, targets)),
        works=tuple(works),
        shown=shown,
    )


def _works(plan: BusinessPlan, kpis: set[int], viewer: Person) -> dict[int, list[Work]]:
    """KPI id -> what still moves it: open steps of the plan and open projects, the next to finish first. Three statements."""
    given = visible(Contribution.objects.filter(kpi__in=kpis), viewer).exclude(shown=Contribution.Shown.REFUTED)
    mine = Q(step__plan=plan, step__activity__cancelled_on__isnull=True)
    running = Q(project__state__in=OPEN_PROJECTS, project__gone_on__isnull=True)
    rows = list(given.filter(mine | running).select_related("step__activity", "project__manager").order_by("id"))
    spans = spans_of([plan.schedule_id])
    who: dict[int, str] = {}
    letters = Raci.objects.filter(step__in=[row.step_id for row in rows if row.step_id], letter__in="AR")
    for pk, name in letters.order_by("letter", "person__name").values_list("step_id", "person__name"):
        who.setdefault(pk, name)
    found: dict[int, list[Work]] = defaultdict(list)
    for row in rows:
        if row.project is not None:
            project = row.project
            found[row.kpi_id].append(Work(project.name, f"/projects/{project.pk}", project.leader, project.finishes_on))
        elif row.step is not None and (span := spans.get(row.step.activity_id)) is not None and span.is_open:
            step = row.step
            url = reverse("plan:step", args=[step.pk])
            found[row.kpi_id].append(Work(step.activity.name, url, who.get(step.pk, ""), span.finish))
    return found


def _works_of(targets: Sequence[Any], works: dict[int, list[Work]]) -> list[Work]:
    """What moves an objective, each piece of work once."""
    once = dict.fromkeys(work for kpi in dict.fromkeys(target.kpi_id for target in targets) for work in works.get(kpi, ()))
    return sorted(once, key=lambda work: (work.finish or date.max, work.name))


def _duties(plan: BusinessPlan, viewer: Person, day: date) -> list[Line]:
    rows: Any = duties_due(visible(Duty.objects.filter(lasting(day), plan=plan), viewer))
    url = reverse("plan:duties") + f"?office={plan.office.code}"
    return [
        Line(
            row.name,
            url,
            writing.date(row.due_on) if row.due_on else row.get_cadence_display().lower(),
            row.holder.name if row.holder else "",
            is_late=row.due_on is not None and row.due_on < day,
        )
        for row in rows
    ]


def _not_done(plan: BusinessPlan, viewer: Person) -> list[Line]:
    stopped = (Service.State.RETIRED, Service.State.NOT_OFFERED)
    rows = visible(Service.objects.filter(office=plan.office_id, state__in=stopped), viewer).order_by("-state", "name", "id")
    url = f"/services?office={plan.office_id}"
    return [
        Line(
            row.name,
            url,
            "stopped" if row.state == Service.State.RETIRED else "not our job",
            f"goes to {row.goes_to}" if row.goes_to else "",
        )
        for row in rows
    ]
