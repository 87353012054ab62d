"""One-page plans as a slide: the same words under the same rights as on the page, as many as stand on it at ten points."""

from __future__ import annotations

from datetime import date

from goldenthread.accounts.models import Person
from goldenthread.engine.page_room import HEADING, LINE, SLIDE, arrange_slide
from goldenthread.formats.one_page_slide import Bars, Slide, SlideRow
from goldenthread.plan.models import BusinessPlan
from goldenthread.plan.queries.one_page import GoalLine, OfficePage, office_page
from goldenthread.plan.queries.one_page_person import PersonPage, lead_of, person_page
from goldenthread.plan.queries.page_parts import Lines
from goldenthread.ui import writing
from goldenthread.ui.terms import term

OFFICE = (0.315, 0.275, 0.165, 0.17, 0.075)  # of the table's width
PERSON = (0.2, 0.37, 0.43)
ROOM = LINE * SLIDE + HEADING  # on a slide a heading is a row like the others, and there are three at most


def office_slide(plan: BusinessPlan, viewer: Person, day: date) -> Slide:
    """An office's plan as the viewer may see it."""
    page = office_page(plan, viewer, day, arrange_slide)
    sides = [
        (term("Duties"), page.duties, ("more duty", "more duties")),
        (term("What we do not do"), page.not_done, ("more service", "more services")),
    ]
    rows = [row for goal in page.goals for row in _rows(goal)]
    if page.goals_left_out:
        rows.append(SlideRow("rest", (term(f"and {writing.plural(page.goals_left_out, 'more objective')}"),)))
    columns = 5 if any(row.cells[-1] for row in rows if row.kind == "goal") else 4  # none for steps that all stand
    bars = tuple((goal.title, goal.figures[0].share if goal.figures else None) for goal in page.goals)
    return Slide(
        title=f"{plan.office.name}: the plan on one page",
        author=plan.office.organisation.name,
        lead=page.standing.words + _hidden(page),
        opening=page.mandate,
        what=term(f"{writing.plural(page.goals_count, 'objective')} with figure, chance, owner and the next steps"),
        header=(term("Objective"), "Figure", "Chance, basis", "Owner", term("Steps"))[:columns],
        shares=tuple(share / sum(OFFICE[:columns]) for share in OFFICE[:columns]),
        rows=tuple(rows),
        bars=Bars("On the way from baseline to target", bars) if bars else None,
        lists=tuple((title, _listed(lines, words)) for title, lines, words in sides if lines.count),
    )


def person_slide(subject: Person, viewer: Person, day: date) -> Slide:
    """The page of a person as the viewer may see it."""
    page: PersonPage = person_page(subject, viewer, day, ROOM)
    rows: list[SlideRow] = []
    for section in page.sections:
        if section.lines.count:
            rows.append(SlideRow("head", (term(section.title),)))
            for line in section.lines.rows:
                when = f"{line.when}, late" if line.is_late else line.when
                rows.append(SlideRow("goal", (when, line.name, line.note)))
            if section.lines.left_out:
                rows.append(SlideRow("rest", (f"and {writing.number(section.lines.left_out)} more",)))
    return Slide(
        title=f"{subject.name}: the plan on one page",
        author=subject.organisation.name,
        lead=lead_of(page),
        opening="" if rows else term("Nothing of the plan is yours yet."),
        what=f"What comes and when, for {subject.name}" if page.is_stakeholder else f"What is {subject.name}’s in the plan",
        header=("When", "What", "Why, or who to ask"),
        shares=PERSON,
        rows=tuple(rows),
    )


def _hidden(page: OfficePage) -> str:
    return f" · {writing.plural(page.hidden, 'objective')} not shown to you" if page.hidden else ""


def _rows(goal: GoalLine) -> list[SlideRow]:
    """An objective and as many of its steps as stand."""
    first = goal.figures[0] if goal.figures else None
    figure = first.course if first else "no figure yet"
    figure += f" by {writing.month(first.due)}" if first and first.due else ""
    chance = ", ".join(part for part in (goal.chance, goal.basis) if part) or "not known"
    title = f"{goal.title} (proposed)" if goal.is_proposed else goal.title
    rows = [SlideRow("goal", (title, figure, chance, goal.owner or "no owner yet", goal.steps_left))]
    for work in goal.works_shown:
        when = f"by {writing.date(work.finish)}" if work.finish else "no date"
        rows.append(SlideRow("work", (work.name, "", when, work.who or "nobody yet", "")))
    return rows


def _listed(lines: Lines, words: tuple[str, str]) -> tuple[str, ...]:
    """The lines of a list, and how many do not stand."""
    told = [
        " · ".join(part for part in (f"{line.when}, late" if line.is_late else line.when, line.name, line.note) if part)
        for line in lines.rows
    ]
    return (*told, *([f"and {writing.plural(lines.left_out, *words)}"] if lines.left_out else []))
