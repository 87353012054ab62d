"""The plan on one page as people outside read it by a link: less than anybody inside sees.

What stands: why the office is there, its approved objectives that are not confidential, their figures and their steps with
days, and what it does not do. What does not: people, chances, money, projects, duties, proposals, and how much is left out of it.
The page of a client is what that client would see after signing in, without what is confidential or waits for a decision.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from goldenthread.accounts.models import Person
from goldenthread.engine.page_room import GoalSize, Shown, arrange
from goldenthread.formats.one_page import Paper, Part, Row
from goldenthread.formats.values import CODES, SYMBOLS, unit_parts
from goldenthread.plan.models import BusinessPlan, Contribution, PlanVersion
from goldenthread.plan.queries.one_page import lines_of
from goldenthread.plan.queries.one_page_paper import ROWS, person_paper
from goldenthread.plan.queries.one_page_person import PersonPage, person_page
from goldenthread.plan.queries.page_parts import Figure, figure_of, first_sentence, spans_of, standing_of, targets_of
from goldenthread.purpose.models import Mandate, Objective, Service
from goldenthread.ui import writing
from goldenthread.ui.terms import term

Step = tuple[str, date | None]


@dataclass(frozen=True)
class OutsideGoal:
    """An objective in words, with as many of its figures and steps as there is room for."""

    title: str
    figures: tuple[Figure, ...]
    steps: tuple[Step, ...]
    left_out: int


@dataclass(frozen=True)
class OutsidePage:
    """An office's plan for people outside."""

    plan: BusinessPlan
    lead: str
    mandate: str
    is_roomy: bool
    goals: tuple[OutsideGoal, ...]
    goals_left_out: int
    not_done: tuple[tuple[str, str], ...]
    not_done_left_out: int


def outside_page(plan: BusinessPlan, day: date) -> OutsidePage:
    """What a link to an office's plan shows."""
    mandate = Mandate.objects.filter(office=plan.office_id, state=Mandate.State.IN_FORCE).first()
    open_to_all = Objective.objects.filter(office=plan.office_id, state=Objective.State.APPROVED, is_confidential=False)
    objectives = list(open_to_all.order_by("id"))
    targets = targets_of(objectives)
    steps = _steps(plan, {target.kpi_id for given in targets.values() for target in given})
    told = [
        (
            o.label,
            [figure_of(target) for target in targets[o.pk] if not is_money(target.kpi.unit)],
            _steps_of([target.kpi_id for target in targets[o.pk]], steps),
        )
        for o in objectives
    ]
    stopped = Service.objects.filter(office=plan.office_id, state__in=(Service.State.RETIRED, Service.State.NOT_OFFERED))
    not_done = [(row.name, f"goes to {row.goes_to}" if row.goes_to else "") for row in stopped.order_by("-state", "name", "id")]
    found = arrange([GoalSize(lines_of(title), len(given), len(work)) for title, given, work in told], (len(not_done), 0))
    goals = tuple(_goal(*one, shown) for one, shown in zip(told, found.goals, strict=False))
    return OutsidePage(
        plan=plan,
        lead=_lead(plan, day),
        mandate=first_sentence(mandate.purpose) if mandate else "",
        is_roomy=found.is_roomy,
        goals=goals,
        goals_left_out=len(told) - len(goals),
        not_done=tuple(not_done[: found.sides[0]]),
        not_done_left_out=len(not_done) - found.sides[0],
    )


def client_page(client: Person, day: date) -> PersonPage:
    """What a link to a client's page shows."""
    page = person_page(client, client, day, is_link=True)
    return PersonPage(page.subject, page.day, page.is_stakeholder, page.sections[:-1])


def is_money(unit: str) -> bool:
    """Whether a unit names a currency: £m, EUR a year."""
    parts = [part for word in unit.split() for part in (word, *unit_parts(word))]
    return any(part.lower() in SYMBOLS or part.upper() in CODES for part in parts)


def outside_paper(page: OutsidePage) -> Paper:
    """The same on paper."""
    row, size = ROWS[page.is_roomy]
    rows: list[Row] = []
    for goal in page.goals:
        rows.append(Row("goal", (goal.title, "", "")))
        rows += [Row("figure", (f"{figure.course}{_by(figure.due)}; {figure.now}", figure.name, "")) for figure in goal.figures]
        rows += [Row("work", (name, "", _by(due).strip() or "no date")) for name, due in goal.steps]
        rows += [Row("rest", (term(f"and {writing.plural(goal.left_out, 'more step')}"),))] if goal.left_out else []
        rows.append(Row("gap"))
    if page.goals_left_out:
        rows.append(Row("rest", (term(f"and {writing.plural(page.goals_left_out, 'more objective')}"),)))
    stopped = [Row("wide", (name, where, "")) for name, where in page.not_done]
    if page.not_done_left_out:
        stopped.append(Row("rest", (f"and {writing.plural(page.not_done_left_out, 'more service')}",)))
    parts = [Part(term("Objectives"), tuple(rows))] + ([Part(term("What we do not do"), tuple(stopped))] if stopped else [])
    title, author = f"{page.plan.office.name}: the plan on one page", page.plan.office.organisation.name
    return Paper(title, author, page.lead, page.mandate, row, size, tuple(parts))


def client_paper(page: PersonPage) -> Paper:
    """A client's page on paper."""
    return person_paper(page)


def _by(day: date | None) -> str:
    return f" by {writing.date(day)}" if day else ""


def _lead(plan: BusinessPlan, day: date) -> str:
    standing = standing_of(PlanVersion.objects.filter(plan=plan), None, day)
    return f"{plan.office.organisation.name} · as it stands on {writing.date(day)} · {standing.version}"


def _goal(title: str, figures: list[Figure], steps: list[Step], shown: Shown) -> OutsideGoal:
    stand = max(shown.figures, 1)
    return OutsideGoal(title, tuple(figures[:stand]), tuple(steps[: shown.steps]), len(steps) - shown.steps)


def _steps(plan: BusinessPlan, kpis: set[int]) -> dict[int, list[Step]]:
    """KPI id -> the open steps of the plan that move it; not where a confidential objective alone is served by that."""
    rows = Contribution.objects.filter(kpi__in=kpis, step__plan=plan, step__activity__cancelled_on__isnull=True)
    rows = rows.exclude(shown=Contribution.Shown.REFUTED).select_related("step__activity").order_by("id")
    spans = spans_of([plan.schedule_id])
    found: dict[int, list[Step]] = defaultdict(list)
    for row in rows:
        span = spans.get(row.step.activity_id) if row.step is not None else None
        if row.step is not None and span is not None and span.is_open:
            found[row.kpi_id].append((row.step.activity.name, span.finish))
    return found


def _steps_of(kpis: list[int], steps: dict[int, list[Step]]) -> list[Step]:
    once = dict.fromkeys(step for kpi in dict.fromkeys(kpis) for step in steps.get(kpi, ()))
    return sorted(once, key=lambda step: (step[1] or date.max, step[0]))
