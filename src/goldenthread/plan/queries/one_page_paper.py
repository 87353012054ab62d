"""One-page plans as a sheet of paper: the same words in the same order as on the page."""

from __future__ import annotations

from goldenthread.engine.page_room import FULL, LIST
from goldenthread.formats.one_page import Paper, Part, Row
from goldenthread.plan.queries.one_page import GoalLine, OfficePage
from goldenthread.plan.queries.one_page_person import PersonPage, lead_of
from goldenthread.plan.queries.page_parts import Lines
from goldenthread.ui import writing
from goldenthread.ui.terms import term

ROWS = {True: (5.1, 10.3), False: (4.2, 8.5)}  # roomy or not: mm of a row, points of its letters


def office_paper(page: OfficePage) -> Paper:
    """An office's plan."""
    row, size = ROWS[page.is_roomy]
    sides = [
        (term("Duties"), page.duties, ("more duty", "more duties")),
        (term("What we do not do"), page.not_done, ("more service", "more services")),
    ]
    kind = "wide" if page.stacked else "side"
    below = tuple(Part(title, _listed(kind, lines, words)) for title, lines, words in sides if lines.count)
    hidden = f" and {writing.number(page.hidden)} not shown to you" if page.hidden else ""
    rows = [row for goal in page.goals for row in _told(goal, page.density)]
    if page.goals_left_out:
        rows.append(Row("rest", (term(f"and {writing.plural(page.goals_left_out, 'more objective')}"),)))
    goals = Part(term(writing.plural(page.goals_count, "objective")) + hidden, tuple(rows))
    return Paper(
        title=f"{page.plan.office.name}: the plan on one page",
        author=page.plan.office.organisation.name,
        lead=page.standing.words,
        opening=page.mandate,
        row=row,
        size=size,
        parts=(goals, *(below if page.stacked else ())),
        sides=() if page.stacked else below,
        wraps=page.is_airy,
    )


def person_paper(page: PersonPage) -> Paper:
    """The page of a person."""
    row, size = ROWS[page.is_roomy]
    parts = [Part(term(s.title), _listed("own", s.lines, ("more", "more"))) for s in page.sections if s.lines.count]
    empty = " ".join(term(section.none) for section in page.sections if not section.lines.count)
    if empty and parts:
        parts[-1] = Part(parts[-1].title, (*parts[-1].rows, Row("rest", (empty,))))
    return Paper(
        title=f"{page.subject.name}: the plan on one page",
        author=page.subject.organisation.name,
        lead=lead_of(page),
        opening="" if parts else term("Nothing of the plan is yours yet."),
        row=row,
        size=size,
        parts=tuple(parts),
        wraps=page.is_airy,
    )


def _told(goal: GoalLine, density: str) -> list[Row]:
    """The rows of an objective."""
    chance = ", ".join(
        part for part in (goal.chance, goal.basis and (goal.basis if density == LIST else f"basis {goal.basis}")) if part
    )
    title = f"{goal.title} (proposed)" if goal.is_proposed else goal.title
    chance, owner = chance or "not known", goal.owner or "no owner yet"
    if density == LIST:
        first = goal.figures[0] if goal.figures else None
        figure = (
            f"{first.course} by {writing.month(first.due)}" if first and first.due else first.course if first else "no figure yet"
        )
        rows = [Row("entry", (title, figure, chance, owner, goal.steps_left))]
    else:
        rows = [Row("tall" if density == FULL and goal.shown.title_lines > 1 else "goal", (title, chance, owner))]
    for n, figure_ in enumerate(goal.figures_shown):
        due = f"by {writing.date(figure_.due)}" if figure_.due else "no date yet"
        left = term(goal.left_out) if n == len(goal.figures_shown) - 1 else ""
        rows.append(Row("figure", (f"{figure_.course} {due}; {figure_.now}", figure_.name, left)))
    for work in goal.works_shown:
        rows.append(
            Row("work", (work.name, work.who or "nobody yet", f"by {writing.date(work.finish)}" if work.finish else "no date"))
        )
    return rows if density == LIST else [*rows, Row("gap")]


def _listed(kind: str, lines: Lines, words: tuple[str, str]) -> tuple[Row, ...]:
    """The rows of a list, and how many do not stand."""
    rows = []
    for line in lines.rows:
        when = f"{line.when}, late" if line.is_late else line.when
        rows.append(Row(kind, (when, line.name, line.note) if kind == "own" else (line.name, line.note, when)))
    if lines.left_out:
        rows.append(Row("rest", (f"and {writing.plural(lines.left_out, *words)}",)))
    return tuple(rows)
